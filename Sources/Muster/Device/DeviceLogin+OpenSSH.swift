import MusterConsole
import MusterInventory
import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Logs in by the system's `ssh`, as far as the first prompt, or as far as commands can be run; ssh is gone when that fails.
    func runOpenSSH(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        if usesExec(platform) { return try await runOpenSSHExec(platform) }
        return try await overOpenSSH { login, openSSH, command throws(MusterError) in
            var child = ChildCommand(
                program: command.program, arguments: command.arguments,
                environment: OpenSSHCommand.environment(inherited: openSSH.variables, term: platform.pty.term),
                terminal: .init(columns: platform.pty.columns, rows: platform.pty.rows))
            child.endsWithThisProcess = true
            let session = login.openSSHSession()
            return try await login.reaching(session, child, openSSH.desk) { login, shell throws(MusterError) in
                do throws(MusterError) {
                    return try await login.openCountedConsole(over: shell, platform: platform, carrier: session, isExpected: false)
                } catch {
                    // Where ssh ended in mid-login, it knows why; where the shell did, its last words do.
                    guard error.code == .connectionLost, !login.hasTypedPassword, await !session.hasLeftByItself,
                        let reason = await session.failure
                    else { throw error }
                    throw login.wrapped(reason, shown: nil)
                }
            }
        }
    }

    /// What is prepared for `ssh`, if that can do for the device.
    private func preparedOpenSSH() throws(MusterError) -> OpenSSHEnvironment {
        guard let openSSH = environment.openSSH else { throw failure(.usage, "no ssh is prepared") }
        if openSSH.desk == nil, device.hasPassword, device.allCredentials.allSatisfy(\.isPassword) {
            throw failure(
                .credential, phase: .authenticate, "ssh takes a password only from a helper, and none is set",
                hint: "name an installed muster in `RunOptions.openSSH.askpassHelper`")
        }
        return openSSH
    }

    /// Goes on with `body` for what the device is logged in to with, until that works.
    ///
    /// One ssh has one user: where the device refuses all that one has to offer, another ssh goes on with the next.
    ///
    /// - Parameter body: Gets what ssh is told, and ends the ssh that it starts when it fails.
    func overOpenSSH<R: Sendable>(
        _ body: (DeviceLogin, OpenSSHEnvironment, OpenSSHCommand) async throws(MusterError) -> R
    ) async throws(MusterError) -> R {
        let openSSH = try preparedOpenSSH()
        let logins = device.openSSHLogins(hasAgent: openSSH.hasAgent)
        if let why = reasonToSkip(logins) { throw wrapped(LoginPolicy.skipped(why)) }
        environment.events(.phase(host: device.name, .resolve))
        let pins = try await pinnedLines()
        var failures: [MusterError] = []
        for login in logins {
            if let why = reasonToSkip([login]) {
                failures.append(wrapped(LoginPolicy.skipped(why)))
                continue
            }
            if !failures.isEmpty { clock.enter(.resolve, at: loop.now) }
            if let useless = keyOfNoUse(login) {
                failures.append(useless)
                continue
            }
            openSSHLogins = device.jump.map { $0.openSSHLogins(hasAgent: openSSH.hasAgent)[0] } + [login]
            hasBeenAnswered = false
            do throws(MusterError) {
                return try await body(self, openSSH, try await command(openSSH, pins: pins))
            } catch {
                failures.append(error)
                guard hasBeenAnswered else { throw error }
            }
        }
        throw joined(failures)
    }

    /// Why a user has nothing to log in with: no password, no agent, and no named key file that is of any use to ssh either.
    private func keyOfNoUse(_ login: OpenSSHLogin) -> MusterError? {
        guard login.hasNothingButFiles else { return nil }
        var reasons: [(String, String?)] = []
        for path in login.identities {
            guard let file = environment.keys.file(path), let problem = file.problem, problem.countsForAll,
                problem != .missing || file.publicKey == nil
            else { return nil }
            reasons.append(("the key file \(path) is of no use: \(problem.message)", problem.hint(path: path)))
        }
        guard let first = reasons.first else { return nil }
        return failure(
            .credential, phase: .authenticate, reasons.map(\.0).joined(separator: "; "), hint: first.1)
    }

    /// Why there is no need to connect: other devices have refused every password, and there is nothing else.
    private func reasonToSkip(_ logins: [OpenSSHLogin]) -> String? {
        var reasons: [String] = []
        for login in logins {
            guard !login.offersKeys, !login.passwords.isEmpty else { return nil }
            for password in login.passwords {
                let identity = CredentialIdentity(user: login.user, credential: .password(password.reveal()))
                guard let reason = environment.breaker.reasonToWithhold(identity) else { return nil }
                reasons.append(reason)
            }
        }
        return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }

    /// The failures of all users in one.
    private func joined(_ failures: [MusterError]) -> MusterError {
        // What a device said counts for more than what it was not asked.
        var error =
            failures.first { $0.code == .authentication } ?? failures.first { $0.code == .credential } ?? failures[failures.count - 1]
        error.message = failures.map(\.message).joined(separator: "; ")
        return error
    }

    /// An `ssh` that is to be started.
    ///
    /// - Parameter heard: Gets, on the loop, the lines that it writes once it has logged in.
    func openSSHSession(heard: @escaping @Sendable (String) -> Void = { _ in }) -> OpenSSHSession {
        let services = RunAskpassServices(device: device, environment: environment, timer: timer)
        return OpenSSHSession(loop: loop, answers: answers, services: services, clock: clock) { [device, environment] event in
            switch event {
            case .phase(let phase): environment.events(.phase(host: device.name, phase))
            case .pinned, .notPinned:
                if let event = event.ofRun(device, environment) { environment.events(event) }
            case .notice(let text): environment.events(.warning(host: device.name, text.escapedForMessage(limit: 300)))
            case .said(let line): heard(line)
            case .interactive: break
            }
        }
    }

    /// Starts an `ssh`, and goes on with `body` when it has logged in; it is gone when any of that fails.
    func reaching<R: Sendable>(
        _ session: OpenSSHSession, _ child: ChildCommand, _ desk: AskpassDesk?,
        _ body: (DeviceLogin, ChildTransport) async throws(MusterError) -> R
    ) async throws(MusterError) -> R {
        let result: Result<R, MusterError> = await withTaskCancellationHandler {
            do throws(MusterError) {
                return .success(try await body(self, try await reach(session, child, desk)))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            session.cancel()
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            // A bastion's refusal is no answer of the device's, nor is what it says in the terminal.
            hasBeenAnswered = await session.phase == .authenticate && [.authentication, .credential, .skipped].contains(error.code)
            await session.close()
            guard !Task.isCancelled else {
                hasBeenAnswered = false
                throw failure(.cancelled, "cancelled")
            }
            throw error
        }
    }

    private func reach(_ session: OpenSSHSession, _ child: ChildCommand, _ desk: AskpassDesk?) async throws(MusterError) -> ChildTransport {
        timer.start { session.assumeIsolated { $0.expire() } }
        // What comes then has the same deadline, and can say what it waited for and what it saw.
        defer { timer.stop() }
        let shell: Result<ChildTransport, OpenSSHFailure>
        do throws(OpenSSHFailure) {
            shell = .success(try await session.reachShell(child, desk: desk))
        } catch {
            shell = .failure(error)
        }
        // ssh went from phase to phase meanwhile, and the session kept the times.
        clock = await session.clock
        legacyAlgorithms = await session.legacyAlgorithms
        switch shell {
        case .failure(let reason): throw wrapped(reason, shown: await session.shownHostKey)
        case .success(let shell): return shell
        }
    }

    // MARK: What ssh is told

    private var answers: AskpassAnswers {
        let hops = device.jump + [device]
        var passphrases: [String: Secret] = [:]
        for credential in hops.flatMap(\.allCredentials) {
            guard case .identity(let path, let passphrase?) = credential.kind, passphrases[path] == nil else { continue }
            passphrases[path] = passphrase
        }
        return AskpassAnswers(
            logins: zip(hops, openSSHLogins).map { hop, login in
                // ssh asks in the name by which it looks up the host key.
                AskpassAnswers.Login(
                    user: login.user, host: hop.hostKeyAlias ?? hop.address, password: login.passwords.first,
                    further: Array(login.passwords.dropFirst()))
            }, passphrases: passphrases)
    }

    /// What `ssh` is told to reach the device.
    private func command(_ openSSH: OpenSSHEnvironment, pins: [String?]) async throws(MusterError) -> OpenSSHCommand {
        var hops: [OpenSSHCommand.Hop] = []
        do {
            for (place, hop) in (device.jump + [device]).enumerated() {
                hops.append(try await openSSH.hop(to: hop, as: openSSHLogins[place], pins: pins[place]))
            }
        } catch is CancellationError {
            throw failure(.cancelled, "cancelled")
        } catch {
            throw failure(.usage, "no file for ssh can be written: \(systemWords(error))", hint: "is the temporary folder writable?")
        }
        let target = hops.removeLast()
        var command = openSSH.command(to: target, through: hops, hostKeys: environment.hostKeys, connectTimeout: connectTimeout)
        command.keepAlive = keepAlive.interval > .zero ? keepAlive : nil
        return command
    }

    // MARK: Errors

    /// - Parameter shown: the host key that the device showed, as type and fingerprint.
    func wrapped(_ reason: OpenSSHFailure, shown: String?) -> MusterError {
        if reason.isBastions, let bastion = device.jump.first(where: { reason.message.contains($0.address) }) ?? device.jump.last {
            return wrapped(
                .unavailable(
                    bastion: bastion.name,
                    MusterError(reason.code, phase: reason.phase, device: bastion.name, message: reason.message, hint: reason.hint)),
                limit: connectTimeout)
        }
        if reason.code == .hostKey, !device.hostKeys.isEmpty, let shown { return hostKeyCheck.notPinned(shown) }
        let elapsed =
            switch reason.code {
            case .timeout: " within \(connectTimeout.shown)"
            case .usage, .cancelled, .skipped: ""
            default: " (after \((loop.now - clock.began).shown))"
            }
        return failure(reason.code, phase: reason.phase, reason.message + elapsed, hint: reason.hint)
    }
}

extension OpenSSHSession: ConsoleCarrier {}

extension OpenSSHLog.Event {
    /// What a run tells of a new host key; nil where keys are not checked, and so none is kept.
    fileprivate func ofRun(_ device: Device, _ environment: DeviceEnvironment) -> RunEvent? {
        guard device.hostKeyPolicy ?? environment.hostKeys != .off else { return nil }
        switch self {
        case .pinned(let type, let fingerprint):
            let file = environment.openSSH?.fileForPins(of: device)
            if file == "/dev/null" || file == "none" {
                return .notPinned(host: device.name, keyType: type, fingerprint: fingerprint, reason: "/dev/null keeps nothing")
            }
            return .pinned(host: device.name, keyType: type, fingerprint: fingerprint, file: file)
        case .notPinned(let type, let fingerprint, let reason):
            return .notPinned(host: device.name, keyType: type, fingerprint: fingerprint, reason: reason.escapedForMessage(limit: 300))
        default: return nil
        }
    }
}
