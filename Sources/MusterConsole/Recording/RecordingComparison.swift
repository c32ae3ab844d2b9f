import MusterTransport

/// Goes through a recording with a machine, and notes what differs.
struct RecordingComparison {
    private(set) var differences: [RecordingCheck.Difference] = []
    private(set) var commands = 0
    private(set) var endedAt: Int?

    private let recording: Recording
    private let platform: Platform
    private var player: RecordingPlayer
    private var hasClosed = false
    /// The last error that came where something else was awaited.
    private var failure: ConsoleError?
    /// The command over an exec channel that is running, and what it has printed.
    private var exec: ExecRun?
    /// Whether anything went through a terminal.
    private var hasTerminal = false

    private struct ExecRun {
        var id: Int
        var printed: [UInt8] = []
    }

    init(_ recording: Recording, _ platform: Platform) {
        self.recording = recording
        self.platform = platform
        // Until the device was found out, it was driven as one that may be anything.
        let first = Platform.isDetecting(recording.header.platform) ? PlatformLibrary().platform(named: Platform.detectingName) : nil
        player = RecordingPlayer(recording.header, platform: first ?? platform)
    }

    mutating func run() {
        for event in recording.events {
            guard check(event) else {
                endedAt = event.line
                return
            }
        }
        guard hasTerminal, !player.typed.isEmpty, !recording.isCutOff, !hasClosed else { return }
        differ(recording.events.last?.line ?? 1, "typed at the end", "nothing more", quoted(player.typed))
    }

    /// Goes one event on; false when there is no going on.
    private mutating func check(_ event: RecordingEvent) -> Bool {
        switch event.kind {
        case .received(let bytes) where exec != nil: exec?.printed += bytes
        case .received(let bytes):
            hasTerminal = true
            player.receive(bytes)
        case .typed(let bytes):
            hasTerminal = true
            return checkTyped(bytes, event.line)
        case .mark(let mark): return check(mark, event.line)
        }
        return true
    }

    private mutating func checkTyped(_ bytes: [UInt8], _ line: Int) -> Bool {
        _ = player.wait { $0.typed.count >= bytes.count }
        let typed = player.takeTyped(bytes.count)
        if typed == bytes { return true }
        return differ(
            line, "typed", quoted(bytes),
            typed.isEmpty ? "nothing; the screen ends with \(standing)" : quoted(typed + player.typed.prefix(80)))
    }

    private mutating func check(_ mark: RecordingMark, _ line: Int) -> Bool {
        switch mark {
        case .platform: player.adopt(platform)
        case .command(let id, let command): player.submit(command, id: id, answers: answers(to: id, after: line))
        case .exec(let id, let command):
            guard platform.allowsExec else {
                return differ(
                    line, "'\(escaped(command.utf8))'", "a command over an exec channel", "a definition that allows none (`exec: true`)")
            }
            exec = ExecRun(id: id)
        // Looked up ahead of it.
        case .answer: break
        case .result(let result) where exec?.id == result.id: check(exec: result, line)
        case .failed(let id, _) where id != nil && exec?.id == id: exec = nil
        case .mode(let id, let name): player.enterMode(name, id: id)
        case .opened(let prompt, let mode): return checkOpened(prompt, mode, line)
        case .result(let result): return check(result, line)
        case .entered(let id, let mode): return checkEntered(id, mode, line)
        case .failed(let id, let kind): return checkFailed(id, kind, line)
        case .gap: return false
        case .closing:
            hasClosed = true
            player.close()
        case .ended(let how): if hasTerminal { player.end(TransportEnd(recorded: how)) }
        }
        return true
    }

    /// What the caller has answered to the questions of a command, each once.
    private func answers(to id: Int, after line: Int) -> [AnsweredQuestion] {
        var answers: [AnsweredQuestion] = []
        for event in recording.events where event.line > line {
            switch event.kind {
            case .mark(.answer(let answer)) where answer.id == id:
                guard !answers.contains(where: { $0.pattern.source == answer.pattern }), let pattern = try? Pattern(answer.pattern) else {
                    break
                }
                answers.append(AnsweredQuestion(pattern: pattern, answer: answer.reply, isSecret: answer.reply == Recording.redaction))
            case .mark(.result(let result)) where result.id == id: return answers
            case .mark(.failed(let failed, _)) where failed == id: return answers
            default: break
            }
        }
        return answers
    }

    /// A command without a terminal: its status is the verdict, and nothing else is made of what it printed.
    private mutating func check(exec result: RecordedResult, _ line: Int) {
        let printed = Array(exec?.printed.trimmedLineEnds ?? [])
        exec = nil
        commands += 1
        let command = "'\(escaped(result.command.utf8))'"
        // Of a long one only the beginning was kept.
        if !result.output.describes(Array(printed.prefix(result.output.count))) { differ(line, command, result.output, printed) }
        guard let status = result.exitStatus, (status == 0) != (result.failure == nil) else { return }
        differ(line, "verdict on \(command)", result.failure.map { "rejected: \($0)" } ?? "not rejected", "the exit status \(status)")
    }

    private mutating func checkOpened(_ prompt: String, _ mode: String, _ line: Int) -> Bool {
        guard case .opened(let seenPrompt, let seenMode)? = awaited(nil) else {
            return differ(line, "login", "the prompt \(quoted(Array(prompt.utf8)))", unanswered)
        }
        compare(line, "prompt after the login", prompt, seenPrompt)
        compare(line, "mode after the login", mode, seenMode)
        return true
    }

    private mutating func check(_ result: RecordedResult, _ line: Int) -> Bool {
        let command = "'\(escaped(result.command.utf8))'"
        guard case .finished(_, let exchange)? = awaited(result.id) else {
            return differ(
                line, "answer to \(command)", "one that ends at the prompt \(quoted(Array(result.prompt.utf8)))",
                unanswered)
        }
        commands += 1
        if !describes(result.output, exchange.output) { differ(line, command, result.output, exchange.output) }
        if result.failure != exchange.failure {
            func said(_ failure: String?) -> String { failure.map { "rejected by \(quoted(Array($0.utf8)))" } ?? "not rejected" }
            differ(line, "verdict on \(command)", said(result.failure), said(exchange.failure))
        }
        compare(line, "prompt after \(command)", result.prompt, exchange.prompt)
        compare(line, "mode after \(command)", result.mode, exchange.mode)
        return true
    }

    private mutating func checkEntered(_ id: Int, _ mode: String, _ line: Int) -> Bool {
        guard case .entered(_, let seen)? = awaited(id) else {
            return differ(line, "way to a mode", "the mode '\(mode)'", unanswered)
        }
        compare(line, "mode", mode, seen)
        return true
    }

    private mutating func checkFailed(_ id: Int?, _ kind: String, _ line: Int) -> Bool {
        // These were made by a clock or a person, not by the device.
        if ["command_timeout", "never_prompted", "cancelled", "unusable"].contains(kind) { return false }
        switch awaited(id) {
        case .failed(_, let error)?: compare(line, "failure", kind, error.kind.name)
        case .some: return differ(line, "failure", kind, "success")
        case nil: return differ(line, "failure", kind, unanswered)
        }
        return true
    }

    // MARK: What came about

    /// What came of the request of that id, or of the login for nil; waited for.
    private mutating func awaited(_ id: Int?) -> ConsoleEvent? {
        func isMeant(_ event: ConsoleEvent) -> Bool {
            switch event {
            case .opened: id == nil
            case .finished(let other, _), .entered(let other, _): other == id
            case .failed(let other, _): other == id
            }
        }
        _ = player.wait { $0.events.contains(where: isMeant) }
        let event = player.takeEvent(isMeant)
        if case .failed(_, let error)? = event { failure = error }
        return event
    }

    /// What there is in the place of an event.
    private var unanswered: String {
        if let failure { return "'\(failure.kind.name)': \(failure.message)" }
        return "none; the screen ends with \(standing)"
    }

    private var standing: String { quoted(Array(player.machine.screen.standing.suffix(80))) }

    // MARK: Telling

    private mutating func compare(_ line: Int, _ what: String, _ expected: String, _ seen: String) {
        if expected != seen { differ(line, what, quoted(Array(expected.utf8)), quoted(Array(seen.utf8))) }
    }

    /// Whether an output is the recorded one; what was a secret may be called by either name.
    private func describes(_ recorded: RecordedResult.Output, _ seen: [UInt8]) -> Bool {
        if recorded.describes(seen) { return true }
        guard case .whole(let bytes) = recorded else { return false }
        let mark = SecretSearch([Array(ConsoleMachine.secretMark.utf8)])
        return mark.replaced(bytes, by: Recording.redaction) == mark.replaced(seen, by: Recording.redaction)
    }

    /// Says where two outputs part.
    private mutating func differ(_ line: Int, _ command: String, _ expected: RecordedResult.Output, _ seen: [UInt8]) {
        guard case .whole(let bytes) = expected else {
            return _ = differ(line, "output of \(command)", "\(expected.count) bytes of a certain sum", "\(seen.count) bytes of another")
        }
        let (old, new) = (
            bytes.split(separator: 0x0A, omittingEmptySubsequences: false),
            seen.split(separator: 0x0A, omittingEmptySubsequences: false)
        )
        let place = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
        func shown(_ lines: [ArraySlice<UInt8>]) -> String { place < lines.count ? quoted(Array(lines[place].prefix(200))) : "the end" }
        differ(line, "output of \(command), line \(place + 1)", shown(old), shown(new))
    }

    @discardableResult
    private mutating func differ(_ line: Int, _ what: String, _ expected: String, _ seen: String) -> Bool {
        differences.append(RecordingCheck.Difference(line: line, what: what, expected: expected, seen: seen))
        return false
    }

    private func quoted(_ bytes: [UInt8]) -> String { "'\(escaped(bytes))'" }
}

extension [UInt8] {
    /// Without the line ends at its end.
    package var trimmedLineEnds: ArraySlice<UInt8> {
        self[..<((lastIndex { $0 != 0x0A && $0 != 0x0D } ?? -1) + 1)]
    }
}
