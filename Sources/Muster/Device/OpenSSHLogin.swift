import MusterConsole
import MusterInventory
import MusterTransport

/// The way to a device's first prompt by the system's `ssh`, within one time limit.
struct OpenSSHLogin {
    let device: Device
    let environment: DeviceEnvironment
    let loop: Loop
    /// The caller sends a command right after the login.
    let sendsAtOnce: Bool
    private(set) var clock: PhaseClock

    init(device: Device, environment: DeviceEnvironment, loop: Loop, sendsAtOnce: Bool, clock: PhaseClock) {
        self.device = device
        self.environment = environment
        self.loop = loop
        self.sendsAtOnce = sendsAtOnce
        self.clock = clock
    }

    private var deadline: Instant { clock.began + environment.connectTimeout }

    /// Logs in; ssh is gone when that fails.
    ///
    /// - Throws: `MusterError`; its code is `cancelled` when the task was cancelled.
    mutating func run() async throws(MusterError) -> OpenDevice {
        guard let platform = Platform.builtIn(named: device.platform) else {
            throw failure(
                OpenSSHFailure(
                    .usage, .resolve, "unknown platform '\(device.platform)'",
                    hint: "the built-in platforms are \(Platform.builtInNames.joined(separator: ", "))"))
        }
        guard let openSSH = environment.openSSH else { throw failure(OpenSSHFailure(.usage, .resolve, "no ssh is prepared")) }
        if device.password != nil, device.identities.isEmpty, openSSH.desk == nil {
            throw failure(
                OpenSSHFailure(
                    .credential, .authenticate, "ssh takes a password only from a helper, and none is set",
                    hint: "name an installed muster in `RunOptions.openSSH.askpassHelper`"))
        }
        environment.events(.phase(host: device.name, .resolve))
        let session = OpenSSHSession(loop: loop, answers: answers, services: PlainAskpassServices(), clock: clock) {
            [device, environment] event in
            switch event {
            case .phase(let phase): environment.events(.phase(host: device.name, phase))
            case .pinned(let keyType, let fingerprint):
                environment.events(.pinned(host: device.name, keyType: keyType, fingerprint: fingerprint))
            case .notice(let text): environment.events(.warning(host: device.name, text.escapedForMessage(limit: 300)))
            case .interactive: break
            }
        }
        let result: Result<OpenDevice, MusterError>
        do throws(MusterError) {
            result = .success(try await logIn(session, platform: platform, openSSH: openSSH))
        } catch {
            await session.close()
            result = .failure(error)
        }
        clock = await session.clock
        clock.finish(at: loop.now)
        return try result.get()
    }

    private func logIn(_ session: OpenSSHSession, platform: Platform, openSSH: OpenSSHEnvironment) async throws(MusterError) -> OpenDevice {
        let result: Result<OpenDevice, MusterError> = await withTaskCancellationHandler {
            do throws(MusterError) {
                return .success(try await open(session, platform: platform, openSSH: openSSH))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            session.cancel()
        }
        if case .failure(let error) = result, Task.isCancelled, error.code != .cancelled { throw failure(.cancelled) }
        return try result.get()
    }

    private func open(_ session: OpenSSHSession, platform: Platform, openSSH: OpenSSHEnvironment) async throws(MusterError) -> OpenDevice {
        let timer = loop.schedule(at: deadline) { session.assumeIsolated { $0.expire() } }
        defer { timer.cancel() }
        let shell: ChildTransport
        do {
            shell = try await session.reachShell(child(platform: platform, openSSH: openSSH), desk: openSSH.desk)
        } catch {
            throw failure(error)
        }
        // The console has the same deadline, and can say what it waited for and what it saw.
        timer.cancel()
        let console = Console(transport: shell, platform: platform, secrets: device.secrets.mapValues { $0.reveal() })
        do {
            try await console.open(deadline: deadline, sendsAtOnce: sendsAtOnce)
        } catch {
            // Where ssh ended in mid-login, it knows why.
            if case .ended = error.kind, let reason = await session.failure { throw failure(reason) }
            throw device.wrapped(error, phase: .login, timeout: environment.connectTimeout)
        }
        return OpenDevice(device: device, session: session, console: console, loop: loop)
    }

    // MARK: What ssh is told

    private var answers: AskpassAnswers {
        let logins = (device.jump + [device]).map { AskpassAnswers.Login(user: $0.user, host: $0.address, password: $0.password) }
        return AskpassAnswers(logins: logins, passphrases: passphrases)
    }

    /// What decrypts each key file.
    private var passphrases: [String: Secret] {
        var passphrases: [String: Secret] = [:]
        for device in [device] + device.jump {
            guard let passphrase = device.passphrase else { continue }
            for path in device.identities where passphrases[path] == nil { passphrases[path] = passphrase }
        }
        return passphrases
    }

    private func hop(_ device: Device, _ openSSH: OpenSSHEnvironment) -> OpenSSHCommand.Hop {
        OpenSSHCommand.Hop(
            host: device.address, port: device.port, user: device.user, identities: device.identities,
            legacy: device.legacy ? .old.known(to: openSSH.algorithms) : nil)
    }

    private func child(platform: Platform, openSSH: OpenSSHEnvironment) -> ChildCommand {
        var command = OpenSSHCommand(
            target: hop(device, openSSH), bastions: device.jump.map { hop($0, openSSH) }, hostKeys: environment.hostKeys,
            knownHostsFile: openSSH.knownHostsFile, connectTimeout: environment.connectTimeout)
        command.program = openSSH.options.program
        command.asksNothing = openSSH.desk == nil
        switch openSSH.options.configurationFile {
        case nil: command.configuration = .standard
        case "none": command.configuration = .none
        case let path?: command.configuration = .file(path)
        }
        return ChildCommand(
            program: command.program, arguments: command.arguments,
            environment: OpenSSHCommand.environment(inherited: openSSH.variables, term: platform.pty.term, askpass: [:]),
            terminal: .init(columns: platform.pty.columns, rows: platform.pty.rows))
    }

    // MARK: Errors

    private func failure(_ failure: OpenSSHFailure) -> MusterError {
        let elapsed =
            switch failure.code {
            case .timeout: " within \(environment.connectTimeout.shown)"
            case .usage, .cancelled: ""
            default: " (after \((loop.now - clock.began).shown))"
            }
        return MusterError(
            failure.code, phase: failure.phase, device: device.name, message: failure.message + elapsed, hint: failure.hint)
    }
}
