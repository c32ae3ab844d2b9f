/// How commands get to a device that is reached by SSH.
public enum CommandChannel: String, Sendable, CaseIterable {
    /// Each over an exec channel where the platform's definition allows that (`muster: exec: true`), and through a shell elsewhere.
    case auto
    /// Through a shell with a terminal, as a person would type them.
    case shell
    /// Each over an exec channel of its own on the one connection (RFC 4254, 6.5), without a terminal: its exit status tells how it went.
    case exec
}
