extension Inventory {
    /// The bastions that a host's `jump` stands for, outermost first.
    ///
    /// An entry is a host of the inventory, or `[user@]address[:port]`, to which the inventory's defaults apply. The first is reached the way
    /// that its own `jump` says, each further one from the one before it. A host that stands in a list that it shares, as when the defaults
    /// name the bastion, is reached through those before it.
    ///
    /// - Parameter host: A host; one that is in no inventory has only entries that are addresses or hosts of this one.
    /// - Throws: `SelectionError` when an entry is no address, or bastions are reached through each other.
    public func bastions(of host: InventoryHost) throws(SelectionError) -> [InventoryHost] {
        try bastions(of: host, reaching: [host])
    }

    private func bastions(of host: InventoryHost, reaching: [InventoryHost]) throws(SelectionError) -> [InventoryHost] {
        var chain: [InventoryHost] = []
        for entry in host.jump {
            let bastion = try bastion(entry, for: host)
            if entry == host.name, isSame(bastion, host) { break }
            if chain.isEmpty {
                guard !reaching.contains(where: { isSame($0, bastion) }) else {
                    let circle = (reaching + [bastion]).map { $0.name.escapedForMessage() }.joined(separator: " → ")
                    throw SelectionError(
                        expression: entry, message: "these are reached through each other: \(circle)",
                        hint: "write jump: [] for the bastion that is reached directly")
                }
                chain += try bastions(of: bastion, reaching: reaching + [bastion])
            }
            chain.append(bastion)
        }
        return chain
    }

    /// Whether two are one host of the inventory, or one server by its address: that may have several, each at a port of its own.
    private func isSame(_ one: InventoryHost, _ other: InventoryHost) -> Bool {
        guard one.name == other.name else { return false }
        if self[one.name] != nil { return true }
        return one.address == other.address && (one.port ?? 22) == (other.port ?? 22)
            && (one.user == nil || other.user == nil || one.user == other.user)
    }

    private func bastion(_ entry: String, for host: InventoryHost) throws(SelectionError) -> InventoryHost {
        if let known = self[entry] { return known }
        var bastion = try InventoryHost.adHoc(entry)
        if let known = self[bastion.name] {
            var known = known
            known.user = bastion.user ?? known.user
            known.port = bastion.port ?? known.port
            return known
        }
        bastion.fillIn(fromDefaultsOf: host)
        return bastion
    }
}

extension InventoryHost {
    /// Takes what the inventory's defaults say of logging in; what is known already of user and key files counts for more.
    mutating func fillIn(fromDefaultsOf host: InventoryHost) {
        guard let defaults = host.layers.last(where: { $0.layer == .defaults })?.fields else { return }
        user = user ?? defaults.user?.value
        password = defaults.password?.value
        passphrase = defaults.passphrase?.value
        credentials = defaults.credentials?.value ?? []
        legacy = defaults.legacy?.value
        // Telnet carries nothing onwards: that is said of the devices.
        if let usual = defaults.transport?.value, usual != .telnet { transport = usual }
        if identity.isEmpty || sshOrigins["identity"] == nil, let files = defaults.identity?.value {
            identity = files
            identityIsOptional = false
        }
    }
}
