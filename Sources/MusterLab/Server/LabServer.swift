import CLibSSH

/// The listening socket, the thread that accepts, and a thread for each connection.
///
/// libssh blocks, and blocking is cheap here: 5,000 idle threads with small stacks cost less than the sessions' own memory.
final class LabServer: Sendable {
    let configuration: LabConfiguration
    let registry = LabRegistry()
    private let devices: [UInt32: LabDevice]
    private let threads = LabThreads()
    private let stopPipe: (read: Int32, write: Int32)

    init(_ configuration: LabConfiguration) throws(LabError) {
        var devices: [UInt32: LabDevice] = [:]
        for device in configuration.devices {
            guard let number = LoopbackAddress.number(device.address) else { throw .address(device.address, device: device.name) }
            if let first = devices[number] {
                throw .duplicate(address: device.address, first: first.name, second: device.name)
            }
            devices[number] = device
        }
        self.devices = devices
        self.configuration = configuration
        muster_lab_prepare_process()
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .listen(port: configuration.port, reason: String(cString: strerror(muster_lab_errno()))) }
        ends.forEach(muster_lab_cloexec)
        stopPipe = (ends[0], ends[1])
    }

    deinit {
        close(stopPipe.read)
        close(stopPipe.write)
    }

    /// Makes the keys and listens, off Swift's pool, as an RSA key takes a while.
    func start() async throws(LabError) -> Lab {
        let result: Result<Lab, LabError> = await withCheckedContinuation { continuation in
            let started = threads.run {
                do throws(LabError) {
                    let (lab, listener, telnet, binds) = try self.listen()
                    if let telnet {
                        let accepts = self.threads.run { self.acceptConnections(telnet, self.serveTelnet) }
                        guard accepts else { throw .ssh("could not start a thread") }
                    }
                    continuation.resume(returning: .success(lab))
                    self.acceptConnections(listener) { self.serve($0, $1, binds) }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if !started { continuation.resume(returning: .failure(.ssh("could not start a thread"))) }
        }
        return try result.get()
    }

    /// Drops every connection and waits for all threads.
    func stop() async {
        var byte: UInt8 = 0
        write(stopPipe.write, &byte, 1)
        registry.stop()
        await threads.end()
    }

    private struct Binds {
        let usual: LabBind
        let changed: LabBind
    }

    private func listen() throws(LabError) -> (Lab, listener: Int32, telnet: Int32?, Binds) {
        let binds = Binds(
            usual: try LabBind(configuration, keys: .usual), changed: try LabBind(configuration, keys: .changed))
        var port: UInt16 = 0
        var everywhere: Int32 = 0
        let listener = muster_lab_listen(configuration.port, 4096, &port, &everywhere)
        guard listener >= 0 else { throw .listen(port: configuration.port, reason: String(cString: strerror(muster_lab_errno()))) }
        var telnet: Int32?
        var telnetPort: UInt16 = 0
        if configuration.listensForTelnet {
            let descriptor = muster_lab_listen(configuration.telnetPort, 4096, &telnetPort, &everywhere)
            guard descriptor >= 0 else {
                throw .listen(port: configuration.telnetPort, reason: String(cString: strerror(muster_lab_errno())))
            }
            telnet = descriptor
        }
        var usual: [LabHostKey] = []
        var changed: [LabHostKey] = []
        for type in configuration.hostKeyTypes {
            usual.append(try LabHostKeySet.usual.publicKey(type))
            changed.append(try LabHostKeySet.changed.publicKey(type))
        }
        let lab = Lab(
            port: port, telnetPort: telnetPort, answersEverywhere: everywhere != 0, devices: configuration.devices, hostKeys: usual,
            changedHostKeys: changed,
            registry: registry)
        return (lab, listener, telnet, binds)
    }

    private func acceptConnections(_ listener: Int32, _ serve: (_ descriptor: Int32, _ address: UInt32) -> Void) {
        defer { close(listener) }
        while true {
            let ready = muster_lab_poll_two(listener, stopPipe.read)
            if ready < 0, muster_lab_errno() != EINTR { return }
            if ready > 0, ready & 2 != 0 { return }
            var address: UInt32 = 0
            while true {
                let descriptor = muster_lab_accept(listener, &address)
                if descriptor < 0 {
                    // Out of descriptors: the connection stays in the backlog until a session ends.
                    if muster_lab_errno() == EMFILE || muster_lab_errno() == ENFILE {
                        _ = muster_lab_poll_one(stopPipe.read, Int16(POLLIN), 20)
                    }
                    break
                }
                serve(descriptor, address)
            }
        }
    }

    private func device(at address: UInt32) -> LabDevice {
        devices[address]
            ?? LabDevice(unplanned: address, platform: configuration.defaultPlatform, faults: configuration.defaultFaults)
    }

    private func serveTelnet(_ descriptor: Int32, _ address: UInt32) {
        guard LoopbackAddress.isLoopback(address), registry.admit(descriptor, at: address) != nil else {
            close(descriptor)
            return
        }
        let device = device(at: address)
        let started = threads.run { [configuration, registry] in
            LabTelnetConnection(
                descriptor: descriptor, address: address, device: device, configuration: configuration, registry: registry
            ).run()
        }
        guard !started else { return }
        registry.forget(descriptor, at: address) { _ in }
        close(descriptor)
    }

    private func serve(_ descriptor: Int32, _ address: UInt32, _ binds: Binds) {
        guard LoopbackAddress.isLoopback(address), let connections = registry.admit(descriptor, at: address) else {
            close(descriptor)
            return
        }
        let device = device(at: address)
        let changed = connections > 1 && device.faults.contains { if case .changedHostKey = $0 { true } else { false } }
        let bind = changed ? binds.changed : binds.usual
        let started = threads.run { [configuration, registry] in
            let connection = LabConnection(
                descriptor: descriptor, address: address, device: device, configuration: configuration, registry: registry)
            connection.run(bind)
        }
        guard !started else { return }
        registry.forget(descriptor, at: address) { _ in }
        close(descriptor)
    }
}
