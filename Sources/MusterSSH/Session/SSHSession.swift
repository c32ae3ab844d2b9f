package import MusterTransport

/// One SSH session over any byte transport, on the transport's event loop.
///
/// Bytes come in by plain calls, drive the one operation in flight, and go on to the channels; a task is woken only when what it
/// waits for is complete. Operations queue up: libssh2 can do one at a time.
package actor SSHSession: ByteReceiver {
    let transport: any ByteTransport
    var engine: SSHEngine
    var banner: BannerMachine? = BannerMachine()
    var pending: [Pending] = []
    var channels: [ChannelID: ChannelState] = [:]
    /// What was asked for last.
    var stage = SSHError.Stage.handshake
    var failure: SSHError?
    /// The transport has ended, here or there.
    var isOver = false
    var transportEnd: TransportEnd?
    var isStepping = false
    private var observers: [@Sendable () -> Void] = []
    /// What gives up the signature that is waited for.
    private var signing: (@Sendable () -> Void)?
    /// The signs of life, once they are wanted, and when the next look at them is due.
    var pulse: Pulse?
    var pulseTimer: LoopTimer?

    struct Pending {
        let operation: EngineOperation
        let stage: SSHError.Stage
        let complete: @Sendable (Result<EngineStep, SSHError>) -> Void
    }

    struct ChannelState {
        var receiver: (any ByteReceiver)?
        /// What the channel's window had no room for.
        var unsent: [UInt8] = []
        var hasEnded = false
        /// It carries another session.
        var isTunnel = false
        /// Nobody uses it any more: it is freed as soon as the server lets go of it.
        var isClosing = false
        /// How its command ended is still to come, behind its last output.
        var awaitsExit = false
        /// Both sides have closed it.
        var isClosed = false
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
        assumeIsolated { session in
            session.pulse?.heard(at: session.loop.now)
            session.step()
        }
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
            if let refusal = PlainPackets.refusal(ofVersionIn: all) { return finish(refusal) }
            all.withUnsafeBytes { engine.feed($0) }
        case .notSSH:
            finish(notSSH(machine))
        }
    }

    /// Whether every channel has ended and nothing is under way: what comes now is for nobody, and is not kept.
    private var isDeserted: Bool {
        !channels.isEmpty && pending.isEmpty && channels.values.allSatisfy { $0.hasEnded && !$0.isClosing && !$0.awaitsExit }
    }

    private func endInput(_ end: TransportEnd) {
        guard !isOver else { return }
        engine.endInput()
        // How long it was silent is known here.
        if end == .gone(nil), let pulse { transportEnd = .gone(pulse.silence(at: loop.now)) } else { transportEnd = end }
        step()
    }

    // MARK: Turns

    /// One turn: go on with the operation in flight, hand out what the channels received, write out what gathered.
    ///
    /// Writing can end the transport, which is then noticed here, in a last turn.
    func step() {
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
            switch step {
            case .needsInput: return
            case .needsSignature(let request): return ask(for: request)
            default: pending.removeFirst()
            }
            pulse?.delivered()
            if case .failed(let code) = step {
                next.complete(.failure(error(code, for: next)))
            } else {
                next.complete(.success(step))
            }
        }
    }

    private func ask(for request: SignatureRequest) {
        signing = request.signer.sign(request.message, algorithm: request.algorithm) { [weak self, loop] result in
            loop.execute { [weak self] in
                self?.assumeIsolated { session in
                    guard !session.isOver else { return }
                    session.signing = nil
                    session.engine.supply(result)
                    session.step()
                }
            }
        }
    }

    func flush() {
        let bytes = engine.takeOutbound()
        if !bytes.isEmpty { transport.send(bytes) }
        engine.recycle(consume bytes)
    }

    // MARK: The end

    /// Calls `observer` once when the session has ended, here or there, on the loop.
    package func whenOver(_ observer: @escaping @Sendable () -> Void) {
        if isOver { observer() } else { observers.append(observer) }
    }

    private func tellObservers() {
        let observers = observers
        self.observers = []
        for observer in observers { observer() }
    }

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
            case .handshake, .hostKey: "expected the end of the key exchange, \(seenInHandshake)"
            case .authentication where engine.awaitsSignature: "expected a signature by the agent, and none came"
            case .authentication: "expected an answer to the login, and none came"
            case .open: "expected a shell, and none was opened"
            }
        abort(SSHError(.timedOut, stage: stage, expected))
    }

    /// What the device has said in the handshake, after "expected …".
    private var seenInHandshake: String {
        guard let received = engine.transcript?.received, let line = PlainPackets.onlyVersion(in: received) else {
            return "and it did not come"
        }
        return "seen the version line \"\(line)\" and nothing after it"
    }

    /// Ends the session here.
    ///
    /// - Parameter end: what the channels are told.
    func finish(_ error: SSHError, _ end: TransportEnd = .closedHere) {
        isOver = true
        failure = failure ?? error
        resumePending(throwing: error)
        endChannels(end)
        transport.close()
        release()
        tellObservers()
    }

    private func release() {
        pulseTimer?.cancel()
        pulseTimer = nil
        pulse = nil
        engine.close()
        channels = [:]
    }

    private func resumePending(throwing error: SSHError) {
        signing?()
        signing = nil
        let waiting = pending
        pending = []
        for entry in waiting { entry.complete(.failure(error)) }
    }
}
