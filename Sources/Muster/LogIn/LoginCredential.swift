public import MusterInventory

/// One thing to log in with.
public struct LoginCredential: Sendable {
    /// What it is.
    public enum Kind: Sendable {
        /// A password, also for keyboard-interactive questions that ask for one.
        case password(Secret)
        /// A private key file and what decrypts it.
        case identity(path: String, passphrase: Secret?)
        /// The keys of the agent at this Unix socket; `$SSH_AUTH_SOCK` for nil.
        case agent(socket: String?)
        /// Codes for the questions that ask for one; fetched anew when the last one is old.
        case oneTimeCode(SecretSource)
    }

    /// The user to log in as; the device's for nil.
    public var user: String?
    /// What it is.
    public var kind: Kind

    /// Makes a credential.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - user: The user to log in as; the device's when left out.
    public init(_ kind: Kind, user: String? = nil) {
        self.kind = kind
        self.user = user
    }

    /// Whether it is a source of codes for whichever user is asked for one.
    var isEveryonesCode: Bool {
        if case .oneTimeCode = kind { user == nil } else { false }
    }
}

extension Device {
    /// All credentials in the order to try them: those listed, then the key files and the password.
    var allCredentials: [LoginCredential] {
        credentials + identities.map { LoginCredential(.identity(path: $0, passphrase: passphrase)) }
            + (password.map { [LoginCredential(.password($0))] } ?? [])
    }

    /// Whether the agent's keys are offered though nobody says so.
    ///
    /// As ssh does, the agent is used where nobody said what to log in with; a device with a password is not asked about keys that nobody
    /// named, as each costs it a try.
    ///
    /// - Parameter hasAgent: Whether there is an agent for devices that name none.
    func usesAgentByItself(hasAgent: Bool) -> Bool {
        guard credentials.isEmpty, identities.isEmpty || ssh.identitiesAreOptional else { return false }
        switch ssh.identityAgent {
        case SSHSettings.IdentityAgent.none?: return false
        case .socket?: return true
        case nil: return password == nil && hasAgent
        }
    }

    /// The key files among them.
    var keyPaths: [String] {
        allCredentials.compactMap { if case .identity(let path, _) = $0.kind { path } else { nil } }
    }
}
