import MusterInventory
import MusterSSH
import MusterTransport

/// One `ssh` child on its way to a shell, and until its end, on the event loop that carries its bytes.
actor OpenSSHSession {
    nonisolated let loop: Loop
    private var log = OpenSSHLog()
    private var answers: AskpassAnswers
    private let services: any AskpassServices
    /// Passwords that ssh was told and that nothing has come of yet.
    private var offered: [AskpassAnswers.Login] = []
    /// The users whose codes ssh was told, of which nothing has come yet either.
    private var codesTold: Set<String> = []
    private let events: @Sendable (OpenSSHLog.Event) -> Void
    /// When ssh went from phase to phase.
    private(set) var clock: PhaseClock
    private var child: ChildTransport?
    /// Why ssh was ended, or ended.
    private(set) var failure: OpenSSHFailure?
    private var isOver = false
    /// Whether ssh ended with a status that is the remote shell's, and not its own.
    private(set) var hasLeftByItself = false
    private var waiting: CheckedContinuation<Result<Void, OpenSSHFailure>, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameters:
    ///   - answers: What ssh is told when it asks.
    ///   - services: What else the run does for it.
    ///   - events: Told, on the loop, how far ssh is.
    init(
        loop: Loop, answers: AskpassAnswers, services: any AskpassServices, clock: PhaseClock,
        events: @escaping @Sendable (OpenSSHLog.Event) -> Void
    ) {
        self.loop = loop
        self.services = services
        self.clock = clock
        self.answers = answers
        self.events = events
    }

    /// The host key that the device showed, as type and fingerprint.
    var shownHostKey: String? { log.hostKey.map { "\($0.type) \($0.fingerprint)" } }

    /// What was agreed on that only old gear needs.
    var legacyAlgorithms: [String] {
        var names: [String] = []
        for name in log.agreed where AlgorithmPreferences.isLegacy(name) && !names.contains(name) { names.append(name) }
        return names
    }

    /// How far ssh itself got.
    var phase: Phase { log.phase }

    // MARK: The way in

    /// Starts ssh, with its questions answered at `desk`, and waits until what is typed goes to the device.
    ///
    /// - Returns: The device's shell.
    func reachShell(_ command: ChildCommand, desk: AskpassDesk?) async throws(OpenSSHFailure) -> ChildTransport {
        guard let desk else { return try await begin(command) }
        let (questions, continuation) = AsyncStream.makeStream(of: Question.self)
        let (token, variables) = desk.admit { continuation.yield(Question(prompt: $0, reply: $1)) }
        defer { desk.forget(token) }
        var command = command
        command.environment.merge(variables) { $1 }
        let complete = command
        let result = await withTaskGroup(of: Void.self) { group in
            // An answer may take its time: other devices' turns, or a person.
            group.addTask(executorPreference: loop.taskExecutor) {
                for await question in questions { await self.answer(question) }
            }
            defer {
                continuation.finish()
                group.cancelAll()
            }
            do throws(OpenSSHFailure) {
                return Result<ChildTransport, OpenSSHFailure>.success(try await begin(complete))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A question of ssh's helper.
    private struct Question: Sendable {
        var prompt: AskpassPrompt
        var reply: @Sendable (Secret?) -> Void
    }

    private func begin(_ command: ChildCommand) async throws(OpenSSHFailure) -> ChildTransport {
        let child = try await start(command)
        self.child = child
        child.whenExited { exit in self.assumeIsolated { $0.ended(exit) } }
        if failure != nil { child.terminate() }
        let result = await withCheckedContinuation { continuation in
            // The way here has given up the loop for turns in which much may have happened.
            if let failure { return continuation.resume(returning: Result<Void, OpenSSHFailure>.failure(failure)) }
            if log.isInteractive { return continuation.resume(returning: .success(())) }
            waiting = continuation
        }
        try result.get()
        return child
    }

    private func start(_ command: ChildCommand) async throws(OpenSSHFailure) -> ChildTransport {
        do {
            return try await ChildTransport.start(command, on: loop) { bytes in
                // The closure runs before this call returns, on the loop, so the buffer goes nowhere.
                nonisolated(unsafe) let bytes = bytes
                self.assumeIsolated { $0.read(bytes) }
            } explain: { exit in
                self.assumeIsolated { $0.explanation(of: exit) }
            }
        } catch {
            switch error {
            case .cancelled: throw .cancelled
            case .failed(let program, let text):
                throw OpenSSHFailure(
                    .usage, .connect, "\(program.escapedForMessage()) cannot be run: \(text)",
                    hint: "the transport openssh needs the OpenSSH client, in the PATH")
            }
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer) {
        for event in log.receive(bytes) {
            if case .phase(let phase) = event { enter(phase) }
            events(event)
            if event == .interactive { resume(.success(())) }
        }
    }

    private func enter(_ phase: Phase) {
        clock.enter(phase, at: loop.now)
        switch phase {
        // The bastions' logins are behind it, or its own.
        case .hostKey, .open: settle(.accepted)
        default: break
        }
    }

    // MARK: Questions

    private func answer(_ question: Question) async {
        guard failure == nil else { return }
        switch answers.verdict(question.prompt) {
        case .answer(let secret): question.reply(secret)
        case .refuse: question.reply(nil)
        case .unlock(let key):
            let passphrase = await services.passphrase(for: key)
            if passphrase == nil { answers.staysLocked(key) }
            question.reply(passphrase)
        case .offer(let login, let isAnother):
            if isAnother { refused(login) }
            await offer(login, question)
        case .offerWithCode(let login, let text, let isAnother):
            if isAnother { refused(login) }
            // The code first: nobody's turn is held up while a person types.
            guard let code = await code(for: text, user: login.user) else { return }
            await offer(login, question, code: code)
        case .ask(let text, let user):
            guard let code = await code(for: text, user: user) else { return }
            codesTold.insert(user)
            question.reply(code)
        case .notice(let text):
            events(.notice(text))
            question.reply(nil)
        case .stop(let failure): fail(failure)
        case .refused(let failure):
            settle(.refused)
            fail(failure)
        }
    }

    private func offer(_ login: AskpassAnswers.Login, _ question: Question, code: Secret? = nil) async {
        switch await services.permission(toOffer: login) {
        case .granted:
            guard failure == nil else { return services.settle(login, .undecided) }
            offered.append(login)
            guard let code else { return question.reply(login.password) }
            codesTold.insert(login.user)
            question.reply(Secret((login.password?.reveal() ?? "") + code.reveal()))
        case .withheld(let why):
            // There may be another one to tell.
            if code == nil, case .offer(let next, isAnother: true) = answers.verdict(question.prompt) { return await offer(next, question) }
            fail(OpenSSHFailure(.skipped, .authenticate, "not logged in to: \(why)"))
        case .cancelled: fail(.cancelled)
        }
    }

    /// The code that a question asks for; `nil` when ssh is ended for want of it.
    private func code(for text: String, user: String) async -> Secret? {
        do {
            let code = try await services.code(for: text, user: user)
            guard failure == nil else { return nil }
            if code == nil { fail(AskpassAnswers.unanswered(text)) }
            return code
        } catch is CancellationError {
            fail(.cancelled)
        } catch {
            fail(OpenSSHFailure(.credential, .authenticate, "\(AskpassAnswers.unanswered(text).message): \(error)"))
        }
        return nil
    }

    /// Whoever is asked again has been refused.
    private func refused(_ login: AskpassAnswers.Login) {
        for earlier in offered where earlier.name == login.name { services.settle(earlier, .refused) }
        offered.removeAll { $0.name == login.name }
    }

    private func settle(_ outcome: AskpassOutcome) {
        for login in offered { services.settle(login, outcome) }
        offered = []
        if outcome == .refused { codesTold.forEach { services.codeWasRefused(user: $0) } }
        codesTold = []
    }

    private func resume(_ result: Result<Void, OpenSSHFailure>) {
        waiting?.resume(returning: result)
        waiting = nil
    }

    // MARK: The end

    /// Ends ssh at once; what waits gets `failure`.
    ///
    /// A question under way stays without a reply: the helper ends with ssh, which would take "none" for an empty password and send it.
    private func fail(_ failure: OpenSSHFailure) {
        let failure = (failure.code == .credential ? explained(failure) : failure).placed(at: log.phase)
        if self.failure == nil { self.failure = failure }
        settle(.undecided)
        child?.terminate()
        resume(.failure(failure))
    }

    private func ended(_ exit: ChildExit) {
        isOver = true
        hasLeftByItself = failure == nil && exit.status.map { $0 != 255 } == true && log.isInteractive
        log.end()
        let reason = explained(OpenSSHFailure(log: log, status: exit.status))
        // Who hangs up on a password has refused it.
        settle(reason.code == .authentication || log.phase == .authenticate ? .refused : .undecided)
        if failure == nil { failure = reason }
        if let failure { resume(.failure(failure)) }
    }

    /// The failure with what is known of the keys, when it is about the login.
    private func explained(_ failure: OpenSSHFailure) -> OpenSSHFailure {
        guard failure.code == .credential || failure.code == .authentication else { return failure }
        let trouble = (answers.keyTrouble + log.keyTrouble).joined(separator: "; ")
        var failure = failure
        if !trouble.isEmpty { failure.message += " (\(trouble))" }
        return failure
    }

    /// What ended the session, for the console.
    private func explanation(of exit: ChildExit) -> TransportEnd {
        log.end()
        switch exit {
        // All but 255 are the remote shell's own.
        case .exited(255), .signalled: return .lost(OpenSSHFailure(log: log, status: exit.status).message)
        case .exited, .unknown: return .closedByPeer
        }
    }

    /// Ends ssh because the time for getting in is over.
    func expire() {
        let expected =
            switch log.phase {
            case .resolve, .connect: "expected a connection, and none came about"
            case .handshake, .hostKey: "expected the end of the key exchange, and it did not come"
            case .authenticate: "expected an answer to the login, and none came"
            default: "expected a shell, and none was opened"
            }
        fail(OpenSSHFailure(.timeout, log.phase, expected))
    }

    /// Ends ssh because its task was cancelled; may be called from any thread.
    nonisolated func cancel() {
        loop.execute { self.assumeIsolated { $0.fail(.cancelled) } }
    }

    /// Ends ssh, politely when nothing has failed, and waits until it is gone.
    ///
    /// - Parameter lastWords: Sends what the device is to read before.
    func close(after lastWords: @Sendable () -> Void = {}) async {
        guard let child else { return }
        if !isOver, failure == nil { lastWords() }
        failure = failure ?? OpenSSHFailure(.connectionLost, .close, "the session was closed here")
        child.close()
        _ = await child.waitForExit()
        // The child's callbacks hold this actor.
        self.child = nil
    }
}

extension OpenSSHFailure {
    /// The task was cancelled.
    static let cancelled = OpenSSHFailure(.cancelled, .connect, "cancelled")
}

extension ChildExit {
    /// The exit status, if the child lived to have one.
    fileprivate var status: Int32? {
        if case .exited(let status) = self { status } else { nil }
    }
}
