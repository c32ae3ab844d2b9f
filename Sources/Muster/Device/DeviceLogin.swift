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
    private(set) var clock: PhaseClock
    /// The types of the host keys that the device has shown so far.
    private var shownKeyTypes: [String] = []

    init(device: Device, environment: DeviceEnvironment, loop: Loop, sendsAtOnce: Bool = false) {
        self.device = device
        self.environment = environment
        self.loop = loop
        self.sendsAtOnce = sendsAtOnce
        clock = PhaseClock(at: loop.now)
    }

    private var deadline: Instant { clock.began + environment.connectTimeout }

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
        let credentials = try credentials()
        while true {
            do throws(MusterError) {
                return try await attempt(platform: platform, credentials: credentials)
            } catch {
                // The key that the inventory pins may be another one of the device's.
                guard error.code == .hostKey, hostKeyCheck.wantsAnother(than: shownKeyTypes) else { throw error }
            }
        }
    }

    private var hostKeyCheck: HostKeyCheck { HostKeyCheck(device: device, environment: environment) }

    private mutating func attempt(platform: Platform, credentials: [Credential]) async throws(MusterError) -> OpenDevice {
        environment.events(.phase(host: device.name, .resolve))
        let transport = try await connect()
        enter(.handshake)
        let preferences = AlgorithmPreferences.standard.preferring(hostKeyTypes: hostKeyCheck.knownTypes)
        let session = SSHSession(transport: transport, preferences: preferences.avoiding(hostKeyTypes: shownKeyTypes))
        do {
            return try await withTaskCancellationHandler {
                try await logIn(session, platform: platform, credentials: credentials)
            } onCancel: {
                session.cancel()
            }
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
        _ session: SSHSession, platform: Platform, credentials: [Credential]
    ) async throws(MusterError) -> OpenDevice {
        do {
            let timer = loop.schedule(at: deadline) { session.assumeIsolated { $0.expire() } }
            defer { timer.cancel() }
            let key = try await session.handshake()
            enter(.hostKey)
            shownKeyTypes.append(key.type)
            try hostKeyCheck.check(key)
            enter(.authenticate)
            try await session.logIn(user: device.user, credentials: credentials)
            enter(.open)
            let terminal = TerminalSize(columns: platform.pty.columns, rows: platform.pty.rows)
            let channel = try await session.openShell(terminal: terminal, type: platform.pty.term)
            enter(.login)
            // The console has the same deadline, and can say what it waited for and what it saw.
            timer.cancel()
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

    private func credentials() throws(MusterError) -> [Credential] {
        var credentials: [Credential] = []
        for path in device.identities {
            switch environment.keyFiles[path] {
            case .content(let bytes):
                credentials.append(.publicKey(name: path, content: bytes, passphrase: device.passphrase?.reveal()))
            case .unreadable(let why):
                throw failure(.credential, phase: .authenticate, "the key file \(path) is of no use: \(why)", hint: "check `identity`")
            case nil: break
            }
        }
        if let password = device.password { credentials.append(.password(password.reveal())) }
        return credentials
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
            case .refused: .authentication
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
        let elapsed = error.kind == .timedOut ? " within \(environment.connectTimeout.shown)" : " (after \((loop.now - clock.began).shown))"
        return failure(code, phase: phase, error.message + elapsed, hint: error.hint)
    }
}
