/// Which credential is offered next, from what came of those before; without I/O.
///
/// Credentials are offered in the order configured, each once by a method that the server goes on with. The server's methods are asked for
/// only when they decide something: libssh2 learns them by an attempt of its own (`none`), and does not tell whether a refused attempt
/// was half of a login (RFC 4252, 5.1), so that is told by how the methods change after it.
///
/// It outlives a connection: one that was given up in mid-login is followed by another, on which the way so far is gone again.
package struct LoginPolicy: Sendable {
    package enum Step: Sendable, Equatable {
        /// Offer this.
        case offer(LoginAttempt)
        /// Look which keys this credential stands for.
        case expand(Int)
        /// Ask the server for the methods that it would go on with.
        case askMethods
        /// Go on over a new connection.
        case reconnect
        /// The login has failed.
        case failed
    }

    /// What came of an offer that was not accepted.
    package enum Outcome: Sendable, Equatable {
        /// The server said no, or "go on".
        case refused
        /// The server hung up at a key or a password, in these words: most take only so many tries.
        case hungUp(String)
        /// The password has to be changed first.
        case expired
        /// The exchange was given up, and the connection with it.
        case gaveUp(InteractiveStop)
        /// libssh2 could not read the questions, and the connection is in the middle of them.
        case broken
        /// It was not offered, since other devices have refused it.
        case withheld(String)
        /// It cannot be used.
        case unusable(String, hint: String? = nil)
        /// It was not offered, since the same has been already or it is none; nobody needs to know.
        case passedOver
        /// A person is to be asked for it first, without a connection.
        case locked
    }

    /// How a credential stands.
    enum Standing: Sendable, Equatable {
        case open
        /// Not accepted; what that means depends on the methods that the server goes on with.
        case unsettled
        /// The server does not go on with its method: it never did, or the credential was accepted as one half of the login.
        case passed
        case refused
        case expired
        case stopped(InteractiveStop)
        case withheld(String)
        case unusable(String, hint: String?)
        case passedOver
    }

    /// More than any server asks for in a row; a bound for one that changes its mind for ever.
    private static let mostConnections = 5
    private static let mostStages = 8

    package private(set) var candidates: [LoginCandidate]
    /// The candidates' places in the order to try them.
    private var order: [Int]
    private let rules: LoginRules
    var standing: [Standing]
    /// What the server would go on with; nil when that is not known of the stage under way.
    private(set) var methods: [String]?
    /// Why questions without a credential were given up.
    private(set) var questionsStopped: InteractiveStop?
    /// The credentials in the order they were offered, by name; the keys of agents are counted.
    private(set) var offered: [String] = []
    private(set) var agentKeysOffered: Set<Int> = []
    /// What was offered last on this connection.
    var lastOffer: LoginAttempt? { made.last }
    /// Whether anything was offered.
    var hasOffered: Bool { !offered.isEmpty || !agentKeysOffered.isEmpty }
    var tried: Set<LoginAttempt> = []
    /// The offers since the methods were asked for.
    var sinceMethods: [LoginAttempt] = []
    var mustAskMethods = false
    /// The offers on this connection, in order.
    var made: [LoginAttempt] = []
    /// The offers that bring a new connection to where the one before was.
    var replay: [LoginAttempt] = []
    var connectionIsGone = false
    /// How the server hung up at a key, if it did.
    var hangUp: String?
    /// A password at which the server hung up before it had said which methods it takes: they tell what became of it.
    var hungUpPassword: (attempt: LoginAttempt, words: String)?
    /// That password, as long as the next connection is to tell.
    var awaited: LoginAttempt?
    /// Whether the server is asked for its methods before it is sent a password.
    var asksBeforePassword = false
    /// Whether it is asked for them before anything is repeated, to leave out what it does not take.
    private var asksBeforeReplay = false
    /// Credentials that were sent by a method that the server, as it said later, may never have taken.
    var untaken: Set<LoginAttempt> = []
    private var connections = 1
    private var stages = 0
    /// Offers whose refusal has become certain, and those that turned out not to be refused, since the last look.
    private var settled: [(attempt: LoginAttempt, isRefused: Bool)] = []

    package init(_ candidates: [LoginCandidate], rules: LoginRules = LoginRules()) {
        self.candidates = candidates
        self.rules = rules
        let all = candidates
        let ranks = all.map { rules.rank(Self.methods(for: $0, among: all)) }
        order = all.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
        standing = all.map { Self.standing(of: $0, among: all, rules: rules) }
    }

    /// Puts the keys that a candidate stands for in its place.
    package mutating func expand(_ index: Int, into keys: [LoginCandidate]) {
        let places = Array(candidates.count..<(candidates.count + keys.count))
        candidates += keys
        standing += keys.map { Self.standing(of: $0, among: candidates, rules: rules) }
        standing[index] = .passedOver
        if let place = order.firstIndex(of: index) { order.replaceSubrange(place...place, with: places) }
    }

    private static func standing(of candidate: LoginCandidate, among all: [LoginCandidate], rules: LoginRules) -> Standing {
        if case .unusable(let why, let hint) = candidate.kind { return .unusable(why, hint: hint) }
        let methods = methods(for: candidate, among: all)
        guard rules.allowed(methods).isEmpty else { return .open }
        return .unusable(
            "ssh_config leaves out the method \(methods.map(\.rawValue).joined(separator: " and "))",
            hint: "see PreferredAuthentications, PubkeyAuthentication, PasswordAuthentication and KbdInteractiveAuthentication")
    }

    // MARK: What is next

    /// What to do next.
    package mutating func next() -> Step {
        if connectionIsGone {
            let goesOn = !replay.isEmpty || awaited != nil || nextOffer() != nil
            return goesOn && mayReconnect ? .reconnect : .failed
        }
        if asksBeforeReplay, methods == nil { return .askMethods }
        if !replay.isEmpty { return .offer(replay.removeFirst()) }
        if !mustAskMethods, let offer = nextOffer() {
            if asksBeforePassword, methods == nil, offer.method == .password { return .askMethods }
            if let index = offer.credential, candidates[index].kind == .keys { return .expand(index) }
            return .offer(offer)
        }
        // A user of whom nothing may be offered has no business with the device.
        if !hasOffered, isWithheld { return .failed }
        if methods == nil || !sinceMethods.isEmpty { return .askMethods }
        return .failed
    }

    func nextOffer() -> LoginAttempt? {
        for index in order {
            let candidate = candidates[index]
            guard isOpen(index) else { continue }
            for method in offers(of: candidate) {
                let attempt = LoginAttempt(index, method)
                if !tried.contains(attempt), isTaken(method, of: candidate) { return attempt }
            }
        }
        // A server may ask questions of a user who has nothing to offer yet; one that takes keys has refused ours.
        let questions = LoginAttempt(nil, .keyboardInteractive)
        guard let methods, methods.contains(questions.method.rawValue), rules.allows(questions.method),
            !methods.contains(LoginMethod.publicKey.rawValue) || candidates.isEmpty,
            !tried.contains(where: { $0.method == questions.method }),
            // They would ask for a password that is wrong, or come to in its turn.
            !candidates.indices.contains(where: { candidates[$0].kind == .password && standing[$0] != .passed }), !hasOpenPassword
        else { return nil }
        return questions
    }

    private func isOpen(_ index: Int) -> Bool {
        switch standing[index] {
        case .open, .passed: break
        default: return false
        }
        // Its questions are answered together with those for the password.
        return candidates[index].kind != .code || !(hasOpenPassword || hasRefusedQuestions)
    }

    private var hasOpenPassword: Bool {
        candidates.indices.contains { index in
            guard candidates[index].kind == .password, standing[index] == .open || standing[index] == .passed else { return false }
            return !tried.contains(LoginAttempt(index, .keyboardInteractive))
        }
    }

    private var hasRefusedQuestions: Bool {
        tried.contains { attempt in
            guard attempt.method == .keyboardInteractive, let index = attempt.credential else { return false }
            return standing[index] == .refused
        }
    }

    /// The methods by which a credential can be offered, the better one first.
    ///
    /// A password goes by `password`, and by questions where the server has only those; where a code belongs to it, a password alone would
    /// be refused, so it is the other way round.
    private func offers(of candidate: LoginCandidate) -> [LoginMethod] {
        rules.allowed(Self.methods(for: candidate, among: candidates))
    }

    private static func methods(for candidate: LoginCandidate, among all: [LoginCandidate]) -> [LoginMethod] {
        switch candidate.kind {
        case .key, .keys: [.publicKey]
        case .code: [.keyboardInteractive]
        case .password where all.contains { $0.kind == .code }: [.keyboardInteractive, .password]
        case .password: [.password, .keyboardInteractive]
        case .unusable: []
        }
    }

    /// Whether the server takes a method, as far as is known.
    ///
    /// Before its methods are known it is taken at the user's word, but for the second choice: that saves a turn on every device that takes
    /// it. One that does not is forgiven (`hangUp(atPassword:)`, `untaken`), and told apart from then on (`askBeforePassword`).
    private func isTaken(_ method: LoginMethod, of candidate: LoginCandidate) -> Bool {
        guard let methods else { return method == offers(of: candidate).first }
        return methods.contains(method.rawValue)
    }

    // MARK: What came of it

    /// Takes in what came of an offer that was not accepted.
    package mutating func record(_ outcome: Outcome, of attempt: LoginAttempt) {
        switch outcome {
        case .withheld(let why): setStanding(.withheld(why), of: attempt)
        case .unusable(let why, let hint): setStanding(.unusable(why, hint: hint), of: attempt)
        case .passedOver: setStanding(.passedOver, of: attempt)
        case .expired:
            note(attempt)
            setStanding(.expired, of: attempt)
            settle(attempt, isRefused: false)
        case .refused:
            note(attempt)
            sinceMethods.append(attempt)
            setStanding(.unsettled, of: attempt)
            // A key that is refused costs little, and the next one may be half of a login that began with it. After a password the methods
            // tell what became of it before the next one is risked.
            mustAskMethods = awaited != nil || replay.isEmpty && methods == nil && attempt.method != .publicKey
        case .hungUp(let words) where attempt.method == .password:
            hangUp(atPassword: attempt, words)
        case .hungUp(let words):
            note(attempt)
            sinceMethods.append(attempt)
            giveUpKeys(words)
        case .gaveUp(.codeNotAtHand), .locked:
            loseConnection(thenAgain: attempt)
            asksBeforeReplay = replay.contains(where: untaken.contains)
        case .gaveUp(let stop):
            note(attempt)
            let isRefusal = if case .askedAgain = stop { true } else { false }
            setStanding(isRefusal ? .refused : .stopped(stop), of: attempt)
            if attempt.credential == nil { questionsStopped = stop }
            settle(attempt, isRefused: isRefusal)
            loseConnection(thenAgain: nil)
        case .broken where methods == nil:
            note(attempt)
            setStanding(.unusable("libssh2 cannot read the device's questions", hint: nil), of: attempt)
            loseConnection(thenAgain: nil)
        case .broken:
            // Having asked for the methods is what libssh2 1.10 stumbles over; what they are is known now.
            loseConnection(thenAgain: attempt)
        }
    }

    mutating func note(_ attempt: LoginAttempt) {
        tried.insert(attempt)
        made.append(attempt)
        if let index = attempt.credential, candidates[index].isAgents {
            agentKeysOffered.insert(index)
            return
        }
        let name = attempt.method == .keyboardInteractive ? attempt.method.rawValue : attempt.credential.map { candidates[$0].name } ?? ""
        if !offered.contains(name) { offered.append(name) }
    }

    mutating func setStanding(_ new: Standing, of attempt: LoginAttempt) {
        if let index = attempt.credential { standing[index] = new }
    }

    private mutating func settle(_ attempt: LoginAttempt, isRefused: Bool) {
        settled.append((attempt, isRefused))
    }

    /// The connection is of no use any more; what was not refused on it is offered again on the next, in the same order.
    mutating func loseConnection(thenAgain attempt: LoginAttempt?) {
        connectionIsGone = true
        replay = made.filter { made in
            guard let index = made.credential else { return false }
            return standing[index] == .unsettled || standing[index] == .passed
        }
        if let attempt { replay.append(attempt) }
    }

    /// Begins anew on another connection.
    package mutating func reconnected() {
        connectionIsGone = false
        connections += 1
        made = []
        sinceMethods = []
        methods = nil
        mustAskMethods = awaited != nil
    }

    /// Takes in the methods that the server would go on with.
    package mutating func record(methods new: [String]) {
        let before = methods
        methods = new
        mustAskMethods = false
        if asksBeforeReplay {
            asksBeforeReplay = false
            if new.contains(LoginMethod.password.rawValue) { untaken = [] } else { replay.removeAll(where: untaken.contains) }
        }
        let hasChanged = before.map { Set($0) != Set(new) } ?? false
        let hungUp = awaited.map { [$0] } ?? []
        awaited = nil
        for attempt in sinceMethods + hungUp {
            let isRefused = new.contains(attempt.method.rawValue)
            settle(attempt, isRefused: isRefused)
            if !isRefused, before == nil, attempt.method == .password { untaken.insert(attempt) }
            // Refused by one method is refused, though the other was not taken.
            if let index = attempt.credential, standing[index] == .refused { continue }
            setStanding(isRefused ? .refused : .passed, of: attempt)
        }
        sinceMethods = []
        // What the server did not take before, it takes now.
        guard hasChanged, stages < Self.mostStages else { return }
        stages += 1
        tried = tried.filter { attempt in
            guard let index = attempt.credential, standing[index] == .passed else { return true }
            return (before ?? []).contains(attempt.method.rawValue) || !new.contains(attempt.method.rawValue)
        }
    }

    /// The offers whose fate has been learnt since the last call: refused for sure, or not refused after all.
    package mutating func takeSettled() -> [(attempt: LoginAttempt, isRefused: Bool)] {
        defer { settled = [] }
        return settled
    }

    /// Whether a credential was offered, and is not just of no use.
    func hasOffered(_ index: Int) -> Bool {
        switch standing[index] {
        case .unsettled, .refused, .passed, .withheld: true
        default: false
        }
    }

    /// Whether there may be one more connection.
    var mayReconnect: Bool { connections < Self.mostConnections }

    /// Has keys that were refused offered once more, on another connection.
    mutating func retry(_ indices: [Int]) {
        for index in indices { standing[index] = .open }
        tried = tried.filter { attempt in attempt.credential.map { !indices.contains($0) } ?? true }
        loseConnection(thenAgain: nil)
    }

    /// Whether a credential was not offered because other devices refused it.
    var isWithheld: Bool {
        standing.contains { if case .withheld = $0 { true } else { false } }
    }
}
