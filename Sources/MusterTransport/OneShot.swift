package import NIOCore
import Synchronization

/// A promise that several may try to keep, from any thread; the first one does.
package final class OneShot<Value: Sendable>: Sendable {
    private let promise: Mutex<EventLoopPromise<Value>?>

    package init(_ promise: EventLoopPromise<Value>) {
        self.promise = Mutex(promise)
    }

    /// Whether nobody has kept the promise yet.
    package var isOpen: Bool { promise.withLock { $0 != nil } }

    /// Completes the promise; whether it was this call that did.
    @discardableResult
    package func complete(_ value: Value) -> Bool {
        let promise = promise.withLock { held in
            defer { held = nil }
            return held
        }
        promise?.succeed(value)
        return promise != nil
    }
}
