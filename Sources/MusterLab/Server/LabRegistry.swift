import CLibSSH
import Synchronization

/// What the threads of a lab share: the counts, who waits for them, and the open connections.
final class LabRegistry: Sendable {
    private struct Waiter {
        let condition: @Sendable (LabCounts) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var total = LabCounts()
        var devices: [UInt32: LabCounts] = [:]
        var typed: [UInt32: [String]] = [:]
        var waiters: [Int: Waiter] = [:]
        var cancelled: Set<Int> = []
        var nextWaiter = 0
        /// Descriptors of the open connections, which stay valid until `forget`, and whose they are.
        var descriptors: [Int32: UInt32] = [:]
        var stopping = false
    }

    private let state = Mutex(State())

    var counts: LabCounts { state.withLock { $0.total } }

    func counts(at address: String) -> LabCounts {
        guard let number = LoopbackAddress.number(address) else { return LabCounts() }
        return state.withLock { $0.devices[number] ?? LabCounts() }
    }

    func typed(at address: String) -> [String] {
        guard let number = LoopbackAddress.number(address) else { return [] }
        return state.withLock { $0.typed[number] ?? [] }
    }

    func record(_ line: String, at address: UInt32) {
        state.withLock { $0.typed[address, default: []].append(line) }
    }

    /// Takes a connection in and says the how manieth it is at its device; nil once the lab is stopping.
    func admit(_ descriptor: Int32, at address: UInt32) -> Int? {
        let admitted: Int? = state.withLock { state in
            guard !state.stopping else { return nil }
            state.descriptors[descriptor] = address
            return (state.devices[address]?.connectionsTotal ?? 0) + 1
        }
        guard admitted != nil else { return nil }
        change(at: address) { counts in
            counts.connectionsOpen += 1
            counts.connectionsTotal += 1
        }
        return admitted
    }

    /// Lets a connection go; its descriptor may be closed after this, not before.
    func forget(_ descriptor: Int32, at address: UInt32, _ ending: (inout LabCounts) -> Void) {
        state.withLock { $0.descriptors[descriptor] = nil }
        change(at: address) { counts in
            counts.connectionsOpen -= 1
            ending(&counts)
        }
    }

    /// Changes the counts of a device and of the whole lab alike, and wakes those who waited for it.
    func change(at address: UInt32, _ body: (inout LabCounts) -> Void) {
        let ready: [Waiter] = state.withLock { state in
            body(&state.total)
            body(&state.devices[address, default: LabCounts()])
            guard !state.waiters.isEmpty else { return [] }
            let met = state.waiters.filter { $0.value.condition(state.total) }
            for key in met.keys { state.waiters[key] = nil }
            return Array(met.values)
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }

    func waitUntil(_ condition: @escaping @Sendable (LabCounts) -> Bool) async throws {
        let identifier = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let met = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Bool? = state.withLock { state in
                    if state.cancelled.remove(identifier) != nil { return false }
                    if condition(state.total) { return true }
                    state.waiters[identifier] = Waiter(condition: condition, continuation: continuation)
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: identifier)
                if waiter == nil { state.cancelled.insert(identifier) }
                return waiter
            }
            waiter?.continuation.resume(returning: false)
        }
        state.withLock { _ = $0.cancelled.remove(identifier) }
        guard met else { throw CancellationError() }
    }

    /// Breaks the connections to one device.
    func dropConnections(at address: String) {
        guard let number = LoopbackAddress.number(address) else { return }
        state.withLock { state in
            for (descriptor, address) in state.descriptors where address == number { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Admits no one any more and ends all connections; their threads notice at once.
    func stop() {
        state.withLock { state in
            state.stopping = true
            for descriptor in state.descriptors.keys { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }
}
