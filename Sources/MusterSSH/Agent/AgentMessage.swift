/// A key that an agent has.
package struct AgentIdentity: Sendable, Hashable {
    package let publicKey: PublicKey

    package init(publicKey: PublicKey) {
        self.publicKey = publicKey
    }
}

/// What an agent is asked (draft-miller-ssh-agent).
enum AgentRequest: Sendable {
    /// SSH_AGENTC_REQUEST_IDENTITIES.
    case identities
    /// SSH_AGENTC_SIGN_REQUEST.
    case sign(blob: [UInt8], message: [UInt8], algorithm: String)

    /// The request as it goes to the agent.
    var bytes: [UInt8] {
        switch self {
        case .identities: return WireBytes.string([11])
        case .sign(let blob, let message, let algorithm):
            // An agent signs with SHA-1 unless told otherwise.
            let flags = algorithm.hasPrefix("rsa-sha2-256") ? 2 : algorithm.hasPrefix("rsa-sha2-512") ? 4 : 0
            return WireBytes.string([13] + WireBytes.string(blob) + WireBytes.string(message) + WireBytes.integer(flags))
        }
    }
}

/// What an agent answers.
enum AgentReply: Sendable, Equatable {
    /// SSH_AGENT_FAILURE.
    case failure
    case identities([AgentIdentity])
    /// The signature without its algorithm's name.
    case signature([UInt8])

    /// Reads the answer to a request.
    ///
    /// - Returns: `nil` for one that makes no sense.
    init?(_ payload: ArraySlice<UInt8>, to request: AgentRequest) {
        var reader = PacketReader(bytes: payload)
        switch (reader.byte(), request) {
        // Older agents have failures of their own: that of SSH 1's extensions, and that of ssh.com's.
        case (5, _), (30, _), (102, _): self = .failure
        case (12, .identities):
            guard let count = reader.integer(), count <= 10_000 else { return nil }
            var identities: [AgentIdentity] = []
            for _ in 0..<count {
                guard let blob = reader.string(), let comment = reader.text() else { return nil }
                identities.append(AgentIdentity(publicKey: PublicKey(blob: Array(blob), comment: comment)))
            }
            self = .identities(identities)
        case (14, .sign(_, _, let algorithm)):
            guard let signature = reader.string() else { return nil }
            var parts = PacketReader(bytes: signature)
            guard let name = parts.text(), let bytes = parts.string() else { return nil }
            // libssh2 says which algorithm it is: another one's signature would be refused without a reason.
            guard name == AgentReply.plain(algorithm) else { return nil }
            self = .signature(Array(bytes))
        default: return nil
        }
    }

    /// The algorithm with which the key of a certificate signs.
    private static func plain(_ algorithm: String) -> String {
        algorithm.hasSuffix("-cert-v01@openssh.com") ? String(algorithm.dropLast("-cert-v01@openssh.com".count)) : algorithm
    }
}
