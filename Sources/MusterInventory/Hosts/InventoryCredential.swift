/// An entry of a host's list of credentials.
public struct InventoryCredential: Sendable, Hashable, CustomStringConvertible {
    /// What it is.
    public enum Kind: Sendable, Hashable {
        /// A password.
        case password(SecretSource)
        /// A private key file and what decrypts it.
        case identity(path: String, passphrase: SecretSource?)
        /// The keys of an agent; nil for the one that the environment names.
        case agent(socket: String?)
        /// One-time codes; the source is asked anew for each.
        case oneTimeCode(SecretSource)
    }

    /// The user to log in as; nil for the host's.
    public var user: String?
    /// What it is.
    public var kind: Kind

    /// Makes an entry.
    public init(_ kind: Kind, user: String? = nil) {
        self.kind = kind
        self.user = user
    }

    /// The secrets that are fetched before the run; a code's time has not come then.
    package var secrets: [SecretSource] {
        switch kind {
        case .password(let source): [source]
        case .identity(_, let passphrase): passphrase.map { [$0] } ?? []
        case .agent, .oneTimeCode: []
        }
    }

    /// The entry as the inventory has it, such as `{user: netops, password: {env: NET_PASSWORD}}`; `<secret>` for a plain secret.
    public var description: String {
        var fields = user.map { ["user: \($0)"] } ?? []
        switch kind {
        case .password(let source): fields.append("password: \(source)")
        case .identity(let path, let passphrase):
            fields.append("identity: \(path)")
            if let passphrase { fields.append("passphrase: \(passphrase)") }
        case .agent(let socket): fields.append("agent: \(socket ?? "true")")
        case .oneTimeCode(let source): fields.append("otp: \(source)")
        }
        return "{\(fields.joined(separator: ", "))}"
    }
}

extension InventoryHost {
    /// The sources of all secrets that are fetched before the run.
    package var secretSources: [SecretSource] {
        [password, passphrase, enable].compactMap { $0 } + secrets.sorted { $0.key < $1.key }.map(\.value) + credentials.flatMap(\.secrets)
    }
}
