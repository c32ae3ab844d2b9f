/// A question that a command may ask, and what is typed to it.
package struct AnsweredQuestion: Sendable {
    /// Found anywhere in the line that stands unfinished.
    package var pattern: Pattern
    /// Typed before the return key; may be empty.
    package var answer: String
    /// Whether the answer is a secret whatever the question says.
    package var isSecret: Bool

    package init(pattern: Pattern, answer: String, isSecret: Bool = false) {
        self.pattern = pattern
        self.answer = answer
        self.isSecret = isSecret
    }
}

// The answer may be a password.
extension AnsweredQuestion: CustomStringConvertible, CustomReflectable {
    package var description: String { "AnsweredQuestion(/\(pattern.source)/)" }
    package var customMirror: Mirror { Mirror(self, children: ["pattern": pattern.source]) }
}
