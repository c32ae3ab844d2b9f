/// A login on one connection, with what it owes the run: every offer that was permitted is settled once.
struct LoginConversation {
    var login: Login
    /// Offers that were permitted and not yet settled.
    private var open: [(attempt: LoginAttempt, identity: CredentialIdentity)] = []
    /// Keys that were let go of before their refusal was certain, and those of them that were refused.
    private var passedKeys: [Int] = []
    private var refusedKeys: Set<Int> = []
    let serverVersion: String?

    init(_ login: Login, serverVersion: String?) {
        self.login = login
        self.serverVersion = serverVersion
        if let serverVersion, login.services.asksMethodsFirst(of: serverVersion) { self.login.policy.askBeforePassword() }
        // It was permitted on the connection before.
        if let awaited = login.policy.awaited { open.append((awaited, login.identity(of: awaited))) }
    }

    /// Looks which keys a credential stands for.
    ///
    /// - Throws: `SSHError` of kind `cancelled` alone.
    mutating func expand(_ index: Int) async throws(SSHError) {
        guard case .keys(let set) = login.credentials[index] else { return login.expand(index, into: []) }
        do throws(KeyProblem) {
            login.expand(index, into: try await set.keys())
        } catch {
            if error == .agent(.cancelled) { throw SSHError(.cancelled, stage: .authentication, "cancelled") }
            login.policy.record(.unusable(error.message, hint: error.hint(path: set.name)), of: LoginAttempt(index, .publicKey))
        }
    }

    /// What has to be got before it goes on over a new connection.
    func need(after outcome: LoginPolicy.Outcome, of attempt: LoginAttempt) -> LoginNeed? {
        switch outcome {
        case .gaveUp(.codeNotAtHand(let question)): return .code(question)
        case .locked:
            guard let index = attempt.credential, case .key(let source) = login.credentials[index] else { return nil }
            return .unlocking(source)
        default: return nil
        }
    }

    /// Asks to offer a credential.
    ///
    /// What is not settled is let go first: two devices that each hold what the other waits for would wait for ever. That is keys alone;
    /// what became of a password is learnt before the next offer.
    mutating func begin(_ attempt: LoginAttempt) async -> LoginPermission {
        let awaited = login.policy.awaited
        for offer in open where offer.attempt != awaited {
            login.services.settle(offer.identity, .undecided)
            if offer.attempt.method == .publicKey, let index = offer.attempt.credential { passedKeys.append(index) }
        }
        open.removeAll { $0.attempt != awaited }
        let identity = login.identity(of: attempt)
        let permission = await login.services.permission(toOffer: identity)
        if permission == .granted { open.append((attempt, identity)) }
        return permission
    }

    mutating func accepted(_ attempt: LoginAttempt) {
        settle(attempt, .accepted)
    }

    mutating func record(_ outcome: LoginPolicy.Outcome, of attempt: LoginAttempt) {
        switch outcome {
        case .unusable, .passedOver, .locked: settle(attempt, .undecided)
        default: break
        }
        login.policy.record(outcome, of: attempt)
        takeSettled()
    }

    /// Takes in that the device hung up after it had refused keys; false where nothing is left for another connection.
    mutating func goesOnAfterHangUp(_ words: String) -> Bool {
        guard login.policy.goesOn(afterHangUpAt: nil) else { return false }
        login.policy.giveUpKeys(words)
        return true
    }

    /// Takes in that the device hung up after a password without having said what it takes; false where the next connection is not to tell.
    mutating func asksAfterHangUp(_ words: String) -> Bool {
        guard let last = login.policy.lastOffer, login.policy.mayAsk(afterHangUpAt: last) else { return false }
        login.policy.hangUp(atPassword: last, words)
        return true
    }

    mutating func record(methods: [String]) {
        if login.policy.methods == nil, let serverVersion {
            login.services.learnt(takesPassword: methods.contains(LoginMethod.password.rawValue), of: serverVersion)
        }
        login.policy.record(methods: methods)
        takeSettled()
    }

    private mutating func takeSettled() {
        for (attempt, isRefused) in login.policy.takeSettled() {
            // One that gets another try is not refused for good.
            let isRefused = isRefused && attempt.credential.map(mayRetryRSA) != true
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

    /// Settles what is open but for what the next connection is to tell.
    mutating func goesOn() {
        let awaited = login.policy.awaited
        open.removeAll { $0.attempt == awaited }
        settleAll(.undecided)
    }

    /// Settles what is open; `loggedIn` is nil where the login neither succeeded nor failed.
    mutating func end(loggedIn: Bool?) {
        // What became of it will not be learnt; the account may have counted it.
        if let awaited = login.policy.awaited { settle(awaited, .refused) }
        settleAll(.undecided)
        guard let loggedIn, !passedKeys.isEmpty else { return }
        let keys = loggedIn ? Set(passedKeys) : refusedKeys
        login.services.concluded(
            refusedKeys: keys.sorted().map { login.identity(of: LoginAttempt($0, .publicKey)) }, loggedIn: loggedIn)
    }

    /// The login's failure.
    ///
    /// - Parameter ending: how the device ended the connection, if it did.
    func failure(ending: String? = nil) -> SSHError {
        login.policy.failure(user: login.user, ending: ending, hint: hint).owing(gap)
    }

    /// It goes on over another connection.
    ///
    /// Not to be made part of a function that waits: what is copied on the way would have room in its frame.
    @inline(never)
    func again(for need: LoginNeed? = nil) -> LoginProgress { .again(login, need: need) }

    /// What libssh2 lacks, where nothing but RSA keys was refused: where a password was too, another client would only try it again.
    var gap: SSHError.Gap? {
        let refused = login.policy.standing.indices.filter { login.policy.standing[$0] == .refused }
        return !refused.isEmpty && refused.allSatisfy { rsaName(at: $0) != nil } ? .rsaSHA2 : nil
    }

    /// The name of an RSA key that was offered by SHA-1 alone, as libssh2 1.10 does.
    private func rsaName(at index: Int) -> String? {
        guard LibSSH2.lacksRSASHA2, login.offers[index]?.type == "ssh-rsa" else { return nil }
        guard !login.forcesRSASHA2 || login.sealed.contains(index) else { return nil }
        return login.credentials[index].description
    }

    /// What is known of a key that was refused.
    var hint: String? {
        let refused = login.policy.standing.indices.filter { login.policy.standing[$0] == .refused }
        guard let index = refused.first(where: { rsaName(at: $0) != nil }), let name = rsaName(at: index) else { return nil }
        if login.sealed.contains(index) {
            return "libssh2 \(LibSSH2.version) signs with the \(name) (RSA) only by SHA-1, as it has to decrypt the file itself; "
                + "ssh-keygen -p -m PEM rewrites the file in a form without that limit"
        }
        return "libssh2 \(LibSSH2.version) signs with the \(name) (RSA) only by SHA-1, which OpenSSH 8.8 and later refuse; "
            + "use an Ed25519 or ECDSA key, libssh2 1.11 or later, or transport: auto"
    }
}
