import CLibSSH

/// One channel of a connection: a shell, a single command, or a connection carried onwards.
final class LabChannel {
    /// Output gathers up to this much before it is sent, so that the answer to a burst of typed-ahead lines leaves in one piece.
    private static let chunk = 32 * 1024

    let pointer: OpaquePointer
    private unowned let connection: LabConnection
    /// libssh keeps this pointer as long as the channel lives.
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    private var machine: (any LabShell)?
    private var forward: LabForward?
    private var terminal: LabTerminal?
    private var received: [UInt8] = []
    private var pending: [UInt8] = []
    private var gate: LabGate?
    private var gateIsWatched = false
    private var clientClosed = false
    private var clientEnded = false
    /// When the device goes on after a pause.
    private(set) var wakeAt: ContinuousClock.Instant?
    private(set) var isFinished = false
    /// Whether it is for a single command and no shell.
    private(set) var runsOneCommand = false

    init(_ pointer: OpaquePointer, connection: LabConnection, forward: LabForward? = nil) {
        self.pointer = pointer
        self.connection = connection
        self.forward = forward
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: ssh_channel_callbacks_struct())
        installCallbacks()
    }

    deinit { callbacks.deallocate() }

    /// Lets go of libssh's channel and of what watches for it.
    ///
    /// Never from within a callback.
    func release(from event: OpaquePointer) {
        unwatchGate()
        forward?.close(event)
        ssh_remove_channel_callbacks(pointer, callbacks)
        ssh_channel_free(pointer)
    }

    /// Does all that can be done now.
    func pump() {
        if let forward {
            isFinished = !forward.pump(pointer, clientEnded: clientEnded || clientClosed)
            if isFinished, !clientClosed { ssh_channel_close(pointer) }
            return
        }
        guard !clientClosed else {
            isFinished = true
            return
        }
        takeInput()
        if let wakeAt {
            guard wakeAt <= .now else { return }
            self.wakeAt = nil
        }
        if let gate {
            guard gate.isOpen else { return }
            unwatchGate()
            self.gate = nil
        }
        while !connection.isOver, !isFinished, let step = machine?.next() {
            guard take(step) else { break }
        }
        flush()
    }

    /// Returns false when the device does nothing more until something happens.
    private func take(_ step: LabShellMachine.Step) -> Bool {
        switch step {
        case .write(let bytes):
            pending += bytes
            if pending.count >= Self.chunk {
                flush()
                takeInput()
            }
            return true
        case .typed(let line):
            if connection.configuration.recordsCommands { connection.registry.record(line, at: connection.address) }
            return true
        case .pause(let duration):
            flush()
            wakeAt = .now + duration
            return false
        case .hold(let gate):
            flush()
            gate.arrive()
            guard !gate.isOpen else { return true }
            self.gate = gate
            gateIsWatched =
                ssh_event_add_fd(connection.event, gate.readEnd, Int16(POLLIN), { _, _, _ in Int32(SSH_OK) }, nil) == SSH_OK
            return false
        case .drop:
            flush()
            connection.drop()
            return false
        case .close(let status, let byClient):
            flush()
            if byClient { connection.noteGoodbye() }
            ssh_channel_request_send_exit_status(pointer, status)
            ssh_channel_send_eof(pointer)
            ssh_channel_close(pointer)
            isFinished = true
            return false
        }
    }

    private func takeInput() {
        guard machine != nil else { return }
        if !received.isEmpty {
            machine?.receive(received)
            received.removeAll(keepingCapacity: true)
        }
        if clientEnded { machine?.endInput() }
    }

    private func unwatchGate() {
        guard gateIsWatched, let gate else { return }
        ssh_event_remove_fd(connection.event, gate.readEnd)
        gateIsWatched = false
    }

    // MARK: Sending

    private func flush() {
        guard !pending.isEmpty else { return }
        let bytes = pending
        pending.removeAll(keepingCapacity: bytes.count <= 4096)
        for case .trickle(let pause) in connection.device.faults {
            trickle(bytes, pause)
            return
        }
        write(bytes[...])
    }

    private func write(_ bytes: ArraySlice<UInt8>) {
        let written = bytes.withUnsafeBytes { ssh_channel_write(pointer, $0.baseAddress, UInt32($0.count)) }
        if written != Int32(bytes.count) { isFinished = true }
    }

    private func trickle(_ bytes: [UInt8], _ pause: Duration) {
        for index in bytes.indices {
            guard !connection.isOver, !isFinished, !clientClosed else { return }
            write(bytes[index...index])
            guard pause > .zero else { continue }
            let until = ContinuousClock.now + pause
            while until > .now {
                let status = ssh_event_dopoll(connection.event, LabConnection.milliseconds(until: until))
                guard status != SSH_ERROR, ssh_is_connected(connection.session) != 0 else {
                    isFinished = true
                    return
                }
            }
        }
    }

    // MARK: What the callbacks note

    private func open(_ command: String?) -> Int32 {
        guard machine == nil, forward == nil, !connection.meets(.shell) else { return 1 }
        if command != nil, connection.device.faults.contains(where: { if case .noExec = $0 { true } else { false } }) { return 1 }
        runsOneCommand = command != nil
        let settings = LabShellSettings(connection.configuration)
        machine = connection.device.shell(settings, terminal: terminal, command: command)
        connection.registry.change(at: connection.address) { $0.shells += 1 }
        _ = connection.meets(.login)
        return 0
    }

    private func requestTerminal(_ columns: Int32, _ rows: Int32) -> Int32 {
        if connection.meets(.pty) { return -1 }
        terminal = LabTerminal(rows: Int(rows), columns: Int(columns))
        return 0
    }

    private func installCallbacks() {
        callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
        callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        callbacks.pointee.channel_data_function = { _, _, data, count, _, context in
            guard let channel = LabChannel.from(context), let data else { return Int32(bitPattern: count) }
            let bytes = UnsafeRawBufferPointer(start: data, count: Int(count))
            if let forward = channel.forward { return Int32(forward.take(bytes)) }
            channel.received += bytes
            return Int32(bitPattern: count)
        }
        callbacks.pointee.channel_eof_function = { _, _, context in LabChannel.from(context)?.clientEnded = true }
        callbacks.pointee.channel_close_function = { _, _, context in LabChannel.from(context)?.clientClosed = true }
        callbacks.pointee.channel_pty_request_function = { _, _, _, columns, rows, _, _, context in
            LabChannel.from(context)?.requestTerminal(columns, rows) ?? -1
        }
        callbacks.pointee.channel_pty_window_change_function = { _, _, columns, rows, _, _, context in
            LabChannel.from(context)?.machine?.resize(LabTerminal(rows: Int(rows), columns: Int(columns)))
            return 0
        }
        callbacks.pointee.channel_shell_request_function = { _, _, context in LabChannel.from(context)?.open(nil) ?? 1 }
        callbacks.pointee.channel_exec_request_function = { _, _, command, context in
            LabChannel.from(context)?.open(command.map { String(cString: $0) } ?? "") ?? 1
        }
        callbacks.pointee.channel_env_request_function = { _, _, _, _, _ in 0 }
        ssh_set_channel_callbacks(pointer, callbacks)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> LabChannel? {
        context.map { Unmanaged<LabChannel>.fromOpaque($0).takeUnretainedValue() }
    }
}
