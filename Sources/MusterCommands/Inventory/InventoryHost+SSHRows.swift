import MusterInventory
import MusterSSHConfig

extension InventoryHost {
    /// What `ssh_config` says of the host beyond the inventory's fields, with where it is written.
    var sshRows: [(field: String, value: String, origin: String)] {
        guard let ssh else { return [] }
        func text(_ flag: Bool?) -> String? { flag.map { $0 ? "yes" : "no" } }
        func text(_ files: [String]?) -> String? { files.map { $0.isEmpty ? "none" : $0.joined(separator: " ") } }
        func text(_ time: Duration?) -> String? { time.map { "\($0.components.seconds)s" } }
        let agent: String? =
            switch ssh.identityAgent {
            case .none?: "none"
            case .socket(let path): path
            case nil: nil
            }
        let values: [(keyword: String, value: String?)] = [
            ("AddressFamily", ssh.addressFamily?.rawValue), ("BindAddress", ssh.bindAddress),
            ("CertificateFile", ssh.certificateFiles.isEmpty ? nil : text(ssh.certificateFiles)), ("Ciphers", ssh.ciphers?.description),
            ("Compression", text(ssh.compression)), ("ConnectTimeout", text(ssh.connectTimeout)),
            ("GlobalKnownHostsFile", text(ssh.globalKnownHostsFiles)),
            ("HostKeyAlgorithms", ssh.hostKeyAlgorithms?.description), ("HostKeyAlias", ssh.hostKeyAlias),
            ("IdentitiesOnly", text(ssh.identitiesOnly)), ("IdentityAgent", agent),
            ("KbdInteractiveAuthentication", text(ssh.keyboardInteractiveAuthentication)),
            ("KexAlgorithms", ssh.keyExchange?.description), ("MACs", ssh.macs?.description),
            ("PasswordAuthentication", text(ssh.passwordAuthentication)),
            ("PreferredAuthentications", ssh.preferredAuthentications?.joined(separator: ",")), ("ProxyCommand", ssh.proxyCommand),
            ("PubkeyAcceptedAlgorithms", ssh.publicKeyAlgorithms?.description),
            ("PubkeyAuthentication", text(ssh.publicKeyAuthentication)), ("ServerAliveCountMax", ssh.aliveCountMax.map(String.init)),
            ("ServerAliveInterval", text(ssh.aliveInterval)), ("StrictHostKeyChecking", ssh.hostKeyChecking?.rawValue),
            ("TCPKeepAlive", text(ssh.tcpKeepAlive)), ("UserKnownHostsFile", text(ssh.userKnownHostsFiles)),
        ]
        return values.compactMap { keyword, value in
            guard let value, let position = ssh.origins[keyword.lowercased()] else { return nil }
            return ("ssh.\(keyword)", value, "ssh_config, \(position)")
        }
    }
}
