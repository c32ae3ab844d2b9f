import MusterSSH

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

    /// Tells what came of a password that was permitted; `error` is nil when the device let the user in.
    func settle(_ identity: CredentialIdentity?, _ error: MusterError?) {
        guard let identity else { return }
        switch error?.code {
        case nil: environment.breaker.settle(identity, .accepted)
        case .authentication: environment.breaker.settle(identity, .refused)
        default: environment.breaker.settle(identity, .undecided)
        }
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
