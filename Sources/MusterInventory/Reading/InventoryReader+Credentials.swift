extension InventoryReader {
    private static let credentialKeys = ["user", "password", "identity", "passphrase", "agent", "otp"]
    /// The keys of which each entry has one.
    private static let credentialKinds = ["password", "identity", "agent", "otp"]
    private static let expectedCredential = "a mapping with one of password, identity, agent, otp"

    /// The list of credentials; nil for null and for what is no list, which is reported.
    mutating func credentials(_ node: YAMLNode, in owner: InventoryOwner) -> Located<[InventoryCredential]>? {
        guard checkTag(node, "credentials", in: owner), !node.isNull else { return nil }
        guard case .sequence(let items) = node.content else {
            reportKind(
                node, "credentials", in: owner, expected: "a list of credentials",
                hint: node.isMapping ? "begin the entry with '- '" : nil)
            return nil
        }
        let credentials = items.enumerated().compactMap { credential($1, "credentials[\($0 + 1)]", in: owner) }
        return Located(value: credentials, position: position(of: node))
    }

    private mutating func credential(_ node: YAMLNode, _ field: String, in owner: InventoryOwner) -> InventoryCredential? {
        guard checkTag(node, field, in: owner) else { return nil }
        guard node.isMapping else {
            // What stands there may be a password: it is not shown.
            reportKind(node, field, in: owner, expected: Self.expectedCredential)
            return nil
        }
        var values: [String: InventoryEntry] = [:]
        var isSound = true
        for entry in entries(of: node, in: "'\(field)' in \(owner)") {
            if Self.credentialKeys.contains(entry.key) {
                values[entry.key] = entry
            } else {
                isSound = false
                let hint =
                    Self.otherCredentialNames[entry.key].map { "did you mean '\($0)'?" }
                    ?? Suggestion.hint(for: entry.key, among: Self.credentialKeys)
                // A lone word in braces may be the password.
                let found = hint == nil && entry.value.isNull ? "a word that is no key" : "unknown key \(entry.key.quotedForMessage)"
                report(
                    entry.position, "\(found) in '\(field)' in \(owner); expected one of \(Self.credentialKeys.joined(separator: ", "))",
                    hint: hint)
            }
        }
        let kinds = entries(of: node, in: field).map(\.key).filter { Self.credentialKinds.contains($0) }
        guard let kind = kinds.first, let entry = values[kind] else {
            if isSound { report(position(of: node), "'\(field)' in \(owner): found no credential, expected \(Self.expectedCredential)") }
            return nil
        }
        guard kinds.count == 1 else {
            report(
                values[kinds[1]]?.position ?? position(of: node),
                "'\(field)' in \(owner): found \(kinds.joined(separator: " and ")), expected \(Self.expectedCredential)",
                hint: "give each an entry of its own; they are tried in order")
            return nil
        }
        if let passphrase = values["passphrase"], kind != "identity" {
            report(passphrase.position, "'\(field)' in \(owner): found a passphrase without an identity")
        }
        var user: String?
        if let entry = values["user"] { user = filled(entry, "\(field).user", in: owner, expected: "the name of a user") }
        return self.kind(kind, entry, passphrase: values["passphrase"], field, in: owner).map { InventoryCredential($0, user: user) }
    }

    private mutating func kind(
        _ key: String, _ entry: InventoryEntry, passphrase: InventoryEntry?, _ field: String, in owner: InventoryOwner
    ) -> InventoryCredential.Kind? {
        let name = "\(field).\(key)"
        switch key {
        case "password":
            return filled(entry, name, in: owner).map { InventoryCredential.Kind.password($0) }
        case "otp":
            return filled(entry, name, in: owner).map { InventoryCredential.Kind.oneTimeCode($0) }
        case "identity":
            guard let path = filled(entry, name, in: owner, expected: "the path of a private key") else { return nil }
            var unlock: SecretSource?
            if let passphrase { unlock = secret(passphrase.value, "\(field).passphrase", in: owner)?.value }
            return .identity(path: paths.resolved(path), passphrase: unlock)
        default:
            return agent(entry, name, in: owner)
        }
    }

    private mutating func agent(_ entry: InventoryEntry, _ field: String, in owner: InventoryOwner) -> InventoryCredential.Kind? {
        let expected = "true or the path of the agent's socket"
        guard let text = filled(entry, field, in: owner, expected: expected) else { return nil }
        switch YAMLScalar.value(text) {
        case .bool(true) where entry.value.isPlain: return .agent(socket: nil)
        case .string(let path) where path.contains("/") || path.hasPrefix("~"): return .agent(socket: paths.resolved(path))
        default:
            report(position(of: entry.value), "'\(field)' in \(owner): found \(text.quotedForMessage), expected \(expected)")
            return nil
        }
    }

    /// A secret that has to be there.
    private mutating func filled(_ entry: InventoryEntry, _ field: String, in owner: InventoryOwner) -> SecretSource? {
        let count = problems.count
        let secret = secret(entry.value, field, in: owner)
        if secret == nil, problems.count == count { report(position(of: entry.value), "'\(field)' in \(owner): found nothing") }
        return secret?.value
    }

    /// A text that has to be there.
    private mutating func filled(_ entry: InventoryEntry, _ field: String, in owner: InventoryOwner, expected: String) -> String? {
        let count = problems.count
        let text = text(entry.value, field, in: owner, expected: expected)?.value ?? ""
        if text.isEmpty, problems.count == count {
            report(position(of: entry.value), "'\(field)' in \(owner): found nothing, expected \(expected)")
        }
        return text.isEmpty ? nil : text
    }

    /// What the keys are called in other tools, and what else comes to mind.
    private static let otherCredentialNames = [
        "username": "user", "login": "user", "pass": "password", "secret": "password", "key": "identity", "private_key": "identity",
        "identity_file": "identity", "key_file": "identity", "token": "otp", "totp": "otp", "code": "otp", "passcode": "otp",
        "socket": "agent", "ssh_agent": "agent",
    ]
}
