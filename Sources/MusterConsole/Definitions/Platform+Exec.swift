internal import Yams

extension Platform {
    /// The key `muster.exec`: whether a command may go over an exec channel of its own (RFC 4254, 6.5), and its exit status tell how it went.
    static func allowsExec(_ node: Node?, _ reader: DefinitionReader) throws(PlatformProblem) -> Bool {
        try reader.flag(node, "muster.exec") ?? false
    }
}
