import CLibSSH
import Synchronization

/// Holds a device's output until a test lets it go, so that tests need no timing.
///
/// A pipe carries the news to the device's thread: it becomes readable when its write end is closed, for all who wait on it at once.
package final class LabGate: Sendable {
    private struct State {
        var writeEnd: Int32
        var arrivals = 0
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// The gate holds commands that start with this.
    package let prefix: String
    /// Readable once the gate is open.
    let readEnd: Int32
    private let state: Mutex<State>

    /// A closed gate.
    ///
    /// - Parameter prefix: What a command must start with to be held; all others pass.
    package init(holding prefix: String = "show") {
        var ends: [Int32] = [-1, -1]
        // Without descriptors the gate is one that never opens; the test that meets it fails by its time limit.
        if pipe(&ends) == 0 { ends.forEach(muster_lab_cloexec) }
        self.prefix = prefix
        readEnd = ends[0]
        state = Mutex(State(writeEnd: ends[1]))
    }

    deinit {
        open()
        if readEnd >= 0 { close(readEnd) }
    }

    /// Lets everything pass that is held now and that comes later.
    package func open() {
        let end = state.withLock { state in
            defer { state.writeEnd = -1 }
            return state.writeEnd
        }
        if end >= 0 { close(end) }
    }

    /// Whether the gate was opened.
    package var isOpen: Bool { state.withLock { $0.writeEnd < 0 } }

    /// Returns when so many commands have come to the gate.
    ///
    /// - Parameter count: How many commands, held or let through.
    package func waitForArrivals(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let reached = state.withLock { state in
                guard state.arrivals < count else { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if reached { continuation.resume() }
        }
    }

    /// Notes that a command has come to the gate.
    func arrive() {
        let ready = state.withLock { state in
            state.arrivals += 1
            let ready = state.waiting.filter { $0.count <= state.arrivals }
            state.waiting.removeAll { $0.count <= state.arrivals }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}
