/// How commands get to a device that is reached by SSH.
public enum InventoryChannel: String, Sendable, CaseIterable {
    /// Each over an exec channel where the platform allows that, and through a shell elsewhere.
    case auto
    /// Through a shell.
    case shell
    /// Each over an exec channel.
    case exec
}
