import MusterInventory
import MusterSSH
import MusterTransport
import Synchronization

/// The keys of a run: each file read and decrypted once, each agent asked once for what it has, and a person once for each passphrase.
final class KeyRing: Sendable {
    private let files: [String: KeyFile]
    /// Those that `CertificateFile` names.
    private let certificates: [String: PublicKey]
    private let defaultSocket: String?
    private let agentTimeout: Duration
    /// Remembers each answer, and that there was none.
    private let passphrases: SecretResolver
    let canAsk: Bool
    /// For keys that libssh2 would decrypt anew for each login.
    private let own: OwnAgent?

    private struct State {
        var agents: [String: Agent] = [:]
        /// Key files whose passphrase nobody knew.
        var givenUp: [String: KeyProblem] = [:]
    }
    private let state = Mutex(State())

    /// How often a person may try.
    private static let tries = 3

    private init(files: [String: KeyFile], certificates: [String: PublicKey], options: RunOptions) {
        self.files = files
        self.certificates = certificates
        defaultSocket = options.agentSocket
        agentTimeout = options.agentTimeout
        passphrases = SecretResolver(ask: options.ask)
        canAsk = options.ask != nil
        own = options.openSSH.askpassHelper == nil ? nil : OwnAgent(options: options.openSSH, limit: options.agentTimeout)
    }

    /// Reads the files that the devices name, off the event loops.
    ///
    /// - Throws: `CancellationError` alone: what is wrong with a file concerns the devices that name it.
    static func load(for devices: [Device], options: RunOptions) async throws -> KeyRing {
        let paths = Set(devices.flatMap(\.keyPaths))
        let certificates = Set(devices.flatMap(\.ssh.certificateFiles))
        guard !paths.isEmpty || !certificates.isEmpty else { return KeyRing(files: [:], certificates: [:], options: options) }
        let (files, known) = try await Blocking.run {
            (
                Dictionary(uniqueKeysWithValues: paths.map { ($0, KeyFile.read(path: $0)) }),
                Dictionary(uniqueKeysWithValues: certificates.map { ($0, KeyFile.publicLine(path: $0)) })
            )
        }
        return KeyRing(files: files, certificates: known.compactMapValues { $0 }, options: options)
    }

    /// Lets the agents go.
    func close() async {
        for agent in state.withLock({ $0.agents.values.map { $0 } }) { await agent.close() }
        await own?.close()
    }

    /// An agent of the run's own that has the key of a file, which takes this passphrase; nil when there is none.
    func ownAgent(with file: KeyFile, passphrase: String) async -> Agent? {
        await own?.agent(with: file, passphrase: Secret(passphrase))
    }

    func file(_ path: String) -> KeyFile? { files[path] }

    /// How often a key file was decrypted.
    var decryptions: Int { files.values.reduce(0) { $0 + $1.decryptions } }

    /// The certificates for a key: that beside its file, then those of `CertificateFile` that are about it.
    func certificates(for file: KeyFile, named paths: [String]) -> [PublicKey] {
        let named = paths.compactMap { certificates[$0] }.filter { certificate in
            certificate.isCertificate && file.publicKey != nil && certificate.plain?.blob == file.publicKey?.blob
        }
        let beside = file.certificate.map { [$0] } ?? []
        return beside + named.filter { !beside.contains($0) }
    }

    /// The agent at a socket, or at that of the environment; `nil` when there is none.
    func agent(at socket: String? = nil) -> Agent? {
        guard let path = socket ?? defaultSocket, !path.isEmpty else { return nil }
        return state.withLock { state in
            if let known = state.agents[path] { return known }
            let agent = Agent(socket: path, on: Loops.next(), limit: agentTimeout)
            state.agents[path] = agent
            return agent
        }
    }

    // MARK: Passphrases

    /// Why nobody needs to be asked for a file's passphrase any more; `nil` when somebody may be.
    func reasonNotToAsk(for file: KeyFile) -> KeyProblem? {
        canAsk ? state.withLock { $0.givenUp[file.path] } : .needsPassphrase
    }

    /// Asks for a file's passphrase, once for all who wait, and again when it was wrong.
    func askPassphrase(of file: KeyFile) async {
        var problem = KeyProblem.passphraseNotGiven
        for attempt in 1...Self.tries {
            let question = (attempt == 1 ? "" : "Wrong (\(attempt - 1) of \(Self.tries)). ") + "Passphrase for \(file.path)"
            // Whoever just presses return does not know it.
            guard let answer = try? await passphrases.resolve(.prompt(question)), !answer.reveal().isEmpty else { break }
            do throws(KeyProblem) {
                _ = try await file.unlock(passphrase: answer.reveal())
                file.answer = answer.reveal()
                return
            } catch {
                problem = error
            }
        }
        if !Task.isCancelled { state.withLock { $0.givenUp[file.path] = problem } }
    }
}
