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
        switch await environment.breaker.permission(toOffer: identity, timer: timer) {
        case .granted: return identity
        case .withheld(let why): throw wrapped(LoginPolicy.skipped(why))
        case .cancelled: throw failure(.cancelled, "cancelled")
        }
    }

    /// Opens the console of a device that may ask in the terminal who is there, and counts what comes of the password.
    ///
    /// - Parameter isExpected: whether the device is to be expected to ask, as over telnet; the password needs permission then before it is
    ///   connected to the console, and else when it is asked for.
    func openCountedConsole(
        over transport: any ByteTransport, platform: Platform, carrier: any ConsoleCarrier, isExpected: Bool
    ) async throws(MusterError) -> OpenDevice {
        let credentials = device.terminalLogin(on: platform, isExpected: isExpected)
        var offer: CredentialIdentity?
        if let credentials, let password = credentials.password {
            if credentials.isExpected {
                offer = try await permission(toOffer: password, of: credentials.user)
            } else {
                terminalPassword = TerminalPassword(password, of: credentials.user, breaker: environment.breaker)
            }
        }
        do throws(MusterError) {
            let open = try await openConsole(over: transport, platform: platform, carrier: carrier, credentials: credentials)
            settle(offer, nil)
            terminalPassword?.settle(.accepted)
            return open
        } catch {
            settle(offer, error)
            terminalPassword?.settle(isRefusal(error) ? .refused : .undecided)
            if let why = terminalPassword?.reason, error.code == .credential { throw wrapped(LoginPolicy.skipped(why)) }
            throw error
        }
    }

    /// Whether a device that was given the password said no; one that hangs up instead has, too.
    private func isRefusal(_ error: MusterError) -> Bool {
        if passwordHasExpired { return false }
        return error.code == .authentication || error.code == .connectionLost && hasTypedPassword
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
