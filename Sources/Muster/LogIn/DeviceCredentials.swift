import MusterInventory
import MusterSSH

/// What a device's login tries, from what the inventory, the command line and `ssh_config` say.
struct DeviceCredentials {
    let device: Device
    let ring: KeyRing
    let timer: LoginTimer

    /// What to try for each user, users in the order of their first credential.
    func byUser() -> [(user: String, credentials: [Credential])] {
        var users: [(user: String, credentials: [Credential])] = []
        func add(_ credentials: [Credential], of user: String) {
            guard !credentials.isEmpty else { return }
            let place = users.firstIndex { $0.user == user } ?? users.count
            if place == users.count { users.append((user, [])) }
            users[place].credentials += credentials
        }
        if device.usesAgentByItself(hasAgent: ring.agent() != nil) { add([agentKeys(at: configuredSocket)], of: device.user) }
        for credential in device.allCredentials where !credential.isEveryonesCode {
            add(usable(credential), of: credential.user ?? device.user)
        }
        if users.isEmpty { users = [(device.user, [])] }
        if device.credentials.contains(where: \.isEveryonesCode) {
            for place in users.indices { users[place].credentials.append(.oneTimeCode) }
        }
        return users
    }

    /// The methods that `ssh_config` wants; the order of a list of credentials is the inventory's.
    var rules: LoginRules {
        LoginRules(
            preferred: device.ssh.preferredAuthentications?.compactMap { LoginMethod(rawValue: $0) },
            disabled: Set(device.ssh.disabledAuthentications.compactMap { LoginMethod(rawValue: $0) }),
            ordersCredentials: device.credentials.isEmpty)
    }

    private func usable(_ credential: LoginCredential) -> [Credential] {
        switch credential.kind {
        case .password(let password): [.password(password.reveal())]
        case .oneTimeCode: [.oneTimeCode]
        case .agent(let socket): [agentKeys(at: socket ?? configuredSocket)]
        case .identity(let path, let passphrase): ring.file(path).map { keys(of: $0, passphrase: passphrase) } ?? []
        }
    }

    // MARK: Key files

    /// A key file's certificates and its plain key, in ssh's order.
    private func keys(of file: KeyFile, passphrase: Secret?) -> [Credential] {
        func source(_ certificate: PublicKey?) -> FileKeySource {
            FileKeySource(
                file: file, ring: ring, passphrase: passphrase, certificate: certificate, agent: agentForLockedFiles,
                filter: filter, timer: timer)
        }
        if let problem = file.problem {
            // One that is missing may still be an agent's, and what nobody named need not be there.
            if problem == .missing, file.publicKey != nil, agentForLockedFiles != nil { return [.key(source(nil))] }
            if problem == .missing, device.ssh.identitiesAreOptional { return [] }
            return [.unusable(name: "key file \(file.path)", problem, hint: problem.hint(path: file.path))]
        }
        let certificates = ring.certificates(for: file, named: device.ssh.certificateFiles).map { certificate -> Credential in
            if LibSSH2.canUse(certificate: certificate.type) { return .key(source(certificate)) }
            let problem = KeyProblem.certificate(certificate.type)
            return .unusable(name: source(certificate).name, problem, hint: problem.hint(path: file.path))
        }
        return certificates + [.key(source(nil))]
    }

    private var filter: KeyFilter { KeyFilter(device.ssh) }

    // MARK: The agent

    private func agentKeys(at socket: String?) -> Credential {
        .keys(
            AgentKeySet(
                agent: ring.agent(at: socket), files: device.keyPaths.compactMap { ring.file($0) },
                onlyNamed: device.ssh.identitiesOnly == true, filter: filter, timer: timer))
    }

    private var configuredSocket: String? {
        if case .socket(let path)? = device.ssh.identityAgent { path } else { nil }
    }

    /// The agent that may sign for key files that are locked or not there.
    private var agentForLockedFiles: Agent? {
        device.ssh.identityAgent == SSHSettings.IdentityAgent.none ? nil : ring.agent(at: configuredSocket)
    }
}
