/// The steps on the way to a device's answer, in order.
public enum Phase: String, Sendable, Codable, CaseIterable {
    /// The name is looked up.
    case resolve
    /// The TCP connection is made.
    case connect
    /// SSH's version exchange and key exchange.
    case handshake
    /// The host key is checked.
    case hostKey = "host_key"
    /// The user logs in.
    case authenticate
    /// The channel, its terminal and its shell are opened.
    case open
    /// The first prompt is awaited and learned.
    case login
    /// A prompt that was expected is awaited.
    case prompt
    /// Another privilege level is entered.
    case privilege
    /// A command runs.
    case command
    /// The device is logged out.
    case close
}
