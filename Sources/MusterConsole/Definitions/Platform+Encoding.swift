internal import Yams

extension Platform {
    /// The key `muster.encoding`.
    static func encoding(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> TextEncoding {
        guard let node, let name = try reader.text(node, "muster.encoding") else { return .utf8 }
        guard let encoding = TextEncoding(named: name) else {
            throw reader.problem(node, "muster.encoding", "no encoding '\(name)' for a terminal", "such as \(TextEncoding.examples)")
        }
        return encoding
    }
}
