import CLibSSH

/// One client's telnet connection, served by one thread from the greeting to the end.
final class LabTelnetConnection {
    private let descriptor: Int32
    private let address: UInt32
    private let device: LabDevice
    private let configuration: LabConfiguration
    private let registry: LabRegistry
    private var wire = LabTelnetWire()
    private var pending: [UInt8] = []
    private var isAdmitted = false
    private var goodbye = false
    private var isOver = false

    init(descriptor: Int32, address: UInt32, device: LabDevice, configuration: LabConfiguration, registry: LabRegistry) {
        self.descriptor = descriptor
        self.address = address
        self.device = device
        self.configuration = configuration
        self.registry = registry
    }

    func run() {
        if !meets(.accept) { talk() }
        let (isAdmitted, goodbye) = (isAdmitted, goodbye)
        registry.forget(descriptor, at: address) { counts in
            guard isAdmitted else { return }
            counts.sessionsOpen -= 1
            if goodbye { counts.cleanLogouts += 1 } else { counts.lostSessions += 1 }
        }
        close(descriptor)
    }

    private func talk() {
        if !has(.silent) { pending += has(.garbage) ? LabTelnetWire.garbage : LabTelnetWire.opening }
        if meets(.banner) { return }
        // A recording has the login in it.
        if device.recording != nil {
            admit()
            return serve([])
        }
        var login = LabTelnetLogin(device: device, user: configuration.user, password: configuration.password)
        while !isOver, !isAdmitted {
            while !isOver, let step = login.next() { take(step) }
            flush()
            guard !isOver, !isAdmitted, let keys = read() else { break }
            login.receive(keys)
        }
        guard isAdmitted, !isOver, !meets(.shell) else { return }
        registry.change(at: address) { $0.shells += 1 }
        guard !meets(.login) else { return }
        serve(login.takeRest())
    }

    private func take(_ step: LabTelnetLogin.Step) {
        switch step {
        case .write(let bytes): pending += LabTelnetWire.encode(bytes)
        case .tried: _ = meets(.auth)
        case .refused: registry.change(at: address) { $0.loginsRefused += 1 }
        case .admitted: admit()
        case .closed:
            flush()
            isOver = true
        }
    }

    private func admit() {
        isAdmitted = true
        registry.change(at: address) { counts in
            counts.sessionsOpen += 1
            counts.sessionsTotal += 1
            counts.sessionsPeak = max(counts.sessionsPeak, counts.sessionsOpen)
        }
    }

    /// The shell, to its end.
    private func serve(_ typed: [UInt8]) {
        var machine = device.shell(LabShellSettings(configuration), terminal: wire.terminal)
        machine.receive(typed)
        while !isOver {
            guard let step = machine.next() else {
                flush()
                guard let keys = read() else { return }
                if let terminal = wire.terminal { machine.resize(terminal) }
                machine.receive(keys)
                continue
            }
            switch step {
            case .write(let bytes):
                pending += LabTelnetWire.encode(bytes)
                if pending.count >= 32 * 1024 { flush() }
            case .typed(let line):
                if configuration.recordsCommands { registry.record(line, at: address) }
            case .pause(let duration):
                flush()
                pause(duration)
            case .hold(let gate):
                flush()
                gate.arrive()
                // The connection's end shows when the gate is open: what is typed meanwhile waits in the socket.
                while !gate.isOpen, !isOver { isOver = muster_lab_poll_one(gate.readEnd, Int16(POLLIN), 100) < 0 || isShut }
            case .drop:
                flush()
                isOver = true
            case .close(_, let byClient):
                flush()
                goodbye = byClient
                isOver = true
            }
        }
    }

    // MARK: Faults

    private func has(_ fault: LabTelnetFault) -> Bool {
        device.faults.contains { if case .telnet(fault) = $0 { true } else { false } }
    }

    /// Whether the device drops the connection, or falls silent, at this moment; when it does, that has happened on return.
    private func meets(_ phase: LabFault.Phase) -> Bool {
        for fault in device.faults {
            switch fault {
            case .dropAt(phase): break
            case .stallAt(phase):
                flush()
                while read() != nil {}
            default: continue
            }
            flush()
            isOver = true
            return true
        }
        return false
    }

    // MARK: Bytes

    /// The next keys, perhaps none; nil at the end.
    private func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, muster_lab_errno() == EINTR { continue }
            guard count > 0 else { return nil }
            let keys = wire.receive(buffer[..<count])
            pending += wire.takeAnswers()
            return keys
        }
    }

    /// Whether the other side has gone, or the lab is stopping.
    private var isShut: Bool {
        muster_lab_poll_one(descriptor, 0, 0) & Int32(POLLHUP | POLLERR) != 0
    }

    private func pause(_ duration: Duration) {
        let until = ContinuousClock.now + duration
        while until > .now, !isOver {
            // No events are asked for: only the end of the connection cuts the pause short.
            if muster_lab_poll_one(descriptor, 0, LabConnection.milliseconds(until: until)) > 0 { isOver = true }
        }
    }

    private func flush() {
        guard !pending.isEmpty else { return }
        let bytes = pending
        pending = []
        for case .trickle(let pause) in device.faults {
            for byte in bytes where !isOver {
                write([byte])
                if pause > .zero { self.pause(pause) }
            }
            return
        }
        write(bytes)
    }

    private func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, !isOver {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, muster_lab_errno() == EINTR { continue }
            if count <= 0 { isOver = true }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
