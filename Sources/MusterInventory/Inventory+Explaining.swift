extension InventoryHost {
    /// The fields that the inventory set, in the order they are told.
    private func located(in layer: InventoryLayer) -> [(field: String, position: SourcePosition)] {
        let fields = layer.fields
        return [
            ("address", fields.address?.position), ("port", fields.port?.position), ("user", fields.user?.position),
            ("password", fields.password?.position), ("passphrase", fields.passphrase?.position), ("enable", fields.enable?.position),
            ("identity", fields.identity?.position), ("credentials", fields.credentials?.position), ("platform", fields.platform?.position),
            ("jump", fields.jump?.position), ("transport", fields.transport?.position), ("channel", fields.channel?.position),
            ("legacy", fields.legacy?.position),
            ("host_key", fields.hostKey?.position),
            ("groups", fields.groups?.position),
        ].compactMap { field, position in position.map { (field, $0) } }
            + fields.secrets.map { ("secrets." + $0.key, $0.value.position) } + fields.data.map { ("data." + $0.key, $0.value.position) }
    }

    /// Where each field of the host came from, by the field's name; a key of the data is `data.site`.
    public var origins: [String: InventoryOrigin] {
        var origins: [String: InventoryOrigin] = [:]
        for layer in layers {
            for (field, position) in located(in: layer) where origins[field] == nil {
                // The groups of a group are not the host's own list.
                if field == "groups", layer.layer != .host { continue }
                origins[field] = InventoryOrigin(layer: layer.layer, position: position)
            }
        }
        return origins
    }
}

extension Inventory {
    /// The values of a host and where each came from, secrets hidden.
    ///
    /// - Parameter host: A host of an inventory. A value that was changed since is shown changed, with the origin of the first.
    /// - Returns: Fields in a fixed order, then the data sorted by key. Fields without a value are left out.
    public func explain(_ host: InventoryHost) -> [InventoryExplanation] {
        let origins = host.origins
        var rows: [InventoryExplanation] = []
        func add(_ field: String, _ value: String?) {
            guard let value else { return }
            rows.append(InventoryExplanation(field: field, value: value, origin: origins[field]))
        }
        add("address", host.address)
        add("port", host.port.map(String.init))
        add("user", host.user)
        add("password", host.password?.description)
        add("passphrase", host.passphrase?.description)
        add("enable", host.enable?.description)
        for (name, source) in host.secrets.sorted(by: { $0.key < $1.key }) { add("secrets." + name, source.description) }
        add("identity", host.identity.isEmpty ? nil : host.identity.joined(separator: ", "))
        add("credentials", host.credentials.isEmpty ? nil : host.credentials.map(\.description).joined(separator: ", "))
        add("platform", host.platform)
        add("jump", host.jump.isEmpty ? nil : host.jump.joined(separator: ", "))
        add("transport", host.transport?.rawValue)
        add("channel", host.channel?.rawValue)
        add("legacy", host.legacy.map { $0 ? "true" : "false" })
        add("host_key", host.hostKey.isEmpty ? nil : host.hostKey.map(\.description).joined(separator: ", "))
        add("groups", host.groups.isEmpty ? nil : host.groups.joined(separator: ", "))
        for (key, value) in host.data.sorted(by: { $0.key < $1.key }) { add("data." + key, value.description) }
        return rows
    }
}
