public import MusterInventory
import MusterSSH

extension DeviceTransport {
    init(_ transport: InventoryTransport) {
        switch transport {
        case .ssh: self = .ssh
        case .openssh: self = .openssh
        case .telnet: self = .telnet
        case .auto: self = .auto
        }
    }
}

extension Device {
    /// Makes a device of a host of an inventory, with its secrets at hand.
    ///
    /// The resolver fetches each secret once, however many hosts share it. What the host leaves open is as in `init(name:…)`: the transport's
    /// port, the platform `generic`.
    ///
    /// - Parameters:
    ///   - host: The host, with what the caller wants otherwise changed in it.
    ///   - jump: The bastions that the host's `jump` stands for, outermost first; see `Inventory.route(to:)`.
    ///   - defaultUser: The user for a host that names none; ssh takes the local user's name.
    ///   - resolver: Where the secrets come from.
    /// - Throws: `MusterError` with the code `credential` for a host without a user; what the resolver throws: `SecretError` for a secret that
    ///   can't be had, `CancellationError`.
    public init(_ host: InventoryHost, jump: [Device] = [], defaultUser: String?, resolver: SecretResolver) async throws {
        guard let user = host.user ?? defaultUser, !user.isEmpty else {
            throw MusterError(
                .credential, phase: .authenticate, device: host.name, message: "no user to log in as",
                hint: "give the host, a group or the defaults a 'user'")
        }
        let transport = host.transport.map(DeviceTransport.init) ?? .ssh
        self.init(
            name: host.name, address: host.address, port: host.port ?? transport.defaultPort, platform: host.platform ?? "generic",
            user: user,
            identities: host.identity)
        self.jump = jump
        self.transport = transport
        channel = host.channel.flatMap { CommandChannel(rawValue: $0.rawValue) } ?? .auto
        legacy = host.legacy ?? false
        hostKeys = host.hostKey
        apply(sshConfigOf: host)
        if let source = host.password { password = try await resolver.resolve(source) }
        if let source = host.passphrase { passphrase = try await resolver.resolve(source) }
        for entry in host.credentials {
            let kind: LoginCredential.Kind =
                switch entry.kind {
                case .password(let source): .password(try await resolver.resolve(source))
                case .identity(let path, nil): .identity(path: path, passphrase: nil)
                case .identity(let path, let source?): .identity(path: path, passphrase: try await resolver.resolve(source))
                case .agent(let socket): .agent(socket: socket)
                case .oneTimeCode(let source): .oneTimeCode(source)
                }
            credentials.append(LoginCredential(kind, user: entry.user))
        }
        for (name, source) in host.secrets { secrets[name] = try await resolver.resolve(source) }
        if let source = host.enable { secrets["enable"] = try await resolver.resolve(source) }
    }

    /// Takes over what `ssh_config` says of a host.
    package mutating func apply(sshConfigOf host: InventoryHost) {
        guard let options = host.ssh else { return }
        ssh = SSHSettings(options)
        ssh.identitiesAreOptional = host.identityIsOptional
        ssh.identitiesAreDefaults = host.identityIsOptional && !options.namesIdentities
        hostKeyAlias = options.hostKeyAlias
        knownHostsFiles = HostKeyStore.paths(
            user: options.userKnownHostsFiles, global: options.globalKnownHostsFiles,
            home: HomeFolder.path ?? "")
        hostKeyPolicy =
            switch options.hostKeyChecking {
            case .strict: .strict
            // ssh would let a changed key pass for logins by key, though for no password; a run has both, so it is refused. Nothing in a
            // file leaves keys unchecked: that is for the command line to say.
            case .acceptNew, .off: .acceptNew
            // There is nobody to ask about one device among hundreds.
            case .ask, nil: nil
            }
    }
}
