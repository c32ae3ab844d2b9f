import MusterInventory

/// Decides what ssh is told when it asks for secrets.
///
/// A password is told once: who is asked for it again knows that it was refused, and another try would count against the account.
struct AskpassAnswers: Sendable {
    /// Who logs in where, as ssh writes it, and with what.
    struct Login: Sendable, Equatable {
        var user: String
        /// `user@host`.
        var name: String
        var password: Secret?

        /// ssh writes the host in lower case, and shortens what is long.
        init(user: String, host: String, password: Secret?) {
            self.user = user
            name = "\(user.prefix(30))@\(host.lowercased().prefix(128))"
            self.password = password
        }
    }

    /// What is done about a question.
    enum Verdict: Sendable, Equatable {
        case answer(Secret)
        /// This login's password, which it has, if it may be offered.
        case offer(Login)
        /// No answer; ssh goes on with what else it has.
        case refuse
        /// Somebody else may know: a person, for a one-time password of a user.
        case ask(String, user: String)
        /// No answer, and ssh is to be ended before it sends an empty one.
        case stop(OpenSSHFailure)
        case notice(String)
    }

    /// In the order in which they are asked for: the bastions', and the device's last.
    var logins: [Login]
    /// By the key file's path.
    var passphrases: [String: Secret]
    /// What came to light of keys, to be said when the login fails: ssh itself keeps silent about a wrong passphrase.
    private(set) var keyTrouble: [String] = []
    /// How often each has been told.
    private var told: [String: Int] = [:]

    init(logins: [Login], passphrases: [String: Secret] = [:]) {
        self.logins = logins
        self.passphrases = passphrases
    }

    mutating func verdict(_ prompt: AskpassPrompt) -> Verdict {
        switch prompt {
        case .notice(let text): return .notice(text)
        case .confirmation(let text):
            return .stop(
                OpenSSHFailure(
                    .hostKey, .hostKey, "ssh wants to be told yes or no, which Muster never does by itself: \"\(Self.shown(text))\"",
                    hint: "use --host-keys to say what is done about unknown keys"))
        case .passphrase(let key):
            // ssh shows the first hundred bytes of a path.
            guard let passphrase = passphrases.first(where: { $0.key == key || $0.key.utf8.prefix(100).elementsEqual(key.utf8) })?.value
            else {
                keyTrouble.append("the key \(Self.shown(key)) is encrypted, and there is no passphrase")
                return .refuse
            }
            guard count(key) == 0 else { return .refuse }
            keyTrouble.append("the passphrase of the key \(Self.shown(key)) was of no use")
            return .answer(passphrase)
        case .pin(let key):
            return .ask("PIN for \(key)", user: logins.last?.user ?? "")
        case .password(let login): return password(of: login, question: "password")
        case .question(let login, let text):
            if AskpassPrompt.asksForPassword(text) { return password(of: login ?? logins.last?.name ?? "", question: Self.shown(text)) }
            return .ask(text, user: (logins.first { $0.name == login } ?? logins.last)?.user ?? "")
        }
    }

    private mutating func password(of name: String, question: String) -> Verdict {
        // A bastion and the device may look alike.
        let candidates = logins.filter { $0.name == name }
        guard let first = candidates.first else {
            return .stop(
                OpenSSHFailure(
                    .credential, .authenticate, "ssh asked for the password of \(Self.shown(name)), whom Muster does not know",
                    hint: "does ~/.ssh/config change the user or the host?"))
        }
        let times = count(name)
        let login = times < candidates.count ? candidates[times] : first
        guard login.password != nil else {
            return .stop(
                OpenSSHFailure(
                    .credential, .authenticate, "\(Self.shown(name)) is asked for a password (\"\(question)\"), and there is none",
                    hint: "set password for the device, or use --ask-password"))
        }
        guard times < candidates.count else {
            return .stop(
                OpenSSHFailure(
                    .authentication, .authenticate, "\(Self.shown(name)) was refused (tried: password), and is asked for it again",
                    hint: "check the user name and the password"))
        }
        return .offer(login)
    }

    /// The failure for a question that nobody answers.
    static func unanswered(_ question: String) -> OpenSSHFailure {
        OpenSSHFailure(
            .authentication, .authenticate, "the device asked \"\(shown(question))\", and there is nobody to answer",
            hint: "a question that is not for the password needs a terminal")
    }

    /// How often it has been told before.
    private mutating func count(_ name: String) -> Int {
        defer { told[name, default: 0] += 1 }
        return told[name, default: 0]
    }

    private static func shown(_ text: String) -> String {
        var text = text[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return text.escapedForMessage(limit: 200)
    }
}
