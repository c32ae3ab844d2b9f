import Synchronization

/// The way to stop a run from outside, from any thread: what a first and a second Ctrl-C do.
public final class RunControl: Sendable {
    /// How far a run has been told to stop.
    public enum Level: Int, Sendable, Comparable {
        /// It runs.
        case running
        /// No more devices are started; those under way finish or reach their timeouts.
        case draining
        /// Those under way are cancelled and logged out.
        case cancelled

        /// The later level is the stricter one.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private struct State {
        var level = Level.running
        var observers: [@Sendable (Level) -> Void] = []
    }

    private let state = Mutex(State())

    /// Makes a control for one run.
    public init() {}

    /// How far the run has been told to stop.
    public var level: Level { state.withLock { $0.level } }

    /// Starts no more devices; those under way go on.
    public func drain() { raise(to: .draining) }

    /// Cancels the devices under way; each is logged out and reported.
    public func cancel() { raise(to: .cancelled) }

    private func raise(to level: Level) {
        let observers = state.withLock { state -> [@Sendable (Level) -> Void] in
            guard state.level < level else { return [] }
            state.level = level
            return state.observers
        }
        for observer in observers { observer(level) }
    }

    /// Calls `observer` at each raise, and at once when the level is raised already.
    func observe(_ observer: @escaping @Sendable (Level) -> Void) {
        let level = state.withLock { state in
            state.observers.append(observer)
            return state.level
        }
        if level != .running { observer(level) }
    }
}
