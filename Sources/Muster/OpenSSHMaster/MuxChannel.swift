import MusterTransport

/// A connection that an `ssh` carries on.
final class MuxChannel: ByteTransport {
    let loop: Loop
    private let ends: LocalTransport.HandedOver
    private let master: OpenSSHMaster

    /// How long ssh may take for what was sent before the end.
    private static let patience: Duration = .seconds(2)

    init(_ ends: LocalTransport.HandedOver, of master: OpenSSHMaster) {
        loop = master.loop
        self.ends = ends
        self.master = master
    }

    func start(_ receiver: any ByteReceiver) {
        ends.stream.start(MuxReceiver(receiver, master))
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        ends.stream.send(bytes)
    }

    /// With the control connection ssh would let go of the other one at once, and of what it has not read of it.
    func close() {
        ends.stream.close()
        let control = ends.control
        _ = loop.schedule(at: loop.now + Self.patience) { control.close() }
    }
}

/// Tells the end of the way from that of the connection.
private final class MuxReceiver: ByteReceiver {
    private let receiver: any ByteReceiver
    private let master: OpenSSHMaster

    init(_ receiver: any ByteReceiver, _ master: OpenSSHMaster) {
        self.receiver = receiver
        self.master = master
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        receiver.received(bytes)
    }

    func burstEnded() {
        receiver.burstEnded()
    }

    func ended(_ end: TransportEnd) {
        guard end != .closedHere else { return receiver.ended(end) }
        let receiver = receiver
        master.assumeIsolated { master in
            master.explainEnd { isOver in receiver.ended(isOver ? .lost("the bastion's connection ended") : end) }
        }
    }
}
