import MusterConsole
import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Logs in by SSH, as far as the first prompt.
    func runSSH(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        let usesExec = usesExec(platform)
        return try await withSession { login, session, timer throws(MusterError) in
            guard !usesExec else {
                timer.stop()
                login.clock.finish(at: login.loop.now)
                return login.execLine(over: session, platform)
            }
            login.enter(.open)
            do {
                let terminal = TerminalSize(columns: platform.pty.columns, rows: platform.pty.rows)
                let channel = try await session.openShell(terminal: terminal, type: platform.pty.term)
                login.enter(.login)
                // The console has the same deadline, and can say what it waited for and what it saw.
                timer.stop()
                return try await login.openCountedConsole(over: channel, platform: platform, carrier: session, isExpected: false)
            } catch let error as SSHError {
                throw login.wrapped(error)
            } catch let error as MusterError {
                throw error
            } catch {
                throw login.failure(.connection, "\(error)")
            }
        }
    }

    /// Finds the prompt and does the platform's set-up.
    ///
    /// - Parameter credentials: what to answer when the device asks, in the terminal, who is there.
    func openConsole(
        over transport: any ByteTransport, platform: Platform, carrier: any ConsoleCarrier, credentials: LoginCredentials?
    ) async throws(MusterError) -> OpenDevice {
        let wantedMode = environment.commandMode ?? (needsUsualMode ? platform.defaultMode : nil)
        let recording = environment.recordings?.record(
            device, platform: platform, wantedMode: wantedMode, credentials: credentials, events: environment.events)
        let console = device.console(
            over: transport, platform: platform, in: environment, wantedMode: wantedMode, recorder: recording?.recorder)
        do {
            let sendsAtOnce = sendsAtOnce && !Platform.isDetecting(device.platform)
            if let terminalPassword, let credentials {
                try await terminalPassword.open(console, timer: timer, credentials: credentials, sendsAtOnce: sendsAtOnce)
            } else {
                try await console.open(deadline: deadline, credentials: credentials, sendsAtOnce: sendsAtOnce)
            }
        } catch {
            hasTypedPassword = await console.hasTypedPassword
            passwordHasExpired = error.kind == .passwordExpired
            await recording?.finish()
            throw device.wrapped(error, phase: .login, timeout: connectTimeout)
        }
        if Platform.isDetecting(device.platform) {
            do throws(MusterError) {
                try await detect(on: console, carrier: carrier)
            } catch {
                await recording?.finish()
                throw error
            }
        }
        for remark in await console.remarks { warn(remark) }
        clock.finish(at: loop.now)
        return OpenDevice(
            device: device, carrier: carrier, line: .shell(console), loop: loop, recording: recording)
    }

    /// Connects and logs in, over as many connections as it takes, and goes on with `body`; the session is closed when any of it fails.
    func withSession<R: Sendable>(
        _ body: (DeviceLogin, SSHSession, LoginTimer) async throws(MusterError) -> R
    ) async throws(MusterError) -> R {
        let ways = DeviceCredentials(device: device, ring: environment.keys, timer: timer)
        let credentials = ways.byUser()
        if let failure = failure(ofUseless: credentials.flatMap(\.credentials)) { throw failure }
        var authentication = DeviceAuthentication(
            device: device, environment: environment, timer: timer, credentials: credentials, rules: ways.rules)
        if let why = authentication.reasonToSkip { throw wrapped(LoginPolicy.skipped(why)) }
        while true {
            do throws(MusterError) {
                if let result = try await overConnection(&authentication, body) { return result }
            } catch {
                // The key that the inventory pins may be another one of the device's.
                guard error.code == .hostKey, error.phase == .hostKey, hostKeyCheck.wantsAnother(than: shownKeyTypes) else {
                    // The refusal is the news; that the device was not to be had again after it is a detail.
                    if let refusal = authentication.abandoned(), error.code != .cancelled { throw wrapped(refusal) }
                    throw error
                }
                clock.enter(.resolve, at: loop.now)
                continue
            }
            do throws(SSHError) {
                try await authentication.prepare()
            } catch {
                throw wrapped(error)
            }
            // The clock begins with this phase; it comes again with each further connection.
            clock.enter(.resolve, at: loop.now)
        }
    }

    /// Goes as far as one connection carries the login; nil when it goes on over another one.
    private func overConnection<R: Sendable>(
        _ authentication: inout DeviceAuthentication, _ body: (DeviceLogin, SSHSession, LoginTimer) async throws(MusterError) -> R
    ) async throws(MusterError) -> R? {
        let transport = try await connect()
        enter(.handshake)
        let preferences = try preferences().preferring(hostKeyTypes: hostKeyCheck.knownTypes).avoiding(hostKeyTypes: shownKeyTypes)
        let session = SSHSession(transport: transport, preferences: preferences)
        do {
            let result: R? = try await withTaskCancellationHandler {
                timer.start { session.assumeIsolated { $0.expire() } }
                defer { timer.stop() }
                guard try await logIn(session, &authentication) else { return nil }
                return try await body(self, session, timer)
            } onCancel: {
                session.cancel()
            }
            if result == nil { await session.close() }
            return result
        } catch let error as MusterError {
            await session.close()
            throw Task.isCancelled ? failure(.cancelled, "cancelled") : error
        } catch {
            // Nothing else is thrown above; the standard library's signature has lost that.
            throw failure(.connection, "\(error)")
        }
    }

    private func logIn(_ session: SSHSession, _ authentication: inout DeviceAuthentication) async throws(MusterError) -> Bool {
        try await shakeHands(session)
        enter(.authenticate)
        do throws(SSHError) {
            guard try await authentication.logIn(on: session) else { return false }
        } catch {
            gap = error.gap
            throw wrapped(error)
        }
        await session.keepAlive(keepAlive)
        return true
    }

    private func shakeHands(_ session: SSHSession) async throws(MusterError) {
        let key: HostKey
        do throws(SSHError) {
            key = try await session.handshake()
        } catch {
            gap = error.gap
            throw wrapped(error)
        }
        if device.mayAgreeOnLegacy { legacyAlgorithms = await session.legacyAlgorithms }
        enter(.hostKey)
        shownKeyTypes.append(key.type)
        try hostKeyCheck.check(key, gap: &gap)
        // It is the right one: a further connection may show it again.
        shownKeyTypes = []
    }

    /// What is offered to the device.
    private func preferences() throws(MusterError) -> AlgorithmPreferences {
        do {
            return try (device.legacy ? AlgorithmPreferences.legacy : .standard).changed(by: device.ssh)
        } catch {
            throw failure(
                .noCommonAlgorithm, phase: .handshake,
                "\(error.keyword) \(error.list) of ssh_config leaves nothing that libssh2 could offer",
                hint: "add an algorithm that it has, use --transport openssh, or leave ssh_config aside with -F none")
        }
    }

    /// Signs of life: the device's own settings, or the run's.
    var keepAlive: KeepAlive {
        var keepAlive = environment.keepAlive
        keepAlive.interval = device.ssh.aliveInterval ?? keepAlive.interval
        keepAlive.count = device.ssh.aliveCountMax ?? keepAlive.count
        keepAlive.asksByTCP = device.ssh.tcpKeepAlive ?? true
        return keepAlive
    }
}

extension Device {
    /// Whether something may have been agreed on that only old gear needs: most devices need not be asked.
    fileprivate var mayAgreeOnLegacy: Bool {
        legacy || [ssh.keyExchange, ssh.hostKeyAlgorithms, ssh.ciphers, ssh.macs].contains { $0 != nil }
    }
}
