package import MusterTransport

/// What the machine has to tell its runner.
package enum ConsoleEvent: Sendable, Equatable {
    /// The prompt is known and the default mode is reached.
    ///
    /// Set-up commands may still be on their way.
    case opened(prompt: String, mode: String)
    /// A command has been answered.
    case finished(id: Int, Exchange)
    /// The mode that was asked for is reached.
    case entered(id: Int, mode: String)
    /// What was asked did not come about; without an id, it was the login.
    case failed(id: Int?, ConsoleError)
}

/// A device's command line as a pure state machine: bytes and instants in, bytes and events out.
///
/// The order of a session: `start`, then `receive` and `burstEnded` as bytes come, `timerFired` when `deadline` has come, `submit` and
/// `enterMode` at any time, `ended` at the end. After each of them the runner takes `outgoing` and `events`.
///
/// **How the prompt is known.** The definition only says what prompts look like. At the login the machine sends a return and reads the
/// device's own prompt back; from then on it is expected to the letter, so a line of output that looks like some prompt ends nothing. Another
/// prompt counts where it was to be expected, for instance when a command has changed the host's name; anything else has to come again after a
/// return.
///
/// **How answers are told apart.** A device prints what is typed after its prompt. An answer begins after the line that consists of the prompt and the
/// command; text before it (log messages, the end of something earlier) is not part of it. On a device without echo the answer begins at once.
package struct ConsoleMachine {
    package internal(set) var platform: Platform
    package var timing: ConsoleTiming

    /// Bytes to write, in order.
    var outgoing: [UInt8] = []
    /// What happened, in order.
    var events: [ConsoleEvent] = []

    let secrets: [String: String]
    var credentials: LoginCredentials?
    let scratch = MatchScratch()
    var screen: LineEmulator
    var phase = Phase.new
    /// The device's own prompt, once learned, and the others it had in this session.
    var prompt: LearnedPrompt?
    var known: [LearnedPrompt] = []
    var login = Login()
    /// The host's name as it stands in the prompt, and what is known of one that is never the same.
    var hostName: [UInt8] = []
    var promptVariation = PromptVariation.none
    /// Commands that are typed and not answered yet.
    ///
    /// Output belongs to the first.
    var inFlight: [Step] = []
    /// Set-up still to do.
    var setUp: [Instruction] = []
    /// What callers have asked for and is not begun.
    var waiting: [Job] = []
    var walk: ModeWalk?
    /// The mode that commands are to be run in, where that is not the usual one; the set-up goes no further than it has to.
    package var wantedMode: String?
    /// Whether what is logged in to goes on when the transport ends, as behind a console server.
    var outlivesTransport = false
    /// Whether the place was lost because the time of a command was over that may be broken off.
    var isOverdue = false
    /// What those who asked for the session should know of it.
    package internal(set) var remarks: [String] = []
    /// Whether this device prints what is typed; nil until it is known.
    var echoes: Bool?
    var typesAhead: Bool
    /// How many lines had been finished when a return was typed to see what the device has lost; its answer, a prompt, is still to come.
    var probedAt: Int?
    var isOpen = false
    /// Set-up commands that the device rejected, with its words.
    package internal(set) var setUpFailures: [String] = []

    var startedAt = Instant(nanoseconds: 0)
    var loginDeadline: Instant?
    var lastReceived = Instant(nanoseconds: 0)
    var lastSettled = Instant(nanoseconds: 0)
    /// How far the finished lines have been looked through for echoes, and at the login for the prompt's whole text.
    var scanned = 0 {
        didSet { searchedForEnd = scanned }
    }
    /// How far a line's end has been looked for behind `scanned`: a very long line comes in pieces, and each is looked through once.
    private var searchedForEnd = 0
    /// How many bytes were looked through for ends of lines: what shows that the cost stays linear in the output.
    package private(set) var scannedBytes = 0
    /// What came before the prompt was known, where the platform is to be found out.
    var greeting: [UInt8] = []
    /// The last bytes that came, for errors.
    var lastBytes: [UInt8] = []
    var pagerAnswers = 0
    var pager = PagerMemory()
    /// What of the first command's output has to go to a file, in order, until the runner takes it.
    var overflow: [[UInt8]] = []
    /// Whether the first command's output has begun to go there, and how much of it there was.
    var isOverflowing = false
    var overflowed = 0
    /// How many pieces have come since the last command was typed.
    var bursts = 0
    /// From a command to its echo, as it was last.
    var roundTrip = Duration.zero
    /// How long the prompt that stands has to do so, where it is given time.
    var confirmation: Duration?
    /// Secrets that were typed in this session: answers to questions for a password, those of modes, the login's.
    var typedSecrets: [String] = []
    /// What takes them out of output that goes to a file, while some does.
    var overflowSecrets: SecretStream?
    var end: TransportEnd?
    /// The command in answer to which the device has ended the session.
    var leftBy: String?
    /// The command that was answered last, until something is known of what came after it.
    var answered: Answered?
    /// Lines that came between answers and were no messages.
    package internal(set) var strays: [StrayLines] = []
    /// What was found out on the way, for a log.
    package internal(set) var notes: [String] = []
    /// Whether what is typed at a question for a secret is noted, for a recording to leave it out, and what that was.
    package var notesSecrets = false
    var notedSecrets: [[UInt8]] = []
    /// What was answered by the caller's answers, for a recording.
    var notedAnswers: [RecordedAnswer] = []

    enum Phase { case new, login, ready, broken }

    /// - Parameters:
    ///   - secrets: by the names that the definition's `__lookup::name` asks for.
    ///   - maximumOutput: bytes kept of one command's output.
    ///   - handsOutOverflow: whether longer output comes out as a whole by `takeOverflow`; else what goes beyond is dropped.
    package init(
        platform: Platform, secrets: [String: String] = [:], maximumOutput: Int = 16 << 20, handsOutOverflow: Bool = false,
        timing: ConsoleTiming = .standard
    ) {
        self.platform = platform
        self.secrets = secrets
        self.timing = timing
        screen = LineEmulator(limit: maximumOutput, width: platform.pty.columns)
        screen.handsOutOverflow = handsOutOverflow
        typesAhead = platform.typeAhead && platform.echo == .exact
        echoes = platform.echo == .none ? false : nil
    }

    /// The mode by the last prompt; "unknown" where the definition has none for it.
    package var mode: String { prompt?.mode ?? LearnedPrompt.unknownMode }

    /// The prompt as it last stood; empty before it is known.
    package var promptText: String { prompt.map { platform.encoding.text($0.text) } ?? "" }

    /// Whether an error has lost the place in the dialogue.
    ///
    /// Nothing can be asked any more.
    package var isBroken: Bool { phase == .broken }

    /// How much was searched with regular expressions so far.
    package var searchedBytes: Int { scratch.bytesSearched }

    /// Takes the bytes that are to be written.
    package mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing.removeAll() }
        return outgoing
    }

    /// Takes what happened since the last call.
    package mutating func takeEvents() -> [ConsoleEvent] {
        defer { events.removeAll() }
        return events
    }

    // MARK: What comes in

    /// Begins the login.
    ///
    /// - Parameter credentials: what to answer when the device asks who is there; nil leaves such questions alone.
    package mutating func start(now: Instant, deadline: Instant? = nil, credentials: LoginCredentials? = nil) {
        guard phase == .new else { return }
        phase = .login
        self.credentials = credentials
        startedAt = now
        lastReceived = now
        lastSettled = now
        loginDeadline = deadline
    }

    /// Takes bytes from the device.
    ///
    /// Nothing is decided before `burstEnded`, except where a line is the echo of a command.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) {
        guard phase != .broken, !bytes.isEmpty else { return }
        lastReceived = now
        // Twice what is shown, so that a secret is found even where the part that is shown begins inside it.
        lastBytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.suffix(2 * Self.seenLength)))
        if lastBytes.count > 8 * Self.seenLength { lastBytes.removeFirst(lastBytes.count - 2 * Self.seenLength) }
        keepGreeting(bytes)
        screen.foldsAtUsualWidth = echoes != false && inFlight.contains { $0.echo == .awaited }
        screen.feed(bytes)
        if !inFlight.isEmpty { scanLines(now) }
        if screen.isTruncated { collectOverflow() }
    }

    package mutating func receive(_ bytes: [UInt8], now: Instant) { bytes.withUnsafeBytes { receive($0, now: now) } }

    /// All bytes at hand have been given: looks whether the device waits for something.
    package mutating func burstEnded(now: Instant) {
        bursts += 1
        settle(now)
    }

    /// Some `deadline` has come.
    ///
    /// A call too early does no harm.
    package mutating func timerFired(now: Instant) {
        expire(now)
        settle(now)
    }

    /// Asks for a command.
    ///
    /// The answer is an event with the same id.
    ///
    /// - Parameters:
    ///   - command: one line; or, with line ends between, a command and the text that the platform reads after it.
    ///   - answers: to questions that it may ask; they go before the definition's.
    ///   - isBreakable: whether it may be broken off with the platform's abort key when its time is over.
    package mutating func submit(
        _ command: String, id: Int, answers: [AnsweredQuestion] = [], isBreakable: Bool = false, deadline: Instant?, now: Instant
    ) {
        let isText = command.utf8.contains(0x0A) && isWholeText(command)
        // Those of a key that quotes are wanted.
        let quotes = platform.quoteKey?.utf8
        if let byte = command.utf8.first(where: {
            ($0 < 0x20 && !(isText && $0 == 0x0A) || $0 == 0x7F) && quotes?.contains($0) != true
        }) {
            events.append(.failed(id: id, untypable(command, byte)))
            return
        }
        ask(Job(id: id, request: .command(command, answers), deadline: deadline, askedAt: now, isBreakable: isBreakable), now)
    }

    /// Asks for what a definition says, which may have keys in it; to enter a mode is to be asked for by `enterMode`.
    ///
    /// The answer is as that of `submit`.
    package mutating func perform(
        _ instruction: Instruction, id: Int, answers: [AnsweredQuestion] = [], deadline: Instant?, now: Instant
    ) {
        if case .sendPrompted(let input, _, .secret(let name)) = instruction, secrets[name] == nil {
            // Nothing is typed that could not be answered.
            var error = ConsoleError(kind: .secretMissing(name), expected: "", command: input)
            error = secretError(error, name)
            error.hint = "Give the host its \(Self.secretField(name))"
            events.append(.failed(id: id, error))
            return
        }
        ask(Job(id: id, request: .instruction(instruction, answers), deadline: deadline, askedAt: now), now)
    }

    /// Asks for a mode.
    ///
    /// The answer is `entered` or `failed` with the same id.
    package mutating func enterMode(_ name: String, id: Int, deadline: Instant?, now: Instant) {
        guard platform.mode(named: name) != nil else {
            events.append(.failed(id: id, unknownMode(name)))
            return
        }
        ask(Job(id: id, request: .mode(name), deadline: deadline, askedAt: now), now)
    }

    private mutating func ask(_ job: Job, _ now: Instant) {
        guard phase != .broken, end == nil else {
            events.append(.failed(id: job.id, unusable(job)))
            return
        }
        waiting.append(job)
        pump(now)
    }

    /// The caller does not wait any longer.
    ///
    /// The place in the dialogue is lost unless the request had not begun.
    package mutating func abort(id: Int?, now: Instant) {
        guard phase != .broken else { return }
        if let id, let index = waiting.firstIndex(where: { $0.id == id }) {
            let job = waiting.remove(at: index)
            events.append(.failed(id: id, ConsoleError(kind: .cancelled, expected: "its turn", command: job.command)))
            return
        }
        if let id, walk?.id != id, !inFlight.contains(where: { $0.id == id }) { return }
        if id == nil, isOpen { return }
        breakOff(.cancelled, now)
    }

    /// The transport has ended.
    package mutating func ended(_ reason: TransportEnd, now: Instant) {
        guard end == nil else { return }
        end = reason
        if leave(reason, now) { return }
        breakOff(meaning(of: reason), now)
    }

    /// Looks where the dialogue stands, as often as that changes something.
    mutating func settle(_ now: Instant) {
        lastSettled = max(lastSettled, now)
        confirmation = nil
        switch phase {
        case .login: settleLogin(now)
        case .ready: settleCommands(now)
        case .new, .broken: break
        }
        // What it has not found may be there.
        if let exhaustion = scratch.exhaustion { breakOff(.patternExhausted(exhaustion.source), now) }
    }

    /// How long nothing has come.
    func quiet(_ now: Instant) -> Duration { now - lastReceived }

    /// The index of the next end of a line among the finished lines that are not looked through, or nil.
    mutating func nextLineEnd() -> Int? {
        let start = max(scanned, searchedForEnd)
        guard start < screen.text.count else { return nil }
        let end = screen.text[start...].firstIndex(of: 0x0A)
        searchedForEnd = end ?? screen.text.count
        scannedBytes += searchedForEnd - start
        return end
    }

    // MARK: Typing

    /// What is sent to type `text`, in the device's encoding.
    func keys(_ text: String) -> [UInt8] { platform.encoding.bytes(text) }

    /// Types a line.
    mutating func type(_ line: String) {
        noteSecret(line)
        outgoing.append(contentsOf: keys(line))
        outgoing.append(contentsOf: platform.returnKey)
    }
}
