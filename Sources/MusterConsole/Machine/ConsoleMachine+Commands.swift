import MusterTransport

/// Typing commands, and seeing that they are answered.
extension ConsoleMachine {
    // MARK: What is next

    /// Types whatever may be typed now.
    mutating func pump(_ now: Instant) {
        while phase == .ready, scratch.exhaustion == nil, pumpOnce(now) {}
    }

    /// Begins one thing; false when nothing can be begun.
    private mutating func pumpOnce(_ now: Instant) -> Bool {
        if walk != nil { return inFlight.isEmpty && advanceWalk(now) }
        if inFlight.isEmpty {
            if !setUp.isEmpty {
                begin(setUp.removeFirst(), for: .setUp, now)
                return true
            }
        } else {
            // Set-up that needs no answer, and the first command after it, are typed without waiting: three turns become one.
            guard typesAhead, inFlight.allSatisfy({ $0.purpose == .setUp && $0.question == nil && !$0.isLenient }) else { return false }
            if case .send(let command)? = setUp.first {
                setUp.removeFirst()
                send(command, for: .setUp, now)
                return true
            }
            guard setUp.isEmpty, waiting.first?.canBeTypedAhead ?? true else { return false }
        }
        announceOpen()
        guard !waiting.isEmpty else { return false }
        begin(waiting.removeFirst(), now)
        return true
    }

    private mutating func announceOpen() {
        guard !isOpen, let prompt else { return }
        isOpen = true
        events.append(.opened(prompt: promptText, mode: prompt.mode))
    }

    private mutating func begin(_ job: Job, _ now: Instant) {
        switch job.request {
        case .command(let command, let answers):
            let lines = command.split(separator: "\n", omittingEmptySubsequences: false)
            send(String(lines[0]), for: .command, now)
            if lines.count > 1 {
                inFlight[inFlight.count - 1].block = TextBlock(
                    typed: [String(lines[0])], rest: lines.dropFirst().map(String.init), ready: platform.text(in: lines[...])?.rule.ready,
                    patience: job.deadline.map { $0 - job.askedAt }, line: screen.finishedLines)
            }
            own(job, answers)
        case .instruction(let instruction, let answers):
            begin(instruction, for: .command, now)
            own(job, answers)
        case .mode(let name):
            walk = ModeWalk(id: job.id, target: name, deadline: job.deadline, startedAt: job.askedAt)
        }
    }

    /// Makes the command that was just typed the job's.
    private mutating func own(_ job: Job, _ answers: [AnsweredQuestion]) {
        let last = inFlight.count - 1
        inFlight[last].answers = answers
        inFlight[last].target = target(of: inFlight[last].command)
        inFlight[last].id = job.id
        inFlight[last].isBreakable = job.isBreakable
        inFlight[last].deadline = job.deadline
        inFlight[last].sentAt = job.askedAt
    }

    /// Begins one instruction of the definition.
    mutating func begin(_ instruction: Instruction, for purpose: Step.Purpose, _ now: Instant) {
        switch instruction {
        case .send(let command): send(command, for: purpose, now)
        case .sendPrompted(let command, let question, let response):
            send(command, for: purpose, now)
            inFlight[inFlight.count - 1].question = (question, response)
        case .write(let input):
            send(input, for: purpose, now)
            inFlight[inFlight.count - 1].isLenient = true
        case .enterMode(let name):
            walk = ModeWalk(target: name, startedAt: now)
        }
    }

    private mutating func send(_ command: String, for purpose: Step.Purpose, _ now: Instant) {
        var standing: [UInt8]
        if inFlight.isEmpty {
            // Whatever came since the last answer (log messages) is no part of this one. Some lines may belong to the prompt that stands.
            let text = screen.takeText()
            if !text.isEmpty { probedAt = nil }
            noteStrays(text[...])
            scanned = 0
            pagerAnswers = 0
            bursts = 0
            standing = Array(screen.standing)
        } else {
            standing = Array(prompt?.last ?? [])
        }
        let count = standing.count
        // A quoting key shows nothing.
        standing += keys(platform.shown(command))
        inFlight.append(
            Step(purpose: purpose, command: command, echoLine: standing, standingCount: count, sentAt: now, lines: screen.finishedLines))
        inFlight[inFlight.count - 1].hasRightPrompt = screen.hasRightPrompt
        lastReceived = max(lastReceived, now)
        type(command)
    }

    // MARK: Where it stands

    /// Looks whether the command that is running has been answered, or whether the device asks something.
    mutating func settleCommands(_ now: Instant) {
        guard let head = inFlight.first else {
            // Between commands a device may talk for days.
            if screen.text.count > 4096 {
                noteStrays(screen.text[...])
                screen.forgetText(butLast: 4)
            }
            return
        }
        if head.purpose != .command { outgoing.append(contentsOf: screen.replies) }
        screen.replies.removeAll()
        if head.isLenient, quiet(now) >= (screen.finishedLines > head.lines ? timing.echo : timing.line) {
            finish(standing: prompt?.text ?? [], now)
            return
        }
        if head.block != nil, continueText(now) { return }
        let pause = quiet(now)
        if head.isBrokenOff { return settleBrokenOff(pause, now) }
        guard let line = standingLine else {
            if pause >= timing.prompt, let prompt = gluedPrompt(screen.standing) { return endGlued(prompt, pause, now) }
            recallPrompt(pause, now)
            meetFinishedQuestion(now)
            return
        }
        if head.question != nil, answerQuestion(line, now) { return }
        let hasNewLine = screen.finishedLines > head.lines
        if hasNewLine, let standing = standingPrompt(head) {
            let time = timeToConfirm(standing, head)
            if pause < time {
                confirmation = time
                return
            }
            endHead(standing.text, pause, now)
            return
        }
        if answerPager(now) { return }
        if hasNewLine, let text = expectedPrompt(head) {
            endHead(text, pause, now)
            return
        }
        if meetQuestion(line, now) { return }
        if let probe = head.probe, finishProbe(probe, line, now) { return }
        if pause >= timing.prompt, hasNewLine || echoes == false, let prompt = gluedPrompt(line) {
            endGlued(prompt, pause, now)
        } else if hasNewLine, pause >= timing.line, isMessage(line), matchPrompt(allRules) == nil {
            recallPrompt(pause, now)
        } else if hasNewLine {
            meetOtherPrompt(line, head, pause, now)
        }
    }

    /// The prompt that stands, of those of this session.
    private func standingPrompt(_ head: Step) -> LearnedPrompt? {
        if let prompt, stands(prompt) { return prompt }
        // Behind what only shows something, one of before is a line like any other.
        guard inFlight.count > 1 || head.echo != .seen || head.dialogue.refused != nil || mayChangePrompt(head) else { return nil }
        return known.last(where: stands)
    }

    /// How long the prompt has to stand before it ends an answer.
    ///
    /// Usually not at all. An answer that is long, or comes in driblets, may have the device's own prompt in it (a transcript, a log) just where
    /// a piece ends, a prompt of one sign may be a line of anything, and one that the device had before, behind lines of output, a line of these:
    /// there the rest is given the time that an echo takes to come. Where the answer has the prompt in it already, it is given more.
    private func timeToConfirm(_ standing: LearnedPrompt, _ head: Step) -> Duration {
        guard head.echo == .seen else { return isShort(standing) ? .zero : shortMoment }
        if isTranscript(standing) { return timing.prompt }
        guard isShort(standing) else { return shortMoment }
        let isExpected = standing == prompt || head.purpose == .walk || screen.text.allSatisfy { $0 == 0x0A || $0 == 0x20 }
        return isExpected ? .zero : shortMoment
    }

    private func isShort(_ standing: LearnedPrompt) -> Bool {
        isShortOutput && standing.last.trimmedAtEnd.count >= 2
    }

    var isShortOutput: Bool { screen.text.count <= Self.shortAnswer && bursts <= Self.fewBursts }

    /// Whether the end of the answer has a line in which something stands behind the prompt.
    private func isTranscript(_ standing: LearnedPrompt) -> Bool {
        let prompt = Array(standing.last)
        return screen.text.suffix(Self.shortAnswer).withUnsafeBytes { $0.hasLine(beginningWith: prompt) }
    }

    /// The time that an echo takes to come, within bounds.
    var shortMoment: Duration { min(max(roundTrip, .milliseconds(10)), timing.pager) }

    private static let fewBursts = 16
    private static let shortAnswer = 8192

    /// The prompt of the mode that is being entered, if it stands there.
    private func expectedPrompt(_ head: Step) -> [UInt8]? {
        guard let hop = head.purpose == .walk ? walk?.hop : head.target, let rule = platform.mode(named: hop)?.prompt, let prompt else {
            return nil
        }
        // While the bytes come one by one, `r1#` may be the beginning of `r1# `: the blanks at the end are the same in all modes.
        guard let text = matchPrompt([rule]), let line = standingLine else { return nil }
        return line.count - line.trimmedAtEnd.count == prompt.last.count - prompt.last.trimmedAtEnd.count ? text : nil
    }

    /// `text` stands as the prompt: ends the first command, unless its echo is still to come.
    mutating func endHead(_ text: [UInt8], _ pause: Duration, _ now: Instant) {
        if probedAt != nil, inFlight.count == 1, inFlight[0].echo == .awaited, inFlight[0].isInterrupted {
            // The answer to a return that was typed before this command, and none to the command.
            probedAt = nil
            inFlight[0].lines = screen.finishedLines
            return
        }
        guard resolveEcho(pause, now) else { return }
        if inFlight.count > 1 {
            guard pause >= timing.echo else { return }
            learn(text)
            fallBack(now)
        } else {
            finish(standing: text, now)
        }
    }

    /// The prompt, if it stands at the end of a line with something before it.
    func gluedPrompt(_ line: ArraySlice<UInt8>) -> LearnedPrompt? {
        guard let prompt, prompt.last.count >= 2, line.count > prompt.last.count, line.hasSuffix(Array(prompt.last)) else { return nil }
        return prompt
    }

    /// The last line of the output has no end of its own, and the prompt follows on the same line.
    private mutating func endGlued(_ prompt: LearnedPrompt, _ pause: Duration, _ now: Instant) {
        guard inFlight.count == 1, resolveEcho(pause, now) else { return }
        var line = screen.standing.dropLast(prompt.last.count)
        if inFlight[0].echo == .absent, screen.finishedLines == inFlight[0].lines {
            line = line.dropFirst(min(inFlight[0].standingCount, line.count))
        }
        let rest = Array(line)
        finish(standing: prompt.text, rest: rest, now)
    }
}
