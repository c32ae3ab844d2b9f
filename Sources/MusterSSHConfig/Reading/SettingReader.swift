/// Reads the arguments of one keyword.
struct SettingReader {
    /// Why an argument is of no use: what was found and what was expected.
    struct Mistake: Error {
        let message: String
    }

    let line: ConfigLine
    private let keyword: String
    private var arguments: [String]

    /// - Parameter keyword: The keyword that the line's stands for.
    init(_ line: ConfigLine, keyword: String, arguments: [String]) {
        self.line = line
        self.keyword = keyword
        self.arguments = arguments
    }

    /// The setting, or nil when the keyword is not one that Muster heeds.
    mutating func setting() throws(Mistake) -> Setting? {
        if let keyword = Setting.TextKeyword(rawValue: keyword) { return .text(keyword, try text(keyword)) }
        if let keyword = Setting.TextsKeyword(rawValue: keyword) { return .texts(keyword, try paths()) }
        if keyword == "pubkeyauthentication" { return .flag(.publicKeyAuthentication, try publicKeyFlag()) }
        if keyword == "compression" { return .flag(.compression, try one("yes or no") { ["yes": true, "no": false][$0.lowercased()] }) }
        if let keyword = Setting.FlagKeyword(rawValue: keyword) { return .flag(keyword, try flag()) }
        if let keyword = Setting.TimeKeyword(rawValue: keyword) { return .time(keyword, try time()) }
        if let keyword = Setting.AlgorithmKeyword(rawValue: keyword) { return .algorithms(keyword, try algorithms()) }
        switch keyword {
        case "port":
            return .port(try one("1 to 65535", PortText.parse))
        case "serveralivecountmax":
            return .aliveCountMax(try one("a whole number from 0 on") { Int32($0).flatMap { $0 < 0 ? nil : Int($0) } })
        case "stricthostkeychecking":
            return .hostKeyChecking(try one("yes, no, ask, off or accept-new") { checking[$0.lowercased()] })
        case "addressfamily":
            return .addressFamily(try one("any, inet or inet6") { SSHOptions.AddressFamily(rawValue: $0.lowercased()) })
        case "proxyjump": return .proxyJump(try jump())
        case "proxycommand":
            guard !command.isEmpty else { throw Mistake(message: "proxycommand: found nothing, expected a command or none") }
            return .proxyCommand(command.lowercased() == "none" ? nil : command)
        default: return nil
        }
    }

    private let checking: [String: SSHOptions.HostKeyChecking] = [
        "yes": .strict, "true": .strict, "no": .off, "false": .off, "off": .off, "ask": .ask, "accept-new": .acceptNew,
    ]

    // MARK: Kinds of values

    private func mistake(_ found: String?, _ expected: String) -> Mistake {
        Mistake(message: "\(keyword): found \(found.map { "'\($0.escapedForMessage)'" } ?? "nothing"), expected \(expected)")
    }

    /// The one argument; more than one is a mistake.
    private func one<Value>(_ expected: String, _ parse: (String) -> Value?) throws(Mistake) -> Value {
        guard let first = arguments.first, !first.isEmpty, let value = parse(first) else {
            throw mistake(arguments.first, expected)
        }
        if arguments.count > 1 {
            throw Mistake(message: "\(keyword): found more after '\(first.escapedForMessage)', expected one argument")
        }
        return value
    }

    private func text(_ keyword: Setting.TextKeyword) throws(Mistake) -> String {
        let expected =
            switch keyword {
            case .hostName: "a host name or an address"
            case .user: "a user's name"
            case .identityFile, .certificateFile: "a path"
            case .identityAgent: "a socket's path, SSH_AUTH_SOCK, $VARIABLE or none"
            case .hostKeyAlias: "a name"
            case .bindAddress: "a local address"
            case .preferredAuthentications: "authentication methods separated by commas"
            }
        return try one(expected) { text in
            // `$NAME` is an older form than `${NAME}`, for the agent only.
            if keyword == .identityAgent, text.hasPrefix("$"), !text.hasPrefix("${"), !text.dropFirst().isVariableName { return nil }
            return text
        }
    }

    private func paths() throws(Mistake) -> [String] {
        guard !arguments.isEmpty, !arguments.contains("") else {
            throw mistake(arguments.contains("") ? "" : nil, "paths or none")
        }
        if arguments.count == 1, arguments[0].lowercased() == "none" { return [] }
        // ssh refuses it in front; further back it is a file of this name.
        if arguments[0].lowercased() == "none" { throw Mistake(message: "\(keyword): found more after 'none', which stands alone") }
        return arguments
    }

    private func flag() throws(Mistake) -> Bool {
        try one("yes or no", SettingReader.flag)
    }

    private func publicKeyFlag() throws(Mistake) -> Bool {
        try one("yes, no, unbound or host-bound") { text in
            ["unbound", "host-bound"].contains(text.lowercased()) ? true : SettingReader.flag(text)
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "yes", "true": true
        case "no", "false": false
        default: nil
        }
    }

    private func time() throws(Mistake) -> Duration? {
        try one("a time such as 30, 2m or 1h30m, or none") { text -> Duration?? in
            if text == "none" { return .some(nil) }
            return TimeText.parse(text).map(Optional.some)
        }
    }

    private func algorithms() throws(Mistake) -> AlgorithmList {
        try one("algorithms separated by commas, with +, - or ^ in front to change the defaults", AlgorithmList.init(_:))
    }

    /// The rest of the line as it is: quotes and `#` are for the shell.
    private var command: String { String(line.rest.drop { $0 == "=" || $0 == " " || $0 == "\t" }) }

    private func jump() throws(Mistake) -> [JumpHost] {
        let text = String(command.prefix { $0 != "#" }.trimmingSpaces)
        if text.lowercased() == "none" { return [] }
        guard !text.isEmpty, let hops = JumpHost.hops(text) else {
            throw mistake(text, "none, or hosts separated by commas without spaces, each [user@]host[:port]")
        }
        return hops
    }
}

extension StringProtocol {
    /// Whether the text can name an environment variable.
    var isVariableName: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// The text without what would move a terminal's cursor.
    var escapedForMessage: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}
