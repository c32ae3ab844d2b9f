package import MusterTransport

/// One SSH session over any byte transport, on the transport's event loop.
///
/// Bytes come in by plain calls, drive the one operation in flight, and go on to the channels; a task is woken only when what it
/// waits for is complete. Operations queue up: libssh2 can do one at a time.
package actor SSHSession: ByteReceiver {
    private let transport: any ByteTransport
    private var engine: SSHEngine
    private var banner: BannerMachine? = BannerMachine()
    private var pending: [Pending] = []
    private var channels: [ChannelID: ChannelState] = [:]
    /// What was asked for last.
    private var stage = SSHError.Stage.handshake
    private var failure: SSHError?
    /// The transport has ended, here or there.
    private var isOver = false
    private var transportEnd: TransportEnd?
    private var isStepping = false
    private var observers: [@Sendable () -> Void] = []
    /// When the next sign of life is due.
    private var pulse: LoopTimer?

    private struct Pending {
        let operation: EngineOperation
        let stage: SSHError.Stage
        let complete: @Sendable (Result<EngineStep, SSHError>) -> Void
    }

    private struct ChannelState {
        var receiver: (any ByteReceiver)?
        /// What the channel's window had no room for.
        var unsent: [UInt8] = []
        var hasEnded = false
        /// It carries another session.
        var isTunnel = false
        /// Nobody uses it any more: it is freed as soon as the server lets go of it.
        var isClosing = false
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { transport.loop.executor }

    package init(transport: any ByteTransport, preferences: AlgorithmPreferences = .standard) {
        self.transport = transport
        engine = SSHEngine(preferences: preferences)
    }

    package nonisolated var loop: Loop { transport.loop }

    // MARK: From the transport

    package nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        // The call is synchronous: the buffer is used by nobody else until it returns.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.feed(bytes) }
    }

    package nonisolated func burstEnded() {
        assumeIsolated { $0.step() }
    }

    package nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated { $0.endInput(end) }
    }

    private func feed(_ bytes: UnsafeRawBufferPointer) {
        guard !isOver, !isDeserted else { return }
        guard var machine = banner else { return engine.feed(bytes) }
        let verdict = machine.receive(bytes)
        banner = machine
        switch verdict {
        case .incomplete: break
        case .ssh(let all):
            banner = nil
            all.withUnsafeBytes { engine.feed($0) }
        case .notSSH:
            finish(notSSH(machine))
        }
    }

    /// Whether every channel has ended and nothing is under way: what comes now is for nobody, and is not kept.
    private var isDeserted: Bool {
        !channels.isEmpty && pending.isEmpty && channels.values.allSatisfy { $0.hasEnded && !$0.isClosing }
    }

    private func endInput(_ end: TransportEnd) {
        guard !isOver else { return }
        engine.endInput()
        transportEnd = end
        step()
    }

    // MARK: Turns

    /// One turn: go on with the operation in flight, hand out what the channels received, write out what gathered.
    ///
    /// Writing can end the transport, which is then noticed here, in a last turn.
    private func step() {
        guard !isStepping else { return }
        isStepping = true
        var sawEnd: Bool
        repeat {
            sawEnd = transportEnd != nil
            runOperations()
            readChannels()
            retryUnsent()
            freeChannels()
            flush()
        } while transportEnd != nil && !sawEnd
        isStepping = false
        if let transportEnd, !isOver { settle(transportEnd) }
    }

    /// Everything that came before the transport's end has been handed out: now the end is.
    private func settle(_ end: TransportEnd) {
        isOver = true
        let reason = failure ?? lost(end)
        failure = reason
        resumePending(throwing: reason)
        endChannels(end)
        tellObservers()
    }

    private func runOperations() {
        while failure == nil, banner == nil || pending.first?.stage == .handshake, let next = pending.first {
            let step = engine.perform(next.operation)
            if case .needsInput = step { return }
            pending.removeFirst()
            if case .failed(let code) = step {
                next.complete(.failure(error(code, for: next)))
            } else {
                next.complete(.success(step))
            }
        }
    }

    private func readChannels() {
        guard !channels.isEmpty else { return }
        // The first read takes apart all that came, for every channel: the others are asked whether there is anything.
        var isFirst = true
        for id in Array(channels.keys) where isRead(id) && (isFirst || engine.hasInput(id)) {
            read(id)
            isFirst = false
        }
        if isFirst, pending.isEmpty, let unused = channels.first(where: \.value.isClosing)?.key { engine.drive(unused) }
    }

    private func isRead(_ id: ChannelID) -> Bool {
        guard let channel = channels[id] else { return false }
        return channel.receiver != nil && !channel.hasEnded
    }

    /// Frees the channels that nobody uses; the last one is kept, for without any libssh2 has no call that reads.
    private func freeChannels() {
        guard channels.count > 1 else { return }
        for (id, channel) in channels where channel.isClosing && channels.count > 1 {
            if engine.free(id) { channels[id] = nil }
        }
    }

    private func read(_ id: ChannelID) {
        loop.withScratch { buffer in
            var delivered = false
            while let receiver = channels[id]?.receiver {
                switch engine.read(id, into: buffer) {
                case .bytes(let count):
                    delivered = true
                    receiver.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                case .nothingYet:
                    if delivered { receiver.burstEnded() }
                    return
                case .end:
                    if delivered { receiver.burstEnded() }
                    return end(id, transportEnd ?? .closedByPeer)
                case .failed(let code):
                    if delivered { receiver.burstEnded() }
                    return end(id, reason(code))
                }
            }
        }
    }

    /// Why a channel cannot be read any more.
    private func reason(_ code: Int32) -> TransportEnd {
        if let reason = engine.disconnectReason { return .lost("the device disconnected: \(reason)") }
        return transportEnd ?? .lost("libssh2 error \(code)")
    }

    private func retryUnsent() {
        for (id, channel) in channels where !channel.unsent.isEmpty && !channel.hasEnded {
            let taken = channel.unsent.withUnsafeBytes { engine.write($0, to: id) }
            channels[id]?.unsent.removeFirst(taken)
        }
    }

    private func flush() {
        let bytes = engine.takeOutbound()
        if !bytes.isEmpty { transport.send(bytes) }
        engine.recycle(bytes)
    }

    // MARK: Operations

    private func perform(_ operation: EngineOperation, stage: SSHError.Stage) async throws(SSHError) -> EngineStep {
        if let failure { throw failure }
        self.stage = stage
        let result = await withCheckedContinuation { continuation in
            // The way here may have given up the loop for a turn, in which the session was cancelled.
            if let failure { return continuation.resume(returning: Result<EngineStep, SSHError>.failure(failure)) }
            pending.append(Pending(operation: operation, stage: stage) { continuation.resume(returning: $0) })
            step()
        }
        return try result.get()
    }

    /// Exchanges versions and keys.
    ///
    /// - Returns: The host key that the server proved to have; whether it is the right one is for the caller to decide.
    package func handshake() async throws(SSHError) -> HostKey {
        transport.start(self)
        _ = try await perform(.handshake, stage: .handshake)
        guard let key = engine.hostKey else { throw SSHError(.keyExchange, stage: .handshake, "the device showed no host key") }
        return key
    }

    /// Tries one way to log in.
    package func authenticate(user: String, with credential: Credential) async throws(SSHError) {
        switch credential {
        case .password(let password):
            _ = try await perform(.password(user: user, password: password), stage: .authentication)
        case .keyboardInteractive(let password):
            _ = try await perform(.keyboardInteractive(user: user, password: password), stage: .authentication)
        case .publicKey(_, let content, let passphrase):
            _ = try await perform(.publicKey(user: user, key: content, passphrase: passphrase), stage: .authentication)
        }
    }

    /// The methods that the server would go on with; empty when it asks for nothing.
    func methods(user: String) async throws(SSHError) -> [String] {
        guard case .methods(let list) = try await perform(.methods(user: user), stage: .authentication) else { return [] }
        return list
    }

    /// A keyboard-interactive question that had no answer, as the device put it.
    var unansweredQuestion: String? { engine.unansweredQuestion }

    /// Opens a channel with a terminal and a shell.
    package func openShell(terminal: TerminalSize, type: String) async throws(SSHError) -> SSHChannel {
        guard case .opened(let id) = try await perform(.openSession, stage: .open) else {
            throw SSHError(.channel, stage: .open, "the device opened no channel")
        }
        _ = try await perform(.terminal(id, terminal, type: type), stage: .open)
        _ = try await perform(.shell(id), stage: .open)
        channels[id] = ChannelState()
        return SSHChannel(session: self, id: id)
    }

    /// Opens a connection from the server on to another host, over which another session may run.
    ///
    /// - Parameter completion: Called once, on the loop. The error's kinds `unreachableTarget`, `forwardingRefused` and `channelShortage` are the
    ///   server's answers; it cannot be cancelled, as libssh2 has to see the answer.
    package func openTunnel(to host: String, port: Int, completion: @escaping @Sendable (Result<SSHChannel, SSHError>) -> Void) {
        if let failure { return completion(.failure(failure)) }
        stage = .open
        pending.append(
            Pending(operation: .openTunnel(host: host, port: port), stage: .open) { result in
                completion(result.flatMap { step in self.assumeIsolated { $0.tunnel(step) } })
            })
        step()
    }

    private func tunnel(_ step: EngineStep) -> Result<SSHChannel, SSHError> {
        guard case .opened(let id) = step else { return .failure(SSHError(.channel, stage: .open, "no channel was opened")) }
        channels[id] = ChannelState(isTunnel: true)
        return .success(SSHChannel(session: self, id: id))
    }

    /// Calls `observer` once when the session has ended, here or there, on the loop.
    package func whenOver(_ observer: @escaping @Sendable () -> Void) {
        if isOver { observer() } else { observers.append(observer) }
    }

    private func tellObservers() {
        let observers = observers
        self.observers = []
        for observer in observers { observer() }
    }

    /// What was agreed on that only old gear needs; empty when all is modern.
    package var legacyAlgorithms: [String] {
        var names: [String] = []
        for name in engine.agreed where AlgorithmPreferences.isLegacy(name) && !names.contains(name) { names.append(name) }
        return names
    }

    // MARK: Keeping it alive

    /// Sends something every so often, so that firewalls and address translators between do not forget the connection, and the system notices
    /// when the other side has gone.
    package func keepAlive(_ settings: KeepAlive) {
        guard !isOver, settings.interval > .zero else { return }
        transport.keepAlive(settings)
        beat(every: settings.interval)
    }

    private func beat(every interval: Duration) {
        pulse = loop.schedule(at: loop.now + interval) { [weak self] in
            self?.assumeIsolated { session in
                guard !session.isOver else { return }
                session.engine.keepAlive()
                session.flush()
                session.beat(every: interval)
            }
        }
    }

    // MARK: Channels

    func start(_ id: ChannelID, _ receiver: any ByteReceiver) {
        channels[id, default: ChannelState()].receiver = receiver
        step()
        if isOver { endChannels(.closedByPeer) }
    }

    func send(_ bytes: UnsafeRawBufferPointer, to id: ChannelID) {
        guard let channel = channels[id], !channel.hasEnded, !isOver else { return }
        let taken = channel.unsent.isEmpty ? engine.write(bytes, to: id) : 0
        if taken < bytes.count { channels[id]?.unsent.append(contentsOf: bytes[taken...]) }
        if !isStepping { flush() }
    }

    func close(_ id: ChannelID) {
        end(id, .closedHere)
        guard channels[id]?.isClosing == false else { return }
        channels[id]?.isClosing = true
        channels[id]?.unsent = []
        guard !isOver, !isStepping else { return }
        freeChannels()
        flush()
    }

    private func end(_ id: ChannelID, _ end: TransportEnd) {
        guard channels[id]?.hasEnded == false else { return }
        channels[id]?.hasEnded = true
        let receiver = channels[id]?.receiver
        channels[id]?.receiver = nil
        // What ends here is the way to the device, and not its own session.
        let isWayLost = channels[id]?.isTunnel == true && (transportEnd != nil || isOver)
        receiver?.ended(isWayLost ? .lost("the bastion's connection ended") : end)
    }

    private func endChannels(_ end: TransportEnd) {
        for id in channels.keys where channels[id]?.receiver != nil {
            self.end(id, end)
        }
    }

    // MARK: The end

    /// Ends the session with SSH's goodbye, frees everything, and closes the transport.
    ///
    /// - Parameter lastWords: Sends what the device is to read before the goodbye; it goes out in the same write.
    package func close(after lastWords: @Sendable () -> Void = {}) {
        guard !isOver else { return release() }
        step()
        guard !isOver else { return release() }
        if failure == nil {
            isStepping = true
            lastWords()
            isStepping = false
            engine.disconnect()
            flush()
        }
        finish(SSHError(.connectionLost, stage: .open, "the session was closed here"))
    }

    /// Ends the session at once, in the middle of whatever is in flight; what waits gets `error`.
    package func abort(_ error: SSHError) {
        guard !isOver else { return }
        if pending.isEmpty { engine.disconnect() }
        flush()
        finish(error)
    }

    /// Ends the session because its task was cancelled; may be called from any thread.
    package nonisolated func cancel() {
        loop.execute { self.assumeIsolated { $0.abort(SSHError(.cancelled, stage: .open, "cancelled")) } }
    }

    /// Ends the session because the time for getting in is over.
    package func expire() {
        let stage = pending.first?.stage ?? stage
        let linesBefore = banner.map { $0.seen.isEmpty ? "nothing" : "\"\($0.seen)\"" }
        let expected =
            switch stage {
            case .handshake where linesBefore != nil: "expected an SSH version line, seen \(linesBefore ?? "")"
            case .handshake, .hostKey: "expected the end of the key exchange, and it did not come"
            case .authentication: "expected an answer to the login, and none came"
            case .open: "expected a shell, and none was opened"
            }
        abort(SSHError(.timedOut, stage: stage, expected))
    }

    private func finish(_ error: SSHError) {
        isOver = true
        failure = failure ?? error
        resumePending(throwing: error)
        endChannels(.closedHere)
        transport.close()
        release()
        tellObservers()
    }

    private func release() {
        pulse?.cancel()
        pulse = nil
        engine.close()
        channels = [:]
    }

    private func resumePending(throwing error: SSHError) {
        let waiting = pending
        pending = []
        for entry in waiting { entry.complete(.failure(error)) }
    }

    // MARK: Errors

    private func error(_ code: Int32, for pending: Pending) -> SSHError {
        if banner != nil, let transportEnd { return lost(transportEnd) }
        return SSHErrorReport(
            code: code, operation: pending.operation, stage: pending.stage, text: engine.lastErrorText,
            disconnectReason: engine.disconnectReason, transcript: engine.transcript, deviceBanner: engine.banner,
            hasEnded: transportEnd != nil
        ).error
    }

    private func lost(_ end: TransportEnd) -> SSHError {
        if let banner {
            let seen = banner.seen.isEmpty ? "the connection closed" : "\"\(banner.seen)\" and the connection closed"
            return SSHError(
                .connectionLost, stage: .handshake, "expected an SSH version line, seen \(seen)",
                hint: "the device may refuse this address, or have no free session")
        }
        // Nothing is pending yet where the end comes with the first bytes.
        let stage = pending.first?.stage ?? stage
        if let reason = engine.disconnectReason {
            return SSHError(.connectionLost, stage: stage, "the device disconnected: \(reason)")
        }
        switch end {
        case .closedByPeer: return SSHError(.connectionLost, stage: stage, "the device closed the connection")
        case .closedHere: return SSHError(.connectionLost, stage: stage, "the connection was closed here")
        case .lost(let text): return SSHError(.connectionLost, stage: stage, "the connection broke: \(text)")
        }
    }

    private func notSSH(_ banner: BannerMachine) -> SSHError {
        SSHError(
            .notSSH, stage: .handshake, "expected an SSH version line, seen \"\(banner.seen)\"",
            hint: banner.looksLikeTelnet ? "this port speaks telnet" : "is this the SSH port?")
    }
}
