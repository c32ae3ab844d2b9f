/// A text that must not be shown.
public struct Secret: Sendable, Hashable {
    private let text: String
    /// Makes a secret of a text.
    public init(_ text: String) { self.text = text }
    /// The text itself.
    public func reveal() -> String { text }
}
