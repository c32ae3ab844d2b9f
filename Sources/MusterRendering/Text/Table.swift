/// Rows under a header, in columns as wide as they need to be.
package struct Table: Sendable {
    private var rows: [[String]]

    package init(header: [String]) {
        rows = [header]
    }

    /// Adds a row, with as many cells as the header has.
    package mutating func append(_ row: [String]) {
        rows.append(row.map(\.oneLine))
    }

    /// The table, each line ended by a line end; the last column is not padded.
    package func rendered(palette: Palette = .plain) -> String {
        var widths = [Int](repeating: 0, count: rows[0].count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.columns) }
        }
        var text = ""
        for (number, row) in rows.enumerated() {
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            let cells = row.prefix(last + 1).enumerated().map { index, cell in index == last ? cell : cell.padded(to: widths[index]) }
            let line = cells.joined(separator: "  ")
            text += (number == 0 ? palette.bold(line) : line) + "\n"
        }
        return text
    }
}
