/// A question that a command may ask, and what is typed to it.
package struct AnsweredQuestion: Sendable {
    /// Found anywhere in the line that stands unfinished.
    package var pattern: Pattern
    /// Typed before the return key; may be empty.
    package var answer: String

    package init(pattern: Pattern, answer: String) {
        self.pattern = pattern
        self.answer = answer
    }
}

// The answer may be a password.
extension AnsweredQuestion: CustomStringConvertible, CustomReflectable {
    package var description: String { "AnsweredQuestion(/\(pattern.source)/)" }
    package var customMirror: Mirror { Mirror(self, children: ["pattern": pattern.source]) }
}
