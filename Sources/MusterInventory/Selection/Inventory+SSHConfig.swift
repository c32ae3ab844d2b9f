package import MusterSSHConfig

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension InventoryHost {
    /// What would be typed after `ssh` to get to the host, and the address when that is settled whatever `ssh_config` says.
    ///
    /// Users of ssh name hosts: when the configuration names the host's name, that is the alias, and an address of the inventory's goes
    /// before its `HostName`. Otherwise the address is the alias.
    package func alias(in config: SSHConfig) -> (name: String, address: String?) {
        if address != name, config.names(name) { return (name, address) }
        return (address, nil)
    }

    /// The host with what `ssh_config` says where the inventory and the command line leave it open.
    ///
    /// - Parameters:
    ///   - config: The configuration.
    ///   - exists: Whether there is a file of this path: ssh passes over key files that are missing.
    /// - Throws: What makes no sense for this host in the configuration.
    package func configured(by config: SSHConfig, exists: (String) -> Bool = InventoryHost.isThere) throws(SSHConfigProblem)
        -> InventoryHost
    {
        let alias = alias(in: config)
        let options = try config.resolve(host: alias.name, hostName: alias.address, user: user, port: port)
        var host = self
        host.ssh = options
        func note(_ field: String, _ keyword: String) { host.sshOrigins[field] = options.origins[keyword] }
        if alias.address == nil, let name = options.hostName {
            host.address = name
            note("address", "hostname")
        }
        if host.user == nil, let user = options.user {
            host.user = user
            note("user", "user")
        }
        // The rest is about SSH.
        guard host.transport != .telnet else { return host }
        if host.port == nil, let port = options.port {
            host.port = port
            note("port", "port")
        }
        guard options.namesIdentities || host.password == nil, host.identity.isEmpty, origins["identity"] == nil else { return host }
        if options.namesIdentities {
            // Where there is a public half alone, an agent may have the other.
            host.identity = options.identityFiles.filter { exists($0) || exists($0 + ".pub") }
            host.identityIsOptional = true
            if !host.identity.isEmpty { note("identity", "identityfile") }
        } else {
            // A device with a password is not asked about keys that nobody named: each costs it a try.
            host.identity = config.defaultIdentityFiles.filter(exists)
            host.identityIsOptional = true
        }
        return host
    }
}

extension Inventory {
    /// The host and its bastions with what `ssh_config` says where the inventory and the command line leave it open.
    ///
    /// `ProxyJump` counts where no `jump` is set, `jump: []` included. A hop is a host of the inventory, or what `ssh_config` says of its
    /// name, to which the inventory's defaults apply last.
    ///
    /// - Parameters:
    ///   - host: A host whose bastions are looked up.
    ///   - config: The configuration.
    ///   - exists: Whether there is a file of this path.
    /// - Throws: What makes no sense for this host in the configuration.
    package func configured(
        _ host: InventoryHost, by config: SSHConfig, exists: (String) -> Bool = InventoryHost.isThere
    ) throws(SSHConfigProblem) -> InventoryHost {
        var configured = try host.configured(by: config, exists: exists)
        var bastions: [InventoryHost] = []
        for bastion in host.bastions { bastions.append(try bastion.configured(by: config, exists: exists)) }
        if bastions.isEmpty {
            configured.bastions = try hops(of: configured, in: config, exists, reaching: [host.name])
            guard !configured.bastions.isEmpty else { return configured }
            configured.jump = configured.ssh?.proxyJump.map(\.description) ?? []
            configured.sshOrigins["jump"] = configured.ssh?.origins["proxyjump"]
        } else {
            configured.bastions = try hops(of: bastions[0], in: config, exists, reaching: [host.name, bastions[0].name]) + bastions
        }
        return configured
    }

    /// The hops that `ProxyJump` names for a host that has no `jump`, with the way to the first of them.
    private func hops(
        of host: InventoryHost, in config: SSHConfig, _ exists: (String) -> Bool, reaching: [String]
    ) throws(SSHConfigProblem) -> [InventoryHost] {
        guard let options = host.ssh, !options.proxyJump.isEmpty, host.jump.isEmpty, host.origins["jump"] == nil else { return [] }
        var chain: [InventoryHost] = []
        for jump in options.proxyJump {
            let hop = try hop(jump, for: host, in: config, exists)
            if chain.isEmpty {
                guard !reaching.contains(hop.name) else {
                    let circle = (reaching + [hop.name]).map { $0.escapedForMessage() }.joined(separator: " → ")
                    throw SSHConfigProblem(
                        options.origins["proxyjump"] ?? SSHConfigPosition(file: "ssh_config"),
                        "proxyjump: these are reached through each other: \(circle)")
                }
                chain = try hops(of: hop, in: config, exists, reaching: reaching + [hop.name])
            }
            chain.append(hop)
        }
        return chain
    }

    private func hop(
        _ jump: JumpHost, for host: InventoryHost, in config: SSHConfig, _ exists: (String) -> Bool
    ) throws(SSHConfigProblem) -> InventoryHost {
        if var known = self[jump.host] {
            known.user = jump.user ?? known.user
            known.port = jump.port ?? known.port
            return try known.configured(by: config, exists: exists)
        }
        var hop = try InventoryHost(name: jump.host, port: jump.port, user: jump.user).configured(by: config, exists: exists)
        // The configuration knows the hop by name and the defaults do not, so they come last.
        hop.fillIn(fromDefaultsOf: host)
        return hop
    }
}

extension InventoryHost {
    /// Whether there is a file or folder of this path.
    package static func isThere(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
