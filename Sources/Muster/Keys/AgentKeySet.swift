import MusterSSH

/// What an agent has to log in with: keys that the user named first, then, unless only those are wanted, all others.
struct AgentKeySet: KeySet {
    /// Nil when there is none.
    let agent: Agent?
    /// The key files that the user named.
    let files: [KeyFile]
    let onlyNamed: Bool
    let filter: KeyFilter
    let timer: LoginTimer

    var name: String { "the agent" }

    func keys() async throws(KeyProblem) -> [any KeySource] {
        guard let agent else { throw .agent(.noSocket) }
        let all: [AgentIdentity]
        do throws(AgentProblem) {
            all = try await timer.paused { () throws(AgentProblem) in try await agent.keys() }
        } catch {
            throw .agent(error)
        }
        let usable = all.map(\.publicKey).filter { key in
            guard let plain = key.plain, KeyAlgorithm(type: plain.type) != nil else { return false }
            return filter.accepts(key) && (!key.isCertificate || LibSSH2.canUse(certificate: key.type))
        }
        let wanted = files.compactMap(\.publicKey)
        let named = wanted.flatMap { file in usable.filter { $0.plain?.blob == file.blob } }
        let others = onlyNamed ? [] : usable.filter { !named.contains($0) }
        guard !named.isEmpty || !others.isEmpty else { throw .agent(.empty) }
        return (named + others).map { AgentKeySource(agent: agent, key: $0) }
    }
}

/// A key of an agent's.
struct AgentKeySource: KeySource {
    let agent: Agent
    let key: PublicKey

    var name: String {
        let comment = LoginPolicy.shown(key.comment)
        return "the agent's key \(comment.isEmpty ? key.fingerprint : comment)"
    }
    var identity: String { key.fingerprint }
    var isAgents: Bool { true }

    func prepare() async -> KeyPreparation {
        .ready(KeyOffer(name: name, publicKey: key, signer: .remote(AgentSigner(agent: agent, key: key))))
    }

    func unlock(for device: String) async {}
}
