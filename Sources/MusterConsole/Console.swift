package import MusterTransport

/// A device's command line over a byte transport: `ConsoleMachine` with an executor, a clock and callers that wait.
///
/// It lives on the transport's event loop. Calls are answered in the order in which they were made. Cancelling the task of a call that has
/// begun breaks the console: where the dialogue stands is unknown from there on, and the session should be ended.
package actor Console: ByteReceiver {
    private nonisolated let transport: any ByteTransport
    private var machine: ConsoleMachine
    private var waiting: [Int: CheckedContinuation<Result<Answer, ConsoleError>, Never>] = [:]
    private var nextID = 1
    private var timer: LoopTimer?
    private var timerInstant: Instant?
    /// Where output goes that is too long for memory, and how its files' names begin.
    private nonisolated let overflow: OutputFolder?
    private nonisolated let name: String
    /// The file of the command that is running, once it has one.
    private var file: OutputFile?
    /// Whether set-up commands that may be typed ahead wait for the first `send`, to go out with it in one packet.
    private var holdsSetUp = false
    private var held: [UInt8] = []
    private nonisolated let recorder: SessionRecorder?

    /// The id of the call of `open`; the machine does not know it.
    private static let openID = 0

    /// Why a call of `open` that was begun has failed, where nobody waited for it any more.
    private var openFailure: ConsoleError?

    /// How far `open` came.
    package enum Opening: Sendable {
        case done
        /// The device asks for a password that needs permission; `open(isPermitted:)` goes on.
        case asksForPassword
    }

    private enum Answer {
        case opened
        case asked
        case entered
        case finished(Exchange)
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { transport.loop.executor }

    /// - Parameters:
    ///   - secrets: by the names that the platform's definition asks for, such as `enable`.
    ///   - maximumOutput: bytes kept in memory of one command's output.
    ///   - overflow: where a longer output goes as a whole; nil drops what goes beyond.
    ///   - name: how the names of files there begin.
    ///   - wantedMode: the mode that commands are to be run in, where it is not the platform's usual one.
    ///   - recorder: takes the session down; the caller ends it.
    package init(
        transport: any ByteTransport, platform: Platform, secrets: [String: String] = [:], maximumOutput: Int = 16 << 20,
        overflow: OutputFolder? = nil, name: String = "output", wantedMode: String? = nil, timing: ConsoleTiming = .standard,
        recorder: SessionRecorder? = nil
    ) {
        self.transport = transport
        self.overflow = overflow
        self.name = name
        self.recorder = recorder
        machine = ConsoleMachine(
            platform: platform, secrets: secrets, maximumOutput: maximumOutput, handsOutOverflow: overflow != nil, timing: timing)
        machine.wantedMode = wantedMode
        machine.outlivesTransport = transport is TelnetTransport
        machine.notesSecrets = recorder != nil
    }

    /// What the console has been told of its device.
    package var platform: Platform { machine.platform }

    /// The device's prompt as it last stood; empty before it is known.
    package var prompt: String { machine.promptText }

    /// The mode by the last prompt; "unknown" where the definition has none for it.
    package var mode: String { machine.mode }

    /// Set-up commands that the device rejected, with its words.
    package var setUpFailures: [String] { machine.setUpFailures }

    /// Lines that are in no answer, and read like none of the device's messages.
    package var strays: [StrayLines] {
        machine.lookForStrays()
        return machine.strays
    }

    /// What was found out on the way, for a log.
    package var notes: [String] { machine.notes }
    /// What those who asked for the session should know of it.
    package var remarks: [String] { machine.remarks }

    /// Why long outputs are not in files as they should be.
    package private(set) var outputProblems: [String] = []

    /// Whether a password was typed in the login's dialogue.
    package var hasTypedPassword: Bool { machine.login.hasTypedPassword }

    /// Whether an error has lost the place in the dialogue.
    package var isBroken: Bool { machine.isBroken }

    /// Starts the transport's delivery, finds and proves the prompt, and reaches the default mode.
    ///
    /// Where the platform allows typing ahead, set-up commands may still be unanswered when this returns: the first `send` joins them in the
    /// same round trip.
    ///
    /// - Parameters:
    ///   - deadline: when to give up.
    ///   - credentials: what to answer when the device asks, in the terminal, who is there; nil leaves such questions alone.
    ///   - sendsAtOnce: the caller promises a `send` right after this, and set-up commands that may be typed ahead wait for it.
    /// - Returns: Whether that is done, which it always is where the password needs no permission.
    /// - Throws: `ConsoleError`; the console is unusable then.
    @discardableResult
    package func open(
        deadline: Instant? = nil, credentials: LoginCredentials? = nil, sendsAtOnce: Bool = false
    ) async throws(ConsoleError) -> Opening {
        holdsSetUp = sendsAtOnce
        let answer = try await ask(Self.openID) { console, now in
            console.machine.start(now: now, deadline: deadline, credentials: credentials)
            console.transport.start(console)
        }
        if case .asked = answer { return .asksForPassword }
        return .done
    }

    /// Goes on with a login that stopped at the question for the password; the time until here does not count.
    ///
    /// - Parameters:
    ///   - isPermitted: whether the password may be given.
    ///   - deadline: when to give up.
    /// - Throws: `ConsoleError`; of the kind `passwordMissing` where the password may not be given.
    package func open(isPermitted: Bool, deadline: Instant?) async throws(ConsoleError) {
        _ = try await ask(Self.openID) { console, now in
            if let failure = console.openFailure { return console.resume(Self.openID, .failure(failure)) }
            console.machine.permit(isPermitted, deadline: deadline, now: now)
        }
    }

    /// Types a command and waits for the prompt after it.
    ///
    /// - Parameters:
    ///   - command: one line; or, with line ends between, a command and the text that the platform reads after it.
    ///   - timeout: from this call to the prompt, for each line of a text; for a command that is typed ahead of set-up's answers, from the last of these.
    ///   - answers: to questions that the command may ask; they go before the definition's.
    ///   - isBreakable: whether it may be broken off with the platform's abort key when its time is over, so that the session goes on.
    /// - Throws: `ConsoleError`, which keeps what the command had printed. A command that the device rejects is no error: see `Exchange.failure`.
    ///   After a question that nobody has an answer to the device is back at its prompt, unless `isBroken`.
    package func send(
        _ command: String, timeout: Duration, answers: [AnsweredQuestion] = [], isBreakable: Bool = false
    ) async throws(ConsoleError) -> Exchange {
        let id = newID()
        let answer = try await ask(id) { console, now in
            console.recorder?.mark(.command(id: id, command), at: now)
            console.machine.submit(command, id: id, answers: answers, isBreakable: isBreakable, deadline: now + timeout, now: now)
        }
        guard case .finished(let exchange) = answer else {
            throw ConsoleError(kind: .unusable, expected: "an answer to a command", command: command)
        }
        return exchange
    }

    /// Does one instruction of a definition; nil where it types nothing that is answered.
    ///
    /// - Parameters:
    ///   - instruction: What to do.
    ///   - timeout: For each command or step.
    ///   - answers: To questions that a command may ask, before the definition's.
    /// - Throws: `ConsoleError`, as `send` and `enterMode`.
    package func perform(
        _ instruction: Instruction, timeout: Duration, answers: [AnsweredQuestion] = []
    ) async throws(ConsoleError) -> Exchange? {
        if case .enterMode(let name) = instruction {
            try await enterMode(name, timeout: timeout)
            return nil
        }
        let id = newID()
        let answer = try await ask(id) { console, now in
            console.recorder?.mark(.command(id: id, instruction.described), at: now)
            console.machine.perform(instruction, id: id, answers: answers, deadline: now + timeout, now: now)
        }
        guard case .finished(let exchange) = answer else { return nil }
        return exchange
    }

    /// Goes to a mode, over others where the definition says so.
    package func enterMode(_ name: String, timeout: Duration) async throws(ConsoleError) {
        let id = newID()
        _ = try await ask(id) { console, now in
            console.recorder?.mark(.mode(id: id, name), at: now)
            console.machine.enterMode(name, id: id, deadline: now + timeout, now: now)
        }
    }

    /// What the device printed before its prompt, where its platform is to be found out.
    package var greeting: [UInt8] { machine.shownGreeting }

    /// The prompt with all its lines.
    package var promptBytes: [UInt8] { machine.prompt?.text ?? [] }

    /// Goes on as `platform` and does its set-up; nothing else may be running.
    ///
    /// - Parameters:
    ///   - deadline: when to give up.
    ///   - sendsAtOnce: as for `open`.
    /// - Throws: `ConsoleError`; the console is unusable then.
    package func adopt(_ platform: Platform, deadline: Instant? = nil, sendsAtOnce: Bool = false) async throws(ConsoleError) {
        holdsSetUp = sendsAtOnce
        _ = try await ask(Self.openID) { console, now in
            console.recorder?.mark(.platform(platform.name), at: now)
            console.machine.adopt(platform, deadline: deadline, now: now)
        }
    }

    /// Goes on as `platform` without its set-up: all that is left to do is to take leave as it wants it.
    package func adoptToLeave(_ platform: Platform) {
        machine.adoptToLeave(platform)
    }

    /// Types what the definition wants typed before the session ends, and returns at once.
    ///
    /// The caller ends the transport.
    package func close() {
        recorder?.mark(.closing, at: transport.loop.now)
        machine.close(now: transport.loop.now)
        flush()
        timer?.cancel()
        timer = nil
    }

    // MARK: Waiting

    private func newID() -> Int {
        defer { nextID += 1 }
        return nextID
    }

    private func ask(_ id: Int, _ begin: (isolated Console, Instant) -> Void) async throws(ConsoleError) -> Answer {
        guard !Task.isCancelled else { throw ConsoleError(kind: .cancelled, expected: "its turn") }
        let loop = transport.loop
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The way here may have given up the loop for a turn, in which the cancellation found nobody waiting.
                guard !Task.isCancelled else {
                    let cancelled = ConsoleError(kind: .cancelled, expected: "its turn")
                    return continuation.resume(returning: Result<Answer, ConsoleError>.failure(cancelled))
                }
                waiting[id] = continuation
                begin(self, loop.now)
                flush()
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancel(id) } }
        }
        return try result.get()
    }

    private func cancel(_ id: Int) {
        guard waiting[id] != nil else { return }
        machine.abort(id: id == Self.openID ? nil : id, now: transport.loop.now)
        flush()
    }

    /// Carries out what the machine has decided: one write for all bytes, then the answers, then the timer.
    private func flush() {
        writeOverflow()
        let bytes = machine.takeOutgoing()
        let events = machine.takeEvents()
        if holdsSetUp, events.contains(where: { if case .opened = $0 { true } else { false } }) {
            held = bytes
            holdsSetUp = false
        } else if !bytes.isEmpty || !held.isEmpty {
            recorder?.typed(held + bytes, hiding: machine.takeNotedSecrets(), at: transport.loop.now)
            transport.send(held + bytes)
            held = []
            for answer in machine.takeNotedAnswers() { recorder?.mark(.answer(answer), at: transport.loop.now) }
        }
        recorder?.mark(events, at: transport.loop.now)
        for event in events {
            switch event {
            case .opened: resume(Self.openID, .success(.opened))
            case .finished(let id, let exchange): finish(id, exchange)
            case .entered(let id, _): resume(id, .success(.entered))
            case .failed(let id, let error): fail(id, error)
            }
        }
        if machine.awaitsPermission { resume(Self.openID, .success(.asked)) }
        armTimer()
    }

    // MARK: Output that is too long for memory

    private func writeOverflow() {
        let pieces = machine.takeOverflow()
        guard let overflow, !pieces.isEmpty else { return }
        let file = file ?? OutputFile(in: overflow, named: name)
        self.file = file
        for piece in pieces { file.write(piece) }
    }

    private func finish(_ id: Int, _ exchange: Exchange) {
        guard exchange.truncated, let file = takeFile() else { return resume(id, .success(.finished(exchange))) }
        end(file) { console, result in
            var exchange = exchange
            switch result {
            case .success(let path): exchange.outputFile = path
            case .failure(let problem):
                exchange.outputProblem = problem.text
                console.outputProblems.append(problem.text)
            }
            console.resume(id, .success(.finished(exchange)))
        }
    }

    private func fail(_ id: Int?, _ error: ConsoleError) {
        guard id != nil, !error.partialOutput.isEmpty, let file = takeFile() else { return resume(id ?? Self.openID, .failure(error)) }
        end(file) { console, result in
            var error = error
            error.outputFile = try? result.get()
            console.resume(id ?? Self.openID, .failure(error))
        }
    }

    private func takeFile() -> OutputFile? {
        defer { file = nil }
        return file
    }

    /// Waits for the file's last bytes, off the loop, and goes on here.
    private func end(_ file: OutputFile, _ body: @escaping @Sendable (isolated Console, Result<String, OutputProblem>) -> Void) {
        let loop = transport.loop
        file.finish { result in
            loop.execute { self.assumeIsolated { body($0, result) } }
        }
    }

    private func resume(_ id: Int, _ result: Result<Answer, ConsoleError>) {
        guard let waiter = waiting.removeValue(forKey: id) else {
            if id == Self.openID, case .failure(let error) = result { openFailure = error }
            return
        }
        waiter.resume(returning: result)
    }

    /// Sees to it that the timer fires no later than the machine's deadline.
    ///
    /// A timer that fires too early does no harm, and setting one anew for every burst would cost more than the burst.
    private func armTimer() {
        guard let deadline = machine.nextDeadline() else {
            if machine.isBroken {
                timer?.cancel()
                timer = nil
                timerInstant = nil
            }
            return
        }
        if let timerInstant, timerInstant <= deadline { return }
        timer?.cancel()
        timerInstant = deadline
        timer = transport.loop.schedule(at: deadline) { [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
    }

    private func timerFired() {
        timer = nil
        timerInstant = nil
        machine.timerFired(now: transport.loop.now)
        flush()
    }

    // MARK: ByteReceiver

    package nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        // The closure runs before this call returns, on the loop, so the buffer goes nowhere.
        nonisolated(unsafe) let bytes = bytes
        assumeIsolated {
            let now = $0.transport.loop.now
            $0.recorder?.received(bytes, at: now)
            $0.machine.receive(bytes, now: now)
            $0.writeOverflow()
        }
    }

    package nonisolated func burstEnded() {
        assumeIsolated {
            $0.recorder?.burstEnded()
            $0.machine.burstEnded(now: $0.transport.loop.now)
            $0.flush()
        }
    }

    package nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated {
            $0.recorder?.mark(.ended(end.name), at: $0.transport.loop.now)
            $0.machine.ended(end, now: $0.transport.loop.now)
            $0.flush()
        }
    }
}
