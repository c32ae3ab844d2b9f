package import MusterTransport

/// A channel of an SSH session, as a byte transport of its own.
package final class SSHChannel: ByteTransport {
    private let session: SSHSession
    let id: ChannelID

    init(session: SSHSession, id: ChannelID) {
        self.session = session
        self.id = id
    }

    package var loop: Loop { session.loop }

    package func start(_ receiver: any ByteReceiver) {
        session.assumeIsolated { $0.start(id, receiver) }
    }

    package func send(_ bytes: UnsafeRawBufferPointer) {
        // The call is synchronous: the buffer is used by nobody else until it returns.
        nonisolated(unsafe) let bytes = bytes
        session.assumeIsolated { $0.send(bytes, to: id) }
    }

    package func close() {
        session.assumeIsolated { $0.close(id) }
    }
}
