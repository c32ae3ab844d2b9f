package import MusterTransport
import Synchronization

/// An SSH agent at a Unix socket, asked for its keys once and for signatures one after the other.
///
/// Nobody connects to it before something is asked. Nothing waits on a thread: an answer that is late ends the conversation.
package actor Agent: ByteReceiver {
    package nonisolated let socket: String
    private nonisolated let loop: Loop
    private var machine: AgentMachine
    private var transport: (any ByteTransport)?
    private var timer: (deadline: Instant, timer: LoopTimer)?
    private var completions: [Int: @Sendable (Result<AgentReply, AgentProblem>) -> Void] = [:]
    private nonisolated let lastID = Mutex(0)
    /// The keys, once they are known.
    private var identities: Result<[AgentIdentity], AgentProblem>?
    private var listeners: [Int: CheckedContinuation<Result<[AgentIdentity], AgentProblem>, Never>] = [:]
    /// How often the list was asked for.
    private(set) var listings = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameters:
    ///   - socket: The path of its socket.
    ///   - loop: Where it is talked to.
    ///   - limit: How long one answer may take.
    package init(socket: String, on loop: Loop, limit: Duration) {
        self.socket = socket
        self.loop = loop
        machine = AgentMachine(limit: limit)
    }

    // MARK: Asking

    /// The keys of the agent, which are asked for once.
    ///
    /// - Throws: `AgentProblem`; `.cancelled` when the task was cancelled.
    package func keys() async throws(AgentProblem) -> [AgentIdentity] {
        if let identities { return try identities.get() }
        let id = newID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume(returning: Result<[AgentIdentity], AgentProblem>.failure(.cancelled)) }
                if let identities { return continuation.resume(returning: identities) }
                listeners[id] = continuation
                if listeners.count == 1 { list() }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.listeners.removeValue(forKey: id)?.resume(returning: .failure(.cancelled)) } }
        }
        return try result.get()
    }

    private func list() {
        listings += 1
        ask(.identities, id: newID()) { result in
            self.assumeIsolated { agent in
                let identities: Result<[AgentIdentity], AgentProblem> = result.flatMap { reply in
                    switch reply {
                    case .identities(let identities): .success(identities)
                    // One that is locked says so, too.
                    case .failure: .success([])
                    case .signature: .failure(.garbled)
                    }
                }
                agent.identities = identities
                let listeners = agent.listeners.values
                agent.listeners = [:]
                for listener in listeners { listener.resume(returning: identities) }
            }
        }
    }

    /// Has a message signed by one of the agent's keys, when its turn has come.
    ///
    /// - Returns: What says, from any thread, that nobody waits for it any more: it is taken off the queue, and `done` is told `.cancelled`.
    package nonisolated func sign(
        _ message: [UInt8], by key: PublicKey, algorithm: String, then done: @escaping @Sendable (Result<[UInt8], AgentProblem>) -> Void
    ) -> @Sendable () -> Void {
        let id = newID()
        loop.execute {
            self.assumeIsolated { agent in
                agent.ask(.sign(blob: key.blob, message: message, algorithm: algorithm), id: id) { result in
                    done(
                        result.flatMap { reply in
                            switch reply {
                            case .signature(let signature): .success(signature)
                            case .failure: .failure(.refused)
                            case .identities: .failure(.garbled)
                            }
                        })
                }
            }
        }
        return { [loop] in loop.execute { self.assumeIsolated { $0.withdraw(id) } } }
    }

    private func withdraw(_ id: Int) {
        machine.withdraw(id)
        completions.removeValue(forKey: id)?(.failure(.cancelled))
    }

    /// Asks nothing any more; who waits is told.
    package func close() {
        obey(machine.close())
    }

    private nonisolated func newID() -> Int {
        lastID.withLock { last in
            last += 1
            return last
        }
    }

    private func ask(
        _ request: AgentRequest, id: Int, then done: @escaping @Sendable (Result<AgentReply, AgentProblem>) -> Void
    ) {
        completions[id] = done
        obey(machine.ask(request, id: id, now: loop.now))
    }

    // MARK: From the connection

    package nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        // The call is synchronous: the buffer is used by nobody else until it returns.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.obey($0.machine.receive(bytes, now: $0.loop.now)) }
    }

    package nonisolated func burstEnded() {}

    package nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated { agent in
            agent.transport = nil
            agent.obey(agent.machine.ended())
        }
    }

    private func connect() {
        LocalTransport.connect(path: socket, on: loop) { result in
            self.assumeIsolated { agent in
                switch result {
                case .success(let transport):
                    let actions = agent.machine.connected(now: agent.loop.now)
                    guard actions != [.close] else { return transport.close() }
                    agent.transport = transport
                    transport.start(agent)
                    agent.obey(actions)
                case .failure(let failure):
                    agent.obey(agent.machine.cannotConnect(.unreachable(socket: agent.socket, failure.text)))
                }
            }
        }
    }

    // MARK: What the machine wants

    private func obey(_ actions: [AgentMachine.Action]) {
        for action in actions {
            switch action {
            case .connect: connect()
            case .send(let bytes): transport?.send(bytes)
            case .complete(let id, let result): completions.removeValue(forKey: id)?(result)
            case .close:
                let old = transport
                transport = nil
                old?.close()
            }
        }
        setTimer()
    }

    private func setTimer() {
        guard timer?.deadline != machine.deadline else { return }
        timer?.timer.cancel()
        timer = machine.deadline.map { deadline in
            (
                deadline,
                loop.schedule(at: deadline) { [weak self] in
                    self?.assumeIsolated { agent in
                        agent.timer = nil
                        agent.obey(agent.machine.tick(now: agent.loop.now))
                    }
                }
            )
        }
    }
}

/// Signs by an agent's key.
package struct AgentSigner: RemoteSigner {
    let agent: Agent
    /// The key as the agent knows it.
    package let key: PublicKey

    package init(agent: Agent, key: PublicKey) {
        self.agent = agent
        self.key = key
    }

    package func sign(
        _ message: [UInt8], algorithm: String, then done: @escaping @Sendable (Result<[UInt8], KeyProblem>) -> Void
    ) -> @Sendable () -> Void {
        agent.sign(message, by: key, algorithm: algorithm) { result in done(result.mapError { .agent($0) }) }
    }
}
