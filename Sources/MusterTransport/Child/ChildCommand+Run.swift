extension ChildCommand {
    /// Runs the program to its end, with nothing to read.
    ///
    /// - Parameters:
    ///   - limit: How many bytes of its output are kept.
    ///   - timeout: When it is ended, from now on; nil for never.
    /// - Returns: What it printed, and how it ended.
    package func run(
        on loop: Loop, limit: Int, timeout: Duration? = nil
    ) async throws(ChildStartError) -> (output: [UInt8], exit: ChildExit) {
        let child = try await ChildTransport.start(self, on: loop)
        let timer = timeout.map { loop.schedule(at: loop.now + $0) { child.terminate() } }
        defer { timer?.cancel() }
        let output = ChildOutput(limit: limit, loop: loop)
        let exit = await withTaskCancellationHandler {
            loop.execute { child.start(output) }
            return await child.waitForExit()
        } onCancel: {
            child.terminate()
        }
        if Task.isCancelled { throw .cancelled }
        return (await output.bytes, exit)
    }
}

/// Keeps the beginning of what a child prints.
private actor ChildOutput: ByteReceiver {
    private let limit: Int
    private nonisolated let loop: Loop
    private(set) var bytes: [UInt8] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    init(limit: Int, loop: Loop) {
        self.limit = limit
        self.loop = loop
    }

    nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        // The closure runs before this call returns, on the loop, so the buffer goes nowhere.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated { $0.bytes.append(contentsOf: bytes.prefix($0.limit - $0.bytes.count)) }
    }

    nonisolated func burstEnded() {}
    nonisolated func ended(_ end: TransportEnd) {}
}
