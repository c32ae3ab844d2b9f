extension SSHSession {
    /// Logs in with the first credential that the server takes, over this connection alone.
    package func logIn(user: String, credentials: [Credential]) async throws(SSHError) {
        guard case .again(let login, _) = try await logIn(Login(user: user, credentials: credentials)) else { return }
        throw login.policy.failure(user: user)
    }

    /// Goes through a login as far as this connection carries it; `LoginPolicy` decides, this asks and offers.
    ///
    /// - Throws: `SSHError` when the login has failed; of kind `refused` when the device said no, `withheld` when it was not asked.
    package func logIn(_ start: Login) async throws(SSHError) -> LoginProgress {
        var conversation = LoginConversation(start)
        do {
            let progress = try await converse(&conversation)
            if case .loggedIn = progress { conversation.end(loggedIn: true) } else { conversation.end(loggedIn: nil) }
            return progress
        } catch {
            conversation.end(loggedIn: error.kind == .refused ? false : nil)
            throw error
        }
    }

    private func converse(_ conversation: inout LoginConversation) async throws(SSHError) -> LoginProgress {
        let user = conversation.login.user
        while true {
            switch conversation.login.policy.next() {
            case .offer(let attempt):
                switch await conversation.begin(attempt) {
                case .granted: break
                case .withheld(let why):
                    conversation.login.policy.record(.withheld(why), of: attempt)
                    continue
                case .cancelled:
                    throw SSHError(.cancelled, stage: .authentication, "cancelled")
                }
                guard let outcome = try await offer(attempt, of: &conversation) else { return .loggedIn }
                conversation.record(outcome, of: attempt)
                if case .gaveUp(.codeNotAtHand(let question)) = outcome, case .reconnect = conversation.login.policy.next() {
                    return .again(conversation.login, codeFor: question)
                }
            case .askMethods:
                do {
                    guard let methods = try await methods(user: user) else { return .loggedIn }
                    conversation.record(methods: methods)
                } catch {
                    // What the refusal meant will not be learnt; the account may have counted it.
                    conversation.settleAll(.refused)
                    guard error.kind == .connectionLost, !conversation.login.policy.offered.isEmpty else { throw error }
                    // The refusal is the news; that the device hung up after it is a detail.
                    throw conversation.refused(ending: error.message)
                }
            case .reconnect:
                return .again(conversation.login, codeFor: nil)
            case .failed:
                var error = conversation.login.policy.failure(user: user, hint: conversation.hint)
                error.gap = conversation.gap
                throw error
            }
        }
    }

    /// Offers a credential; nil when the server took it and wants nothing more.
    private func offer(_ attempt: LoginAttempt, of conversation: inout LoginConversation) async throws(SSHError) -> LoginPolicy.Outcome? {
        do {
            try await authenticate(conversation.login, attempt)
            conversation.accepted(attempt)
            return nil
        } catch {
            let isInteractive = attempt.method == .keyboardInteractive
            if isInteractive, let stop = interactiveStop {
                if case .askedAgain = stop, gaveCode { conversation.login.services.codeWasRefused() }
                return .gaveUp(stop)
            }
            switch error.kind {
            case .refused:
                if isInteractive, gaveCode { conversation.login.services.codeWasRefused() }
                return .refused
            case .expired: return .expired
            case .brokenExchange: return .broken
            case .credential:
                // The others may be better; why this one is of no use is told when they are not.
                return .unusable(error.message + (error.hint.map { "; \($0)" } ?? ""))
            case .connectionLost:
                // A device that hangs up instead of answering may have counted the attempt.
                conversation.settle(attempt, .refused)
                guard disconnectReason != nil || !conversation.login.policy.offered.isEmpty else { throw error }
                conversation.record(.refused, of: attempt)
                throw conversation.refused(ending: error.message)
            default: throw error
            }
        }
    }
}

/// A login on one connection, with what it owes the run: every offer that was permitted is settled once.
struct LoginConversation {
    var login: Login
    /// Offers that were permitted and not yet settled.
    private var open: [(attempt: LoginAttempt, identity: CredentialIdentity)] = []
    /// Keys that were let go of before their refusal was certain, and those of them that were refused.
    private var passedKeys: [Int] = []
    private var refusedKeys: Set<Int> = []

    init(_ login: Login) {
        self.login = login
    }

    /// Asks to offer a credential.
    ///
    /// What is not settled is let go first: two devices that each hold what the other waits for would wait for ever. That is keys alone;
    /// what became of a password is learnt before the next offer.
    mutating func begin(_ attempt: LoginAttempt) async -> LoginPermission {
        for offer in open {
            login.services.settle(offer.identity, .undecided)
            if offer.attempt.method == .publicKey, let index = offer.attempt.credential { passedKeys.append(index) }
        }
        open = []
        let identity = login.identity(of: attempt)
        let permission = await login.services.permission(toOffer: identity)
        if permission == .granted { open.append((attempt, identity)) }
        return permission
    }

    mutating func accepted(_ attempt: LoginAttempt) {
        settle(attempt, .accepted)
    }

    mutating func record(_ outcome: LoginPolicy.Outcome, of attempt: LoginAttempt) {
        login.policy.record(outcome, of: attempt)
        takeSettled()
    }

    mutating func record(methods: [String]) {
        login.policy.record(methods: methods)
        takeSettled()
    }

    private mutating func takeSettled() {
        for (attempt, isRefused) in login.policy.takeSettled() {
            if open.contains(where: { $0.attempt == attempt }) {
                settle(attempt, isRefused ? .refused : .undecided)
            } else if isRefused, let index = attempt.credential, passedKeys.contains(index) {
                refusedKeys.insert(index)
            }
        }
    }

    mutating func settle(_ attempt: LoginAttempt, _ outcome: LoginOffer) {
        guard let place = open.firstIndex(where: { $0.attempt == attempt }) else { return }
        login.services.settle(open.remove(at: place).identity, outcome)
    }

    mutating func settleAll(_ outcome: LoginOffer) {
        for offer in open { login.services.settle(offer.identity, outcome) }
        open = []
    }

    /// Settles what is open; `loggedIn` is nil where the login neither succeeded nor failed.
    mutating func end(loggedIn: Bool?) {
        settleAll(.undecided)
        guard let loggedIn, !passedKeys.isEmpty else { return }
        let keys = loggedIn ? Set(passedKeys) : refusedKeys
        login.services.concluded(
            refusedKeys: keys.sorted().map { login.identity(of: LoginAttempt($0, .publicKey)) }, loggedIn: loggedIn)
    }

    func refused(ending: String) -> SSHError {
        var error = login.policy.failure(user: login.user, ending: ending, hint: hint)
        error.gap = gap
        return error
    }

    /// What libssh2 lacks, where nothing but RSA keys was refused: where a password was too, another client would only try it again.
    var gap: SSHError.Gap? {
        let refused = login.policy.standing.indices.filter { login.policy.standing[$0] == .refused }
        return !refused.isEmpty && refused.allSatisfy { rsaName(at: $0) != nil } ? .rsaSHA2 : nil
    }

    /// The file of an RSA key, which libssh2 1.10 can only sign with by SHA-1.
    private func rsaName(at index: Int) -> String? {
        guard LibSSH2.version.hasPrefix("1.10."), case .publicKey(let name, let content, _) = login.credentials[index],
            KeyFile.isRSA(content)
        else { return nil }
        return name
    }

    /// What is known of a key that was refused.
    var hint: String? {
        let refused = login.policy.standing.indices.filter { login.policy.standing[$0] == .refused }
        guard let name = refused.lazy.compactMap({ rsaName(at: $0) }).first else { return nil }
        return "libssh2 \(LibSSH2.version) signs with the RSA key \(name) only by SHA-1, which OpenSSH 8.8 and later refuse; "
            + "use an Ed25519 or ECDSA key, libssh2 1.11 or later, or transport: auto"
    }
}
