package import MusterSSHConfig

/// A device of the inventory, with everything its groups and the defaults say about it.
///
/// The fields can be changed: what the command line says goes before what the inventory says.
public struct InventoryHost: Sendable {
    /// The name in the inventory; unique in it.
    public let name: String
    /// The host name or address to connect to; the name, when the inventory gives none.
    public var address: String
    /// The TCP port, 1 to 65535; nil for the transport's own default.
    public var port: Int?
    /// The user to log in as.
    public var user: String?
    /// The password to log in with.
    public var password: SecretSource?
    /// What unlocks the identities.
    public var passphrase: SecretSource?
    /// The password for the privileged mode.
    public var enable: SecretSource?
    /// Other secrets that a device asks for on the way to a mode, by the names that the platform's definition has for them, such as `root`.
    ///
    /// Merged name by name over those of its groups and the defaults.
    public var secrets: [String: SecretSource] = [:]
    /// Paths of private keys, in the order they are to be tried.
    public var identity: [String]
    /// Credentials in the order they are to be tried, before the identities and the password.
    public var credentials: [InventoryCredential] = []
    /// The name of the platform, or the path of its definition.
    public var platform: String?
    /// The hosts or addresses to go through, outermost first.
    ///
    /// `Inventory.bastions(of:)` tells what they stand for.
    public var jump: [String]
    /// What `jump` stands for, outermost first, once the caller has looked it up.
    public var bastions: [InventoryHost] = []
    /// What carries the command line; nil for SSH.
    public var transport: InventoryTransport?
    /// How commands get to it; nil for what the platform allows.
    public var channel: InventoryChannel?
    /// Whether algorithms are offered that only old gear needs; nil for no.
    public var legacy: Bool?
    /// The host keys that are the only right ones, whatever known hosts files say; empty when those decide.
    public var hostKey: [HostKeyPin]
    /// What `ssh_config` says of the host, once the caller has looked it up.
    package var ssh: SSHOptions?
    /// The fields that have their value from `ssh_config`, and where it is written.
    package var sshOrigins: [String: SSHConfigPosition] = [:]
    /// Whether the identities are not the inventory's: like ssh, a login then passes over those that are of no use.
    package var identityIsOptional = false
    /// The names of the host's groups, groups of groups included, in the order of precedence.
    public let groups: [String]
    /// The host's own data, merged key by key over that of its groups and the defaults.
    public var data: [String: InventoryValue]

    /// Where its own entry stands in the inventory; nil for a device that is in none.
    package var entryPosition: SourcePosition? { layers.first { $0.layer == .host }?.position }

    /// The layers the values came from, nearest first.
    let layers: [InventoryLayer]

    /// Describes a device that is in no inventory.
    public init(
        name: String, address: String? = nil, port: Int? = nil, user: String? = nil, password: SecretSource? = nil,
        passphrase: SecretSource? = nil, enable: SecretSource? = nil, identity: [String] = [], platform: String? = nil,
        jump: [String] = [], transport: InventoryTransport? = nil, legacy: Bool? = nil, hostKey: [HostKeyPin] = [], groups: [String] = [],
        data: [String: InventoryValue] = [:]
    ) {
        self.name = name
        self.address = address ?? name
        self.port = port
        self.user = user
        self.password = password
        self.passphrase = passphrase
        self.enable = enable
        self.identity = identity
        self.platform = platform
        self.jump = jump
        self.transport = transport
        self.legacy = legacy
        self.hostKey = hostKey
        self.groups = groups
        self.data = data
        self.layers = []
    }

    init(name: String, fields: InventoryFields, data: [String: InventoryValue], groups: [String], layers: [InventoryLayer]) {
        self.name = name
        self.address = fields.address?.value ?? name
        self.port = fields.port?.value
        self.user = fields.user?.value
        self.password = fields.password?.value
        self.passphrase = fields.passphrase?.value
        self.enable = fields.enable?.value
        self.secrets = fields.secrets.mapValues(\.value)
        self.identity = fields.identity?.value ?? []
        self.credentials = fields.credentials?.value ?? []
        self.platform = fields.platform?.value
        self.jump = fields.jump?.value ?? []
        self.transport = fields.transport?.value
        self.channel = fields.channel?.value
        self.legacy = fields.legacy?.value
        self.hostKey = fields.hostKey?.value ?? []
        self.groups = groups
        self.data = data
        self.layers = layers
    }
}
