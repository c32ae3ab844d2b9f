/// A value under `data`: what YAML can say, in the sense of the YAML 1.2 core schema.
///
/// `yes`, `no`, `on` and `off` are strings, and so is a number that is written in another way than the usual one: `007`, `1.10`, `0x1f`, `+5`, `1e3`.
public enum InventoryValue: Sendable, Hashable {
    /// `null`, `~` or nothing.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number with a fraction or an exponent.
    case double(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([InventoryValue])
    /// A mapping; the order of its keys is not kept.
    case object([String: InventoryValue])

    /// A scalar as text; nil for a list, a mapping or null.
    public var text: String? {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): value
        case .null, .array, .object: nil
        }
    }
}

extension InventoryValue: CustomStringConvertible {
    /// The value in YAML's flow form, keys sorted.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool, .integer, .double, .string: text ?? ""
        case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .object(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}
