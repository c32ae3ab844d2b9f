/// Bytes to and from one peer, in order, on one event loop.
///
/// A TCP connection is one, and so is a channel of an SSH session: a session through a bastion is the same code over another transport.
/// Delivery is pushed: bytes travel from the socket through SSH to the console as plain calls on the loop, with no task switch on the way.
package protocol ByteTransport: AnyObject, Sendable {
    /// The loop that owns the transport. Every call below is made on it, and every callback comes on it.
    var loop: Loop { get }

    /// Starts delivery to `receiver`, which the transport keeps until the end. Called once; bytes that came before are delivered first.
    func start(_ receiver: any ByteReceiver)

    /// Queues a copy of `bytes` and returns at once. After the end they are dropped.
    func send(_ bytes: UnsafeRawBufferPointer)

    /// Has the system look after the other side and end the connection when it has gone; does nothing where there is no socket.
    func keepAlive(_ settings: KeepAlive)

    /// Ends the transport after what was sent has been written. The receiver hears `ended` once; a second call does nothing.
    func close()
}

extension ByteTransport {
    package func keepAlive(_ settings: KeepAlive) {}

    /// Queues a copy of `bytes` and returns at once.
    package func send(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { send($0) }
    }
}

/// What a transport delivers to; every call comes on the transport's loop.
package protocol ByteReceiver: AnyObject, Sendable {
    /// Bytes from the peer. The buffer is valid during the call only.
    func received(_ bytes: UnsafeRawBufferPointer)

    /// All that was at hand has been delivered. Work that is done once a burst (a look for the prompt, a write) belongs here.
    func burstEnded()

    /// The transport has ended. Comes once, after the last bytes.
    func ended(_ end: TransportEnd)
}

/// Why a transport ended.
package enum TransportEnd: Error, Sendable, Equatable {
    /// The peer closed its side.
    case closedByPeer
    /// This side closed it.
    case closedHere
    /// The connection broke; the text is the system's.
    case lost(String)
}
