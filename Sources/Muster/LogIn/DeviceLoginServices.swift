import MusterInventory
import MusterSSH
import Synchronization

/// What the run does for one device's login: turns at offering, and codes.
final class DeviceLoginServices: LoginServices {
    private let breaker: LoginBreaker
    private let codes: OneTimeCodes
    private let timer: LoginTimer
    private let user: String
    /// Where the inventory says that codes come from.
    private let codeSource: SecretSource?
    private let servers: KnownServers
    private let lastCode = Mutex<(code: Secret, origin: OneTimeCodes.Origin)?>(nil)

    init(
        breaker: LoginBreaker, codes: OneTimeCodes, timer: LoginTimer, user: String, codeSource: SecretSource?,
        servers: KnownServers = KnownServers()
    ) {
        self.servers = servers
        self.breaker = breaker
        self.codes = codes
        self.timer = timer
        self.user = user
        self.codeSource = codeSource
    }

    func permission(toOffer identity: CredentialIdentity) async -> LoginPermission {
        await breaker.permission(toOffer: identity, timer: timer)
    }

    func settle(_ identity: CredentialIdentity, _ outcome: LoginOffer) {
        breaker.settle(identity, outcome)
    }

    func concluded(refusedKeys: [CredentialIdentity], loggedIn: Bool) {
        breaker.concluded(refusedKeys: refusedKeys, loggedIn: loggedIn)
    }

    func asksMethodsFirst(of serverVersion: String) -> Bool { servers.takeNoPassword(serverVersion) }

    func learnt(takesPassword: Bool, of serverVersion: String) {
        servers.learn(takesPassword: takesPassword, of: serverVersion)
    }

    func origin(of question: String) -> OneTimeCodes.Origin {
        codeSource.map { .source($0) } ?? .question(LoginPolicy.shown(question), user: user)
    }

    func code(for question: String) -> InteractiveAnswers.Code {
        let origin = origin(of: question)
        switch codes.atHand(origin) {
        case .success(let code):
            lastCode.withLock { $0 = (code, origin) }
            return .code(code.reveal())
        case .failure(.notFetched): return .notAtHand
        case .failure(.nobodyToAsk): return .none
        }
    }

    func codeWasRefused() {
        let last = lastCode.withLock { last in
            defer { last = nil }
            return last
        }
        if let last { codes.forget(last.code, of: last.origin) }
    }

    /// Fetches the code that a question asks for; the time that takes is not the device's.
    func fetchCode(for question: String, device: String) async throws {
        timer.pause()
        defer { timer.resume() }
        _ = try await codes.fetch(origin(of: question), for: device)
    }
}
