/// A password or a like text that keeps itself out of output.
///
/// Every automatic way to print it (interpolation, `print`, `dump`, a debugger's reflection) shows `<secret>`. It is not `Codable` on
/// purpose.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    /// Keeps `text`.
    public init(_ text: String) {
        self.text = text
    }

    /// The secret itself.
    ///
    /// Call it where the secret goes to the device, and nowhere else.
    public func reveal() -> String { text }

    /// `<secret>`.
    public var description: String { "<secret>" }

    /// `<secret>`.
    public var debugDescription: String { "<secret>" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>(), displayStyle: .struct) }
}
