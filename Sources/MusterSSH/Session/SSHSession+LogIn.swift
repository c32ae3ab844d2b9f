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
        var conversation = LoginConversation(start, serverVersion: serverVersion)
        do {
            let progress = try await converse(&conversation)
            if case .loggedIn = progress { conversation.end(loggedIn: true) } else { conversation.goesOn() }
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
                if let need = conversation.need(after: outcome, of: attempt), case .reconnect = conversation.login.policy.next() {
                    return conversation.again(for: need)
                }
            case .expand(let index):
                try await conversation.expand(index)
            case .askMethods:
                do {
                    guard let methods = try await methods(user: user) else { return .loggedIn }
                    conversation.record(methods: methods)
                } catch {
                    if error.kind == .connectionLost, conversation.goesOnAfterHangUp(error.message) { continue }
                    if disconnectReason != nil, conversation.asksAfterHangUp(error.message) { continue }
                    // What the refusal meant will not be learnt; the account may have counted it.
                    conversation.settleAll(.refused)
                    guard error.kind == .connectionLost, conversation.login.policy.hasOffered else { throw error }
                    // The refusal is the news; that the device hung up after it is a detail.
                    throw conversation.failure(ending: error.message)
                }
            case .reconnect:
                return conversation.again()
            case .failed:
                if conversation.retryRSAKeys() { return conversation.again() }
                throw conversation.failure()
            }
        }
    }

    /// Offers a credential; nil when the server took it and wants nothing more.
    private func offer(_ attempt: LoginAttempt, of conversation: inout LoginConversation) async throws(SSHError) -> LoginPolicy.Outcome? {
        do {
            if let index = attempt.credential, case .key(let source) = conversation.login.credentials[index] {
                if let obstacle = try await offer(source, at: index, of: &conversation) { return obstacle }
            } else {
                try await authenticate(conversation.login, attempt)
            }
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
                return attempt.method == .publicKey && keyIsLocked ? .locked : .unusable(error.message, hint: error.hint)
            case .connectionLost:
                if conversation.login.policy.goesOn(afterHangUpAt: attempt) { return .hungUp(error.message) }
                // One that allows a single try hangs up so where it does not even take passwords by this method.
                if disconnectReason != nil, conversation.login.policy.mayAsk(afterHangUpAt: attempt) { return .hungUp(error.message) }
                // A device that hangs up instead of answering may have counted the attempt.
                conversation.settle(attempt, .refused)
                guard disconnectReason != nil || conversation.login.policy.hasOffered else { throw error }
                conversation.record(.refused, of: attempt)
                throw conversation.failure(ending: error.message)
            default: throw error
            }
        }
    }

    /// Makes a key ready and offers it.
    ///
    /// - Returns: Why it was not offered; nil when the server took it and wants nothing more.
    private func offer(
        _ source: any KeySource, at index: Int, of conversation: inout LoginConversation
    ) async throws(SSHError) -> LoginPolicy.Outcome? {
        switch await source.prepare() {
        case .ready(var offer):
            guard !conversation.login.hasOffered(offer.publicKey, but: index) else { return .passedOver }
            conversation.login.offers[index] = offer.publicKey
            if conversation.login.forcesRSASHA2 { offer.publicKey = offer.publicKey.namedForSHA2 }
            try await authenticate(user: conversation.login.user, with: offer)
            return nil
        case .sealed(let key):
            conversation.login.offers[index] = key.publicKey
            conversation.login.sealed.insert(index)
            try await authenticate(user: conversation.login.user, with: key)
            return nil
        case .locked: return .locked
        case .unusable(let problem, let hint): return .unusable(problem.message, hint: hint)
        case .passedOver: return .passedOver
        case .cancelled: throw SSHError(.cancelled, stage: .authentication, "cancelled")
        }
    }
}
