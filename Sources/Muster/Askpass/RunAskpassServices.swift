import MusterInventory
import MusterSSH
import Synchronization

/// What a run does for one device's `ssh`: the same limit on refusals and the same codes as for logins by libssh2.
final class RunAskpassServices: AskpassServices {
    private let device: Device
    private let environment: DeviceEnvironment
    private let timer: LoginTimer
    /// By the user: each knows its latest code.
    private let users = Mutex<[String: DeviceLoginServices]>([:])

    init(device: Device, environment: DeviceEnvironment, timer: LoginTimer) {
        self.device = device
        self.environment = environment
        self.timer = timer
    }

    private func services(user: String) -> DeviceLoginServices {
        users.withLock { users in
            if let known = users[user] { return known }
            let services = DeviceLoginServices(
                breaker: environment.breaker, codes: environment.codes, timer: timer, user: user, codeSource: device.codeSource(user: user))
            users[user] = services
            return services
        }
    }

    private func identity(_ login: AskpassAnswers.Login) -> CredentialIdentity {
        CredentialIdentity(user: login.user, credential: .password(login.password?.reveal() ?? ""))
    }

    func permission(toOffer login: AskpassAnswers.Login) async -> AskpassPermission {
        switch await services(user: login.user).permission(toOffer: identity(login)) {
        case .granted: .granted
        case .withheld(let why): .withheld(why)
        case .cancelled: .cancelled
        }
    }

    func settle(_ login: AskpassAnswers.Login, _ outcome: AskpassOutcome) {
        let offer: LoginOffer =
            switch outcome {
            case .accepted: .accepted
            case .refused: .refused
            case .undecided: .undecided
            }
        environment.breaker.settle(identity(login), offer)
    }

    func code(for question: String, user: String) async throws -> Secret? {
        let services = services(user: user)
        if case .notAtHand = services.code(for: question) { try await services.fetchCode(for: question, device: device.name) }
        guard case .code(let code) = services.code(for: question) else { return nil }
        return Secret(code)
    }

    func passphrase(for key: String) async -> Secret? {
        let keys = environment.keys
        // ssh shows the first hundred bytes of a path.
        let paths = (device.jump + [device]).flatMap(\.keyPaths)
        guard let path = paths.first(where: { $0 == key }) ?? paths.first(where: { $0.utf8.prefix(100).elementsEqual(key.utf8) }),
            let file = keys.file(path), file.problem == nil, keys.reasonNotToAsk(for: file) == nil
        else { return nil }
        if file.answer == nil { await timer.paused { await keys.askPassphrase(of: file) } }
        return file.answer.map { Secret($0) }
    }

    func codeWasRefused(user: String) {
        services(user: user).codeWasRefused()
    }
}
