/// JSON into bytes, with the members in the order in which they are written.
///
/// Foundation's encoder sorts members or leaves their order to chance; people read these results too, and a device's output may be many megabytes.
package struct JSONWriter {
    /// What was written.
    package private(set) var bytes: [UInt8] = []
    /// Whether members and elements stand on lines of their own.
    private let isIndented: Bool
    private var depth: Int
    private var isFirst = true

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - indented: Whether members and elements stand on lines of their own, by two spaces a level.
    ///   - depth: The level to begin with.
    package init(indented: Bool, depth: Int = 0) {
        isIndented = indented
        self.depth = depth
    }

    /// Writes an object whose members `body` writes.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        nest("{", "}", body)
    }

    /// Writes an array of one element each.
    package mutating func array<S: Sequence>(_ elements: S, _ element: (inout JSONWriter, S.Element) -> Void) {
        nest("[", "]") { writer in
            for each in elements {
                writer.separate()
                element(&writer, each)
            }
        }
    }

    /// Writes a member's name; its value is what is written next.
    package mutating func key(_ name: String) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
        if isIndented { bytes.append(UInt8(ascii: " ")) }
    }

    /// Writes a member with a text, or null.
    package mutating func member(_ name: String, _ text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }

    /// Writes a member with a number.
    package mutating func member(_ name: String, _ number: Int) {
        key(name)
        self.number(number)
    }

    /// Writes a member with a truth value.
    package mutating func member(_ name: String, _ truth: Bool) {
        key(name)
        bool(truth)
    }

    /// Writes a member with a duration in seconds: at least one decimal, at most six.
    package mutating func member(_ name: String, _ duration: Duration) {
        key(name)
        bytes.append(contentsOf: duration.decimalSeconds.utf8)
    }

    /// Writes a number.
    package mutating func number(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Writes a number; null for infinity and what is no number, which JSON can't say.
    package mutating func number(_ number: Double) {
        bytes.append(contentsOf: (number.isFinite ? String(number) : "null").utf8)
    }

    /// Writes a truth value.
    package mutating func bool(_ truth: Bool) {
        bytes.append(contentsOf: (truth ? "true" : "false").utf8)
    }

    /// Writes null.
    package mutating func null() {
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a text value, escaped as RFC 8259 section 7 demands and no further.
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { source in
            bytes.reserveCapacity(bytes.count + source.count + 2)
            bytes.append(UInt8(ascii: "\""))
            var start = 0
            for index in source.indices {
                let byte = source[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: source[start..<index])
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: source[start...])
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        case 0x00..<0x20: bytes.append(contentsOf: "\(byte < 0x10 ? "u000" : "u00")\(String(byte, radix: 16))".utf8)
        default: bytes.append(byte)
        }
    }

    private mutating func nest(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: open))
        let wasFirst = isFirst
        isFirst = true
        depth += 1
        body(&self)
        depth -= 1
        if !isFirst { newLine() }
        isFirst = wasFirst
        bytes.append(UInt8(ascii: close))
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        newLine()
    }

    private mutating func newLine() {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
}
