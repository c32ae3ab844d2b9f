import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Gets secrets from where they are, each once in a run, however many devices ask for it.
///
/// Those who ask while it is being fetched wait for the same answer; a failure is remembered as well. When the one who fetches is
/// cancelled, the next one who waits takes over. Nothing blocks Swift's thread pool.
public final class SecretResolver: Sendable {
    /// Asks a person a question.
    ///
    /// Two different questions may be asked at the same time.
    public typealias Ask = @Sendable (_ question: String) async throws -> Secret

    private enum Turn {
        case lead
        case done(Result<Secret, any Error>)
        case cancelled
    }

    private enum Flight {
        case running(waiting: [(id: Int, continuation: CheckedContinuation<Turn, Never>)])
        case done(Result<Secret, any Error>)
    }

    private struct State {
        var flights: [SecretSource: Flight] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())
    private let environment: @Sendable (String) -> String?
    private let commandTimeout: Duration
    private let ask: Ask?

    /// A resolver for one run.
    ///
    /// - Parameters:
    ///   - commandTimeout: The time a command has to print its secret.
    ///   - environment: Looks up an environment variable; nil for the process's own.
    ///   - ask: Asks a person; nil when there is none, and then a prompt is an error.
    public init(
        commandTimeout: Duration = .seconds(60), environment: (@Sendable (String) -> String?)? = nil, ask: Ask? = nil
    ) {
        self.commandTimeout = commandTimeout
        self.environment = environment ?? { name in getenv(name).map { String(cString: $0) } }
        self.ask = ask
    }

    /// The secret of a source.
    ///
    /// - Throws: `SecretError`; whatever `ask` throws; `CancellationError` when the calling task is cancelled, which leaves the others
    ///   waiting undisturbed.
    public func resolve(_ source: SecretSource) async throws -> Secret {
        if case .plain(let secret) = source { return secret }
        switch await turn(for: source) {
        case .done(let result): return try result.get()
        case .cancelled: throw CancellationError()
        case .lead: break
        }
        do {
            let secret = try await fetch(source)
            finish(source, .success(secret))
            return secret
        } catch {
            if Task.isCancelled {
                handOver(source)
                throw CancellationError()
            }
            finish(source, .failure(error))
            throw error
        }
    }

    /// Asks every question that the hosts' secrets need, one after the other, before the devices' timeouts start to run.
    ///
    /// - Throws: Whatever `ask` throws, at the first failure; `CancellationError`.
    public func answerPrompts(of hosts: [InventoryHost]) async throws {
        var asked: Set<SecretSource> = []
        for host in hosts {
            for source in host.secretSources {
                guard case .prompt = source, asked.insert(source).inserted else { continue }
                _ = try await resolve(source)
            }
        }
    }

    // MARK: Taking turns

    private func turn(for source: SecretSource) async -> Turn {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let turn: Turn? = state.withLock { state in
                    // A cancellation from here on waits for the lock, and then finds the waiter.
                    if Task.isCancelled { return .cancelled }
                    switch state.flights[source] {
                    case nil:
                        state.flights[source] = .running(waiting: [])
                        return .lead
                    case .done(let result):
                        return .done(result)
                    case .running(var waiting):
                        waiting.append((id, continuation))
                        state.flights[source] = .running(waiting: waiting)
                        return nil
                    }
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Turn, Never>? in
                guard case .running(var waiting)? = state.flights[source], let index = waiting.firstIndex(where: { $0.id == id })
                else { return nil }
                let waiter = waiting.remove(at: index)
                state.flights[source] = .running(waiting: waiting)
                return waiter.continuation
            }
            waiter?.resume(returning: .cancelled)
        }
    }

    private func finish(_ source: SecretSource, _ result: Result<Secret, any Error>) {
        let waiting = state.withLock { state -> [CheckedContinuation<Turn, Never>] in
            defer { state.flights[source] = .done(result) }
            guard case .running(let waiting)? = state.flights[source] else { return [] }
            return waiting.map(\.continuation)
        }
        for continuation in waiting { continuation.resume(returning: .done(result)) }
    }

    private func handOver(_ source: SecretSource) {
        let next = state.withLock { state -> CheckedContinuation<Turn, Never>? in
            guard case .running(var waiting)? = state.flights[source], !waiting.isEmpty else {
                state.flights[source] = nil
                return nil
            }
            let next = waiting.removeFirst()
            state.flights[source] = .running(waiting: waiting)
            return next.continuation
        }
        next?.resume(returning: .lead)
    }

    // MARK: Fetching

    private func fetch(_ source: SecretSource) async throws -> Secret {
        switch source {
        case .plain(let secret):
            return secret
        case .environment(let name):
            guard let value = environment(name) else {
                throw SecretError(
                    source: source, message: "the environment variable \(name.quotedForMessage) is not set",
                    hint: "export it before the run")
            }
            guard !value.isEmpty else {
                throw SecretError(source: source, message: "the environment variable \(name.quotedForMessage) is empty")
            }
            return Secret(value)
        case .file(let path):
            return try await SecretFile(path: path).read()
        case .command(let words):
            return try await SecretCommand(words: words, timeout: commandTimeout).run()
        case .prompt(let question):
            guard let ask else {
                throw SecretError(
                    source: source, message: "no one to ask \(question.quotedForMessage): there is no terminal",
                    hint: "use {env: NAME}, {file: PATH} or {command: [pass, show, x]}")
            }
            return try await ask(question)
        }
    }
}
