/// What an `ssh_config` says of one host; nil and empty where it says nothing.
package struct SSHOptions: Sendable, Hashable {
    /// `StrictHostKeyChecking`.
    package enum HostKeyChecking: String, Sendable, Hashable {
        case strict = "yes"
        case acceptNew = "accept-new"
        case ask
        case off = "no"
    }

    /// `AddressFamily`.
    package enum AddressFamily: String, Sendable, Hashable {
        case any, inet, inet6
    }

    /// `IdentityAgent`.
    package enum IdentityAgent: Sendable, Hashable {
        /// No agent.
        case none
        /// The Unix socket at this path.
        case socket(String)
    }

    /// The name that was looked up.
    package var host: String
    /// Whether a `Host` or `Match` line names the host with more than `*`.
    package var isNamed = false

    package var hostName: String?
    package var port: Int?
    package var user: String?
    /// Key files, in the order to try them; `none` is left out.
    package var identityFiles: [String] = []
    /// Whether `IdentityFile` was given, be it `none`: without it ssh tries its default files.
    package var namesIdentities = false
    package var certificateFiles: [String] = []
    package var identityAgent: IdentityAgent?
    package var identitiesOnly: Bool?
    package var preferredAuthentications: [String]?
    package var publicKeyAuthentication: Bool?
    package var passwordAuthentication: Bool?
    package var keyboardInteractiveAuthentication: Bool?

    /// The hops, outermost first.
    package var proxyJump: [JumpHost] = []
    /// The command with its tokens expanded.
    package var proxyCommand: String?
    package var addressFamily: AddressFamily?
    package var bindAddress: String?
    package var connectTimeout: Duration?
    package var aliveInterval: Duration?
    package var aliveCountMax: Int?
    package var tcpKeepAlive: Bool?
    package var compression: Bool?

    package var keyExchange: AlgorithmList?
    package var hostKeyAlgorithms: AlgorithmList?
    package var ciphers: AlgorithmList?
    package var macs: AlgorithmList?
    package var publicKeyAlgorithms: AlgorithmList?

    package var hostKeyChecking: HostKeyChecking?
    package var hostKeyAlias: String?
    /// Empty for `none`.
    package var userKnownHostsFiles: [String]?
    /// Empty for `none`.
    package var globalKnownHostsFiles: [String]?

    /// The lines that only the system's ssh heeds, as they are written, each with its keyword in lower case.
    package var others: [String] = []

    /// Where each value is written, by its keyword in lower case; of a list, its first.
    package var origins: [String: SSHConfigPosition] = [:]

    init(host: String) {
        self.host = host
    }
}
