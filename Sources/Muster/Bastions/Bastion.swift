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
    private var places: BastionPlaces
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
        /// The request whose channel is being opened.
        var opening: Int?
        /// Whether that takes longer than it should.
        var isStuck = false
        /// Whether nobody waits for it any more, and libssh2 alone still has to see the answer.
        var isAbandoned = false
        /// Channels that are open.
        var channels = 0
    }

    private struct Request {
        let id: Int
        let host: String
        let port: Int
        let timer: LoginTimer
        let continuation: CheckedContinuation<Result<BastionChannel, BastionError>, Never>
        var isBeingOpened = false
        /// Whether its time stands still.
        var isPaused = false
    }

    /// - Parameters:
    ///   - channels: How many it may carry at once.
    ///   - connect: Has a lane connected, in a task that lives as long as the run.
    init(
        _ device: Device, through outer: Bastion?, on loop: Loop, channels: Int, connect: @escaping @Sendable (BastionLane) -> Void
    ) {
        places = BastionPlaces(limit: channels)
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
                waiting.append(Request(id: id, host: host, port: port, timer: timer, continuation: continuation))
                serve()
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.giveUp(id, .cancelled) } }
        }
        return try result.get()
    }

    private func complete(_ id: Int, _ result: Result<BastionChannel, BastionError>) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else {
            // Whoever wanted it has gone: a channel closes itself when it is let go.
            return
        }
        let request = waiting.remove(at: index)
        if request.isPaused { request.timer.resume() }
        request.continuation.resume(returning: result)
    }

    /// Ends a request before its channel is open.
    private func giveUp(_ id: Int, _ error: BastionError) {
        complete(id, .failure(error))
        guard let index = lanes.firstIndex(where: { $0.opening == id && !$0.isAbandoned }) else { return }
        // The bastion may go on trying for minutes, and no other channel can be opened there meanwhile.
        lanes[index].isAbandoned = true
        places.giveBack()
        if lanes[index].channels == 0, let session = lanes[index].session {
            lanes.remove(at: index)
            session.assumeIsolated { $0.abort(SSHError(.cancelled, stage: .open, "nobody waits for it")) }
        }
        serve()
    }

    private func expire(_ id: Int) {
        guard let request = waiting.first(where: { $0.id == id }) else { return }
        let what =
            if request.isBeingOpened {
                "it has no connection to \(request.host) port \(request.port)"
            } else if !lanes.contains(where: { $0.session != nil }) {
                "it was not logged in to"
            } else {
                "its turn did not come, with \(places.taken) connections under way"
            }
        giveUp(id, .timedOut(bastion: device.name, waitingFor: what))
    }

    // MARK: Lanes

    /// Starts what can be started.
    private func serve() {
        if let failure { return fail(failure) }
        while let next = waiting.firstIndex(where: { !$0.isBeingOpened }), places.areLeft {
            guard let lane = lanes.firstIndex(where: { $0.session != nil && $0.opening == nil }) else {
                widen()
                break
            }
            waiting[next].isBeingOpened = true
            lanes[lane].opening = waiting[next].id
            places.take()
            begin(waiting[next].id, to: waiting[next].host, port: waiting[next].port, on: lanes[lane])
        }
        settleClocks()
    }

    /// Has the time of those stand still who wait for nothing but their turn: neither the device nor the bastion is to blame.
    private func settleClocks() {
        let isLoggedIn = lanes.contains { $0.session != nil }
        for index in waiting.indices {
            let waits = isLoggedIn && !waiting[index].isBeingOpened
            guard waiting[index].isPaused != waits else { continue }
            waiting[index].isPaused = waits
            if waits { waiting[index].timer.pause() } else { waiting[index].timer.resume() }
        }
    }

    /// Gets a connection where there is none, or none that does not wait for a device.
    private func widen() {
        let isConnecting = lanes.contains { $0.session == nil }
        let allStuck = lanes.allSatisfy { $0.session != nil && $0.isStuck }
        let count = lanes.count { !$0.isAbandoned }
        guard !isConnecting, allStuck, count < Self.maximumLanes, !isClosed else { return }
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
            guard !lanes.contains(where: { $0.session != nil }) else { return settleClocks() }
            failure = error
            fail(error)
        }
    }

    private func watch(_ session: SSHSession, _ number: Int) {
        session.assumeIsolated { $0.whenOver { [weak self] in self?.assumeIsolated { $0.lost(number) } } }
    }

    /// A connection has ended.
    ///
    /// The devices behind it learn it from their channels; for those that wait, the bastion is connected once more.
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
        guard let index = lanes.firstIndex(where: { $0.number == number }), lanes[index].opening != nil else { return }
        lanes[index].isStuck = true
        serve()
    }

    private func opened(_ id: Int, on number: Int, _ result: Result<SSHChannel, SSHError>) {
        let index = lanes.firstIndex { $0.number == number }
        // A lane that is not there any more was given up with its request.
        let isAbandoned = index.map { lanes[$0].isAbandoned } ?? !waiting.contains { $0.id == id }
        if let index {
            lanes[index].opening = nil
            lanes[index].isStuck = false
            lanes[index].isAbandoned = false
        }
        switch result {
        case .success(let channel):
            guard !isAbandoned else {
                channel.close()
                break
            }
            if let index { lanes[index].channels += 1 }
            let shared = BastionChannel(channel) { [loop, weak self] in
                loop.execute { [weak self] in self?.assumeIsolated { $0.release(number) } }
            }
            complete(id, .success(shared))
        case .failure(let error):
            if !isAbandoned { places.giveBack() }
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
        case .channelShortage where places.refuse():
            // It is asked again when one of the others has ended.
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

    private func release(_ number: Int) {
        if let index = lanes.firstIndex(where: { $0.number == number }) { lanes[index].channels -= 1 }
        places.giveBack()
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
