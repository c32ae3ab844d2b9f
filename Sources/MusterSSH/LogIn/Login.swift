/// What a login needs from the run around it.
package protocol LoginServices: Sendable {
    /// Waits until a credential may be offered to one more device.
    func permission(toOffer identity: CredentialIdentity) async -> LoginPermission
    /// Says what came of an offer that was permitted; once for each.
    func settle(_ identity: CredentialIdentity, _ outcome: LoginOffer)
    /// Says what became of the login as a whole in which these keys were refused.
    func concluded(refusedKeys: [CredentialIdentity], loggedIn: Bool)
    /// The code that a question asks for, at once.
    func code(for question: String) -> InteractiveAnswers.Code
    /// Says that an exchange with a code in it was refused.
    func codeWasRefused()
    /// Whether a server is asked for its methods before it is sent a password, since others with this version line took none.
    func asksMethodsFirst(of serverVersion: String) -> Bool
    /// Says whether a server takes passwords by the method of that name.
    func learnt(takesPassword: Bool, of serverVersion: String)
}

extension LoginServices {
    package func asksMethodsFirst(of serverVersion: String) -> Bool { false }
    package func learnt(takesPassword: Bool, of serverVersion: String) {}
}

/// Whether a credential may be offered.
package enum LoginPermission: Sendable, Equatable {
    case granted
    /// Not any more; the reason is for people.
    case withheld(String)
    /// The task was cancelled while it waited.
    case cancelled
}

/// What came of an offer, for the account's sake.
package enum LoginOffer: Sendable, Equatable {
    case accepted
    case refused
    /// Nobody knows, or nothing was decided.
    case undecided
}

/// One user's login to one device, over as many connections as it takes.
package struct Login: Sendable {
    package let user: String
    package private(set) var credentials: [Credential]
    package internal(set) var policy: LoginPolicy
    let services: any LoginServices
    /// The keys that were offered, by their places among the credentials.
    var offers: [Int: PublicKey] = [:]
    /// Those of them that libssh2 decrypts and signs with.
    var sealed: Set<Int> = []
    /// Whether RSA keys are offered by SHA-2 in the way that libssh2 1.10 knows nothing of.
    var forcesRSASHA2 = false

    package init(user: String, credentials: [Credential], rules: LoginRules = LoginRules(), services: any LoginServices) {
        self.user = user
        self.credentials = credentials
        self.services = services
        policy = LoginPolicy(credentials.map(\.candidate), rules: rules)
    }

    /// Puts keys in the place of their set.
    mutating func expand(_ index: Int, into keys: [any KeySource]) {
        let new = keys.map { Credential.key($0) }
        credentials += new
        policy.expand(index, into: new.map(\.candidate))
    }

    /// Whether the same key has been offered from another place; one that could not sign there may be better here.
    func hasOffered(_ key: PublicKey, but index: Int) -> Bool {
        offers.contains { $0.key != index && $0.value.blob == key.blob && policy.hasOffered($0.key) }
    }

    /// Nothing around it: nobody counts refusals, nobody has codes.
    package init(user: String, credentials: [Credential]) {
        self.init(user: user, credentials: credentials, services: NoServices())
    }

    private struct NoServices: LoginServices {
        func permission(toOffer identity: CredentialIdentity) async -> LoginPermission { .granted }
        func settle(_ identity: CredentialIdentity, _ outcome: LoginOffer) {}
        func concluded(refusedKeys: [CredentialIdentity], loggedIn: Bool) {}
        func code(for question: String) -> InteractiveAnswers.Code { .none }
        func codeWasRefused() {}
    }

    /// Begins anew on another connection.
    package mutating func reconnected() {
        policy.reconnected()
    }

    /// Whether the next connection is to tell what became of a password that was sent over the last.
    package var awaitsAnswer: Bool { policy.awaited != nil }

    /// Takes in that there is no further connection, so that what became of that password will not be learnt.
    ///
    /// - Returns: The login's failure.
    package func abandoned() -> SSHError {
        // The account may have counted it.
        if let awaited = policy.awaited { services.settle(identity(of: awaited), .refused) }
        return policy.failure(user: user)
    }

    /// What each credential is known by.
    package var identities: [CredentialIdentity] {
        credentials.map { CredentialIdentity(user: user, credential: $0) }
    }

    /// What an attempt's credential is known by; questions without a credential are answered with codes.
    func identity(of attempt: LoginAttempt) -> CredentialIdentity {
        CredentialIdentity(user: user, credential: attempt.credential.map { credentials[$0] } ?? .oneTimeCode)
    }

    func answers(for attempt: LoginAttempt) -> InteractiveAnswers {
        let password: String? =
            if let index = attempt.credential, case .password(let password) = credentials[index] { password } else { nil }
        return InteractiveAnswers(password: password) { [services] in services.code(for: $0) }
    }
}

/// How far a login came on one connection.
package indirect enum LoginProgress: Sendable {
    case loggedIn
    /// It goes on over a new connection, when there is what that needs.
    case again(Login, need: LoginNeed?)
}

extension Credential {
    var candidate: LoginCandidate {
        switch self {
        case .password: LoginCandidate(.password, name: description)
        case .oneTimeCode: LoginCandidate(.code, name: description)
        case .key(let source): LoginCandidate(.key, name: description, isAgents: source.isAgents, isGuess: source.isGuess)
        case .keys: LoginCandidate(.keys, name: description)
        case .unusable(_, let problem, let hint): LoginCandidate(.unusable(problem.message, hint: hint), name: description)
        }
    }
}
