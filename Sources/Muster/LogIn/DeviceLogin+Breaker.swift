import MusterConsole
import MusterSSH
import MusterTransport

/// For transports whose logins are not this library's SSH: a password typed in a terminal, or given by another program.
extension DeviceLogin {
    /// Waits until a password may be offered to this device.
    ///
    /// - Returns: What to settle afterwards; nil where there is no password.
    /// - Throws: `MusterError` with the code `skipped` when it is not to be offered any more.
    func permission(toOffer password: String?, of user: String) async throws(MusterError) -> CredentialIdentity? {
        guard let password else { return nil }
        let identity = CredentialIdentity(user: user, credential: .password(password))
        switch await turn(for: identity) {
        case .granted: return identity
        case .withheld(let why): throw wrapped(LoginPolicy.skipped(why))
        case .cancelled: throw failure(.cancelled, "cancelled")
        }
    }

    private func turn(for identity: CredentialIdentity) async -> LoginPermission {
        if let permission = environment.breaker.permissionNow(toOffer: identity) { return permission }
        timer.pause()
        defer { timer.resume() }
        return await environment.breaker.permission(toOffer: identity)
    }

    /// Opens the console of a device that may ask in the terminal who is there, and counts what comes of the password.
    ///
    /// Where that is not expected, the password needs no permission: the device may never ask, and then nobody would learn that it is right. It is
    /// kept back when others have refused it, and counted when it was refused here.
    ///
    /// - Parameter isExpected: whether the device is to be expected to ask, as over telnet.
    func openCountedConsole(
        over transport: any ByteTransport, platform: Platform, carrier: any ConsoleCarrier, isExpected: Bool
    ) async throws(MusterError) -> OpenDevice {
        guard var credentials = device.terminalLogin(on: platform, isExpected: isExpected), let password = credentials.password else {
            let credentials = device.terminalLogin(on: platform, isExpected: isExpected)
            return try await openConsole(over: transport, platform: platform, carrier: carrier, credentials: credentials)
        }
        let identity = CredentialIdentity(user: credentials.user, credential: .password(password))
        let offer = credentials.isExpected ? try await permission(toOffer: password, of: credentials.user) : nil
        let why = offer == nil ? environment.breaker.reasonToWithhold(identity) : nil
        if why != nil { credentials.password = nil }
        do throws(MusterError) {
            let open = try await openConsole(over: transport, platform: platform, carrier: carrier, credentials: credentials)
            settle(offer, nil)
            return open
        } catch {
            if let why, error.code == .credential { throw wrapped(LoginPolicy.skipped(why)) }
            settle(offer, error)
            if offer == nil, isRefusal(error), hasTypedPassword {
                environment.breaker.concluded(refusedKeys: [identity], loggedIn: false)
            }
            throw error
        }
    }

    /// Whether a device that was given the password said no; one that hangs up instead has, too.
    private func isRefusal(_ error: MusterError) -> Bool {
        error.code == .authentication || error.code == .connectionLost && hasTypedPassword
    }

    /// Tells what came of a password that was permitted; `error` is nil when the device let the user in.
    func settle(_ identity: CredentialIdentity?, _ error: MusterError?) {
        guard let identity else { return }
        guard let error else { return environment.breaker.settle(identity, .accepted) }
        environment.breaker.settle(identity, isRefusal(error) ? .refused : .undecided)
    }
}

extension Device {
    /// The user and the password to give where only one pair can be given: those of the first password that there is.
    var firstPassword: (user: String, password: String?) {
        for credential in allCredentials {
            if case .password(let password) = credential.kind { return (credential.user ?? user, password.reveal()) }
        }
        return (user, nil)
    }
}
