/// Servers that hang up at a credential: most take only so many tries, and some a single one.
extension LoginPolicy {
    // MARK: A password that the server may not take

    /// Has the server asked for its methods before a password is sent.
    mutating func askBeforePassword() { asksBeforePassword = true }

    /// Whether the next connection can tell what became of a password at which the server hung up.
    func mayAsk(afterHangUpAt attempt: LoginAttempt) -> Bool {
        attempt.method == .password && methods == nil && !asksBeforePassword && replay.isEmpty && mayReconnect
    }

    /// Takes in that the server hung up at a password, or after it, and had not said yet which methods it takes.
    ///
    /// One that allows a single try hangs up at a password that it does not take as it does at a wrong one. The next connection brings what
    /// went before to where it was, and asks.
    mutating func hangUp(atPassword attempt: LoginAttempt, _ words: String) {
        if made.last != attempt { note(attempt) }
        setStanding(.unsettled, of: attempt)
        hungUpPassword = (attempt, words)
        awaited = attempt
        asksBeforePassword = true
        mustAskMethods = false
        connectionIsGone = true
        replay = made.filter { $0 != attempt && $0.method == .publicKey }
    }

    /// The names of passwords that the server took by questions alone, though they were sent the other way first.
    var namesOfUntaken: Set<String> {
        var names: Set<String> = []
        for case let index? in untaken.map(\.credential) {
            if tried.contains(LoginAttempt(index, .keyboardInteractive)) { names.insert(candidates[index].name) }
        }
        return names
    }

    // MARK: Too many keys

    /// Whether there is something to go on with over another connection when the server hangs up at a key, or after some.
    ///
    /// - Parameter attempt: the key's; nil when it hung up at the question for its methods.
    func goesOn(afterHangUpAt attempt: LoginAttempt?) -> Bool {
        var next = self
        if let attempt {
            guard attempt.method == .publicKey else { return false }
            next.record(.hungUp(""), of: attempt)
        } else {
            next.giveUpKeys("")
        }
        return next.next() == .reconnect
    }

    /// Takes in that the server hung up after it had refused keys and nothing else.
    ///
    /// They are refused then. Keys that nobody named for this device are not offered any more: each connection that ends like this one is
    /// an attack in the eyes of whoever watches the server.
    mutating func giveUpKeys(_ words: String) {
        guard !sinceMethods.isEmpty, sinceMethods.allSatisfy({ $0.method == .publicKey }) else { return }
        hangUp = words
        for attempt in sinceMethods { setStanding(.refused, of: attempt) }
        sinceMethods = []
        for index in candidates.indices where candidates[index].isGuess && standing[index] == .open { standing[index] = .passedOver }
        loseConnection(thenAgain: nil)
        // What was accepted as one half of the login is worth repeating only for something new.
        if nextOffer() == nil { replay = [] }
    }
}
