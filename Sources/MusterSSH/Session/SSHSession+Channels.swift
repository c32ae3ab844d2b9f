import MusterTransport

/// The channels of a session: what they receive, what is sent on them, and their end.
extension SSHSession {
    /// Opens a connection from the server on to another host, over which another session may run.
    ///
    /// - Parameter completion: Called once, on the loop. The error's kinds `unreachableTarget`, `forwardingRefused` and `channelShortage` are the
    ///   server's answers; it cannot be cancelled, as libssh2 has to see the answer.
    package func openTunnel(to host: String, port: Int, completion: @escaping @Sendable (Result<SSHChannel, SSHError>) -> Void) {
        if let failure { return completion(.failure(failure)) }
        stage = .open
        pending.append(
            Pending(operation: .openTunnel(host: host, port: port), stage: .open) { result in
                completion(result.flatMap { step in self.assumeIsolated { $0.tunnel(step) } })
            })
        step()
    }

    func tunnel(_ step: EngineStep) -> Result<SSHChannel, SSHError> {
        guard case .opened(let id) = step else { return .failure(SSHError(.channel, stage: .open, "no channel was opened")) }
        channels[id] = ChannelState(isTunnel: true)
        return .success(SSHChannel(session: self, id: id))
    }

    func start(_ id: ChannelID, _ receiver: any ByteReceiver) {
        channels[id, default: ChannelState()].receiver = receiver
        step()
        if isOver { endChannels(.closedByPeer) }
    }

    func send(_ bytes: UnsafeRawBufferPointer, to id: ChannelID) {
        guard let channel = channels[id], !channel.hasEnded, !isOver else { return }
        let taken = channel.unsent.isEmpty ? engine.write(bytes, to: id) : 0
        if taken < bytes.count { channels[id]?.unsent.append(contentsOf: bytes[taken...]) }
        if !isStepping { flush() }
    }

    func close(_ id: ChannelID) {
        end(id, .closedHere)
        guard channels[id]?.isClosing == false else { return }
        channels[id]?.isClosing = true
        guard !isOver, !isStepping else { return }
        freeChannels()
        flush()
    }

    func end(_ id: ChannelID, _ end: TransportEnd) {
        guard channels[id]?.hasEnded == false else { return }
        channels[id]?.hasEnded = true
        let receiver = channels[id]?.receiver
        channels[id]?.receiver = nil
        // What ends here is the way to the device, and not its own session.
        let isWayLost = channels[id]?.isTunnel == true && (transportEnd != nil || isOver)
        let why = (transportEnd ?? end).breakage.map { ": \($0)" } ?? ""
        receiver?.ended(isWayLost ? .lost("the bastion's connection ended\(why)") : end)
    }

    func endChannels(_ end: TransportEnd) {
        for id in channels.keys where channels[id]?.receiver != nil {
            self.end(id, end)
        }
    }

    // MARK: Turns

    func readChannels() {
        guard !channels.isEmpty else { return }
        // The first read takes apart all that came, for every channel: the others are asked whether there is anything.
        var isFirst = true
        for id in Array(channels.keys) where isRead(id) && (isFirst || engine.hasInput(id)) {
            read(id)
            isFirst = false
        }
        if isFirst, pending.isEmpty, let unused = channels.first(where: \.value.isClosing)?.key { engine.drive(unused) }
    }

    func isRead(_ id: ChannelID) -> Bool {
        guard let channel = channels[id] else { return false }
        return channel.receiver != nil && !channel.hasEnded
    }

    /// Closes the channels that nobody uses and frees them, but for one: without any, libssh2 has no call that reads.
    func freeChannels() {
        for (id, channel) in channels where channel.isClosing && channel.unsent.isEmpty {
            if !channel.isClosed, engine.closeChannel(id) { channels[id]?.isClosed = true }
            if channels[id]?.isClosed == true, channels.count > 1, engine.free(id) { channels[id] = nil }
        }
    }

    func read(_ id: ChannelID) {
        loop.withScratch { buffer in
            var delivered = false
            while let receiver = channels[id]?.receiver {
                switch engine.read(id, into: buffer) {
                case .bytes(let count):
                    delivered = true
                    pulse?.delivered()
                    receiver.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                case .nothingYet:
                    if delivered { receiver.burstEnded() }
                    return
                case .end:
                    if delivered { receiver.burstEnded() }
                    return end(id, transportEnd ?? .closedByPeer)
                case .failed(let code):
                    if delivered { receiver.burstEnded() }
                    return end(id, reason(code))
                }
            }
        }
    }

    /// Why a channel cannot be read any more.
    func reason(_ code: Int32) -> TransportEnd {
        if let reason = engine.disconnectReason { return .lost("the device disconnected: \(reason)") }
        return transportEnd ?? .lost("libssh2 error \(code)")
    }

    func retryUnsent() {
        for (id, channel) in channels where !channel.unsent.isEmpty && (!channel.hasEnded || channel.isClosing) {
            let taken = channel.unsent.withUnsafeBytes { engine.write($0, to: id) }
            channels[id]?.unsent.removeFirst(taken)
        }
    }
}
