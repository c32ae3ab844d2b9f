import CLibSSH
import Foundation

/// Threads that run one connection after the other.
///
/// They are kept for the next connection because OpenSSL seeds a random generator for each thread, which costs as much as a key exchange.
final class LabThreads: @unchecked Sendable {
    /// Enough for a handshake with every key exchange that libssh knows, and for the personalities.
    private static let stackSize = 256 * 1024

    // All below is touched with the condition locked only; that is what makes this class sendable.
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var idle = 0
    private var alive = 0
    private var ending = false
    private var ended: CheckedContinuation<Void, Never>?

    /// Runs a closure on a thread that may block.
    ///
    /// Returns false when there is none to be had.
    func run(_ job: @escaping @Sendable () -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        jobs.append(job)
        if idle >= jobs.count {
            condition.signal()
            return true
        }
        alive += 1
        let context = Unmanaged.passRetained(self)
        let status = muster_lab_thread(
            { context in
                if let context { Unmanaged<LabThreads>.fromOpaque(context).takeRetainedValue().work() }
                return nil
            }, context.toOpaque(), Self.stackSize)
        guard status != 0 else { return true }
        context.release()
        alive -= 1
        jobs.removeLast()
        return false
    }

    /// Returns when all jobs are done and all threads have ended.
    func end() async {
        await withCheckedContinuation { continuation in
            condition.lock()
            ending = true
            condition.broadcast()
            let done = alive == 0
            if !done { ended = continuation }
            condition.unlock()
            if done { continuation.resume() }
        }
    }

    private func work() {
        condition.lock()
        while true {
            if jobs.isEmpty {
                if ending { break }
                idle += 1
                condition.wait()
                idle -= 1
                continue
            }
            let job = jobs.removeFirst()
            condition.unlock()
            job()
            condition.lock()
        }
        alive -= 1
        let last = alive == 0 ? ended : nil
        if alive == 0 { ended = nil }
        condition.unlock()
        last?.resume()
    }
}
