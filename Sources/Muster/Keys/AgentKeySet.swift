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
        func source(_ key: PublicKey, isGuess: Bool) -> AgentKeySource {
            AgentKeySource(signer: AgentSigner(agent: agent, key: key), timer: timer, isGuess: isGuess)
        }
        return named.map { source($0, isGuess: false) } + others.map { source($0, isGuess: true) }
    }
}

/// A key of an agent's.
struct AgentKeySource: KeySource {
    let signer: AgentSigner
    let timer: LoginTimer
    let isGuess: Bool

    private var key: PublicKey { signer.key }
    var name: String {
        let comment = LoginPolicy.shown(key.comment)
        return "agent key \(comment.isEmpty ? key.fingerprint : comment)"
    }
    var identity: String { key.fingerprint }
    var isAgents: Bool { true }

    func prepare() async -> KeyPreparation {
        .ready(KeyOffer(name: name, publicKey: key, signer: .remote(PatientSigner(signer: signer, timer: timer))))
    }

    func unlock(for device: String) async {}
}

/// An agent's key whose signatures are not at the device's expense: the agent signs for one device after the other, and may ask a person.
///
/// The agent has a limit of its own for each answer, and when one is late, nobody behind it waits any longer.
struct PatientSigner: RemoteSigner {
    let signer: AgentSigner
    let timer: LoginTimer

    func sign(
        _ message: [UInt8], algorithm: String, then done: @escaping @Sendable (Result<[UInt8], KeyProblem>) -> Void
    ) -> @Sendable () -> Void {
        let pause = LoginPause(of: timer)
        let giveUp = signer.sign(message, algorithm: algorithm) { result in
            pause.end()
            done(result)
        }
        return {
            // The login may go on over another connection.
            pause.end()
            giveUp()
        }
    }
}
