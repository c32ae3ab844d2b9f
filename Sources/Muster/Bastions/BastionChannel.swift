import MusterTransport
import Synchronization

/// A connection through a bastion to a device: a channel of the bastion's session that gives its place back when it ends.
final class BastionChannel: ByteTransport {
    private let channel: any ByteTransport
    private let release: Mutex<(@Sendable () -> Void)?>

    init(_ channel: any ByteTransport, release: @escaping @Sendable () -> Void) {
        self.channel = channel
        self.release = Mutex(release)
    }

    var loop: Loop { channel.loop }

    func start(_ receiver: any ByteReceiver) {
        channel.start(receiver)
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        channel.send(bytes)
    }

    func close() {
        channel.close()
        giveBack()
    }

    private func giveBack() {
        let release = release.withLock { held in
            defer { held = nil }
            return held
        }
        release?()
    }

    deinit {
        // Nobody closed it: it was opened for a task that had gone.
        if release.withLock({ $0 != nil }) {
            let channel = channel
            channel.loop.execute { channel.close() }
            giveBack()
        }
    }
}
