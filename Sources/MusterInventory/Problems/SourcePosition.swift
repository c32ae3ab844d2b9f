/// A place in an inventory file.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    public let file: String
    /// The line, counted from 1.
    public let line: Int
    /// The column in Unicode scalars, counted from 1.
    public let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `inventory.yaml:12`, the form that editors and terminals turn into a link.
    public var description: String { "\(file):\(line)" }
}
