extension InventoryReader {
    static let groupKeys = [
        "port", "user", "password", "passphrase", "identity", "credentials", "enable", "secrets", "platform", "jump", "transport",
        "channel", "legacy", "host_key", "groups", "data",
    ]
    static let hostKeys = ["address"] + groupKeys
    // A key that all hosts have is no host's key.
    static let defaultKeys = groupKeys.filter { $0 != "groups" && $0 != "host_key" }

    private func keys(for owner: InventoryOwner) -> [String] {
        switch owner {
        case .host: Self.hostKeys
        case .group: Self.groupKeys
        case .defaults: Self.defaultKeys
        }
    }

    /// The fields of a host, a group or the defaults; nil when the node is no mapping.
    mutating func readFields(_ node: YAMLNode, of owner: InventoryOwner) -> InventoryFields? {
        guard checkTag(node, nil, in: owner) else { return nil }
        if node.isNull { return InventoryFields() }
        guard node.isMapping else {
            var hint: String?
            if case .host(let name) = owner, case .scalar = node.content { hint = "write \(name.escapedForMessage()): {address: …}" }
            report(position(of: node), "\(owner): found \(node.kind), expected a mapping of fields", hint: hint)
            return nil
        }
        var fields = InventoryFields()
        for entry in entries(of: node, in: "\(owner)") { readField(entry, of: owner, into: &fields) }
        return fields
    }

    private mutating func readField(_ entry: InventoryEntry, of owner: InventoryOwner, into fields: inout InventoryFields) {
        let node = entry.value
        switch entry.key {
        case "address" where isHost(owner): fields.address = address(node, in: owner)
        case "port": fields.port = port(node, in: owner)
        case "user": fields.user = nonempty(text(node, "user", in: owner), "user", in: owner)
        case "password": fields.password = secret(node, "password", in: owner)
        case "passphrase": fields.passphrase = secret(node, "passphrase", in: owner)
        case "enable": fields.enable = secret(node, "enable", in: owner)
        case "secrets": fields.secrets = secrets(node, in: owner)
        case "identity":
            if let list = list(node, "identity", in: owner, expected: "a path or a list of paths") {
                fields.identity = Located(value: list.value.map { paths.resolved($0.value) }, position: list.position)
            }
        case "credentials": fields.credentials = credentials(node, in: owner)
        case "platform":
            if let name = nonempty(text(node, "platform", in: owner), "platform", in: owner) {
                let isPath = InventoryPaths.isDefinition(name.value)
                fields.platform = isPath ? Located(value: paths.resolved(name.value), position: name.position) : name
            }
        case "jump":
            if let list = list(node, "jump", in: owner, expected: "a host or a list of hosts") {
                fields.jump = Located(value: list.value.map(\.value), position: list.position)
            }
        case "transport": fields.transport = choice(node, "transport", in: owner)
        case "channel": fields.channel = choice(node, "channel", in: owner)
        case "legacy": fields.legacy = truth(node, "legacy", in: owner)
        case "host_key" where !isDefaults(owner): fields.hostKey = hostKey(node, in: owner)
        case "groups" where !isDefaults(owner):
            fields.groups = list(node, "groups", in: owner, expected: "a group or a list of groups")
        case "data": fields.data = data(node, in: owner)
        default: reportUnknown(entry, in: owner)
        }
    }

    private func isHost(_ owner: InventoryOwner) -> Bool {
        if case .host = owner { true } else { false }
    }

    private func isDefaults(_ owner: InventoryOwner) -> Bool {
        if case .defaults = owner { true } else { false }
    }

    private mutating func reportUnknown(_ entry: InventoryEntry, in owner: InventoryOwner) {
        let keys = keys(for: owner)
        let hint =
            Self.otherTools[entry.key].flatMap { keys.contains($0) ? "did you mean '\($0)'?" : nil }
            ?? Suggestion.hint(for: entry.key, among: keys)
        report(
            entry.position,
            "unknown key \(entry.key.quotedForMessage) in \(owner); expected one of \(keys.joined(separator: ", "))",
            hint: hint)
    }

    /// What the fields are called in other tools' inventories: nornir, Ansible, netmiko, ssh_config.
    private static let otherTools = [
        "hostname": "address", "host": "address", "ip": "address", "HostName": "address", "ansible_host": "address",
        "ansible_port": "port", "username": "user", "User": "user", "login": "user", "ansible_user": "user", "pass": "password",
        "ansible_password": "password", "ansible_ssh_pass": "password", "secret": "enable", "ansible_become_password": "enable",
        "key": "identity", "private_key": "identity", "identity_file": "identity", "IdentityFile": "identity",
        "ansible_ssh_private_key_file": "identity", "device_type": "platform", "network_os": "platform", "ansible_network_os": "platform",
        "os": "platform", "vars": "data", "children": "groups", "group": "groups", "bastion": "jump", "ProxyJump": "jump",
        "proxy_jump": "jump", "fingerprint": "host_key", "hostkey": "host_key", "host_keys": "host_key",
    ]

    // MARK: The fields one by one

    private mutating func nonempty(_ text: Located<String>?, _ field: String, in owner: InventoryOwner) -> Located<String>? {
        guard let text, text.value.isEmpty else { return text }
        report(text.position, "'\(field)' in \(owner): found empty text")
        return nil
    }

    private mutating func address(_ node: YAMLNode, in owner: InventoryOwner) -> Located<String>? {
        let expected = "a host name or an IP address"
        guard let text = text(node, "address", in: owner, expected: expected) else { return nil }
        let value = text.value
        if value.isEmpty || value.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0 == "/" || $0 == "@" }) {
            report(text.position, "'address' in \(owner): found \(value.quotedForMessage), expected \(expected)")
            return nil
        }
        if value.hasPrefix("["), value.hasSuffix("]") {
            return Located(value: String(value.dropFirst().dropLast()), position: text.position)
        }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2 {
            report(
                text.position, "'address' in \(owner): found \(value.quotedForMessage), expected \(expected) without a port",
                hint: "write address: \(parts[0].escapedForMessage()), port: \(parts[1].escapedForMessage())")
            return nil
        }
        return text
    }

    private mutating func port(_ node: YAMLNode, in owner: InventoryOwner) -> Located<Int>? {
        guard let text = text(node, "port", in: owner, expected: "1 to 65535") else { return nil }
        guard let number = Int(text.value), (1...65535).contains(number) else {
            let found = Double(text.value) == nil ? text.value.quotedForMessage : text.value.escapedForMessage()
            report(text.position, "'port' in \(owner): found \(found), expected 1 to 65535")
            return nil
        }
        return Located(value: number, position: text.position)
    }

    private mutating func hostKey(_ node: YAMLNode, in owner: InventoryOwner) -> Located<[HostKeyPin]>? {
        guard let list = list(node, "host_key", in: owner, expected: HostKeyPin.expected) else { return nil }
        var pins: [HostKeyPin] = []
        for text in list.value {
            do throws(HostKeyPin.Malformed) {
                pins.append(try HostKeyPin(text.value))
            } catch {
                report(text.position, "'host_key' in \(owner): found \(error.found), expected \(HostKeyPin.expected)", hint: error.hint)
            }
        }
        return Located(value: pins, position: list.position)
    }

    /// A field whose value is one of a few words.
    private mutating func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ node: YAMLNode, _ field: String, in owner: InventoryOwner
    ) -> Located<Choice>? {
        let names = Choice.allCases.map(\.rawValue)
        guard let text = text(node, field, in: owner, expected: "one of " + names.joined(separator: ", ")) else { return nil }
        guard let choice = Choice(rawValue: text.value) else {
            report(
                text.position,
                "'\(field)' in \(owner): found \(text.value.quotedForMessage), expected one of \(names.joined(separator: ", "))",
                hint: Suggestion.hint(for: text.value, among: names))
            return nil
        }
        return Located(value: choice, position: text.position)
    }

    private mutating func truth(_ node: YAMLNode, _ field: String, in owner: InventoryOwner) -> Located<Bool>? {
        guard let text = text(node, field, in: owner, expected: "true or false") else { return nil }
        guard case .bool(let value) = YAMLScalar.value(text.value) else {
            report(text.position, "'\(field)' in \(owner): found \(text.value.quotedForMessage), expected true or false")
            return nil
        }
        return Located(value: value, position: text.position)
    }

    private mutating func data(_ node: YAMLNode, in owner: InventoryOwner) -> [String: Located<InventoryValue>] {
        guard checkTag(node, "data", in: owner), !node.isNull else { return [:] }
        guard node.isMapping else {
            reportKind(node, "data", in: owner, expected: "a mapping")
            return [:]
        }
        var data: [String: Located<InventoryValue>] = [:]
        for entry in entries(of: node, in: "'data' in \(owner)") {
            data[entry.key] = Located(value: value(entry.value, "data." + entry.key, in: owner), position: entry.position)
        }
        return data
    }
}
