import MusterTransport

/// What one command prints over its exec channel, up to a bound.
actor ExecOutput: ByteReceiver {
    private nonisolated let loop: Loop
    private let limit: Int
    private var bytes: [UInt8] = []
    private(set) var truncated = false
    private var end: TransportEnd?
    private var waiting: CheckedContinuation<TransportEnd, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameter limit: bytes kept; what comes after them is dropped.
    init(loop: Loop, limit: Int) {
        self.loop = loop
        self.limit = limit
    }

    /// What was printed, without the line ends at its end.
    var text: String {
        String(decoding: bytes[..<((bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") } ?? -1) + 1)], as: UTF8.self)
    }

    /// Takes all that comes over a channel, and returns at its end.
    func gather(from channel: any ByteTransport) async -> TransportEnd {
        channel.start(self)
        return await withCheckedContinuation { continuation in
            // Read here and not before: the way here may have given up the loop for a turn, in which the end came.
            if let end { continuation.resume(returning: end) } else { waiting = continuation }
        }
    }

    // MARK: ByteReceiver

    nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        // The closure runs before this call returns, on the loop, so the buffer goes nowhere.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.take(bytes) }
    }

    nonisolated func burstEnded() {}

    nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated { output in
            output.end = end
            output.waiting?.resume(returning: end)
            output.waiting = nil
        }
    }

    private func take(_ new: UnsafeRawBufferPointer) {
        let room = limit - bytes.count
        bytes.append(contentsOf: new.prefix(room))
        if new.count > room { truncated = true }
    }
}
