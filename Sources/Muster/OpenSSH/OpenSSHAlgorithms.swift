import MusterSSHConfig

/// Names of algorithms by their kind: what an `ssh` knows, what it offers by itself, or what is to be added to that.
struct OpenSSHAlgorithms: Sendable, Equatable {
    var keyExchanges: [String] = []
    var hostKeys: [String] = []
    /// The signatures of the user's keys.
    var userKeys: [String] = []
    var ciphers: [String] = []
    var macs: [String] = []

    /// What old devices speak and today's ssh no longer offers by itself.
    static let old = OpenSSHAlgorithms(
        keyExchanges: ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"],
        hostKeys: ["ssh-rsa", "ssh-dss"], userKeys: ["ssh-rsa", "ssh-dss"],
        ciphers: ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"], macs: ["hmac-sha1", "hmac-sha1-96"])

    /// Those that are in `other` too: ssh refuses to start when it is told of one that it does not know.
    func known(to other: OpenSSHAlgorithms) -> OpenSSHAlgorithms {
        OpenSSHAlgorithms(
            keyExchanges: keyExchanges.filter(other.keyExchanges.contains), hostKeys: hostKeys.filter(other.hostKeys.contains),
            userKeys: userKeys.filter(other.hostKeys.contains), ciphers: ciphers.filter(other.ciphers.contains),
            macs: macs.filter(other.macs.contains))
    }
}

/// What an `ssh` knows, and what it offers when nobody says anything.
struct OpenSSHRepertoire: Sendable, Equatable {
    /// Empty when nobody needs it.
    var known = OpenSSHAlgorithms()
    var usual = OpenSSHAlgorithms()

    /// The options that make ssh offer what the settings of a device say.
    ///
    /// - Parameter legacy: Whether what old devices speak is added to what is offered by itself, as the built-in transport does; the lists of
    ///   the settings then change that.
    func settings(for settings: SSHSettings, legacy: Bool) -> [OpenSSHCommand.Setting] {
        let old = legacy ? OpenSSHAlgorithms.old.known(to: known) : OpenSSHAlgorithms()
        let kinds: [(keyword: String, list: AlgorithmList?, names: KeyPath<OpenSSHAlgorithms, [String]>)] = [
            ("KexAlgorithms", settings.keyExchange, \.keyExchanges), ("HostKeyAlgorithms", settings.hostKeyAlgorithms, \.hostKeys),
            // Its name before OpenSSH 8.5 was PubkeyAcceptedKeyTypes, which newer ones still take.
            ("PubkeyAcceptedKeyTypes", settings.publicKeyAlgorithms, \.userKeys), ("Ciphers", settings.ciphers, \.ciphers),
            ("MACs", settings.macs, \.macs),
        ]
        return kinds.compactMap { kind in
            list(kind.list, adding: old[keyPath: kind.names], usual: usual[keyPath: kind.names]).map {
                OpenSSHCommand.Setting(keyword: kind.keyword, value: $0.description)
            }
        }
    }

    private func list(_ list: AlgorithmList?, adding old: [String], usual: [String]) -> AlgorithmList? {
        guard !old.isEmpty else { return list }
        switch list?.change {
        case nil: return AlgorithmList(.append, old)
        case .replace: return list
        case .append: return AlgorithmList(.append, old + (list?.names ?? []))
        case .remove, .prepend:
            // ssh takes one change of its own list, and these are two.
            guard let list, !usual.isEmpty else { return list }
            return AlgorithmList(.replace, list.applied(to: usual + old.filter { !usual.contains($0) }))
        }
    }
}
