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
    package let credentials: [Credential]
    package internal(set) var policy: LoginPolicy
    let services: any LoginServices

    package init(user: String, credentials: [Credential], services: any LoginServices) {
        self.user = user
        self.credentials = credentials
        self.services = services
        policy = LoginPolicy(credentials.map { LoginCandidate($0.kind, name: $0.description) })
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
package enum LoginProgress: Sendable {
    case loggedIn
    /// It goes on over a new connection, when the code that this question asks for is at hand.
    case again(Login, codeFor: String?)
}

extension Credential {
    var kind: LoginCandidate.Kind {
        switch self {
        case .password: .password
        case .oneTimeCode: .code
        case .publicKey: .key
        }
    }
}
