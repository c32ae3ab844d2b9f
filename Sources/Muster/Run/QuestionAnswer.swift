import MusterConsole
public import MusterInventory

/// What is typed to a question that a device asks while a command runs.
public struct QuestionAnswer: Sendable {
    /// The pattern, as it was given.
    public let pattern: String
    let rule: AnsweredQuestion

    /// Makes an answer to questions that match a pattern.
    ///
    /// - Parameters:
    ///   - pattern: A regular expression (PCRE2, caseless), found anywhere in the line in which the device waits.
    ///   - reply: What is typed, before the return key; may be empty. It is shown in no error.
    /// - Throws: `MusterError` with the code `usage` for a pattern that does not compile, and for a reply with a control character in it.
    public init(pattern: String, reply: Secret) throws(MusterError) {
        try self.init(pattern: pattern, reply: reply, isSecret: true)
    }

    private init(pattern: String, reply: Secret, isSecret: Bool) throws(MusterError) {
        let answer = reply.reveal()
        guard !answer.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw QuestionAnswer.usage(
                "the answer to '\(pattern)' has a control character in it", "a device takes it for a key, or for the end of the line")
        }
        do {
            rule = AnsweredQuestion(pattern: try Pattern(pattern), answer: answer, isSecret: isSecret)
        } catch {
            let caret = String(repeating: " ", count: String(decoding: pattern.utf8.prefix(error.offset), as: UTF8.self).count) + "^"
            throw QuestionAnswer.usage(
                "'\(pattern)' is no regular expression: \(error.message)\n  \(pattern)\n  \(caret)",
                "put a \\ before characters such as [ ( ? that are meant as they are")
        }
        self.pattern = pattern
    }

    /// Makes an answer that is no secret.
    public init(pattern: String, reply: String) throws(MusterError) {
        try self.init(pattern: pattern, reply: Secret(reply), isSecret: false)
    }

    private static func usage(_ message: String, _ hint: String) -> MusterError {
        MusterError(.usage, phase: .command, device: "", message: message, hint: hint)
    }
}

extension QuestionAnswer: CustomStringConvertible, CustomReflectable {
    /// The pattern; never the reply.
    public var description: String { "\(pattern)=<answer>" }
    /// A mirror without the reply.
    public var customMirror: Mirror { Mirror(self, children: ["pattern": pattern]) }
}
