import Dispatch
import Muster
import MusterRendering
import Synchronization

/// Standard output and standard error during a run, and the progress line between them.
///
/// Everything is written on one queue, so that lines never mix, and off Swift's thread pool, since a terminal that is held by Ctrl-S or a pipe
/// that nobody reads blocks the writer.
final class RunScreen: Sendable {
    private let output: OutputPort
    private let errors: OutputPort
    private let palette: Palette
    private let elapsed: @Sendable () -> Duration
    private let queue: DispatchQueue
    /// Runs a task on the screen's queue, where `print` writes without a switch of threads.
    let taskExecutor: QueueExecutor
    private let progress: Mutex<RunProgress>
    /// Whether the progress line is on the terminal; touched on the queue only.
    private let isDrawn = Mutex(false)

    /// Makes a screen.
    ///
    /// - Parameters:
    ///   - total: How many devices the run has.
    ///   - output: Where the results go.
    ///   - errors: Where everything else goes.
    ///   - palette: The colours of the progress line.
    ///   - elapsed: Time since the run's beginning.
    init(
        total: Int, output: OutputPort, errors: OutputPort, palette: Palette,
        elapsed: @escaping @Sendable () -> Duration
    ) {
        self.output = output
        self.errors = errors
        self.palette = palette
        self.elapsed = elapsed
        progress = Mutex(RunProgress(total: total))
        queue = DispatchQueue(label: "muster.screen")
        taskExecutor = QueueExecutor(queue)
    }

    /// How many devices are under way.
    var running: Int { progress.withLock { $0.running.count } }

    /// Takes in an event, from any thread.
    func apply(_ event: RunEvent) {
        // The most frequent event, and it changes nothing that is shown.
        if case .phase = event { return }
        let now = elapsed()
        progress.withLock { $0.apply(event, at: now) }
    }

    /// Shows that no more devices are started.
    func showStopping() {
        progress.withLock { $0.isStopping = true }
    }

    /// Writes a part of the results and waits until all of it is taken.
    func print(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        if taskExecutor.isCurrent {
            clear()
            return try output.write(bytes)
        }
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            queue.async { [self] in
                clear()
                done.resume(with: Result { try output.write(bytes) })
            }
        }
    }

    /// Writes a text of whole lines to standard error, soon, from any thread.
    func say(_ text: String) {
        queue.async { [self] in
            clear()
            errors.say(text)
        }
    }

    /// Writes the answer to a Ctrl-C, whose `^C` the terminal has put where the cursor was.
    func answerInterrupt(_ text: String) {
        queue.async { [self] in
            // With the progress line goes the echo on it.
            if !clear(), errors.isTerminal { errors.say("\n") }
            errors.say(text)
        }
    }

    /// Draws the progress line anew.
    func draw() async {
        await onQueue { [self] in
            let now = elapsed()
            let line = progress.withLock { $0.draw(elapsed: now, width: errors.width(), palette: palette) }
            // Over the old line, then the rest of it erased: no flicker.
            errors.say("\r\(line)\u{1B}[K")
            isDrawn.withLock { $0 = true }
        }
    }

    /// Takes the progress line away, and returns when everything before has been written.
    func finish() async {
        await onQueue { [self] in clear() }
    }

    private func onQueue(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { done in
            queue.async {
                work()
                done.resume()
            }
        }
    }

    @discardableResult private func clear() -> Bool {
        guard
            isDrawn.withLock({ drawn in
                defer { drawn = false }; return drawn
            })
        else { return false }
        errors.say("\r\u{1B}[K")
        return true
    }
}
