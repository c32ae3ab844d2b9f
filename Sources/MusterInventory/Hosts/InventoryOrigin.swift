/// Which part of an inventory gave a host's field its value.
public struct InventoryOrigin: Sendable, Hashable, CustomStringConvertible {
    /// A layer of the inventory.
    ///
    /// The first layer that sets a field wins, in this order.
    public enum Layer: Sendable, Hashable, CustomStringConvertible {
        /// The host's own entry.
        case host
        /// The group of this name.
        case group(String)
        /// The defaults.
        case defaults

        /// `host`, `group leaf` or `defaults`.
        public var description: String {
            switch self {
            case .host: "host"
            case .group(let name): "group \(name)"
            case .defaults: "defaults"
            }
        }
    }

    /// The layer.
    public let layer: Layer
    /// Where the value is written.
    public let position: SourcePosition

    /// Such as `group leaf, inventory.yaml:12`.
    public var description: String { "\(layer), \(position)" }
}

/// One line of `Inventory.explain`: a field of a host, its value, and where that came from.
public struct InventoryExplanation: Sendable, Hashable {
    /// The field, such as `user` or `data.site`.
    public let field: String
    /// The value as text; a plain secret shows as `<secret>`.
    public let value: String
    /// Where the value came from; nil for what follows from the rest, such as an address taken from the name.
    public let origin: InventoryOrigin?
}
