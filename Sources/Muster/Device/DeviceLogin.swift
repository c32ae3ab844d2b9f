import MusterConsole
import MusterSSH
import MusterTransport

/// The way from a device's name to its first prompt, phase by phase, within one time limit.
struct DeviceLogin {
    let device: Device
    let environment: DeviceEnvironment
    let loop: Loop
    /// The caller sends a command right after the login.
    let sendsAtOnce: Bool
    private let timer: LoginTimer
    private(set) var clock: PhaseClock

    init(device: Device, environment: DeviceEnvironment, loop: Loop, sendsAtOnce: Bool = false) {
        self.device = device
        self.environment = environment
        self.loop = loop
        self.sendsAtOnce = sendsAtOnce
        clock = PhaseClock(at: loop.now)
        timer = LoginTimer(loop: loop, deadline: clock.began + environment.connectTimeout)
    }

    private var deadline: Instant { timer.deadline }

    private mutating func enter(_ phase: Phase) {
        clock.enter(phase, at: loop.now)
        environment.events(.phase(host: device.name, phase))
    }

    /// Ends the phase under way, where the login stopped.
    mutating func finishClock() {
        clock.finish(at: loop.now)
    }

    /// Logs in; what was opened on the way is closed again when a phase fails.
    ///
    /// - Throws: `MusterError`; its code is `cancelled` when the task was cancelled.
    mutating func run() async throws(MusterError) -> OpenDevice {
        guard let platform = Platform.builtIn(named: device.platform) else {
            throw failure(
                .usage, "unknown platform '\(device.platform)'",
                hint: "the built-in platforms are \(Platform.builtInNames.joined(separator: ", "))")
        }
        // Connecting directly instead would be a surprise, and may reach another device.
        guard device.jump.isEmpty else {
            throw failure(
                .usage, "it is to be reached through \(device.jump.joined(separator: ", ")), and bastions cannot be used yet",
                hint: "remove `jump` if the device can be reached directly")
        }
        var authentication = DeviceAuthentication(
            device: device, environment: environment, timer: timer, credentials: try credentials())
        if let why = authentication.reasonToSkip { throw wrapped(LoginPolicy.skipped(why)) }
        while true {
            if let open = try await connectAndLogIn(&authentication, platform: platform) { return open }
            do throws(SSHError) {
                try await authentication.prepare()
            } catch {
                throw wrapped(error)
            }
        }
    }

    /// Goes all the way over one connection; nil when it takes another one.
    private mutating func connectAndLogIn(
        _ authentication: inout DeviceAuthentication, platform: Platform
    ) async throws(MusterError) -> OpenDevice? {
        environment.events(.phase(host: device.name, .resolve))
        if clock.phase != .resolve { clock.enter(.resolve, at: loop.now) }
        let transport = try await connect()
        enter(.handshake)
        let known = environment.knownHosts?.knownTypes(host: device.address, port: device.port) ?? []
        let session = SSHSession(transport: transport, preferences: .standard.preferring(hostKeyTypes: known))
        do {
            let open = try await withTaskCancellationHandler {
                try await logIn(session, platform: platform, authentication: &authentication)
            } onCancel: {
                session.cancel()
            }
            if open == nil { await session.close() }
            return open
        } catch let error as MusterError {
            await session.close()
            throw Task.isCancelled ? failure(.cancelled, "cancelled") : error
        } catch {
            // `logIn` throws nothing else; the standard library's signature has lost that.
            throw failure(.connection, "\(error)")
        }
    }

    private mutating func connect() async throws(MusterError) -> TCPTransport {
        do {
            let addresses = try await TCP.resolve(host: device.address, port: device.port, on: loop, deadline: deadline)
            enter(.connect)
            return try await TCP.connect(to: addresses, on: loop, deadline: deadline)
        } catch {
            throw wrapped(error)
        }
    }

    private mutating func logIn(
        _ session: SSHSession, platform: Platform, authentication: inout DeviceAuthentication
    ) async throws(MusterError) -> OpenDevice? {
        do {
            timer.start { session.assumeIsolated { $0.expire() } }
            defer { timer.stop() }
            let key = try await session.handshake()
            enter(.hostKey)
            try check(key)
            enter(.authenticate)
            guard try await authentication.logIn(on: session) else { return nil }
            enter(.open)
            let terminal = TerminalSize(columns: platform.pty.columns, rows: platform.pty.rows)
            let channel = try await session.openShell(terminal: terminal, type: platform.pty.term)
            enter(.login)
            // The console has the same deadline, and can say what it waited for and what it saw.
            timer.stop()
            let console = Console(transport: channel, platform: platform, secrets: device.secrets.mapValues { $0.reveal() })
            try await console.open(deadline: deadline, sendsAtOnce: sendsAtOnce)
            clock.finish(at: loop.now)
            return OpenDevice(device: device, session: session, console: console, loop: loop)
        } catch let error as SSHError {
            throw wrapped(error)
        } catch let error as ConsoleError {
            throw device.wrapped(error, phase: .login, timeout: environment.connectTimeout)
        } catch let error as MusterError {
            throw error
        } catch {
            throw failure(.connection, "\(error)")
        }
    }

    // MARK: Credentials

    /// What to try for each user, users in the order of their first credential.
    private func credentials() throws(MusterError) -> [(user: String, credentials: [Credential])] {
        var users: [(user: String, credentials: [Credential])] = []
        for credential in device.allCredentials {
            let user = credential.user ?? device.user
            guard let usable = try usable(credential) else { continue }
            let place = users.firstIndex { $0.user == user } ?? users.count
            if place == users.count { users.append((user, [])) }
            users[place].credentials.append(usable)
        }
        return users.isEmpty ? [(device.user, [])] : users
    }

    private func usable(_ credential: LoginCredential) throws(MusterError) -> Credential? {
        switch credential.kind {
        case .password(let password): return .password(password.reveal())
        case .oneTimeCode: return .oneTimeCode
        case .agent: return nil
        case .identity(let path, let passphrase):
            switch environment.keyFiles[path] {
            case .content(let bytes): return .publicKey(name: path, content: bytes, passphrase: passphrase?.reveal())
            case .unreadable(let why):
                throw failure(.credential, phase: .authenticate, "the key file \(path) is of no use: \(why)", hint: "check `identity`")
            case nil: return nil
            }
        }
    }

    // MARK: Host keys

    private func check(_ key: HostKey) throws(MusterError) {
        guard let known = environment.knownHosts else { return }
        let name = KnownHosts.name(host: device.address, port: device.port)
        let pins = environment.hostKeys == .acceptNew
        let verdict =
            pins
            ? known.pinIfUnknown(host: device.address, port: device.port, key: key)
            : known.verdict(host: device.address, port: device.port, key: key)
        switch verdict {
        case .known:
            return
        case .unknown where pins:
            environment.events(.pinned(host: device.name, keyType: key.type, fingerprint: key.fingerprint))
        case .unknown:
            throw failure(
                .hostKey, phase: .hostKey, "the host key of \(name) is not known: \(key.type) \(key.fingerprint)",
                hint: "compare the fingerprint with the device's and add the key to \(known.path), or use --host-keys accept-new once")
        case .changed(let entries):
            let expected = entries.map { "\($0.key.type) \($0.key.fingerprint) (\($0.origin))" }.joined(separator: ", ")
            throw failure(
                .hostKey, phase: .hostKey,
                "the host key of \(name) has changed: expected \(expected), seen \(key.type) \(key.fingerprint)",
                hint: "someone may be in between; if the device was replaced, remove the old key: ssh-keygen -R '\(name)' -f \(known.path)")
        case .revoked(let entry):
            throw failure(
                .hostKey, phase: .hostKey, "the host key of \(name) is revoked: \(key.type) \(key.fingerprint) (\(entry.origin))",
                hint: "the device needs a new host key")
        }
    }

    // MARK: Errors

    private func failure(_ code: MusterError.Code, phase: Phase? = nil, _ message: String, hint: String? = nil) -> MusterError {
        MusterError(code, phase: phase ?? clock.phase, device: device.name, message: message, hint: hint)
    }

    private func wrapped(_ error: TransportError) -> MusterError {
        let limit = environment.connectTimeout.shown
        switch error {
        case .unknownHost(let text):
            return failure(
                .unknownHost, "'\(device.address)' has no address: \(text)", hint: "check the spelling, or set `address` to an IP address")
        case .resolveTimedOut:
            return failure(
                .timeout, "no answer from the resolver for '\(device.address)' within \(limit)",
                hint: "check DNS, or set `address` to an IP address")
        case .connectFailed(let address, let text):
            return failure(
                .connection, "no connection to \(address): \(text.lowercasedFirst)",
                hint: "check the address, the port, and that SSH is enabled")
        case .connectTimedOut(let address):
            return failure(
                .timeout, "no answer from \(address) within \(limit)",
                hint: "the device is down, or a firewall drops the packets; --connect-timeout sets the time")
        case .cancelled:
            return failure(.cancelled, "cancelled")
        }
    }

    private func wrapped(_ error: SSHError) -> MusterError {
        let code: MusterError.Code =
            switch error.kind {
            case .notSSH, .keyExchange: .handshake
            case .noCommonAlgorithm: .noCommonAlgorithm
            case .connectionLost: .connectionLost
            case .hostKey: .hostKey
            case .refused, .expired: .authentication
            case .withheld: .skipped
            case .brokenExchange: .connectionLost
            case .credential: .credential
            case .channel: .channel
            case .timedOut: .timeout
            case .cancelled: .cancelled
            }
        let phase: Phase =
            switch error.stage {
            case .handshake: .handshake
            case .hostKey: .hostKey
            case .authentication: .authenticate
            case .open: .open
            }
        if error.kind == .withheld { return failure(code, phase: phase, error.message, hint: error.hint) }
        let elapsed = error.kind == .timedOut ? " within \(environment.connectTimeout.shown)" : " (after \((loop.now - clock.began).shown))"
        return failure(code, phase: phase, error.message + elapsed, hint: error.hint)
    }
}
