import MusterConsole
import MusterInventory
import MusterSSH
import MusterTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension DeviceLogin {
    /// Logs in by libssh2, and by the system's `ssh` where that has what alone was lacking.
    func runAuto(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        do {
            return try await runSSH(platform)
        } catch {
            guard await goesOnWithOpenSSH(after: error) else { throw error }
            return try await runOpenSSH(platform)
        }
    }

    /// Whether the system's `ssh` has what libssh2 lacked, where that alone was the reason for a failure; a warning says so.
    func goesOnWithOpenSSH(after error: MusterError) async -> Bool {
        guard let gap = await lack(after: error), let openSSH = environment.openSSH, openSSH.fills(gap) else { return false }
        environment.events(.warning(host: device.name, "goes on with the system's ssh: \(error.message)"))
        // A key that was pinned on the first way must be known on the second.
        _ = await environment.knownHosts.flush()
        return true
    }

    /// What libssh2 lacked, where that alone was the reason for a failure.
    func lack(after error: MusterError) async -> SSHError.Gap? {
        if gap == nil { gap = await lackingKeyType(after: error) }
        return gap
    }

    /// The kind of key that libssh2 cannot use, when a login failed and the device has nothing but keys to log in with.
    ///
    /// Where there is a password too, it may have been refused, and another client would only try it again.
    private func lackingKeyType(after error: MusterError) async -> SSHError.Gap? {
        guard error.code == .credential || error.code == .authentication, device.passwordForSSH == nil else { return nil }
        for path in device.keyPaths {
            guard let file = environment.keys.file(path) else { continue }
            if case .unknownType(let type)? = file.problem, type.hasPrefix("sk-") { return .keyType("security key") }
            let known = environment.keys.certificates(for: file, named: device.ssh.certificateFiles)
            if !known.isEmpty {
                if known.contains(where: { !LibSSH2.canUse(certificate: $0.type) }) { return .keyType("certificate") }
                continue
            }
            let certificate = path + "-cert.pub"
            // Whether it may be used at all is for ssh to say.
            if (try? await Blocking.run { access(certificate, R_OK) == 0 }) == true { return .keyType("certificate") }
        }
        return nil
    }

    /// Logs in by the system's `ssh`, as far as the first prompt; ssh is gone when that fails.
    func runOpenSSH(_ platform: Platform) async throws(MusterError) -> OpenDevice {
        let openSSH = try preparedOpenSSH()
        environment.events(.phase(host: device.name, .resolve))
        let pinFiles = try await pinFiles(openSSH)
        let session = openSSHSession()
        let result: Result<OpenDevice, MusterError> = await withTaskCancellationHandler {
            do throws(MusterError) {
                return .success(try await reachPrompt(session, platform, child(platform, openSSH, pinFiles), openSSH.desk))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            session.cancel()
        }
        if case .failure(let error) = result {
            await session.close()
            throw Task.isCancelled ? failure(.cancelled, "cancelled") : error
        }
        return try result.get()
    }

    /// What is prepared for `ssh`, if that can do for the device.
    func preparedOpenSSH() throws(MusterError) -> OpenSSHEnvironment {
        guard let openSSH = environment.openSSH else { throw failure(.usage, "no ssh is prepared") }
        if device.passwordForSSH != nil, device.keyPaths.isEmpty, openSSH.desk == nil {
            throw failure(
                .credential, phase: .authenticate, "ssh takes a password only from a helper, and none is set",
                hint: "name an installed muster in `RunOptions.openSSH.askpassHelper`")
        }
        return openSSH
    }

    /// An `ssh` that is to be started.
    ///
    /// - Parameter heard: Gets, on the loop, the lines that it writes once it has logged in.
    func openSSHSession(heard: @escaping @Sendable (String) -> Void = { _ in }) -> OpenSSHSession {
        let services = RunAskpassServices(device: device, environment: environment, timer: timer)
        return OpenSSHSession(loop: loop, answers: answers, services: services, clock: clock) { [device, environment] event in
            switch event {
            case .phase(let phase): environment.events(.phase(host: device.name, phase))
            case .pinned(let keyType, let fingerprint):
                environment.events(.pinned(host: device.name, keyType: keyType, fingerprint: fingerprint))
            case .notice(let text): environment.events(.warning(host: device.name, text.escapedForMessage(limit: 300)))
            case .said(let line): heard(line)
            case .interactive: break
            }
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
                return try await openConsole(over: shell, platform: platform, carrier: session, credentials: nil)
            } catch {
                // Where ssh ended in mid-login, it knows why.
                guard error.code == .connectionLost, let reason = await session.failure else { throw error }
                throw wrapped(reason, shown: nil)
            }
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
            logins: hops.map { AskpassAnswers.Login(user: $0.user, host: $0.address, password: $0.passwordForSSH) },
            passphrases: passphrases)
    }

    private func child(_ platform: Platform, _ openSSH: OpenSSHEnvironment, _ pinFiles: [String?]) -> ChildCommand {
        let command = command(openSSH, pinFiles)
        return ChildCommand(
            program: command.program, arguments: command.arguments,
            environment: OpenSSHCommand.environment(inherited: openSSH.variables, term: platform.pty.term),
            terminal: .init(columns: platform.pty.columns, rows: platform.pty.rows))
    }

    /// What `ssh` is told to reach the device.
    func command(_ openSSH: OpenSSHEnvironment, _ pinFiles: [String?]) -> OpenSSHCommand {
        func hop(_ device: Device, _ pinFile: String?) -> OpenSSHCommand.Hop {
            OpenSSHCommand.Hop(
                host: device.address, port: device.port, user: device.user, identities: device.keyPaths,
                legacy: device.legacy ? .old.known(to: openSSH.algorithms) : nil, hostKeys: device.hostKeyPolicy,
                knownHostsFiles: device.knownHostsFiles, hostKeyAlias: device.hostKeyAlias, pinFile: pinFile,
                settings: device.ssh.forOpenSSH, proxyCommand: device.ssh.proxyCommand)
        }
        var command = OpenSSHCommand(
            target: hop(device, pinFiles.last ?? nil), bastions: zip(device.jump, pinFiles).map(hop), hostKeys: environment.hostKeys,
            knownHostsFiles: openSSH.knownHostsFiles, connectTimeout: connectTimeout)
        command.keepAlive = keepAlive.interval > .zero ? keepAlive : nil
        command.program = openSSH.options.program
        command.asksNothing = openSSH.desk == nil
        switch openSSH.options.configurationFile {
        case nil: command.configuration = .standard
        case "none": command.configuration = .none
        case let path?: command.configuration = .file(path)
        }
        return command
    }

    // MARK: Errors

    /// - Parameter shown: the host key that the device showed, as type and fingerprint.
    func wrapped(_ reason: OpenSSHFailure, shown: String?) -> MusterError {
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

extension Device {
    /// The password that ssh is told for the device's own user; it takes one, and asks no second time.
    fileprivate var passwordForSSH: Secret? {
        for credential in allCredentials where credential.user == nil || credential.user == user {
            if case .password(let password) = credential.kind { return password }
        }
        return nil
    }
}
