import MusterSSHConfig

extension SSHSettings {
    /// The settings that an `ssh_config` makes for a host.
    init(_ options: SSHOptions) {
        alias = options.host
        openSSHLines = options.others
        keyExchange = options.keyExchange
        hostKeyAlgorithms = options.hostKeyAlgorithms
        ciphers = options.ciphers
        macs = options.macs
        publicKeyAlgorithms = options.publicKeyAlgorithms
        compression = options.compression
        switch options.identityAgent {
        case .none?: identityAgent = SSHSettings.IdentityAgent.none
        case .socket(let path): identityAgent = .socket(path)
        case nil: break
        }
        identitiesOnly = options.identitiesOnly
        certificateFiles = options.certificateFiles
        preferredAuthentications = options.preferredAuthentications
        for (name, isEnabled) in [
            ("publickey", options.publicKeyAuthentication), ("password", options.passwordAuthentication),
            ("keyboard-interactive", options.keyboardInteractiveAuthentication),
        ] where isEnabled == false { disabledAuthentications.append(name) }
        proxyJump = options.proxyJump
        proxyCommand = options.proxyCommand
        addressFamily = options.addressFamily.flatMap { AddressFamily(rawValue: $0.rawValue) }
        bindAddress = options.bindAddress
        // For ssh zero means no limit of its own.
        connectTimeout = options.connectTimeout.flatMap { $0 > .zero ? $0 : nil }
        aliveInterval = options.aliveInterval
        aliveCountMax = options.aliveCountMax
        tcpKeepAlive = options.tcpKeepAlive
    }
}

extension SSHSettings {
    /// What the system's `ssh` is told of them, but for algorithms and the login.
    var forOpenSSH: [OpenSSHCommand.Setting] {
        var settings: [OpenSSHCommand.Setting] = []
        func add(_ keyword: String, _ value: String?) {
            if let value { settings.append(OpenSSHCommand.Setting(keyword: keyword, value: value)) }
        }
        add("Compression", compression.map { $0 ? "yes" : "no" })
        add("TCPKeepAlive", tcpKeepAlive.map { $0 ? "yes" : "no" })
        add("AddressFamily", addressFamily?.rawValue)
        add("BindAddress", bindAddress.map(OpenSSHCommand.quoted))
        return settings
    }
}
