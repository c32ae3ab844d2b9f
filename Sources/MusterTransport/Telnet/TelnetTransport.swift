/// The text of a telnet connection, over whatever carries its bytes: TCP, or a channel through a bastion.
package actor TelnetTransport: ByteTransport, ByteReceiver {
    private nonisolated let carrier: any ByteTransport
    private var codec: TelnetCodec
    private var receiver: (any ByteReceiver)?
    /// How much was typed.
    package private(set) var sentBytes = 0
    private var hasEnded = false
    /// Somebody waits for the peer to have read what was sent, and until when.
    private var lingering: CheckedContinuation<Void, Never>?
    private var quiet = Duration.zero
    private var quietUntil = Instant(nanoseconds: 0)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { carrier.loop.executor }
    package nonisolated var loop: Loop { carrier.loop }

    /// - Parameters:
    ///   - carrier: what carries the bytes; it is started, and closed, with this transport.
    ///   - terminal: what the peer is told when it asks.
    ///   - newline: what a line feed, the return key, is on the wire.
    package init(over carrier: any ByteTransport, terminal: TelnetCodec.Terminal, newline: TelnetCodec.Newline = .crlf) {
        self.carrier = carrier
        codec = TelnetCodec(terminal: terminal, newline: newline)
    }

    // MARK: ByteTransport

    package nonisolated func start(_ receiver: any ByteReceiver) {
        assumeIsolated { $0.receiver = receiver }
        carrier.start(self)
    }

    package nonisolated func send(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        // The closure runs before this call returns, on the loop, so the buffer goes nowhere.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.sendAnswers(and: bytes) }
    }

    @discardableResult
    package nonisolated func keepAlive(_ settings: KeepAlive) -> Bool {
        carrier.keepAlive(settings)
    }

    package nonisolated func close() {
        carrier.close()
    }

    /// Waits until the peer has ended its side, or has said nothing for `quiet`.
    ///
    /// A connection that is closed while there is something to read is reset, and its peer may lose what it was sent last.
    ///
    /// - Parameter limit: how long to wait, whatever comes.
    package func linger(quiet: Duration, atMost limit: Duration) async {
        guard !hasEnded, lingering == nil else { return }
        let loop = loop
        let end = loop.now + limit
        quietUntil = loop.now + quiet
        self.quiet = quiet
        await withCheckedContinuation { continuation in
            lingering = continuation
            watchSilence(until: end)
        }
    }

    private func watchSilence(until end: Instant) {
        let next = min(quietUntil, end)
        guard lingering != nil else { return }
        guard loop.now < next else { return endLingering() }
        _ = loop.schedule(at: next) { [weak self] in
            self?.assumeIsolated { $0.watchSilence(until: end) }
        }
    }

    private func endLingering() {
        lingering?.resume()
        lingering = nil
    }

    /// One write for both: what is typed goes out after the answers to what came before it.
    private func sendAnswers(and bytes: UnsafeRawBufferPointer? = nil) {
        let answers = codec.takeAnswers()
        guard let bytes else {
            if !answers.isEmpty { carrier.send(answers) }
            return
        }
        sentBytes += bytes.count
        carrier.send(answers + codec.encode(bytes))
    }

    // MARK: ByteReceiver

    package nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.take(bytes) }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        if lingering != nil { quietUntil = loop.now + quiet }
        // Nearly all output is plain, and is not copied.
        if codec.isPlain(bytes) {
            codec.receivePlain(bytes)
            receiver?.received(bytes)
            return
        }
        var text: [UInt8] = []
        codec.receive(bytes, into: &text)
        guard !text.isEmpty else { return }
        text.withUnsafeBytes { receiver?.received($0) }
    }

    package nonisolated func burstEnded() {
        assumeIsolated {
            // What the receiver types now takes the answers along.
            $0.receiver?.burstEnded()
            $0.sendAnswers()
        }
    }

    package nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated {
            let receiver = $0.receiver
            $0.receiver = nil
            $0.hasEnded = true
            $0.endLingering()
            receiver?.ended(end)
        }
    }
}
