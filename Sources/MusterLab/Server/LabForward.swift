import CLibSSH

/// The far side of a connection that a device carries onwards, as a bastion does.
final class LabForward {
    private static let chunk = 32 * 1024

    private let descriptor: Int32
    private let event: OpaquePointer
    private var interest: Int16 = 0
    private var happened: Int32 = 0
    private var outgoing: [UInt8] = []
    private var sentEnd = false

    init(_ descriptor: Int32, event: OpaquePointer) {
        self.descriptor = descriptor
        self.event = event
        watch(Int16(POLLIN))
    }

    /// Takes what the client sent, for the next `pump`.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        outgoing += bytes
        return bytes.count
    }

    /// Moves bytes both ways as far as neither side blocks.
    ///
    /// Returns false when the connection has ended.
    func pump(_ channel: OpaquePointer, clientEnded: Bool) -> Bool {
        if !outgoing.isEmpty {
            let sent = outgoing.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
            if sent > 0 { outgoing.removeFirst(sent) } else if muster_lab_errno() != EAGAIN { return false }
        }
        if clientEnded, outgoing.isEmpty, !sentEnd {
            sentEnd = true
            shutdown(descriptor, Int32(SHUT_WR))
        }
        let window = Int(ssh_channel_window_size(channel))
        if happened != 0, window > 0 {
            happened = 0
            var buffer = [UInt8](repeating: 0, count: min(window, Self.chunk))
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && muster_lab_errno() != EAGAIN) {
                ssh_channel_send_eof(channel)
                return false
            }
            if count > 0, ssh_channel_write(channel, buffer, UInt32(count)) != Int32(count) { return false }
        }
        // Without window there is nowhere to read to: watching would spin.
        watch(Int16(window > 0 ? POLLIN : 0) | Int16(outgoing.isEmpty ? 0 : POLLOUT))
        return true
    }

    func close(_ event: OpaquePointer) {
        watch(0)
        CLibSSH.close(descriptor)
    }

    private func watch(_ events: Int16) {
        guard events != interest else { return }
        if interest != 0 { ssh_event_remove_fd(event, descriptor) }
        interest = events
        guard events != 0 else { return }
        ssh_event_add_fd(
            event, descriptor, events,
            { _, revents, context in
                if let context { Unmanaged<LabForward>.fromOpaque(context).takeUnretainedValue().happened |= revents }
                return Int32(SSH_OK)
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}

extension LabConnection {
    /// Opens a connection onwards, to a loopback address or to a device by its name.
    ///
    /// Returns 0 when the message was answered.
    func openForward(_ message: OpaquePointer?) -> Int32 {
        guard configuration.forwards, let event, !meets(.open),
            let destination = ssh_message_channel_request_open_destination(message).map({ String(cString: $0) }),
            let port = UInt16(exactly: ssh_message_channel_request_open_destination_port(message)),
            let target = resolve(destination)
        else { return 1 }
        let descriptor = muster_lab_connect(target, port)
        guard descriptor >= 0 else { return 1 }
        guard let channel = ssh_message_channel_request_open_reply_accept(message) else {
            close(descriptor)
            return 0
        }
        add(LabChannel(channel, connection: self, forward: LabForward(descriptor, event: event)))
        registry.change(at: address) { $0.forwards += 1 }
        return 0
    }

    private func resolve(_ name: String) -> UInt32? {
        if name == "localhost" { return 0x7F00_0001 }
        return LoopbackAddress.number(name)
            ?? configuration.devices.first { $0.name == name }.flatMap { LoopbackAddress.number($0.address) }
    }
}
