import MusterSSH
import MusterTransport

/// A host that carries connections on to devices: it is logged in to once, when the first of them asks, and they share that session.
///
/// Requests wait in a line; what goes when and over which connection is the `LaneMachine`'s to say.
actor Bastion {
    nonisolated let device: Device
    /// The bastion before this one.
    nonisolated let outer: Bastion?
    nonisolated let loop: Loop
    private let connect: @Sendable (BastionLane) -> Void

    private var machine: LaneMachine
    private var lines: [Int: any BastionLine] = [:]
    private var requests: [Int: Request] = [:]
    private var nextRequest = 1
    /// What it is logged in to by, once that is known.
    private var kind: DeviceTransport
    /// Why it is not to be had, once that is settled.
    private var failure: MusterError?
    private var isClosed = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// How long a channel may take to open before the others go another way.
    private static let patience: Duration = .seconds(2)

    private struct Request {
        let host: String
        let port: Int
        let timer: LoginTimer
        let continuation: CheckedContinuation<Result<BastionChannel, BastionError>, Never>
    }

    /// - Parameters:
    ///   - channels: How many it may carry at once.
    ///   - connect: Has a lane connected, in a task that lives as long as the run.
    init(
        _ device: Device, through outer: Bastion?, on loop: Loop, channels: Int, connect: @escaping @Sendable (BastionLane) -> Void
    ) {
        machine = LaneMachine(channels: channels)
        kind = device.transport
        self.device = device
        self.outer = outer
        self.loop = loop
        self.connect = connect
    }

    /// How many bastions are before this one.
    nonisolated var depth: Int { (outer?.depth ?? -1) + 1 }

    // MARK: Requests

    /// A connection to a host and port behind the bastion.
    ///
    /// When the task is cancelled it is given up at once; a channel that comes later is closed.
    ///
    /// - Parameter timer: Tells when to give up. It stands still while others have their turn.
    func channel(to host: String, port: Int, timer: LoginTimer) async throws(BastionError) -> BastionChannel {
        let id = nextRequest
        nextRequest += 1
        timer.start { [weak self] in self?.assumeIsolated { $0.expire(id) } }
        defer { timer.stop() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled, !isClosed else {
                    return continuation.resume(returning: Result<BastionChannel, BastionError>.failure(.cancelled))
                }
                if let failure { return continuation.resume(returning: .failure(.unavailable(bastion: device.name, failure))) }
                requests[id] = Request(host: host, port: port, timer: timer, continuation: continuation)
                perform(machine.ask(id))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.giveUp(id, .cancelled) } }
        }
        return try result.get()
    }

    private func complete(_ id: Int, _ result: Result<BastionChannel, BastionError>) {
        requests.removeValue(forKey: id)?.continuation.resume(returning: result)
    }

    private func giveUp(_ id: Int, _ error: BastionError) {
        perform(machine.giveUp(id))
        complete(id, .failure(error))
    }

    private func expire(_ id: Int) {
        guard let request = requests[id] else { return }
        let what =
            switch machine.progress(of: id) {
            case .opening: "it has no connection to \(request.host) port \(request.port)"
            case .unconnected: "it was not logged in to"
            case .waiting: "its turn did not come, with \(machine.places.taken) connections under way"
            }
        giveUp(id, .timedOut(bastion: device.name, waitingFor: what))
    }

    private func fail(_ error: MusterError) {
        failure = error
        perform(machine.close())
        for id in requests.keys { complete(id, .failure(.unavailable(bastion: device.name, error))) }
    }

    // MARK: Lanes

    private func perform(_ actions: [LaneMachine.Action]) {
        for action in actions {
            switch action {
            case .connect(let lane):
                var device = device
                device.transport = kind
                connect(BastionLane(self, number: lane, device: device))
            case .open(let request, let lane): open(request, on: lane)
            case .end(let lane): lines.removeValue(forKey: lane)?.abort()
            case .pause(let request): requests[request]?.timer.pause()
            case .resume(let request): requests[request]?.timer.resume()
            }
        }
    }

    /// A lane is connected, or cannot be.
    func connected(_ lane: Int, _ result: Result<any BastionLine, MusterError>) async {
        switch result {
        case .success(let line):
            guard !isClosed else { return await line.logOut() }
            lines[lane] = line
            kind = line.kind
            line.whenLost { [weak self] in self?.assumeIsolated { $0.lost(lane) } }
            perform(machine.connected(lane, capacity: line.opensAtOnce))
        case .failure(let error):
            if let actions = machine.failed(lane) { perform(actions) } else { fail(error) }
        }
    }

    /// A connection has ended.
    ///
    /// The devices behind it learn it from their channels; for those that wait, the bastion is connected once more.
    private func lost(_ lane: Int) {
        guard !isClosed, let line = lines.removeValue(forKey: lane) else { return }
        line.abort()
        perform(machine.lost(lane))
        guard machine.isGivenUp else { return }
        fail(
            MusterError(
                .connectionLost, phase: .connect, device: device.name, message: "its connection was lost twice",
                hint: "see what the bastion's log says"))
    }

    // MARK: Channels

    /// Opens a channel on a lane; the answer comes by a plain call on the loop.
    private func open(_ id: Int, on lane: Int) {
        guard let line = lines[lane], let request = requests[id] else { return }
        let watch = loop.schedule(at: loop.now + Self.patience) { [weak self] in
            self?.assumeIsolated { $0.perform($0.machine.isLate(id, on: lane)) }
        }
        line.open(to: request.host, port: request.port) { [weak self] result in
            watch.cancel()
            self?.assumeIsolated { $0.answered(id, on: lane, result) }
        }
    }

    private func answered(_ id: Int, on lane: Int, _ result: Result<any ByteTransport, SSHError>) {
        switch result {
        case .success(let transport):
            let (isWanted, actions) = machine.opened(id, on: lane)
            if isWanted {
                let channel = BastionChannel(transport) { [loop, weak self] in
                    loop.execute { [weak self] in self?.assumeIsolated { $0.perform($0.machine.released(on: lane)) } }
                }
                complete(id, .success(channel))
            } else {
                transport.close()
            }
            perform(actions)
        case .failure(let error) where error.kind == .connectionLost:
            // Not for this device's sake: it gets the connection that comes next.
            lost(lane)
        case .failure(let error):
            let (refusal, actions) = machine.refused(id, on: lane, isShortage: error.kind == .channelShortage)
            if refusal == .final { complete(id, .failure(BastionError(error, bastion: device.name))) }
            perform(actions)
        }
    }

    /// Logs out.
    func close() async {
        isClosed = true
        perform(machine.close())
        for id in requests.keys { complete(id, .failure(.cancelled)) }
        let open = lines.values
        lines = [:]
        for line in open { await line.logOut() }
    }
}
