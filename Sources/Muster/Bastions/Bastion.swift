import MusterSSH
import MusterTransport

/// A host that carries connections on to devices: it is logged in to once, when the first of them asks, and they share that session.
///
/// Requests wait in a line. Channels are opened one after the other, and no more at once than the bastion wants.
actor Bastion {
    nonisolated let device: Device
    /// The bastion before this one.
    nonisolated let outer: Bastion?
    nonisolated let loop: Loop
    private let connect: @Sendable (BastionLane) -> Void

    private var lanes: [Lane] = []
    private var nextLane = 1
    private var waiting: [Request] = []
    private var nextRequest = 1
    /// Channels that are open or being opened.
    private var inUse = 0
    /// How many there may be; lowered when the bastion refuses one more.
    private var limit = 64
    /// Why it is not to be had, once that is settled.
    private var failure: MusterError?
    private var losses = 0
    private var isClosed = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// How long a channel may take to open before the others go another way.
    private static let patience: Duration = .seconds(2)
    /// How many connections there may be when devices do not answer.
    private static let maximumLanes = 8

    private struct Lane {
        let number: Int
        /// Nil while it is being connected.
        var session: SSHSession?
        /// Whether a channel is being opened.
        var isOpening = false
        /// Whether that takes longer than it should.
        var isStuck = false
    }

    private struct Request {
        let id: Int
        let host: String
        let port: Int
        let continuation: CheckedContinuation<Result<BastionChannel, BastionError>, Never>
        var isBeingOpened = false
    }

    /// - Parameter connect: Has a lane connected, in a task that lives as long as the run.
    init(_ device: Device, through outer: Bastion?, on loop: Loop, connect: @escaping @Sendable (BastionLane) -> Void) {
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
    /// - Parameter deadline: When to give up. When the task is cancelled it is given up at once; a channel that comes later is closed.
    func channel(to host: String, port: Int, deadline: Instant) async throws(BastionError) -> BastionChannel {
        let id = nextRequest
        nextRequest += 1
        let timer = loop.schedule(at: deadline) { [weak self] in
            self?.assumeIsolated { $0.expire(id) }
        }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled, !isClosed else {
                    return continuation.resume(returning: Result<BastionChannel, BastionError>.failure(.cancelled))
                }
                waiting.append(Request(id: id, host: host, port: port, continuation: continuation))
                serve()
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.complete(id, .failure(.cancelled)) } }
        }
        return try result.get()
    }

    private func complete(_ id: Int, _ result: Result<BastionChannel, BastionError>) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else {
            // Whoever wanted it has gone: a channel closes itself when it is let go.
            return
        }
        waiting.remove(at: index).continuation.resume(returning: result)
    }

    private func expire(_ id: Int) {
        guard let request = waiting.first(where: { $0.id == id }) else { return }
        let what =
            if request.isBeingOpened {
                "it has no connection to \(request.host) port \(request.port)"
            } else if !lanes.contains(where: { $0.session != nil }) {
                "it was not logged in to"
            } else {
                "its turn did not come, with \(inUse) connections under way"
            }
        complete(id, .failure(.timedOut(bastion: device.name, waitingFor: what)))
    }

    // MARK: Lanes

    /// Starts what can be started.
    private func serve() {
        if let failure { return fail(failure) }
        while let next = waiting.firstIndex(where: { !$0.isBeingOpened }), inUse < limit {
            guard let lane = lanes.firstIndex(where: { $0.session != nil && !$0.isOpening }) else { return widen() }
            waiting[next].isBeingOpened = true
            lanes[lane].isOpening = true
            inUse += 1
            begin(waiting[next].id, to: waiting[next].host, port: waiting[next].port, on: lanes[lane])
        }
    }

    /// Gets a connection where there is none, or none that does not wait for a device.
    private func widen() {
        let isConnecting = lanes.contains { $0.session == nil }
        let allStuck = lanes.allSatisfy { $0.session != nil && $0.isStuck }
        guard !isConnecting, allStuck, lanes.count < Self.maximumLanes, !isClosed else { return }
        lanes.append(Lane(number: nextLane))
        connect(BastionLane(self, number: nextLane))
        nextLane += 1
    }

    /// A lane is connected, or cannot be.
    func opened(_ number: Int, _ result: Result<SSHSession, MusterError>) async {
        guard let index = lanes.firstIndex(where: { $0.number == number }) else { return }
        switch result {
        case .success(let session):
            guard !isClosed else { return await session.close() }
            lanes[index].session = session
            watch(session, number)
            serve()
        case .failure(let error):
            lanes.remove(at: index)
            // With another connection at work it goes on, more slowly.
            guard !lanes.contains(where: { $0.session != nil }) else { return }
            failure = error
            fail(error)
        }
    }

    private func watch(_ session: SSHSession, _ number: Int) {
        session.assumeIsolated { $0.whenOver { [weak self] in self?.assumeIsolated { $0.lost(number) } } }
    }

    /// A connection has ended. The devices behind it learn it from their channels; for those that wait, the bastion is connected once more.
    private func lost(_ number: Int) {
        guard let index = lanes.firstIndex(where: { $0.number == number }), !isClosed else { return }
        lanes.remove(at: index)
        losses += 1
        if losses > 1, lanes.isEmpty {
            failure = MusterError(
                .connectionLost, phase: .connect, device: device.name, message: "its connection was lost twice",
                hint: "see what the bastion's log says")
        }
        serve()
    }

    private func fail(_ error: MusterError) {
        for request in waiting { complete(request.id, .failure(.unavailable(bastion: device.name, error))) }
    }

    // MARK: Channels

    /// Opens a channel on a lane; the answer comes by a plain call on the loop.
    private func begin(_ id: Int, to host: String, port: Int, on lane: Lane) {
        guard let session = lane.session else { return }
        let number = lane.number
        let watch = loop.schedule(at: loop.now + Self.patience) { [weak self] in
            self?.assumeIsolated { $0.stuck(number) }
        }
        session.assumeIsolated {
            $0.openTunnel(to: host, port: port) { [weak self] result in
                watch.cancel()
                self?.assumeIsolated { $0.opened(id, on: number, result) }
            }
        }
    }

    private func stuck(_ number: Int) {
        guard let index = lanes.firstIndex(where: { $0.number == number }), lanes[index].isOpening else { return }
        lanes[index].isStuck = true
        serve()
    }

    private func opened(_ id: Int, on number: Int, _ result: Result<SSHChannel, SSHError>) {
        if let index = lanes.firstIndex(where: { $0.number == number }) {
            lanes[index].isOpening = false
            lanes[index].isStuck = false
        }
        switch result {
        case .success(let channel):
            let shared = BastionChannel(channel) { [loop, weak self] in
                loop.execute { [weak self] in self?.assumeIsolated { $0.release() } }
            }
            complete(id, .success(shared))
        case .failure(let error):
            inUse -= 1
            if error.kind == .connectionLost {
                // Not for this device's sake: it gets the connection that comes next.
                requeue(id)
                return lost(number)
            }
            refuse(id, error)
        }
        serve()
    }

    private func requeue(_ id: Int) {
        if let index = waiting.firstIndex(where: { $0.id == id }) { waiting[index].isBeingOpened = false }
    }

    private func refuse(_ id: Int, _ error: SSHError) {
        switch error.kind {
        case .channelShortage where inUse > 0:
            // It is asked again when one of the others has ended.
            limit = max(1, inUse)
            requeue(id)
        case .unreachableTarget:
            complete(
                id,
                .failure(
                    .refused(
                        bastion: device.name, code: .connection, error.message,
                        hint: "check the address as the bastion sees it, the port, and that the device is up")))
        case .forwardingRefused, .channelShortage:
            complete(
                id,
                .failure(
                    .refused(
                        bastion: device.name, code: .channel, error.message,
                        hint: "the bastion's sshd decides by AllowTcpForwarding, PermitOpen and DisableForwarding")))
        default:
            complete(
                id, .failure(.refused(bastion: device.name, code: .connectionLost, error.message, hint: error.hint ?? "try again")))
        }
    }

    private func release() {
        inUse -= 1
        serve()
    }

    /// Logs out.
    func close() async {
        isClosed = true
        for request in waiting { complete(request.id, .failure(.cancelled)) }
        let open = lanes.compactMap(\.session)
        lanes = []
        for session in open { await session.close() }
    }
}
