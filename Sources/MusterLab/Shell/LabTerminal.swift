/// The size of a client's terminal.
struct LabTerminal: Sendable {
    /// What a device assumes when the client names no height (RFC 4254, section 6.2, allows 0 for "not known").
    static let usualRows = 24
    static let usualColumns = 80

    let rows: Int
    let columns: Int

    init(rows: Int, columns: Int) {
        self.rows = rows > 0 ? max(rows, 2) : Self.usualRows
        self.columns = columns > 0 ? columns : Self.usualColumns
    }
}
