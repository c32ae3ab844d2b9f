/// Why a secret could not be had.
///
/// Neither text ever holds the secret.
public struct SecretError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the secret should have come from.
    public let source: SecretSource
    /// What went wrong.
    public let message: String
    /// What to do about it.
    public let hint: String?

    /// Describes a failure.
    public init(source: SecretSource, message: String, hint: String? = nil) {
        self.source = source
        self.message = message
        self.hint = hint
    }

    /// The message and the hint in one line.
    public var description: String { hint.map { message + "; " + $0 } ?? message }
}
