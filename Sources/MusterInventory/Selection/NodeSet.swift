/// A set of hosts in the notation of clush and pdsh: `leaf[01-48,60],spine1`, `@group`, `leaf*!leaf-13`.
///
/// Operators are applied from left to right, all of the same rank: `,` or a blank adds, `!` takes away, `&` keeps what both have, `^`
/// keeps what only one has. Brackets hold numbers and ranges, with steps (`[0-10/2]`) and leading zeros; a name may have several. `*`
/// and `?` stand for any characters and for one.
public struct NodeSet: Sendable, Hashable, CustomStringConvertible {
    /// Characters that mean something in a node set, so no host's or group's name may hold them.
    static let reserved: Set<Unicode.Scalar> = [",", "[", "]", "!", "&", "^", "*", "?", "@"]

    /// The notation as given.
    public let description: String
    let terms: [NodeTerm]

    /// Parses the notation.
    ///
    /// - Throws: `SelectionError`, with the column of the mistake.
    public init(_ text: String) throws(SelectionError) {
        var parser = NodeSetParser(text)
        self.terms = try parser.parse()
        self.description = text
    }

    /// The names of the set without an inventory, in the order they are written.
    ///
    /// - Throws: `SelectionError` when the set needs an inventory: `@group`, `*`, `?`.
    public func names() throws(SelectionError) -> [String] {
        var result: [String] = []
        var members: Set<String> = []
        for term in terms {
            guard !term.isGroup else { throw term.error(in: self, "the group \(term.text.quotedForMessage) needs an inventory") }
            guard !term.hasGlob else { throw term.error(in: self, "the pattern \(term.text.quotedForMessage) needs an inventory") }
            let names = try term.names(in: self)
            let named = Set(names)
            switch term.operation {
            case .union:
                for name in names where members.insert(name).inserted { result.append(name) }
            case .difference:
                result.removeAll { named.contains($0) }
            case .intersection:
                result.removeAll { !named.contains($0) }
            case .symmetricDifference:
                var fresh: Set<String> = []
                let added = names.filter { !members.contains($0) && fresh.insert($0).inserted }
                result.removeAll { named.contains($0) }
                result += added
            }
            members = Set(result)
        }
        return result
    }
}

/// One name, pattern or group of a node set, and how it joins what stands before it.
struct NodeTerm: Sendable, Hashable {
    enum Operation: Sendable, Hashable {
        case union, difference, intersection, symmetricDifference
    }

    enum Piece: Sendable, Hashable {
        case text(String)
        case numbers([NodeRange])
    }

    let operation: Operation
    let isGroup: Bool
    let pieces: [Piece]
    /// The term as written, without `@`.
    let text: String
    let column: Int

    /// More names than this are taken for a slip of the keyboard.
    static let limit = 1_000_000

    var hasGlob: Bool {
        pieces.contains { if case .text(let text) = $0 { text.utf8.contains { $0 == 0x2A || $0 == 0x3F } } else { false } }
    }

    func error(in set: NodeSet, _ message: String, hint: String? = nil) -> SelectionError {
        SelectionError(expression: set.description, column: column, message: message, hint: hint)
    }

    /// The names with all brackets expanded, the last bracket counting fastest.
    func names(in set: NodeSet) throws(SelectionError) -> [String] {
        var count = 1
        for case .numbers(let ranges) in pieces {
            // Each range is below the limit (the parser sees to it), so the products stay far from overflow.
            count *= ranges.reduce(0) { $0 + $1.count }
            guard count <= Self.limit else {
                throw error(in: set, "\(text.quotedForMessage) stands for more than \(Self.limit) names")
            }
        }
        var names = [""]
        for piece in pieces {
            switch piece {
            case .text(let text):
                for index in names.indices { names[index] += text }
            case .numbers(let ranges):
                let numbers = ranges.flatMap(\.texts)
                names = names.flatMap { name in numbers.map { name + $0 } }
            }
        }
        return names
    }
}

/// A range of numbers in brackets.
struct NodeRange: Sendable, Hashable {
    let first: Int
    let last: Int
    let step: Int
    /// The least number of digits, filled up with zeros; 0 for none.
    let width: Int

    var count: Int { (last - first) / step + 1 }

    var texts: [String] {
        stride(from: first, through: last, by: step).map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }
}
