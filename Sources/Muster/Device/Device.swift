public import MusterInventory

/// One device to log in to, with everything that is needed for it.
public struct Device: Sendable {
    /// Its name in the inventory.
    public var name: String
    /// A name or an IP address to connect to.
    public var address: String
    /// The TCP port.
    public var port: Int
    /// The platform's name: one of the run's `platforms`, a built-in one, an alias of one, or the path of a definition.
    public var platform: String
    /// The user to log in as.
    public var user: String
    /// The password, also for keyboard-interactive questions that ask for one.
    public var password: Secret?
    /// Private key files, tried in order before the password.
    public var identities: [String]
    /// What decrypts the private key files.
    public var passphrase: Secret?
    /// Credentials tried in order before the private key files and the password.
    public var credentials: [LoginCredential] = []
    /// Secrets that mode changes ask for, by name; `enable` is the usual one.
    public var secrets: [String: Secret]
    /// What carries its command line.
    public var transport = DeviceTransport.ssh
    /// How commands get to it.
    public var channel = CommandChannel.auto
    /// Whether algorithms are offered that only old gear needs, such as SHA-1 and CBC (RFC 8270, RFC 9142 advise against them).
    public var legacy = false
    /// The bastions on the way to it, outermost first.
    ///
    /// Each is logged in to by its own `transport`, which can't be `telnet`; those that are equal in address, port and user share one connection
    /// in a run.
    public var jump: [Device] = []
    /// The host keys that are the only right ones, whatever known hosts files say; empty when those decide.
    public var hostKeys: [HostKeyPin] = []
    /// The name that its key has in known hosts files instead of its address and port, as `HostKeyAlias` of ssh_config(5).
    public var hostKeyAlias: String?
    /// Its known hosts files, of which the first is written; those of the run when empty.
    public var knownHostsFiles: [String] = []
    /// What is done about its host key; what the run's options say when nil.
    public var hostKeyPolicy: HostKeyPolicy?
    /// How SSH to it goes, beyond the above.
    public var ssh: SSHSettings {
        get { kept.settings }
        set { kept = KeptSettings(newValue) }
    }

    /// Apart from the rest and shared: each function on the way to a device has copies of the device in its frame.
    private var kept = KeptSettings.none

    /// Makes a device.
    ///
    /// - Parameters:
    ///   - name: Its name in results.
    ///   - address: A name or an IP address; the device's name when left out.
    ///   - port: The TCP port.
    ///   - platform: The platform's name.
    ///   - user: The user to log in as.
    ///   - password: The password.
    ///   - identities: Private key files, tried in order before the password.
    ///   - passphrase: What decrypts the private key files.
    ///   - secrets: Secrets that mode changes ask for, by name.
    public init(
        name: String, address: String? = nil, port: Int = 22, platform: String = "generic", user: String, password: Secret? = nil,
        identities: [String] = [], passphrase: Secret? = nil, secrets: [String: Secret] = [:]
    ) {
        self.name = name
        self.address = address ?? name
        self.port = port
        self.platform = platform
        self.user = user
        self.password = password
        self.identities = identities
        self.passphrase = passphrase
        self.secrets = secrets
    }
}

/// Settings that several copies of a device share.
private final class KeptSettings: Sendable {
    let settings: SSHSettings

    /// Those of a device that nothing is said of.
    static let none = KeptSettings(SSHSettings())

    init(_ settings: SSHSettings) {
        self.settings = settings
    }
}
