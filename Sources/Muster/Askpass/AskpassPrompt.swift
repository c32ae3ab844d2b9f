/// What ssh wants of its askpass program, told by the text that it shows.
enum AskpassPrompt: Sendable, Equatable {
    /// `user@host's password:`
    case password(login: String)
    /// A keyboard-interactive question; since OpenSSH 8.7 ssh tells who asks.
    case question(login: String?, text: String)
    /// `Enter passphrase for key '/path':`
    case passphrase(key: String)
    /// The PIN of a security key.
    case pin(key: String)
    /// A yes or no, such as for an unknown host key.
    case confirmation(String)
    /// Nothing to answer: a security key waits to be touched.
    case notice(String)

    /// - Parameters:
    ///   - text: What ssh wants shown.
    ///   - kind: The value of `SSH_ASKPASS_PROMPT`, which ssh 8.4 and later set for what is no secret.
    init(text: String, kind: String) {
        if kind == "none" {
            self = .notice(text)
        } else if kind == "confirm" || text.contains("(yes/no") {
            self = .confirmation(text)
        } else if let key = Self.rest(of: text, after: "Enter passphrase for ") {
            self = .passphrase(key: key)
        } else if text.hasPrefix("Enter PIN for "), let key = Self.rest(of: text, after: "Enter PIN for ") {
            self = .pin(key: key)
        } else if let login = Self.passwordLogin(text) {
            self = .password(login: login)
        } else if text.hasPrefix("("), let end = text.firstRange(of: ") "), text[..<end.lowerBound].contains("@") {
            self = .question(login: String(text[..<end.lowerBound].dropFirst()), text: String(text[end.upperBound...]))
        } else {
            self = .question(login: nil, text: text)
        }
    }

    private static func passwordLogin(_ text: String) -> String? {
        guard let end = text.firstRange(of: "'s password:"), text[..<end.lowerBound].contains("@") else { return nil }
        return String(text[..<end.lowerBound])
    }

    private static func rest(of text: String, after beginning: String) -> String? {
        guard text.hasPrefix(beginning) else { return nil }
        let rest = text.dropFirst(beginning.count).prefix { $0 != "\n" }
        let name = rest.hasPrefix("key ") ? rest.dropFirst(4) : rest
        return name.drop { $0 == "'" || $0 == "\"" }.reversed().drop { ": '\"".contains($0) }.reversed().map(String.init).joined()
    }
}
