/// What a session asks the server for, one thing after the other.
extension SSHSession {
    func perform(_ operation: EngineOperation, stage: SSHError.Stage) async throws(SSHError) -> EngineStep {
        if let failure { throw failure }
        self.stage = stage
        let result = await withCheckedContinuation { continuation in
            // The way here may have given up the loop for a turn, in which the session was cancelled.
            if let failure { return continuation.resume(returning: Result<EngineStep, SSHError>.failure(failure)) }
            pending.append(Pending(operation: operation, stage: stage) { continuation.resume(returning: $0) })
            step()
        }
        return try result.get()
    }

    /// Exchanges versions and keys.
    ///
    /// - Returns: The host key that the server proved to have; whether it is the right one is for the caller to decide.
    package func handshake() async throws(SSHError) -> HostKey {
        transport.start(self)
        _ = try await perform(.handshake, stage: .handshake)
        guard let key = engine.hostKey else { throw SSHError(.keyExchange, stage: .handshake, "the device showed no host key") }
        return key
    }

    /// Offers a credential once.
    ///
    /// - Throws: `SSHError` of kind `refused` also when the server takes it for one half of the login.
    func authenticate(_ login: Login, _ attempt: LoginAttempt) async throws(SSHError) {
        let user = login.user
        if attempt.method == .keyboardInteractive {
            _ = try await perform(.keyboardInteractive(user: user, answers: login.answers(for: attempt)), stage: .authentication)
            return
        }
        guard let index = attempt.credential else { return }
        switch login.credentials[index] {
        case .password(let password):
            _ = try await perform(.password(user: user, password: password), stage: .authentication)
        case .key, .keys, .oneTimeCode, .unusable:
            break
        }
    }

    /// Offers a key once.
    ///
    /// - Throws: as `authenticate`; of kind `credential` when it could not sign.
    func authenticate(user: String, with key: KeyOffer) async throws(SSHError) {
        _ = try await perform(.publicKey(user: user, key), stage: .authentication)
    }

    /// Offers a key that libssh2 decrypts.
    func authenticate(user: String, with key: SealedKey) async throws(SSHError) {
        _ = try await perform(.sealedKey(user: user, key), stage: .authentication)
    }

    /// The methods that the server would go on with; nil when it let the user in without asking for anything.
    func methods(user: String) async throws(SSHError) -> [String]? {
        guard case .methods(let list) = try await perform(.methods(user: user), stage: .authentication) else { return nil }
        return list
    }

    /// Why the last keyboard-interactive exchange was given up; the connection is of no use after that.
    var interactiveStop: InteractiveStop? { engine.interactiveStop }
    /// Whether the last key could not sign since it is locked.
    var keyIsLocked: Bool { engine.keyIsLocked }
    /// The server's version line.
    var serverVersion: String? { engine.banner }
    /// Whether a code was given in the last keyboard-interactive exchange.
    var gaveCode: Bool { engine.gaveCode }
    /// The reason that the server gave for disconnecting.
    var disconnectReason: String? { engine.disconnectReason }

    /// Opens a channel for a shell or a command.
    ///
    /// A server that allows one at a time is told of the last one's end before it is asked for the next, and OpenSSH's looks through all that
    /// came before it frees anything: it refuses. That answer took a turn, so it is asked once more.
    func openSessionChannel() async throws(SSHError) -> ChannelID {
        let hasClosedOne = channels.values.contains { $0.isClosing && !$0.isTunnel }
        do {
            return try await openOnce()
        } catch {
            guard error.kind == .channel, hasClosedOne else { throw error }
            return try await openOnce()
        }
    }

    private func openOnce() async throws(SSHError) -> ChannelID {
        guard case .opened(let id) = try await perform(.openSession, stage: .open) else {
            throw SSHError(.channel, stage: .open, "the device opened no channel")
        }
        return id
    }

    /// Opens a channel with a terminal and a shell.
    package func openShell(terminal: TerminalSize, type: String) async throws(SSHError) -> SSHChannel {
        let id = try await openSessionChannel()
        _ = try await perform(.terminal(id, terminal, type: type), stage: .open)
        _ = try await perform(.shell(id), stage: .open)
        channels[id] = ChannelState()
        return SSHChannel(session: self, id: id)
    }

    /// The device's SSH version line, once it has come.
    package var versionLine: String? { engine.banner }

    /// What was agreed on that only old gear needs; empty when all is modern.
    package var legacyAlgorithms: [String] {
        var names: [String] = []
        for name in engine.agreed where AlgorithmPreferences.isLegacy(name) && !names.contains(name) { names.append(name) }
        return names
    }
}
