import MusterConsole
import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Logs in by SSH, as far as the first prompt.
    mutating func runSSH(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        try await withSession { login, session, timer throws(MusterError) in
            login.enter(.open)
            do {
                let terminal = TerminalSize(columns: platform.pty.columns, rows: platform.pty.rows)
                let channel = try await session.openShell(terminal: terminal, type: platform.pty.term)
                login.enter(.login)
                // The console has the same deadline, and can say what it waited for and what it saw.
                timer.cancel()
                return try await login.openConsole(
                    over: channel, platform: platform, carrier: session,
                    credentials: login.device.terminalLogin(on: platform, isExpected: false))
            } catch let error as SSHError {
                throw login.wrapped(error)
            } catch let error as MusterError {
                throw error
            } catch {
                throw login.failure(.connection, "\(error)")
            }
        }
    }

    /// Logs in by SSH and opens nothing: a bastion is asked for channels only.
    mutating func runBastion() async throws(MusterError) -> SSHSession {
        try await withSession { login, session, _ throws(MusterError) in
            login.clock.finish(at: login.loop.now)
            return session
        }
    }

    /// Finds the prompt and does the platform's set-up.
    ///
    /// - Parameter credentials: what to answer when the device asks, in the terminal, who is there.
    mutating func openConsole(
        over transport: any ByteTransport, platform: Platform, carrier: any ConsoleCarrier, credentials: LoginCredentials?
    ) async throws(MusterError) -> OpenDevice {
        let console = Console(transport: transport, platform: platform, secrets: device.secrets.mapValues { $0.reveal() })
        do {
            try await console.open(deadline: deadline, credentials: credentials, sendsAtOnce: sendsAtOnce)
        } catch {
            throw device.wrapped(error, phase: .login, timeout: connectTimeout)
        }
        clock.finish(at: loop.now)
        return OpenDevice(device: device, carrier: carrier, console: console, loop: loop)
    }

    /// Connects and logs in, and goes on with `body`; the session is closed when any of it fails.
    private mutating func withSession<R: Sendable>(
        _ body: (inout DeviceLogin, SSHSession, LoopTimer) async throws(MusterError) -> R
    ) async throws(MusterError) -> R {
        let credentials = try credentials()
        let preferences = try preferences()
        let transport = try await connect()
        enter(.handshake)
        let known = environment.knownHosts?.knownTypes(host: keyName.host, port: keyName.port) ?? []
        let session = SSHSession(transport: transport, preferences: preferences.preferring(hostKeyTypes: known))
        do {
            return try await withTaskCancellationHandler {
                let timer = loop.schedule(at: deadline) { session.assumeIsolated { $0.expire() } }
                defer { timer.cancel() }
                try await logIn(session, credentials: credentials)
                return try await body(&self, session, timer)
            } onCancel: {
                session.cancel()
            }
        } catch let error as MusterError {
            await session.close()
            throw Task.isCancelled ? failure(.cancelled, "cancelled") : error
        } catch {
            // Nothing else is thrown above; the standard library's signature has lost that.
            throw failure(.connection, "\(error)")
        }
    }

    private mutating func logIn(_ session: SSHSession, credentials: [Credential]) async throws(MusterError) {
        do {
            let key = try await session.handshake()
            enter(.hostKey)
            try check(key)
            enter(.authenticate)
            try await session.logIn(user: device.user, credentials: credentials)
            await session.keepAlive(keepAlive)
        } catch let error as SSHError {
            throw wrapped(error)
        } catch let error as MusterError {
            throw error
        } catch {
            throw failure(.connection, "\(error)")
        }
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

    /// The name and the port that stand for the device in known hosts; an alias stands for itself, whatever the port.
    var keyName: (host: String, port: Int) {
        device.ssh.hostKeyAlias.map { ($0, 22) } ?? (device.address, device.port)
    }

    /// What is done about an unknown key; `ask` has no one to ask here.
    var hostKeyPolicy: HostKeyPolicy {
        switch device.ssh.hostKeyChecking {
        case .strict: .strict
        case .acceptNew: .acceptNew
        case .off: .off
        case .ask, nil: environment.hostKeys
        }
    }

    private var keepAlive: KeepAlive {
        var keepAlive = environment.keepAlive
        keepAlive.interval = device.ssh.aliveInterval ?? keepAlive.interval
        keepAlive.count = device.ssh.aliveCountMax ?? keepAlive.count
        return keepAlive
    }
}
