package import MusterTransport
import Synchronization

/// A transport that can hold back what arrives and deliver it, with the end of the connection, as one burst.
package final class HoldingTransport: ByteTransport, ByteReceiver {
    private let inner: any ByteTransport
    private struct State {
        var receiver: (any ByteReceiver)?
        var held: [UInt8]?
    }
    private let state = Mutex(State())

    package init(_ inner: any ByteTransport) {
        self.inner = inner
    }

    /// From now on everything is held back until the peer ends the connection.
    package func hold() {
        state.withLock { $0.held = [] }
    }

    package var loop: Loop { inner.loop }
    package func send(_ bytes: UnsafeRawBufferPointer) { inner.send(bytes) }
    package func close() { inner.close() }

    package func start(_ receiver: any ByteReceiver) {
        state.withLock { $0.receiver = receiver }
        inner.start(self)
    }

    package func received(_ bytes: UnsafeRawBufferPointer) {
        let copy = Array(bytes)
        let receiver = state.withLock { state -> (any ByteReceiver)? in
            guard state.held == nil else {
                state.held?.append(contentsOf: copy)
                return nil
            }
            return state.receiver
        }
        receiver?.received(bytes)
    }

    package func burstEnded() {
        let receiver = state.withLock { $0.held == nil ? $0.receiver : nil }
        receiver?.burstEnded()
    }

    package func ended(_ end: TransportEnd) {
        let (receiver, held) = state.withLock { ($0.receiver, $0.held) }
        held?.withUnsafeBytes { receiver?.received($0) }
        receiver?.ended(end)
    }
}
