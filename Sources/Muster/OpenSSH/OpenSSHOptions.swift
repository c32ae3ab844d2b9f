/// How the system's `ssh` is run, for devices whose transport is `openssh` or `auto`.
public struct OpenSSHOptions: Sendable, Hashable {
    /// A path, or a name that is looked up in `PATH`.
    public var program = "ssh"
    /// The configuration file that it reads instead of the user's and the system's; `none` for none.
    public var configurationFile: String?
    /// The program that hands it passwords: an installed `muster`, or one that calls `AskpassHelper.runIfAsked`.
    ///
    /// Without one only keys, agents and what else needs no answer can be used.
    public var askpassHelper: String?

    /// Makes the default options.
    public init() {}
}
