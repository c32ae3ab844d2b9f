import MusterInventory
import MusterSSH

/// A device's login with all its users and credentials, over as many connections as it takes.
///
/// A user is for a whole connection (RFC 4252, 5: a server may hang up when it changes), so each gets its own. A code that is asked for
/// and not at hand is fetched without a connection: the device's patience may be shorter than a person's.
struct DeviceAuthentication {
    private let name: String
    private var users: [(login: Login, services: DeviceLoginServices)]
    private let breaker: LoginBreaker
    private var failures: [SSHError] = []
    private var need: LoginNeed?
    /// Whether the next connection is to tell what became of the last one's password.
    private var awaitsAnswer = false

    /// - Parameters:
    ///   - credentials: What to try for each user, in order.
    ///   - rules: The methods that may be tried.
    init(
        device: Device, environment: DeviceEnvironment, timer: LoginTimer, credentials: [(user: String, credentials: [Credential])],
        rules: LoginRules
    ) {
        name = device.name
        breaker = environment.breaker
        users = credentials.map { user, credentials in
            let source = device.codeSource(user: user)
            let services = DeviceLoginServices(
                breaker: environment.breaker, codes: environment.codes, timer: timer, user: user, codeSource: source,
                servers: environment.servers)
            return (Login(user: user, credentials: credentials, rules: rules, services: services), services)
        }
    }

    /// Why there is no need to connect: every credential has been refused by other devices.
    var reasonToSkip: String? {
        let reasons = users.flatMap(\.login.identities).map { breaker.reasonToWithhold($0) }
        guard !reasons.isEmpty, reasons.allSatisfy({ $0 != nil }) else { return nil }
        return reasons.compactMap { $0 }.joined(separator: "; ")
    }

    /// Logs in over a connection.
    ///
    /// - Returns: Whether the device let the user in; otherwise it goes on over a new connection, after `prepare`.
    /// - Throws: `SSHError` when there is nothing left to try.
    mutating func logIn(on session: SSHSession) async throws(SSHError) -> Bool {
        awaitsAnswer = false
        do {
            switch try await session.logIn(users[0].login) {
            case .loggedIn: return true
            case .again(let login, let need):
                users[0].login = login
                users[0].login.reconnected()
                awaitsAnswer = users[0].login.awaitsAnswer
                self.need = need
                return false
            }
        } catch {
            failures.append(error)
            guard error.isAnswer, users.count > 1 else { throw failure }
            users.removeFirst()
            return false
        }
    }

    /// Takes in that there was no further connection.
    ///
    /// - Returns: The login's failure, where one was to be told by it.
    mutating func abandoned() -> SSHError? {
        guard awaitsAnswer else { return nil }
        awaitsAnswer = false
        return users[0].login.abandoned()
    }

    /// Gets what the next connection needs.
    ///
    /// - Throws: `SSHError` of kind `credential` when a code cannot be had, `cancelled`.
    mutating func prepare() async throws(SSHError) {
        guard let need else { return }
        self.need = nil
        let question: String
        switch need {
        case .code(let text): question = text
        case .unlocking(let key):
            await key.unlock(for: name)
            guard !Task.isCancelled else { throw SSHError(.cancelled, stage: .authentication, "cancelled") }
            return
        }
        do {
            try await users[0].services.fetchCode(for: question, device: name)
        } catch is CancellationError {
            throw SSHError(.cancelled, stage: .authentication, "cancelled")
        } catch {
            let asked = "the device asked \"\(LoginPolicy.shown(question))\" for user \(users[0].login.user)"
            if case .question = users[0].services.origin(of: question) {
                // The person was asked on behalf of another device perhaps: what is said of the question then means nothing here.
                throw SSHError(
                    .credential, stage: .authentication, "\(asked), and nobody answered that on the terminal",
                    hint: "answer it there, or put {otp: {command: [...]}} among the device's credentials")
            }
            let why = (error as? SecretError)?.description ?? "\(error)"
            throw SSHError(.credential, stage: .authentication, "\(asked), and there is no code: \(why)")
        }
    }

    /// The failures of all users in one; the last one's own where nobody else was tried.
    private var failure: SSHError {
        let last = failures[failures.count - 1]
        guard failures.count > 1, last.isAnswer else { return last }
        // What a device said counts for more than what it was not asked.
        let worst = failures.first { $0.kind == .refused } ?? failures.first { $0.kind == .credential } ?? last
        return worst.saying(failures.map(\.message).joined(separator: "; "))
    }
}

extension SSHError {
    /// Whether it is about a user's credentials, so that another user may have better ones.
    fileprivate var isAnswer: Bool {
        switch kind {
        case .refused, .credential, .withheld: true
        default: false
        }
    }
}

extension Device {
    /// Where the codes of a user come from; nil to ask the person at the terminal.
    func codeSource(user: String) -> SecretSource? {
        for credential in credentials where credential.user == user || credential.isEveryonesCode {
            if case .oneTimeCode(let source) = credential.kind { return source }
        }
        return nil
    }
}
