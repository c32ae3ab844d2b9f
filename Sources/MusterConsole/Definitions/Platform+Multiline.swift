internal import Yams

extension Platform {
    /// The key `muster.multiline`; an empty list says that the platform has no such commands.
    static func multiline(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> [MultilineRule]? {
        guard let node else { return nil }
        return try reader.list(node, "muster.multiline") { node, key throws(PlatformProblem) in
            let map = try reader.map(node, key, known: ["begin", "end", "ready"])
            guard let begin = map["begin"] else { throw reader.problem(node, "\(key).begin", "missing", "an expression for the command") }
            let end = try reader.text(map["end"], "\(key).end")
            if let end, end.isEmpty || Array(end.utf8)[...].trimmed.count < end.utf8.count || end.contains(where: \.isNewline) {
                throw reader.problem(map["end"], "\(key).end", "'\(escaped(end.utf8))'", "a line without blanks around it")
            }
            return MultilineRule(
                begin: try reader.requiredPattern(begin, "\(key).begin", .anywhere), end: end,
                ready: try reader.pattern(map["ready"], "\(key).ready", .anywhere))
        }
    }
}
