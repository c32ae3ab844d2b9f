import MusterConsole
import MusterInventory
import MusterSSH
import MusterTransport

extension DeviceLogin {
    /// Logs in by the system's `ssh`, as far as the first prompt; ssh is gone when that fails.
    ///
    /// One ssh has one user: where the device refuses all that one has to offer, another ssh goes on with the next.
    func runOpenSSH(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        guard let openSSH = environment.openSSH else { throw failure(.usage, "no ssh is prepared") }
        if openSSH.desk == nil, device.hasPassword, device.allCredentials.allSatisfy(\.isPassword) {
            throw failure(
                .credential, phase: .authenticate, "ssh takes a password only from a helper, and none is set",
                hint: "name an installed muster in `RunOptions.openSSH.askpassHelper`")
        }
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
            do throws(OpenSSHRefusal) {
                return try await run(as: login, platform, openSSH, pins)
            } catch {
                failures.append(error.error)
                guard error.isAnswer else { throw error.error }
            }
        }
        throw joined(failures)
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
        var error = failures.first { $0.code == .authentication } ?? failures.first { $0.code == .credential } ?? failures[failures.count - 1]
        error.message = failures.map(\.message).joined(separator: "; ")
        return error
    }

    private func run(
        as login: OpenSSHLogin, _ platform: Platform, _ openSSH: OpenSSHEnvironment, _ pins: [String?]
    ) async throws(OpenSSHRefusal) -> OpenDevice {
        let logins = device.jump.map { $0.openSSHLogins(hasAgent: openSSH.hasAgent)[0] } + [login]
        let command: ChildCommand
        do throws(MusterError) {
            command = try await child(platform, openSSH, logins: logins, pins: pins)
        } catch {
            throw OpenSSHRefusal(error: error, isAnswer: false)
        }
        let services = RunAskpassServices(device: device, environment: environment, timer: timer)
        let session = OpenSSHSession(loop: loop, answers: answers(logins), services: services, clock: clock) {
            [device, environment] event in
            switch event {
            case .phase(let phase): environment.events(.phase(host: device.name, phase))
            case .pinned(let keyType, let fingerprint):
                environment.events(.pinned(host: device.name, keyType: keyType, fingerprint: fingerprint))
            case .notice(let text): environment.events(.warning(host: device.name, text.escapedForMessage(limit: 300)))
            case .interactive: break
            }
        }
        let result: Result<OpenDevice, MusterError> = await withTaskCancellationHandler {
            do throws(MusterError) {
                return .success(try await reachPrompt(session, platform, command, openSSH.desk))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            session.cancel()
        }
        switch result {
        case .success(let open): return open
        case .failure(let error):
            // A bastion's refusal is no answer of the device's, nor is what it says in the terminal.
            let isAnswer = await session.phase == .authenticate && [.authentication, .credential, .skipped].contains(error.code)
            await session.close()
            guard !Task.isCancelled else { throw OpenSSHRefusal(error: failure(.cancelled, "cancelled"), isAnswer: false) }
            throw OpenSSHRefusal(error: error, isAnswer: isAnswer)
        }
    }

    private func reachPrompt(
        _ session: OpenSSHSession, _ platform: Platform, _ child: ChildCommand, _ desk: AskpassDesk?
    ) async throws(MusterError) -> OpenDevice {
        timer.start { session.assumeIsolated { $0.expire() } }
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
        case .success(let shell):
            // The console has the same deadline, and can say what it waited for and what it saw.
            timer.stop()
            do throws(MusterError) {
                return try await openCountedConsole(over: shell, platform: platform, carrier: session, isExpected: false)
            } catch {
                // Where ssh ended in mid-login, it knows why.
                guard error.code == .connectionLost, !hasTypedPassword, let reason = await session.failure else { throw error }
                throw wrapped(reason, shown: nil)
            }
        }
    }

    // MARK: What ssh is told

    private func answers(_ logins: [OpenSSHLogin]) -> AskpassAnswers {
        let hops = device.jump + [device]
        var passphrases: [String: Secret] = [:]
        for credential in hops.flatMap(\.allCredentials) {
            guard case .identity(let path, let passphrase?) = credential.kind, passphrases[path] == nil else { continue }
            passphrases[path] = passphrase
        }
        return AskpassAnswers(
            logins: zip(hops, logins).map { hop, login in
                // ssh asks in the name by which it looks up the host key.
                AskpassAnswers.Login(
                    user: login.user, host: hop.hostKeyAlias ?? hop.address, password: login.passwords.first,
                    further: Array(login.passwords.dropFirst()))
            }, passphrases: passphrases)
    }

    private func child(
        _ platform: Platform, _ openSSH: OpenSSHEnvironment, logins: [OpenSSHLogin], pins: [String?]
    ) async throws(MusterError) -> ChildCommand {
        var hops: [OpenSSHCommand.Hop] = []
        do {
            for (place, hop) in (device.jump + [device]).enumerated() {
                hops.append(try await openSSH.hop(to: hop, as: logins[place], pins: pins[place]))
            }
        } catch is CancellationError {
            throw failure(.cancelled, "cancelled")
        } catch {
            throw failure(.usage, "no file for ssh can be written: \(error)", hint: "is the temporary folder writable?")
        }
        let target = hops.removeLast()
        var command = openSSH.command(to: target, through: hops, hostKeys: environment.hostKeys, connectTimeout: connectTimeout)
        command.keepAlive = keepAlive.interval > .zero ? keepAlive : nil
        return ChildCommand(
            program: command.program, arguments: command.arguments,
            environment: OpenSSHCommand.environment(inherited: openSSH.variables, term: platform.pty.term),
            terminal: .init(columns: platform.pty.columns, rows: platform.pty.rows))
    }

    // MARK: Errors

    /// - Parameter shown: the host key that the device showed, as type and fingerprint.
    private func wrapped(_ reason: OpenSSHFailure, shown: String?) -> MusterError {
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

/// Why an ssh did not get in, and whether the device itself said so, so that another user may have better luck.
private struct OpenSSHRefusal: Error {
    var error: MusterError
    var isAnswer: Bool
}

extension OpenSSHSession: ConsoleCarrier {}
