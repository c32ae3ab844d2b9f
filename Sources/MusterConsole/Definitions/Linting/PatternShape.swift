/// What a regular expression is made of, as far as it matters for the texts that it has to work hard on.
///
/// Read leniently: the expression compiles, so what is not known here (a condition, a callout) just counts as nothing.
indirect enum PatternShape: Sendable {
    /// One character of these.
    case characters(Set<UInt8>)
    case sequence([PatternShape])
    case choice([PatternShape])
    /// `most` is nil where there is no bound.
    case loop(PatternShape, least: Int, most: Int?)
    /// Something that is looked at and not taken.
    case aside(PatternShape)

    static let nothing = PatternShape.sequence([])

    init(_ source: String) {
        var reader = PatternReader(source: Array(source.utf8))
        var parts = [reader.choice()]
        // A parenthesis that closes nothing: it is passed over.
        while !reader.isAtEnd {
            reader.index += 1
            parts.append(reader.choice())
        }
        self = .sequence(parts)
    }

    /// All sets of characters in it.
    var sets: [Set<UInt8>] {
        switch self {
        case .characters(let set): [set]
        case .sequence(let parts), .choice(let parts): parts.flatMap(\.sets)
        case .loop(let body, _, _), .aside(let body): body.sets
        }
    }

    /// How often in it one thing may be matched in several ways.
    var choices: Int {
        switch self {
        case .characters: 0
        case .sequence(let parts): parts.map(\.choices).reduce(0, +)
        case .choice(let parts): parts.count - 1 + parts.map(\.choices).reduce(0, +)
        case .loop(let body, let least, let most): (most == least ? 0 : 1) + body.choices * (most == 1 ? 1 : 2)
        case .aside(let body): body.choices
        }
    }
}

private struct PatternReader {
    let source: [UInt8]
    var index = 0

    private static let digits = Set(UInt8(ascii: "0")...UInt8(ascii: "9"))
    private static let letters = Set(UInt8(ascii: "a")...UInt8(ascii: "z")).union(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    private static let blanks: Set<UInt8> = [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20]
    private static let all = Set(UInt8.min...UInt8.max)
    private static let notLineEnds = all.subtracting([0x0A, 0x0D])

    var isAtEnd: Bool { index >= source.count }
    private var next: UInt8? { index < source.count ? source[index] : nil }

    private mutating func take(_ text: StaticString) -> Bool {
        let wanted = String(describing: text).utf8
        guard source[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    mutating func choice() -> PatternShape {
        var branches = [sequence()]
        while take("|") { branches.append(sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() -> PatternShape {
        var parts: [PatternShape] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            var part = piece()
            while let bounds = quantifier() { part = .loop(part, least: bounds.least, most: bounds.most) }
            parts.append(part)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func quantifier() -> (least: Int, most: Int?)? {
        var bounds: (least: Int, most: Int?)
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if next == UInt8(ascii: "{"), let end = source[index...].firstIndex(of: UInt8(ascii: "}")) {
            let parts = source[(index + 1)..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            let numbers = parts.map { Int(String(decoding: $0, as: UTF8.self).filter { $0 != " " }) }
            guard (1...2).contains(parts.count), numbers.contains(where: { $0 != nil }) else { return nil }
            bounds = (numbers[0] ?? 0, parts.count == 1 ? numbers[0] : numbers[1])
            index = end + 1
        } else {
            return nil
        }
        // Lazy, possessive: what can be matched is the same.
        if next == UInt8(ascii: "?") || next == UInt8(ascii: "+") { index += 1 }
        return bounds
    }

    private mutating func piece() -> PatternShape {
        let byte = source[index]
        index += 1
        switch byte {
        case UInt8(ascii: "("): return group()
        case UInt8(ascii: "["): return .characters(set())
        case UInt8(ascii: "."): return .characters(Self.notLineEnds)
        case UInt8(ascii: "^"), UInt8(ascii: "$"): return .nothing
        case UInt8(ascii: "\\"): return escape().map { .characters($0) } ?? .nothing
        default: return .characters(Self.caseless(byte))
        }
    }

    private mutating func group() -> PatternShape {
        var isAside = false
        if take("?") {
            if take("#") {
                while let byte = next, byte != UInt8(ascii: ")") { index += 1 + (byte == UInt8(ascii: "\\") ? 1 : 0) }
                _ = take(")")
                return .nothing
            }
            if take("=") || take("!") || take("<=") || take("<!") {
                isAside = true
            } else if !take(":"), !take(">"), !take("|") {
                // A name, or options with or without a body.
                let opening = next
                while let byte = next, byte != UInt8(ascii: ":"), byte != UInt8(ascii: ")"), byte != UInt8(ascii: ">") || opening == byte {
                    index += 1
                    if byte == UInt8(ascii: "'"), opening == UInt8(ascii: "'"), index > 2, source[index - 2] != UInt8(ascii: "?") { break }
                }
                if next == UInt8(ascii: ":") || next == UInt8(ascii: ">") { index += 1 }
            }
        } else if take("*") {
            while let byte = next, byte != UInt8(ascii: ")"), byte != UInt8(ascii: ":") { index += 1 }
            _ = take(":")
        }
        let body = choice()
        _ = take(")")
        return isAside ? .aside(body) : body
    }

    /// What follows a backslash; nil for what is no character.
    private mutating func escape() -> Set<UInt8>? {
        guard let byte = next else { return nil }
        index += 1
        switch byte {
        case UInt8(ascii: "d"): return Self.digits
        case UInt8(ascii: "D"): return Self.all.subtracting(Self.digits)
        case UInt8(ascii: "w"): return Self.letters.union(Self.digits).union([UInt8(ascii: "_")])
        case UInt8(ascii: "W"): return Self.all.subtracting(Self.letters).subtracting(Self.digits).subtracting([UInt8(ascii: "_")])
        case UInt8(ascii: "s"): return Self.blanks
        case UInt8(ascii: "S"): return Self.all.subtracting(Self.blanks)
        case UInt8(ascii: "h"): return [0x20, 0x09]
        case UInt8(ascii: "R"), UInt8(ascii: "v"): return [0x0A, 0x0D]
        case UInt8(ascii: "N"), UInt8(ascii: "X"), UInt8(ascii: "C"): return Self.notLineEnds
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "e"): return [0x1B]
        case UInt8(ascii: "a"): return [0x07]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "x"):
            let digits = source[index...].prefix(2).prefix { Self.digits.contains($0) || (0x41...0x46).contains($0 & 0xDF) }
            index += digits.count
            return [UInt8(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0]
        // Places, references back, quoting.
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "1")...UInt8(ascii: "9"): return nil
        default: return [byte]
        }
    }

    /// What is between `[` and `]`.
    private mutating func set() -> Set<UInt8> {
        let isNegated = take("^")
        var set: Set<UInt8> = []
        var last: UInt8?
        var isFirst = true
        while let byte = next, isFirst || byte != UInt8(ascii: "]") {
            isFirst = false
            if take("[:") {
                let name = source[index...].prefix { $0 != UInt8(ascii: ":") }
                set.formUnion(Self.named(String(decoding: name, as: UTF8.self)))
                index = min(source.count, index + name.count + 2)
                last = nil
                continue
            }
            index += 1
            var members: Set<UInt8> = [byte]
            if byte == UInt8(ascii: "\\") {
                // Inside a set \b is the backspace.
                members = take("b") ? [0x08] : escape() ?? []
            }
            if byte == UInt8(ascii: "-"), let low = last, let high = next, high != UInt8(ascii: "]") {
                index += 1
                let end = high == UInt8(ascii: "\\") ? escape()?.min() ?? high : high
                if low <= end { set.formUnion(low...end) }
                last = nil
                continue
            }
            set.formUnion(members)
            last = members.count == 1 ? members.first : nil
        }
        _ = take("]")
        set = set.reduce(into: []) { $0.formUnion(Self.caseless($1)) }
        return isNegated ? Self.all.subtracting(set) : set
    }

    private static func named(_ name: String) -> Set<UInt8> {
        switch name {
        case "alpha", "lower", "upper": letters
        case "digit": digits
        case "alnum": letters.union(digits)
        case "word": letters.union(digits).union([UInt8(ascii: "_")])
        case "space", "blank": blanks
        case "xdigit": digits.union(Set("abcdefABCDEF".utf8))
        default: Set(0x21...0x7E)
        }
    }

    private static func caseless(_ byte: UInt8) -> Set<UInt8> { letters.contains(byte) ? [byte, byte ^ 0x20] : [byte] }
}
