/// A value of JSON, with texts as bytes: in recordings, `\udc80` to `\udcff` stand for single bytes that are no UTF-8.
enum LabJSON {
    case text([UInt8])
    case number(Double)
    case object([String: LabJSON])
    case other

    /// Reads a line; nil where it is no JSON.
    init?(_ line: ArraySlice<UInt8>) {
        var rest = line
        guard let value = LabJSON.read(&rest), rest.allSatisfy({ $0 <= 0x20 }) else { return nil }
        self = value
    }

    subscript(_ name: String) -> LabJSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var bytes: [UInt8]? {
        if case .text(let bytes) = self { bytes } else { nil }
    }

    var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    private static func read(_ rest: inout ArraySlice<UInt8>) -> LabJSON? {
        rest = rest.drop { $0 <= 0x20 }
        switch rest.first {
        case UInt8(ascii: "{"):
            var members: [String: LabJSON] = [:]
            let isWhole = elements(&rest, until: UInt8(ascii: "}")) { rest in
                guard let name = text(&rest), skip(UInt8(ascii: ":"), &rest), let value = read(&rest) else { return false }
                members[String(decoding: name, as: UTF8.self)] = value
                return true
            }
            return isWhole ? .object(members) : nil
        case UInt8(ascii: "["):
            return elements(&rest, until: UInt8(ascii: "]")) { read(&$0) != nil } ? .other : nil
        case UInt8(ascii: "\""): return text(&rest).map { .text($0) }
        case nil: return nil
        default:
            let word = rest.prefix { ![0x20, 0x09, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains($0) }
            rest = rest[word.endIndex...]
            let name = String(decoding: word, as: UTF8.self)
            return ["true", "false", "null"].contains(name) ? .other : Double(name).map { .number($0) }
        }
    }

    private static func elements(
        _ rest: inout ArraySlice<UInt8>, until end: UInt8, _ element: (inout ArraySlice<UInt8>) -> Bool
    ) -> Bool {
        rest = rest.dropFirst()
        if skip(end, &rest) { return true }
        repeat { guard element(&rest) else { return false } } while skip(UInt8(ascii: ","), &rest)
        return skip(end, &rest)
    }

    private static func skip(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
        let next = rest.drop { $0 <= 0x20 }
        guard next.first == byte else { return false }
        rest = next.dropFirst()
        return true
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard skip(UInt8(ascii: "\""), &rest) else { return nil }
        var result: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return result }
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "u"):
                guard let unit = unit(&rest) else { return nil }
                switch unit {
                case 0xDC80...0xDCFF: result.append(UInt8(unit - 0xDC00))
                case 0xD800..<0xDC00:
                    guard rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return nil }
                    rest = rest.dropFirst(2)
                    guard let low = self.unit(&rest), (0xDC00..<0xE000).contains(low),
                        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
                    else { return nil }
                    result += String(Character(scalar)).utf8
                default:
                    guard let scalar = Unicode.Scalar(unit) else { return nil }
                    result += String(Character(scalar)).utf8
                }
            default: result.append(escape)
            }
        }
        return nil
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return digits.count == 4 ? UInt32(String(decoding: digits, as: UTF8.self), radix: 16) : nil
    }
}
