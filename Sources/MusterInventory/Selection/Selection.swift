/// A choice of hosts by attribute: `site=ams & role!=spine`.
///
/// A comparison is `key=value` or `key!=value`, the value with `*` and `?` if you like; a bare word is membership of the group of that
/// name. `!` negates, `&` binds tighter than `|`, parentheses group, quotes hold what has blanks in it. A key is `host`, `platform`,
/// `group`, or one under `data`, with dots into mappings (`rack.row`). A list has the value when one of its elements does. A host
/// without the key has no value, so `!=` holds.
public struct Selection: Sendable, Hashable, CustomStringConvertible {
    indirect enum Expression: Sendable, Hashable {
        case comparison(key: String, pattern: SelectionPattern, column: Int)
        case not(Expression)
        case and(Expression, Expression)
        case or(Expression, Expression)
    }

    /// The expression as given.
    public let description: String
    let root: Expression

    /// Parses an expression.
    ///
    /// - Throws: `SelectionError`, with the column of the mistake.
    public init(_ text: String) throws(SelectionError) {
        var parser = try SelectionParser(text)
        self.root = try parser.parse()
        self.description = text
    }

    /// Whether the host is chosen.
    public func matches(_ host: InventoryHost) -> Bool {
        root.matches(host)
    }
}

/// The value of a comparison: a text, in which `*` and `?` count unless it was quoted.
struct SelectionPattern: Sendable, Hashable {
    let text: String
    let glob: Glob?
    private let number: Double?

    init(_ text: String, quoted: Bool) {
        self.text = text
        self.glob = !quoted && text.utf8.contains { $0 == 0x2A || $0 == 0x3F } ? Glob(text) : nil
        self.number = quoted ? nil : Double(text)
    }

    func matches(_ other: String) -> Bool {
        glob?.matches(other) ?? (text == other)
    }

    func matches(_ value: InventoryValue) -> Bool {
        switch value {
        case .array(let values): values.contains(where: matches)
        // `rate=1.50` finds 1.5.
        case .double(let other): number == other || value.text.map(matches) ?? false
        case .bool, .integer, .string: value.text.map(matches) ?? false
        case .null, .object: false
        }
    }
}

extension Selection.Expression {
    /// The keys that are not under `data`.
    static let builtIn = ["host", "platform", "group"]

    func matches(_ host: InventoryHost) -> Bool {
        switch self {
        case .not(let inner): !inner.matches(host)
        case .and(let left, let right): left.matches(host) && right.matches(host)
        case .or(let left, let right): left.matches(host) || right.matches(host)
        case .comparison("host", let pattern, _): pattern.matches(host.name)
        case .comparison("platform", let pattern, _): host.platform.map(pattern.matches) ?? false
        case .comparison("group", let pattern, _): host.groups.contains(where: pattern.matches)
        case .comparison(let key, let pattern, _): host.data.value(at: key).map(pattern.matches) ?? false
        }
    }

    /// Calls `body` with every comparison, from left to right.
    func forEachComparison(_ body: (_ key: String, _ pattern: SelectionPattern, _ column: Int) throws(SelectionError) -> Void)
        throws(SelectionError)
    {
        switch self {
        case .comparison(let key, let pattern, let column): try body(key, pattern, column)
        case .not(let inner): try inner.forEachComparison(body)
        case .and(let left, let right), .or(let left, let right):
            try left.forEachComparison(body)
            try right.forEachComparison(body)
        }
    }
}

extension [String: InventoryValue] {
    /// The value of a key, or of a path of keys with dots between them.
    func value(at path: String) -> InventoryValue? {
        if let value = self[path] { return value }
        guard let dot = path.utf8.firstIndex(of: UInt8(ascii: ".")), case .object(let inner)? = self[String(path[..<dot])] else {
            return nil
        }
        return inner.value(at: String(path[path.utf8.index(after: dot)...]))
    }
}
