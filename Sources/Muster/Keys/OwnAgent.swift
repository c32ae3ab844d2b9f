import MusterInventory
import MusterSSH
import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An `ssh-agent` of the run's own, for keys that OpenSSH alone decrypts and signs with: RSA keys in OpenSSH's own form with a passphrase.
///
/// `ssh-add` decrypts each once and asks for its passphrase as `ssh` does, by a helper (`SSH_ASKPASS`): it is in no argument, variable or file.
/// Where any of that is not to be had, the key is used without it.
actor OwnAgent {
    private nonisolated let loop: Loop
    private let options: OpenSSHOptions
    private let limit: Duration

    private struct Started {
        let folder: String
        let desk: AskpassDesk
        let process: ChildTransport
        let agent: Agent
    }
    private var started: Started?
    private var hasFailed = false
    /// Whether it has the key of a file.
    private var holds: [String: Bool] = [:]
    private let turns = Turns()

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameters:
    ///   - options: Where OpenSSH's programs are, and the helper.
    ///   - limit: How long one answer of the agent may take.
    init(options: OpenSSHOptions, limit: Duration) {
        self.options = options
        self.limit = limit
        loop = Loops.next()
    }

    /// The agent, with the key of a file in it; nil when that can't be had.
    func agent(with file: KeyFile, passphrase: Secret) async -> Agent? {
        await turns.take()
        defer { turns.end() }
        if let known = holds[file.path] { return known ? started?.agent : nil }
        guard !hasFailed else { return nil }
        do {
            let started = try await start()
            let isIn = try await add(file.path, passphrase, to: started)
            holds[file.path] = isIn
            return isIn ? started.agent : nil
        } catch {
            // Whoever is next may have more time.
            if !Task.isCancelled { hasFailed = true }
            return nil
        }
    }

    /// Ends the agent, which forgets the keys.
    func close() async {
        await turns.take()
        defer { turns.end() }
        hasFailed = true
        guard let started else { return }
        self.started = nil
        await started.agent.close()
        started.process.terminate()
        _ = await started.process.waitForExit()
        await started.desk.close()
        await Self.remove(started.folder)
    }

    // MARK: Programs

    private struct Unavailable: Error {}

    private func start() async throws -> Started {
        if let started { return started }
        guard let helper = options.askpassHelper else { throw Unavailable() }
        let desk = try await AskpassDesk.open(helper: helper, on: loop)
        var folder: String?
        do {
            let path = try await Blocking.run { try Self.makeFolder() }
            folder = path
            let socket = path + "/agent"
            let process = try await ChildTransport.start(
                ChildCommand(program: program("ssh-agent"), arguments: ["-D", "-a", socket], environment: environment), on: loop)
            // It tells the socket once that is there.
            guard await FirstOutput(of: process, within: Self.patience).hasCome() else {
                process.terminate()
                _ = await process.waitForExit()
                throw Unavailable()
            }
            let agent = Agent(socket: socket, on: loop, limit: limit)
            let started = Started(folder: path, desk: desk, process: process, agent: agent)
            self.started = started
            return started
        } catch {
            await desk.close()
            if let folder { await Self.remove(folder) }
            throw error
        }
    }

    private func add(_ path: String, _ passphrase: Secret, to started: Started) async throws -> Bool {
        let hasTold = Mutex(false)
        let (token, variables) = started.desk.admit { prompt, reply in
            // Once: who is asked again was wrong.
            guard case .passphrase = prompt,
                !hasTold.withLock({ told in
                    defer { told = true }; return told
                })
            else { return reply(nil) }
            reply(passphrase)
        }
        defer { started.desk.forget(token) }
        var environment = environment
        environment["SSH_AUTH_SOCK"] = started.folder + "/agent"
        environment.merge(variables) { $1 }
        let command = ChildCommand(program: program("ssh-add"), arguments: ["-q", path], environment: environment)
        return try await command.run(on: loop, limit: 1024, timeout: Self.patience).exit == .exited(0)
    }

    /// A program that comes with `ssh` is where that is.
    private func program(_ name: String) -> String {
        guard let slash = options.program.lastIndex(of: "/") else { return name }
        return options.program[...slash] + name
    }

    private var environment: [String: String] {
        OpenSSHCommand.environment(inherited: ProcessInfo.processInfo.environment, term: "dumb")
    }

    private static let patience: Duration = .seconds(20)

    private static func makeFolder() throws -> String {
        let name = "/muster-" + UUID().uuidString.prefix(13)
        var folder = FileManager.default.temporaryDirectory.path + name
        // A socket's path has to be short.
        if folder.utf8.count > 90 { folder = "/tmp" + name }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        ChildWatch.shared.add(folder: folder)
        return folder
    }

    private static func remove(_ folder: String) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Blocking.submit {
                try? FileManager.default.removeItem(atPath: folder)
                done.resume()
            }
        }
    }
}

/// Whether a child has said anything.
private actor FirstOutput: ByteReceiver {
    private let child: ChildTransport
    private let limit: Duration
    private var outcome: Bool?
    private var waiting: CheckedContinuation<Bool, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { child.loop.executor }

    init(of child: ChildTransport, within limit: Duration) {
        self.child = child
        self.limit = limit
    }

    /// Returns with the first output, or without one at the end.
    func hasCome() async -> Bool {
        child.start(self)
        let timer = child.loop.schedule(at: child.loop.now + limit) { self.assumeIsolated { $0.settle(false) } }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            if let outcome { continuation.resume(returning: outcome) } else { waiting = continuation }
        }
    }

    private func settle(_ outcome: Bool) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        waiting?.resume(returning: outcome)
        waiting = nil
    }

    nonisolated func received(_ bytes: UnsafeRawBufferPointer) { assumeIsolated { $0.settle(true) } }
    nonisolated func burstEnded() {}
    nonisolated func ended(_ end: TransportEnd) { assumeIsolated { $0.settle(false) } }
}
