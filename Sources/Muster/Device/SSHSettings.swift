public import MusterSSHConfig

/// How SSH to a device goes, beyond its address, port, user and keys: what else `ssh_config` can say of a host.
///
/// What it says of host keys is in the device itself. Everything is open at first; nil means that the default of Muster holds.
public struct SSHSettings: Sendable, Hashable {
    /// Where the agent listens.
    public enum IdentityAgent: Sendable, Hashable {
        /// No agent is asked.
        case none
        /// The Unix socket at this path.
        case socket(String)
    }

    /// The addresses that a name may be resolved to.
    public enum AddressFamily: String, Sendable, Hashable {
        /// IPv4 and IPv6.
        case any
        /// IPv4 only.
        case inet
        /// IPv6 only.
        case inet6
    }

    // MARK: The system's ssh

    /// What the system's `ssh` is given as if it were typed, so that it stands for `%n`; the device's address for nil.
    public var alias: String?
    /// Lines of `ssh_config` for this device that only the system's `ssh` heeds, such as `GSSAPIAuthentication yes`, the one that counts first.
    ///
    /// Where they are given, everything that configuration files say is in these settings, and `ssh` reads none. For nil it reads the one
    /// that `RunOptions.openSSH` names.
    public var openSSHLines: [String]?

    // MARK: Algorithms

    /// Key exchange: `KexAlgorithms`.
    public var keyExchange: AlgorithmList?
    /// Host keys: `HostKeyAlgorithms`.
    public var hostKeyAlgorithms: AlgorithmList?
    /// Ciphers, both ways: `Ciphers`.
    public var ciphers: AlgorithmList?
    /// Message authentication, both ways: `MACs`.
    public var macs: AlgorithmList?
    /// Signatures of the user's keys: `PubkeyAcceptedAlgorithms`.
    public var publicKeyAlgorithms: AlgorithmList?
    /// Whether compression is asked for: `Compression`.
    public var compression: Bool?

    // MARK: Logging in

    /// Where the agent listens: `IdentityAgent`; nil for `$SSH_AUTH_SOCK`.
    public var identityAgent: IdentityAgent?
    /// Whether only the named identities are tried, and not all that the agent has: `IdentitiesOnly`.
    public var identitiesOnly: Bool?
    /// Certificates of the user's keys: `CertificateFile`.
    public var certificateFiles: [String] = []
    /// The authentication methods that are not to be tried, by their names on the wire: `PubkeyAuthentication no` and the like.
    public var disabledAuthentications: [String] = []
    /// Whether the device's identities are `ssh_config`'s or ssh's default files: those that are missing or locked are passed over.
    public var identitiesAreOptional = false
    /// Whether they are the files that ssh tries by itself, of which the system's `ssh` may know more.
    public var identitiesAreDefaults = false
    /// The authentication methods in the order to try them: `PreferredAuthentications`.
    public var preferredAuthentications: [String]?

    // MARK: The way there

    /// The hosts to go through, outermost first: `ProxyJump`.
    public var proxyJump: [JumpHost] = []
    /// The command whose input and output are the connection: `ProxyCommand`.
    public var proxyCommand: String?
    /// Whether TCP's own signs of life are sent: `TCPKeepAlive`.
    public var tcpKeepAlive: Bool?
    /// Which addresses are used: `AddressFamily`.
    public var addressFamily: AddressFamily?
    /// The local address or name to connect from: `BindAddress`.
    public var bindAddress: String?
    /// The time from the look-up of the name to the first prompt: `ConnectTimeout`; nil for that of the run.
    public var connectTimeout: Duration?
    /// The time without a word from the device after which it is asked for a sign of life: `ServerAliveInterval`; nil or zero for never.
    public var aliveInterval: Duration?
    /// How many such questions may stay without an answer: `ServerAliveCountMax`.
    public var aliveCountMax: Int?

    /// Makes settings that leave everything open.
    public init() {}
}
