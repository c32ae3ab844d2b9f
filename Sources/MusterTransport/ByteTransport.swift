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

    /// Has the system look after the other side and end the connection when it has gone.
    ///
    /// - Returns: Whether it does; where there is no socket, somebody else has to.
    @discardableResult
    func keepAlive(_ settings: KeepAlive) -> Bool

    /// Ends the transport after what was sent has been written. The receiver hears `ended` once; a second call does nothing.
    func close()
}

extension ByteTransport {
    @discardableResult
    package func keepAlive(_ settings: KeepAlive) -> Bool { false }

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
    /// The peer gives no sign of life any more; nil where nobody knows for how long.
    case gone(PeerSilence?)
}

/// What is known of a peer that says nothing any more.
package struct PeerSilence: Sendable, Hashable {
    /// How long nothing has come.
    package var duration: Duration
    /// How many signs of life were sent meanwhile.
    package var signs: Int

    package init(duration: Duration, signs: Int) {
        self.duration = duration
        self.signs = signs
    }
}

extension TransportEnd {
    /// Why the connection broke; nil where one side closed it.
    package var breakage: String? {
        switch self {
        case .closedByPeer, .closedHere: nil
        case .lost(let text): text
        case .gone(nil): "the other side does not confirm what was sent to it"
        case .gone(let silence?): silence.text
        }
    }

    /// What can be done about it.
    package var hint: String? {
        guard case .gone = self else { return nil }
        return
            "the device, or the way to it, has gone; ServerAliveInterval and ServerAliveCountMax in ssh_config say how soon that is noticed"
    }
}

extension PeerSilence {
    fileprivate var text: String {
        let tenths = duration.wholeNanoseconds / 100_000_000
        let time = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
        return "nothing came for \(time)s, and \(signs) sign\(signs == 1 ? "" : "s") of life had no answer"
    }
}
