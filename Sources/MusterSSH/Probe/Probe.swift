package import MusterTransport

/// Leads a dialogue with a server over a transport, and closes it.
package actor Probe<Machine: ProbeMachine>: ByteReceiver {
    package typealias Outcome = Machine.Outcome

    private let transport: any ByteTransport
    private var machine: Machine
    private var outcome: Result<Outcome, SSHError>?
    private var waiting: CheckedContinuation<Result<Outcome, SSHError>, Never>?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { transport.loop.executor }

    package init(_ machine: Machine, over transport: any ByteTransport) {
        self.machine = machine
        self.transport = transport
    }

    /// Waits for the outcome.
    ///
    /// - Parameter deadline: When to give up.
    package func run(deadline: Instant) async throws(SSHError) -> Outcome {
        let timer = transport.loop.schedule(at: deadline) { self.assumeIsolated { $0.expire() } }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The way here may have given up the loop for a turn, in which the probe was cancelled.
                if let outcome { return continuation.resume(returning: outcome) }
                waiting = continuation
                transport.start(self)
                transport.send(machine.greeting)
            }
        } onCancel: {
            transport.loop.execute { self.assumeIsolated { $0.finish(.failure(SSHError(.cancelled, stage: .handshake, "cancelled"))) } }
        }
        return try result.get()
    }

    package nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        // The call is synchronous: the buffer is used by nobody else until it returns.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.feed(bytes) }
    }

    package nonisolated func burstEnded() {}

    package nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated { $0.end(end) }
    }

    private func feed(_ bytes: UnsafeRawBufferPointer) {
        guard outcome == nil else { return }
        switch machine.receive(bytes) {
        case .wait: break
        case .send(let bytes): transport.send(bytes)
        case .done(let outcome): finish(.success(outcome))
        case .failed(let error): finish(.failure(error))
        }
    }

    private func end(_ end: TransportEnd) {
        let how = if let text = end.breakage { "the connection broke: \(text)" } else { "the connection closed" }
        finish(
            .failure(
                SSHError(
                    .connectionLost, stage: .handshake, "expected an SSH key exchange, seen \(machine.seen), and \(how)",
                    hint: "the device may refuse this address, or have no free session")))
    }

    private func expire() {
        finish(.failure(SSHError(.timedOut, stage: .handshake, "expected an SSH key exchange, seen \(machine.seen)")))
    }

    private func finish(_ result: Result<Outcome, SSHError>) {
        guard outcome == nil else { return }
        outcome = result
        waiting?.resume(returning: result)
        waiting = nil
        transport.close()
    }
}
