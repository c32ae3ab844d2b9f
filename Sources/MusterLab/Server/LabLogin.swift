import CLibSSH

/// How one device's login goes: what it offers, asks and takes.
struct LabLogin {
    typealias Method = LabConfiguration.Authentication

    /// The ways to begin.
    var methods: Set<Method>
    /// A key is one half, and the questions are the other.
    var wantsQuestionsAfterKey = false
    /// What keyboard-interactive asks.
    var questions: [String]
    /// What it wants to hear; nil for nothing at all.
    var answers: [String]?
    /// The password; nil refuses every one.
    var password: String?
    /// How many refused credentials end the connection.
    var tries = 6
    /// The size of the banner before the login.
    var bannerBytes = 0
    /// The size of the text before the version line.
    var versionLineBytes = 0
    /// Everyone is let in.
    var isOpen = false

    static let codeQuestion = "Verification code: "

    init(_ faults: [LabFault], _ configuration: LabConfiguration) {
        methods = configuration.authentication
        questions = configuration.interactivePrompts
        password = configuration.password
        answers = configuration.interactiveAnswers ?? configuration.interactivePrompts.map { _ in configuration.password }
        for fault in faults {
            switch fault {
            case .keyboardInteractive: offersQuestions()
            case .oneTimeCode:
                offersQuestions()
                questions = ["Password: ", Self.codeQuestion]
                answers = [configuration.password, configuration.oneTimeCode]
            case .question(let text):
                offersQuestions()
                questions = [text]
                answers = nil
            case .keyThenCode:
                methods = [.publicKey]
                wantsQuestionsAfterKey = true
                questions = [Self.codeQuestion]
                answers = [configuration.oneTimeCode]
            case .emptyPassword: password = ""
            case .refusePassword:
                password = nil
                answers = nil
            case .loginTries(let count): tries = count
            case .loginBanner(let bytes): bannerBytes = bytes
            case .versionLines(let bytes): versionLineBytes = bytes
            case .noLogin: isOpen = true
            default: continue
            }
        }
    }

    private mutating func offersQuestions() {
        methods.remove(.password)
        methods.insert(.keyboardInteractive)
    }

    /// The methods as libssh's flags.
    var flags: Int32 {
        var flags: UInt32 = 0
        for method in methods {
            switch method {
            case .password: flags |= UInt32(SSH_AUTH_METHOD_PASSWORD)
            case .keyboardInteractive: flags |= UInt32(SSH_AUTH_METHOD_INTERACTIVE)
            case .publicKey: flags |= UInt32(SSH_AUTH_METHOD_PUBLICKEY)
            }
        }
        return Int32(bitPattern: flags)
    }

    /// The text before the version line or the login: lines of 64 bytes.
    static func lines(bytes: Int) -> String {
        let line = String(repeating: "Authorised use only. ", count: 3).prefix(62) + "\r\n"
        let whole = String(repeating: String(line), count: bytes / 64)
        return bytes % 64 < 2 ? whole : whole + String(repeating: "-", count: bytes % 64 - 2) + "\r\n"
    }
}
