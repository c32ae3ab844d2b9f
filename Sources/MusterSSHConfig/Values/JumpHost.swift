/// One hop of `ProxyJump`: `[user@]host[:port]` or `ssh://[user@]host[:port]`.
public struct JumpHost: Sendable, Hashable, CustomStringConvertible {
    /// The user to log in as; nil for what the settings of the host say.
    public var user: String?
    /// The name or address, which ssh looks up in its configuration as if it were typed.
    public var host: String
    /// The TCP port; nil for what the settings of the host say.
    public var port: Int?

    /// Makes a hop.
    public init(user: String? = nil, host: String, port: Int? = nil) {
        self.user = user
        self.host = host
        self.port = port
    }

    /// As `ProxyJump` writes it.
    public var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return (user.map { $0 + "@" } ?? "") + shown + (port.map { ":\($0)" } ?? "")
    }
}
