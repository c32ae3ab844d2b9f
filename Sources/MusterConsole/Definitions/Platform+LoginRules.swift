import MusterTransport
internal import Yams

extension Platform {
    /// The key `muster.login`; what it leaves out is as in `LoginRules.common`.
    static func login(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> LoginRules? {
        guard let node, var rules = LoginRules.common else { return .common }
        let map = try reader.map(node, "muster.login", known: ["username", "password", "continue", "failure"])
        if let pattern = try reader.pattern(map["username"], "muster.login.username", .whole) { rules.username = pattern }
        if let pattern = try reader.pattern(map["password"], "muster.login.password", .whole) { rules.password = pattern }
        if map["continue"] != nil {
            rules.continues = try reader.list(map["continue"], "muster.login.continue") { node, key throws(PlatformProblem) in
                let map = try reader.map(node, key, known: ["pattern", "answer"])
                let pattern = try reader.requiredPattern(map["pattern"] ?? node, "\(key).pattern", .anywhere)
                return LoginRules.Continue(pattern: pattern, answer: try reader.text(map["answer"], "\(key).answer") ?? "")
            }
        }
        if map["failure"] != nil {
            rules.failures = try reader.list(map["failure"], "muster.login.failure") { node, key throws(PlatformProblem) in
                try reader.requiredPattern(node, key, .anywhere)
            }
        }
        return rules
    }

    /// The key `muster.telnet_return`.
    static func telnetNewline(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> TelnetCodec.Newline {
        guard let node, let name = try reader.text(node, "muster.telnet_return") else { return .crlf }
        try reader.require(name, in: TelnetCodec.Newline.allCases.map(\.rawValue), node, "muster.telnet_return")
        return TelnetCodec.Newline(rawValue: name) ?? .crlf
    }
}
