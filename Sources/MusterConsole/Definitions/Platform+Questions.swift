internal import Yams

extension Platform {
    /// The key `muster.questions`.
    static func questions(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> [AnsweredQuestion] {
        try reader.list(node, "muster.questions") { node, key throws(PlatformProblem) in
            let map = try reader.map(node, key, known: ["pattern", "answer"])
            let pattern = try reader.requiredPattern(map["pattern"] ?? node, "\(key).pattern", .anywhere)
            return AnsweredQuestion(pattern: pattern, answer: unescaped(try reader.text(map["answer"], "\(key).answer") ?? ""))
        }
    }

    /// The key `muster.abort`: what is typed to get out of a question that nobody has an answer to.
    static func abortKey(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> [UInt8] {
        guard let node, let text = try reader.text(node, "muster.abort") else { return [0x03] }
        let keys = Array(unescaped(text).utf8)
        guard !keys.isEmpty else { throw reader.problem(node, "muster.abort", "no key", "such as \"\\x03\" for Ctrl-C") }
        return keys
    }
}
