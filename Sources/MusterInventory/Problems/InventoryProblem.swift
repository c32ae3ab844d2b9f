/// One mistake in an inventory: where it is, what was found, what was expected.
public struct InventoryProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    public let file: String
    /// The line, counted from 1; nil when the problem is the file as a whole.
    public let line: Int?
    /// The column in Unicode scalars, counted from 1; nil when the problem is the file as a whole.
    public let column: Int?
    /// What was found and what was expected.
    ///
    /// Never holds a secret.
    public let message: String
    /// What to do about it.
    public let hint: String?

    /// Describes one mistake.
    public init(file: String, line: Int? = nil, column: Int? = nil, message: String, hint: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
    }

    package init(at position: SourcePosition, _ message: String, hint: String? = nil) {
        self.init(file: position.file, line: position.line, column: position.column, message: message, hint: hint)
    }

    /// One line: `inventory.yaml:12:7: unknown key 'adress' in host 'r1'; …; did you mean 'address'?`.
    public var description: String {
        rendered(file: file, line: line, column: column, message: message, hint: hint)
    }
}

/// All mistakes of all files of an inventory, in the order of the files and of the lines in them.
public struct InventoryProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// The mistakes; never empty.
    public let problems: [InventoryProblem]

    /// The exit status for a bad inventory: 65, `EX_DATAERR` of sysexits.h.
    public static let exitStatus: Int32 = 65

    /// Gathers mistakes that were found together.
    public init(_ problems: [InventoryProblem]) {
        self.problems = problems
    }

    /// One line for each mistake, with no newline at the end.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

/// Something in an inventory that works and that the user had better change.
public struct InventoryWarning: Sendable, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    public let file: String
    /// The line, counted from 1.
    public let line: Int?
    /// The column in Unicode scalars, counted from 1.
    public let column: Int?
    /// What is unwise about it.
    public let message: String
    /// What to do about it.
    public let hint: String?

    package init(at position: SourcePosition, _ message: String, hint: String? = nil) {
        self.file = position.file
        self.line = position.line
        self.column = position.column
        self.message = message
        self.hint = hint
    }

    /// One line, of the same form as a problem's.
    public var description: String {
        rendered(file: file, line: line, column: column, message: message, hint: hint)
    }
}

private func rendered(file: String, line: Int?, column: Int?, message: String, hint: String?) -> String {
    var text = file
    if let line { text += ":\(line)" }
    if let column { text += ":\(column)" }
    text += ": " + message
    if let hint { text += "; " + hint }
    return text
}
