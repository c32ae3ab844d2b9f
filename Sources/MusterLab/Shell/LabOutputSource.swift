/// A command's output, made as it is printed, so that a huge one needs no memory.
struct LabOutputSource: Sendable {
    private enum Kind: Sendable {
        case text
        case numbered(line: Int, left: Int)
    }

    /// Bytes of a numbered line, its line end included.
    private static let lineLength = 80

    private let total: Int
    private var kind: Kind
    private var text: ArraySlice<UInt8>

    /// A text whose lines end with line feeds.
    init(_ text: String) {
        self.text = Array(text.utf8)[...]
        total = text.utf8.count
        kind = .text
    }

    /// Numbered lines that make up so many bytes on the wire, and a text after them.
    init(numbered bytes: Int, then text: String) {
        self.text = Array(text.utf8)[...]
        total = bytes + text.utf8.count
        kind = .numbered(line: 1, left: bytes)
    }

    var isEmpty: Bool {
        if case .numbered(_, let left) = kind, left > 0 { return false }
        return text.isEmpty
    }

    /// How much was printed, of a hundred.
    var percent: Int {
        var left = text.count
        if case .numbered(_, let bytes) = kind { left += bytes }
        return total == 0 ? 100 : 100 * (total - left) / total
    }

    /// Appends the next line as it goes over the wire.
    ///
    /// Returns false at the end.
    mutating func appendLine(to bytes: inout [UInt8]) -> Bool {
        if case .numbered(let line, let left) = kind, left > 0 {
            let length = min(left, Self.lineLength)
            if length < 3 {
                bytes += [13, 10].prefix(length)
            } else {
                let number = String(line)
                let head = String(repeating: "0", count: max(0, 9 - number.utf8.count)) + number + " "
                bytes += head.utf8.prefix(length - 2)
                for index in min(head.utf8.count, length - 2)..<(length - 2) { bytes.append(UInt8(97 + (index + line) % 26)) }
                bytes += [13, 10]
            }
            kind = .numbered(line: line + 1, left: left - length)
            return true
        }
        guard !text.isEmpty else { return false }
        let end = text.firstIndex(of: 10) ?? text.endIndex
        bytes += text[..<end]
        bytes += [13, 10]
        text = end < text.endIndex ? text[(end + 1)...] : []
        return true
    }

    /// Whether there are more lines than fit on a page.
    func exceeds(rows: Int) -> Bool {
        var copy = self
        var line: [UInt8] = []
        for _ in 0..<rows {
            line.removeAll(keepingCapacity: true)
            guard copy.appendLine(to: &line) else { return false }
        }
        return !copy.isEmpty
    }
}

/// A page of output and the wait for a key after it.
struct LabPager: Sendable {
    var source: LabOutputSource
    var linesLeft: Int
    var waits = false
}
