import MusterTransport

/// Waits for what an `ssh` answers to a request for a connection, and then for the end of that connection.
actor MuxRequest: ByteReceiver {
    enum Answer: Sendable {
        case opened, refused
        case lost(String)
    }

    private nonisolated let loop: Loop
    private var reader = MuxReader()
    private var answer: (@Sendable (Answer) -> Void)?
    private let whenEnded: @Sendable () -> Void

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameters:
    ///   - answer: Called once, on the loop.
    ///   - ended: Called once, when ssh has let go of the connection.
    init(loop: Loop, answer: @escaping @Sendable (Answer) -> Void, ended: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.answer = answer
        whenEnded = ended
    }

    nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        // The closure runs before this call returns, on the loop, so the buffer goes nowhere.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.read(bytes) }
    }

    nonisolated func burstEnded() {}

    nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated { request in
            request.settle(.lost("it closed its control socket"))
            request.whenEnded()
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer) {
        guard let replies = reader.receive(bytes) else { return settle(.lost("its control socket speaks something else")) }
        for reply in replies {
            switch reply {
            case .hello(MuxMessage.version), .other: break
            case .hello(let version): settle(.lost("it speaks version \(version) of the control protocol"))
            case .opened: settle(.opened)
            case .refused: settle(.refused)
            }
        }
    }

    private func settle(_ answer: Answer) {
        // What it does may end the connection, which comes back here.
        let tell = self.answer
        self.answer = nil
        tell?(answer)
    }
}
