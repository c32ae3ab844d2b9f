/// What is wrong with a node set or a selection.
public struct SelectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The expression as given.
    public let expression: String
    /// Where in it, in characters counted from 1.
    public let column: Int?
    /// What was found and what was expected.
    public let message: String
    /// What to do about it.
    public let hint: String?

    /// Describes a mistake.
    public init(expression: String, column: Int? = nil, message: String, hint: String? = nil) {
        self.expression = expression
        self.column = column
        self.message = message
        self.hint = hint
    }

    /// The mistake in one line.
    public var description: String {
        var text = expression.quotedForMessage
        if let column { text += " at column \(column)" }
        text += ": " + message
        if let hint { text += "; " + hint }
        return text
    }
}
