import MusterConsole
import MusterSSH
import Synchronization

/// The password that a device asks for in the terminal although the session was let in: it is given when the run permits that.
///
/// Permission is asked for when the device has asked, and not before: most never do, and then nobody would learn whether it is right.
final class TerminalPassword: Sendable {
    private let identity: CredentialIdentity
    private let breaker: LoginBreaker
    private let permission = Mutex<LoginPermission?>(nil)

    init(_ password: String, of user: String, breaker: LoginBreaker) {
        identity = CredentialIdentity(user: user, credential: .password(password))
        self.breaker = breaker
    }

    /// Why it was not given.
    var reason: String? {
        if case .withheld(let why) = permission.withLock({ $0 }) { why } else { nil }
    }

    /// Opens a console, and gives the password when it is asked for and permitted; that takes none of the login's time.
    ///
    /// Whoever calls this settles it afterwards.
    func open(
        _ console: Console, timer: LoginTimer, credentials: LoginCredentials, sendsAtOnce: Bool = false
    ) async throws(ConsoleError) {
        var credentials = credentials
        credentials.needsPermission = true
        let opening = try await console.open(deadline: timer.deadline, credentials: credentials, sendsAtOnce: sendsAtOnce)
        guard opening == .asksForPassword else { return }
        let answer = await breaker.permission(toOffer: identity, timer: timer)
        permission.withLock { $0 = answer }
        guard answer != .cancelled else { throw ConsoleError(kind: .cancelled, expected: "its turn") }
        try await console.open(isPermitted: answer == .granted, deadline: timer.deadline)
    }

    /// Tells what came of it, if it was permitted.
    func settle(_ outcome: LoginOffer) {
        let granted = permission.withLock { permission in
            defer { if permission == .granted { permission = nil } }
            return permission == .granted
        }
        if granted { breaker.settle(identity, outcome) }
    }
}

extension LoginBreaker {
    /// Waits until a credential may be offered, while the login's time stands still.
    func permission(toOffer identity: CredentialIdentity, timer: LoginTimer) async -> LoginPermission {
        if let permission = permissionNow(toOffer: identity) { return permission }
        return await timer.paused { await permission(toOffer: identity) }
    }
}
