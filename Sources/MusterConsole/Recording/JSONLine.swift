/// A value of JSON whose texts are bytes: a lone surrogate from U+DC80 to U+DCFF is the byte that its last two digits say.
enum JSONLine: Equatable {
    case text([UInt8])
    case number(Double)
    case truth(Bool)
    case null
    case list([JSONLine])
    case object([String: JSONLine])

    /// Reads one value and nothing after it.
    ///
    /// - Throws: `JSONLineProblem`.
    init(_ bytes: some Sequence<UInt8>) throws(JSONLineProblem) {
        var reader = JSONLineReader(bytes: Array(bytes))
        self = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.isAtEnd else { throw reader.problem("the end of the line") }
    }

    var string: String? {
        if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    var bytes: [UInt8]? {
        if case .text(let bytes) = self { bytes } else { nil }
    }

    var int: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }
}

/// Where a line is no JSON.
struct JSONLineProblem: Error, Equatable {
    /// Counted from 1, in bytes.
    var column: Int
    var expected: String
    /// Whether the line ends where more was expected.
    var isAtEnd: Bool
}

private struct JSONLineReader {
    private static let deepest = 8

    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index >= bytes.count }

    func problem(_ expected: String) -> JSONLineProblem {
        JSONLineProblem(column: index + 1, expected: expected, isAtEnd: isAtEnd)
    }

    mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func require(_ byte: UInt8) throws(JSONLineProblem) {
        guard take(byte) else { throw problem("'\(Unicode.Scalar(byte))'") }
    }

    mutating func value(depth: Int) throws(JSONLineProblem) -> JSONLine {
        guard depth <= Self.deepest else { throw problem("fewer levels") }
        skipBlanks()
        guard index < bytes.count else { throw problem("a value") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try list(depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .truth(true))
        case UInt8(ascii: "f"): return try word("false", .truth(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSONLine) throws(JSONLineProblem) -> JSONLine {
        guard bytes[index...].starts(with: word.utf8) else {
            if word.utf8.starts(with: bytes[index...]) { index = bytes.count }
            throw problem("a value")
        }
        index += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONLineProblem) -> JSONLine {
        let digits = bytes[index...].prefix { (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
        guard let number = Double(String(decoding: digits, as: UTF8.self)) else { throw problem("a value") }
        index += digits.count
        return .number(number)
    }

    private mutating func list(_ depth: Int) throws(JSONLineProblem) -> JSONLine {
        index += 1
        var elements: [JSONLine] = []
        guard !take(UInt8(ascii: "]")) else { return .list([]) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        try require(UInt8(ascii: "]"))
        return .list(elements)
    }

    private mutating func object(_ depth: Int) throws(JSONLineProblem) -> JSONLine {
        index += 1
        var members: [String: JSONLine] = [:]
        guard !take(UInt8(ascii: "}")) else { return .object([:]) }
        repeat {
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw problem("a member's name") }
            let name = String(decoding: try text(), as: UTF8.self)
            try require(UInt8(ascii: ":"))
            members[name] = try value(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        try require(UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func text() throws(JSONLineProblem) -> [UInt8] {
        index += 1
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return result
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0..<0x20:
                index -= 1
                throw problem("no bare control character")
            default: result.append(byte)
            }
        }
        throw problem("'\"'")
    }

    private mutating func escape(into result: inout [UInt8]) throws(JSONLineProblem) {
        guard index < bytes.count else { throw problem("an escape") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "u"): try unicodeEscape(into: &result)
        default:
            index -= 1
            throw problem("an escape")
        }
    }

    private mutating func unicodeEscape(into result: inout [UInt8]) throws(JSONLineProblem) {
        let unit = try hex()
        if (0xD800..<0xDC00).contains(unit) {
            guard bytes[index...].starts(with: "\\u".utf8) else { throw problem("the second half of a surrogate pair") }
            index += 2
            let low = try hex()
            guard (0xDC00..<0xE000).contains(low) else { throw problem("the second half of a surrogate pair") }
            append(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &result)
        } else if (0xDC80...0xDCFF).contains(unit) {
            result.append(UInt8(unit - 0xDC00))
        } else {
            guard Unicode.Scalar(unit) != nil else { throw problem("a character, or a byte as U+DC80 to U+DCFF") }
            append(unit, to: &result)
        }
    }

    private func append(_ scalar: UInt32, to result: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(scalar), let encoded = UTF8.encode(scalar) else { return }
        result += encoded
    }

    private mutating func hex() throws(JSONLineProblem) -> UInt32 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            if digits.count < 4 { index = bytes.count }
            throw problem("four hexadecimal digits")
        }
        index += 4
        return unit
    }
}
