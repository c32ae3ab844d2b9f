package import MusterTransport
import Synchronization

/// Takes down a session as it goes, without holding it up: events gather in memory, and another thread writes them.
package final class SessionRecorder: Sendable {
    /// Where the lines go.
    package struct Sink: Sendable {
        /// Writes bytes behind those before; called by one thread at a time.
        package var write: @Sendable ([UInt8]) throws(RecordingFailure) -> Void
        /// Ends the writing.
        package var close: @Sendable () -> Void
        /// Runs work where it may block.
        package var submit: @Sendable (@escaping @Sendable () -> Void) -> Void

        package init(
            write: @escaping @Sendable ([UInt8]) throws(RecordingFailure) -> Void, close: @escaping @Sendable () -> Void,
            submit: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { Blocking.submit($0) }
        ) {
            self.write = write
            self.close = close
            self.submit = submit
        }
    }

    private struct State {
        var began: Instant?
        var pending: [RecordingEvent] = []
        /// What is pending, in bytes.
        var size = 0
        /// The bytes of the burst that is coming in.
        var burst: [UInt8] = []
        var burstAt = Duration.zero
        /// Bytes that found no room since the last event that did.
        var lost = 0
        /// Secrets that came up since the last look.
        var secrets: [[UInt8]] = []
        var isDraining = false
        /// Whatever comes from now on is left aside.
        var isFinished = false
    }

    /// What only the thread that writes touches.
    private struct Output {
        var redaction: SecretRedaction
        var header: RecordingHeader?
        var failure: RecordingFailure?
        var isIncomplete = false
        var isClosed = false
    }

    /// A burst is cut here, so that one without an end takes no memory without an end.
    private static let longestBurst = 1 << 16

    /// A secret that nobody has named, and that is not as long as this, is not looked for in what comes after it.
    private static let shortest = 4

    private let state = Mutex(State())
    private let output: Mutex<Output>
    private let sink: Sink
    private let limit: Int

    /// - Parameters:
    ///   - secrets: what must not be in the file.
    ///   - limit: bytes that may wait for the disk; what comes beyond is left out, and the file says so.
    package init(header: RecordingHeader, secrets: [String], limit: Int = 16 << 20, sink: Sink) {
        self.sink = sink
        self.limit = limit
        let redaction = SecretRedaction(secrets.map { Array($0.utf8) })
        var header = header
        // The user as it will be typed, so that both agree where the user is the password.
        if let login = header.login { header.login?.user = redaction.redacted(login.user) }
        output = Mutex(Output(redaction: redaction, header: header))
    }

    // MARK: What happens

    package func received(_ bytes: UnsafeRawBufferPointer, at now: Instant) {
        withState { state in
            if state.burst.isEmpty { state.burstAt = time(now, &state) }
            state.burst.append(contentsOf: bytes.bindMemory(to: UInt8.self))
            if state.burst.count >= Self.longestBurst { endBurst(&state) }
        }
    }

    package func burstEnded() {
        withState { endBurst(&$0) }
    }

    /// - Parameter secrets: what must not be in the file from here on; what is very short is only taken out here, for it is in every word.
    func typed(_ bytes: [UInt8], hiding secrets: [[UInt8]], at now: Instant) {
        let short = secrets.filter { $0.count < Self.shortest }
        let bytes = short.isEmpty ? bytes : SecretRedaction(short).redacted(bytes)
        withState { state in
            state.secrets += secrets.filter { $0.count >= Self.shortest }
            append(.typed(bytes), bytes.count, at: time(now, &state), &state)
        }
    }

    package func mark(_ mark: RecordingMark, at now: Instant) {
        var size = 0
        if case .result(let result) = mark { size = result.output.count }
        withState { state in append(.mark(mark), size, at: time(now, &state), &state) }
    }

    func mark(_ events: [ConsoleEvent], at now: Instant) {
        for event in events {
            switch event {
            case .opened(let prompt, let mode): mark(.opened(prompt: prompt, mode: mode), at: now)
            case .finished(let id, let exchange): mark(.result(RecordedResult(id: id, exchange)), at: now)
            case .entered(let id, let mode): mark(.entered(id: id, mode: mode), at: now)
            case .failed(let id, let error): mark(.failed(id: id, kind: error.kind.name), at: now)
            }
        }
    }

    private func time(_ now: Instant, _ state: inout State) -> Duration {
        let began = state.began ?? now
        state.began = began
        return now - began
    }

    private func endBurst(_ state: inout State) {
        guard !state.burst.isEmpty else { return }
        var burst: [UInt8] = []
        swap(&burst, &state.burst)
        append(.received(burst), burst.count, at: state.burstAt, &state)
    }

    private func append(_ kind: RecordingEvent.Kind, _ size: Int, at time: Duration, _ state: inout State) {
        endBurst(&state)
        guard state.size + size <= limit else {
            state.lost += size
            return
        }
        if state.lost > 0 {
            state.pending.append(RecordingEvent(time: time, kind: .mark(.gap(state.lost))))
            state.lost = 0
        }
        // An event takes memory as such, too.
        state.size += size + 64
        state.pending.append(RecordingEvent(time: time, kind: kind))
    }

    private func withState(_ body: (inout State) -> Void) {
        let begins = state.withLock { state in
            guard !state.isFinished else { return false }
            body(&state)
            guard !state.isDraining, !state.pending.isEmpty else { return false }
            state.isDraining = true
            return true
        }
        if begins { sink.submit { self.drain() } }
    }

    // MARK: Writing

    /// Writes until nothing is pending.
    private func drain() {
        var hasMore = true
        while hasMore {
            // Taken and written under one lock, so that two threads never change the order.
            hasMore = output.withLock { output in
                let batch = state.withLock { state -> Batch? in
                    guard !state.pending.isEmpty else {
                        state.isDraining = false
                        return nil
                    }
                    return Self.take(&state)
                }
                guard let batch else { return false }
                write(batch, isLast: false, &output)
                return true
            }
        }
    }

    private struct Batch {
        var events: [RecordingEvent]
        var secrets: [[UInt8]]
    }

    private static func take(_ state: inout State) -> Batch {
        defer {
            state.pending = []
            state.size = 0
            state.secrets = []
        }
        return Batch(events: state.pending, secrets: state.secrets)
    }

    private func write(_ batch: Batch, isLast: Bool, _ output: inout Output) {
        for secret in batch.secrets { output.redaction.add(secret) }
        for event in batch.events { if case .mark(.gap) = event.kind { output.isIncomplete = true } }
        guard output.failure == nil, !output.isClosed else { return }
        var text = RecordingText()
        if let header = output.header { text.append(header) }
        output.header = nil
        for event in output.redaction.pass(batch.events, isLast: isLast) { text.append(event) }
        guard !text.bytes.isEmpty else { return }
        do {
            try sink.write(text.bytes)
        } catch {
            output.failure = error
        }
    }

    /// Writes the rest and ends; returns why the recording is not whole, if it is not.
    package func finish() async -> String? {
        await withCheckedContinuation { done in
            sink.submit { [self] in
                let problem = output.withLock { output -> String? in
                    let batch = state.withLock { state in
                        endBurst(&state)
                        if state.lost > 0 { state.pending.append(RecordingEvent(time: .zero, kind: .mark(.gap(state.lost)))) }
                        state.isFinished = true
                        return Self.take(&state)
                    }
                    write(batch, isLast: true, &output)
                    output.isClosed = true
                    sink.close()
                    if let failure = output.failure { return failure.reason }
                    return output.isIncomplete ? "the disk was slower than the device, and some of it is missing" : nil
                }
                done.resume(returning: problem)
            }
        }
    }
}

/// Why a recording could not be written.
package struct RecordingFailure: Error, Sendable, Equatable {
    /// In the system's words.
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
