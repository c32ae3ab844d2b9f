import Dispatch
import Synchronization

/// Runs calls that block on threads that are not Swift's.
enum OffPool {
    /// Runs `work` on a thread of its own.
    ///
    /// Cancelling returns at once; what the call does then is lost, and its thread ends when the call does.
    static func run<Value: Sendable>(named name: String, _ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let shared = Shared<Value>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                shared.waiter.withLock { $0 = continuation }
                if Task.isCancelled {
                    shared.take()?.resume(throwing: CancellationError())
                    return
                }
                DispatchQueue(label: "muster." + name).async {
                    let result = Result { try work() }
                    shared.take()?.resume(with: result)
                }
            }
        } onCancel: {
            shared.take()?.resume(throwing: CancellationError())
        }
    }

    /// The one who waits, taken by whoever comes first: the result or the cancellation.
    private final class Shared<Value: Sendable>: Sendable {
        let waiter = Mutex<CheckedContinuation<Value, any Error>?>(nil)

        func take() -> CheckedContinuation<Value, any Error>? {
            waiter.withLock { waiter in
                defer { waiter = nil }
                return waiter
            }
        }
    }
}
