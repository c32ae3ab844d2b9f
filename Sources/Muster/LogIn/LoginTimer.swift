import MusterTransport
import Synchronization

/// The time limit of a login, which stands still while the device waits for something that is not its doing: its turn, or a person.
final class LoginTimer: Sendable {
    private struct State {
        var deadline: Instant
        var timer: LoopTimer?
        var action: (@Sendable () -> Void)?
        var pausedAt: Instant?
    }

    private let loop: Loop
    private let state: Mutex<State>

    init(loop: Loop, deadline: Instant) {
        self.loop = loop
        state = Mutex(State(deadline: deadline))
    }

    /// The end of the time, as far as is known.
    var deadline: Instant { state.withLock { $0.deadline } }

    /// Does `action` on the loop when the time is over.
    func start(_ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.timer?.cancel()
            state.action = action
            state.timer = state.pausedAt == nil ? loop.schedule(at: state.deadline, action) : nil
        }
    }

    /// Does nothing when the time is over.
    func stop() {
        state.withLock { state in
            state.timer?.cancel()
            state.timer = nil
            state.action = nil
        }
    }

    /// Stands still until `resume`.
    func pause() {
        state.withLock { state in
            state.timer?.cancel()
            state.timer = nil
            state.pausedAt = loop.now
        }
    }

    /// Stands still while something is waited for.
    func paused<R: Sendable, Failure>(_ work: () async throws(Failure) -> R) async throws(Failure) -> R {
        pause()
        defer { resume() }
        return try await work()
    }

    /// Goes on; the time since `pause` does not count.
    func resume() {
        state.withLock { state in
            guard let pausedAt = state.pausedAt else { return }
            state.pausedAt = nil
            state.deadline = state.deadline + (loop.now - pausedAt)
            if let action = state.action { state.timer = loop.schedule(at: state.deadline, action) }
        }
    }
}

/// A time in which a login's limit stands still; it ends once, however often it is told to.
final class LoginPause: Sendable {
    private let timer: Mutex<LoginTimer?>

    init(of timer: LoginTimer) {
        timer.pause()
        self.timer = Mutex(timer)
    }

    func end() {
        let timer = timer.withLock { timer in
            defer { timer = nil }
            return timer
        }
        timer?.resume()
    }
}
