import MusterConsole
import MusterTransport
import Synchronization

/// What one command prints over its exec channel; beyond a bound all of it goes to a file.
actor ExecOutput: ByteReceiver {
    private nonisolated let loop: Loop
    /// Whether the command may have been run, be it in part.
    nonisolated var mayHaveRun: Bool { hasBegun.load(ordering: .relaxed) }
    private nonisolated let hasBegun = Atomic(false)
    private nonisolated let mark: RecordingMark
    private let limit: Int
    private let folder: OutputFolder
    private let name: String
    private nonisolated let recorder: SessionRecorder?
    private var file: OutputFile?
    private var bytes: [UInt8] = []
    private(set) var truncated = false
    private var end: TransportEnd?
    private var waiting: CheckedContinuation<TransportEnd, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameters:
    ///   - limit: bytes kept in memory.
    ///   - folder: where a longer output goes as a whole.
    ///   - name: how the names of files there begin.
    ///   - recorder: takes down what comes.
    ///   - mark: what it takes down when the command begins.
    init(loop: Loop, limit: Int, folder: OutputFolder, name: String, recorder: SessionRecorder? = nil, mark: RecordingMark) {
        self.recorder = recorder
        self.mark = mark
        self.loop = loop
        self.limit = limit
        self.folder = folder
        self.name = name
    }

    /// From here on the command may run.
    ///
    /// On the loop.
    nonisolated func begins() {
        hasBegun.store(true, ordering: .relaxed)
        recorder?.mark(mark, at: loop.now)
    }

    /// What was printed, without the line ends at its end.
    var text: String { String(decoding: bytes.trimmedLineEnds, as: UTF8.self) }

    /// The same as bytes.
    var printed: [UInt8] { Array(bytes.trimmedLineEnds) }

    /// The file that has all of a longer output, or why there is none; nil where none was needed.
    func endFile() async -> Result<String, OutputProblem>? {
        guard let file else { return nil }
        return await withCheckedContinuation { continuation in file.finish { continuation.resume(returning: $0) } }
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
        assumeIsolated {
            $0.recorder?.received(bytes, at: $0.loop.now)
            $0.take(bytes)
        }
    }

    nonisolated func burstEnded() { recorder?.burstEnded() }

    nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated { output in
            output.end = end
            output.waiting?.resume(returning: end)
            output.waiting = nil
        }
    }

    private func take(_ new: UnsafeRawBufferPointer) {
        if let file { return file.write(Array(new)) }
        let room = limit - bytes.count
        if new.count > room {
            let file = OutputFile(in: folder, named: name)
            file.write(bytes + Array(new))
            self.file = file
            truncated = true
        }
        bytes.append(contentsOf: new.prefix(room))
    }
}
