import MusterInventory
import MusterSSH

/// A private key file as something to log in with; an agent's key of the same kind stands in for a file that is locked.
struct FileKeySource: KeySource {
    let file: KeyFile
    let ring: KeyRing
    /// What the inventory says.
    let passphrase: Secret?
    /// What is offered in the key's place.
    let certificate: PublicKey?
    let agent: Agent?
    let filter: KeyFilter
    let timer: LoginTimer

    var name: String { certificate == nil ? "public key \(file.path)" : "certificate of \(file.path)" }
    var identity: String { file.path + (certificate?.fingerprint ?? "") }
    var isAgents: Bool { false }

    func prepare() async -> KeyPreparation {
        guard let passphrase = passphrase?.reveal() ?? file.answer, file.isEncrypted else {
            return file.isEncrypted || file.problem != nil ? await withoutPassphrase() : await unlocked(nil)
        }
        return await unlocked(passphrase)
    }

    /// As for ssh, a file that cannot be used by itself may have its key in the agent.
    private func withoutPassphrase() async -> KeyPreparation {
        if let key = file.publicKey, let agent {
            let keys = await timer.paused { () -> [AgentIdentity] in
                // What is wrong with an agent that nobody named is nobody's business here.
                do throws(AgentProblem) { return try await agent.keys() } catch { return [] }
            }
            if Task.isCancelled { return .cancelled }
            if keys.contains(where: { $0.publicKey.blob == key.blob }) {
                return offer(key, signer: .remote(PatientSigner(signer: AgentSigner(agent: agent, key: key), timer: timer)))
            }
        }
        if let problem = file.problem { return useless(problem) }
        if let problem = ring.reasonNotToAsk(for: file) { return useless(problem) }
        guard let key = file.publicKey else { return .locked }
        // Whether the device wants it at all is learnt first.
        return offer(key, signer: .locked)
    }

    private func unlocked(_ passphrase: String?) async -> KeyPreparation {
        let key: UnlockedKey
        do throws(KeyProblem) {
            if let known = file.unlocked(passphrase: passphrase) {
                key = try known.get()
            } else {
                key = try await timer.paused { () throws(KeyProblem) in try await file.unlock(passphrase: passphrase) }
            }
        } catch {
            return useless(error)
        }
        switch key {
        case .key(let key): return offer(key.publicKey, signer: .key(key))
        case .sealed(let key) where certificate == nil:
            guard filter.accepts(key.publicKey) else { return useless(.notAccepted) }
            guard let plain = key.publicKey,
                let agent = await timer.paused({ await ring.ownAgent(with: file, passphrase: passphrase ?? "") })
            else { return .sealed(key) }
            return offer(plain, signer: .remote(PatientSigner(signer: AgentSigner(agent: agent, key: plain), timer: timer)))
        case .sealed: return useless(.certificate("ssh-rsa"))
        }
    }

    private func offer(_ key: PublicKey, signer: Signer) -> KeyPreparation {
        let shown = certificate ?? key
        return filter.accepts(shown) ? .ready(KeyOffer(name: name, publicKey: shown, signer: signer)) : useless(.notAccepted)
    }

    private func useless(_ problem: KeyProblem) -> KeyPreparation {
        .unusable(problem, hint: problem.hint(path: file.path))
    }

    func unlock(for device: String) async {
        await timer.paused { await ring.askPassphrase(of: file) }
    }
}

/// Which keys `PubkeyAcceptedAlgorithms` lets pass.
struct KeyFilter: Sendable {
    /// The names that are left; nil where nothing is said.
    private let names: Set<String>?

    init(_ settings: SSHSettings) {
        names = settings.publicKeyAlgorithms.map { list in
            let plain = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
            let all = plain + ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]
            let every = all + all.map { $0 + "-cert-v01@openssh.com" }
            return Set(list.applied(to: every, supported: every))
        }
    }

    /// Whether a key or certificate may be offered.
    func accepts(_ key: PublicKey?) -> Bool {
        guard let names, let key else { return true }
        guard key.type == "ssh-rsa" else { return names.contains(key.type) }
        // What libssh2 would sign with.
        return LibSSH2.lacksRSASHA2 ? names.contains("ssh-rsa") : !names.isDisjoint(with: ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"])
    }
}
