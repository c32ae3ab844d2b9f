import MusterInventory
import MusterSSH

/// What one user of a device logs in with by the system's `ssh`, which has one user, one agent and an order of its own.
struct OpenSSHLogin: Sendable {
    let user: String
    /// In the order in which they are told.
    let passwords: [Secret]
    /// Key files to name; ssh's own choice where the settings do not forbid it.
    let identities: [String]
    /// What ssh is told of keys, agent and methods.
    let settings: [OpenSSHCommand.Setting]
    /// Whether keys are offered.
    let offersKeys: Bool
    /// Whether the named key files are all that there is to log in with.
    let hasNothingButFiles: Bool
}

extension KeyProblem {
    /// Whether no client could use the file; others know more types and ciphers.
    var countsForAll: Bool {
        switch self {
        case .missing, .unreadable, .openToOthers, .notAKey: true
        default: false
        }
    }
}

extension Device {
    /// What the system's `ssh` logs in with, one user after the other, in the order of their first credential.
    ///
    /// - Parameter hasAgent: Whether there is an agent for devices that name none.
    func openSSHLogins(hasAgent: Bool) -> [OpenSSHLogin] {
        let usesAgent = usesAgentByItself(hasAgent: hasAgent)
        var users = usesAgent ? [user] : []
        for credential in allCredentials where !credential.isEveryonesCode {
            let name = credential.user ?? user
            if !users.contains(name) { users.append(name) }
        }
        if users.isEmpty { users = [user] }
        return users.map { openSSHLogin(as: $0, usesAgent: usesAgent && $0 == user) }
    }

    /// Whether there is anything among the credentials that may be refused, and is better not offered twice.
    var hasPassword: Bool {
        allCredentials.contains { if case .password = $0.kind { true } else { false } }
    }

    /// Whether `ssh_config` names a library that has keys.
    var namesKeyProvider: Bool {
        let keywords = ["pkcs11provider ", "securitykeyprovider ", "smartcarddevice "]
        return ssh.openSSHLines?.contains { line in keywords.contains { line.hasPrefix($0) } } == true
    }

    /// Whether Kerberos may let the user in.
    private var usesKerberos: Bool { ssh.openSSHLines?.contains { $0.lowercased().hasPrefix("gssapiauthentication yes") } == true }

    private func openSSHLogin(as name: String, usesAgent: Bool) -> OpenSSHLogin {
        let mine = allCredentials.filter { !$0.isEveryonesCode && ($0.user ?? user) == name }
        var passwords: [Secret] = []
        var identities: [String] = []
        var agents: [String?] = []
        for credential in mine {
            switch credential.kind {
            case .password(let password): passwords.append(password)
            case .identity(let path, _): identities.append(path)
            case .agent(let socket): agents.append(socket)
            case .oneTimeCode: break
            }
        }
        let wantsAgent = usesAgent || !agents.isEmpty
        // Where nobody has read the configuration, it may name keys.
        let isSettled = ssh.openSSHLines != nil || !credentials.isEmpty
        let hasSecret = !passwords.isEmpty || codeSource(user: name) != nil
        let offersKeys = wantsAgent || !identities.isEmpty || namesKeyProvider || !ssh.certificateFiles.isEmpty || !isSettled || !hasSecret
        let areDefaults = ssh.identitiesAreDefaults && name == user && credentials.allSatisfy { $0.identityPath == nil }

        var settings: [OpenSSHCommand.Setting] = []
        func add(_ keyword: String, _ value: String?) {
            if let value { settings.append(OpenSSHCommand.Setting(keyword: keyword, value: value)) }
        }
        add("IdentityAgent", agents.isEmpty ? configuredAgent : agents[0].map(OpenSSHCommand.path) ?? agentInUse)
        let areOnly =
            !wantsAgent && !identities.isEmpty && !namesKeyProvider && !(ssh.identitiesAreOptional && credentials.isEmpty && !hasSecret)
        add("IdentitiesOnly", areOnly ? "yes" : ssh.identitiesOnly.map { $0 ? "yes" : "no" })
        // ssh has its own in another folder where $HOME says so.
        if areDefaults, !HomeFolder.isMoved { identities = [] } else if identities.isEmpty, isSettled { add("IdentityFile", "none") }
        for file in ssh.certificateFiles { add("CertificateFile", OpenSSHCommand.path(file)) }
        add("PubkeyAuthentication", isDisabled("publickey") || !offersKeys ? "no" : nil)
        if isDisabled("password") { add("PasswordAuthentication", "no") }
        if isDisabled("keyboard-interactive") {
            add("KbdInteractiveAuthentication", "no")
            // What it was, in part, before OpenSSH 8.7.
            add("ChallengeResponseAuthentication", "no")
        }
        add("PreferredAuthentications", methods(for: mine).map { OpenSSHCommand.quoted($0.joined(separator: ",")) })
        let hasNothingButFiles =
            !wantsAgent && !hasSecret && !identities.isEmpty && !ssh.identitiesAreOptional && !namesKeyProvider && !usesKerberos
            && ssh.certificateFiles.isEmpty && isSettled
        return OpenSSHLogin(
            user: name, passwords: passwords, identities: identities, settings: settings, offersKeys: offersKeys,
            hasNothingButFiles: hasNothingButFiles)
    }

    private func isDisabled(_ method: String) -> Bool { ssh.disabledAuthentications.contains(method) }

    /// What `ssh_config` says of the agent.
    private var configuredAgent: String? {
        switch ssh.identityAgent {
        case SSHSettings.IdentityAgent.none?: "none"
        case .socket(let path)?: OpenSSHCommand.path(path)
        case nil: nil
        }
    }

    /// The agent for a credential that says no more than that there is one.
    private var agentInUse: String? {
        ssh.identityAgent == SSHSettings.IdentityAgent.none ? "SSH_AUTH_SOCK" : configuredAgent
    }

    /// The methods in their order, where that is not ssh's own: a list of credentials goes before it as far as ssh can follow, and what
    /// `ssh_config` prefers limits it.
    private func methods(for credentials: [LoginCredential]) -> [String]? {
        let preferred = ssh.preferredAuthentications
        guard !self.credentials.isEmpty, let key = credentials.firstIndex(where: \.isKey),
            let password = credentials.firstIndex(where: \.isPassword), password < key
        else { return preferred }
        // A password that is refused by one method would be asked for by the other at once, and that ends the login: the keys go in between.
        let order = ["gssapi-keyex", "gssapi-with-mic", "hostbased", "password", "publickey", "keyboard-interactive"]
        return preferred.map { preferred in order.filter(preferred.contains) } ?? order
    }
}

extension LoginCredential {
    fileprivate var identityPath: String? {
        if case .identity(let path, _) = kind { path } else { nil }
    }

    fileprivate var isKey: Bool {
        switch kind {
        case .identity, .agent: true
        case .password, .oneTimeCode: false
        }
    }

    var isPassword: Bool {
        if case .password = kind { true } else { false }
    }
}
