package import Muster

/// How far a run has come: what its events add up to.
package struct RunProgress: Sendable, Equatable {
    /// How many devices the run has.
    package let total: Int
    /// Devices with a result.
    package private(set) var done = 0
    /// Devices whose result is a failure.
    package private(set) var failed = 0
    /// When work on each device under way began, from the run's beginning.
    package private(set) var running: [String: Duration] = [:]
    /// Whether the run starts no more devices.
    package var isStopping = false

    /// Makes the progress of a run that has not started.
    package init(total: Int) {
        self.total = total
    }

    /// Takes in an event.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - elapsed: When, from the run's beginning.
    package mutating func apply(_ event: RunEvent, at elapsed: Duration) {
        switch event {
        case .started(let host):
            running[host] = elapsed
        case .finished(let result):
            running[result.host] = nil
            done += 1
            switch result.status {
            case .failed, .unreachable, .timeout: failed += 1
            case .ok, .cancelled, .skipped: break
            }
        case .phase, .pinned, .notPinned, .note, .warning: break
        }
    }

    /// The device that has been under way the longest; the first by name of those that began together.
    var slowest: (host: String, since: Duration)? {
        running.min { ($0.value, $0.key) < ($1.value, $1.key) }.map { ($0.key, $0.value) }
    }
}
