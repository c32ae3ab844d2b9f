package import MusterTransport
import Synchronization

/// Keeps what a transport delivers, and the order in which it did.
package final class TransportWitness: ByteReceiver {
    package struct Seen: Sendable {
        package var bytes: [UInt8] = []
        /// Whether bytes have come whose burst has not ended.
        package var isInBurst = false
        package var ends: [TransportEnd] = []
        /// Whether anything was delivered after the end.
        package var isHaunted = false
    }

    private struct State {
        var seen = Seen()
        var waiting: [(condition: @Sendable (Seen) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let onBytes: @Sendable ([UInt8]) -> Void

    /// - Parameter onBytes: called with each delivery, from within it.
    package init(onBytes: @escaping @Sendable ([UInt8]) -> Void = { _ in }) {
        self.onBytes = onBytes
    }

    package var seen: Seen { state.withLock { $0.seen } }

    package func received(_ bytes: UnsafeRawBufferPointer) {
        let copy = Array(bytes)
        change {
            $0.bytes += copy
            $0.isInBurst = true
            if !$0.ends.isEmpty { $0.isHaunted = true }
        }
        onBytes(copy)
    }

    package func burstEnded() {
        change {
            $0.isInBurst = false
            if !$0.ends.isEmpty { $0.isHaunted = true }
        }
    }

    package func ended(_ end: TransportEnd) { change { $0.ends.append(end) } }

    private func change(_ edit: (inout Seen) -> Void) {
        let met = state.withLock { state in
            edit(&state.seen)
            let seen = state.seen
            let met = state.waiting.filter { $0.condition(seen) }.map(\.continuation)
            state.waiting.removeAll { $0.condition(seen) }
            return met
        }
        for continuation in met { continuation.resume() }
    }

    /// Returns when what was seen meets a condition.
    package func wait(until condition: @escaping @Sendable (Seen) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if condition(state.seen) { return true }
                state.waiting.append((condition, continuation))
                return false
            }
            if isMet { continuation.resume() }
        }
    }
}
