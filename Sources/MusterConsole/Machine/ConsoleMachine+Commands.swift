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

    // MARK: Answered

    /// Ends the first command with what has come; `text` is the prompt from here on.
    ///
    /// - Parameter count: how much of the output is kept; all where it is nil.
    mutating func finish(standing text: [UInt8], rest: [UInt8] = [], keeping count: Int? = nil, _ now: Instant) {
        let before = prompt
        var count = count
        if count == nil, rest.isEmpty, let end = promptBeforeMessages(inFlight[0]) {
            count = end
            if inFlight[0].recalls > 0 { probedAt = nil }
        }
        if !text.isEmpty { learn(text) }
        // What stands before the prompt is at the end of what came, whether or not that was kept.
        let truncated = screen.isTruncated
        var end = truncated ? Array(screen.tail) : []
        var output = screen.takeText()
        if let count, count < output.count { output.removeSubrange(count...) }
        scanned = 0
        swapEnds(&output, &end, truncated)
        if let upper = prompt?.upper, !upper.isEmpty, output.suffix(upper.count).elementsEqual(upper) { output.removeLast(upper.count) }
        if probedAt != nil, let answer = prompt.map({ $0.text + [0x0A] }), output[...].hasSuffix(answer) {
            probedAt = nil
            output.removeLast(answer.count)
        }
        // A device that takes a key for an answer takes the return behind it for an empty command.
        if !inFlight[0].dialogue.answered.isEmpty, let answer = prompt.map({ $0.text + [0x0A] }), output[...].hasSuffix(answer) {
            output.removeLast(answer.count)
        }
        output += rest
        swapEnds(&output, &end, truncated)
        // Where two modes have one prompt, only the device's words tell that it has stayed.
        if inFlight[0].purpose == .walk, let before, before.text == prompt?.text, failureLine(in: output) != nil { prompt = before }
        complete(consume output, truncated: truncated, end: end, now)
        pump(now)
    }

    private func swapEnds(_ output: inout [UInt8], _ end: inout [UInt8], _ truncated: Bool) {
        if truncated { swap(&output, &end) }
    }

    /// Takes the first command out and tells what it printed.
    ///
    /// - Parameter end: the last lines of an output that was not kept as a whole.
    mutating func complete(_ bytes: consuming [UInt8], truncated: Bool, end: [UInt8] = [], _ now: Instant) {
        // Taken over, not copied: it may be megabytes.
        var output = consume bytes
        var end = end
        if truncated { end.removeBlankEnd() } else { output.removeBlankEnd() }
        let step = inFlight.removeFirst()
        if let block = step.block, !truncated { output = block.answer(in: output, keys, scratch) }
        answered = step.purpose == .command ? Answered(command: step.command, echoLine: step.echoLine) : nil
        // One may lie across the border to the last lines.
        let overflowed = endOverflow(end, of: step)
        let secrets = SecretSearch(secretBytes(in: step))
        if !secrets.secrets.isEmpty {
            output = secrets.replaced(output, by: Self.secretMark)
            end = secrets.replaced(end, by: Self.secretMark)
        }
        let failure = failureLine(in: output) ?? failureLine(in: end) ?? step.block?.problem
        let size = overflowed ?? output.count
        switch step.purpose {
        case .setUp where step.dialogue.refused != nil: setUpFailures.append("\(step.command): it asked '\(questionText(step))'")
        case .setUp: if let failure { setUpFailures.append("\(step.command): \(redacted(failure))") }
        case .walk:
            walk?.said = output
            guard step.dialogue.refused != nil else { break }
            walk?.instructions = []
            let question = step.dialogue.isRepeated ? nil : questionText(step)
            walk?.question = question
        case .command:
            guard let id = step.id else { break }
            if step.isBrokenOff {
                events.append(.failed(id: id, brokenOffError(step, partialOutput: output, now).encoded(platform.encoding)))
                break
            }
            if step.dialogue.refused != nil {
                events.append(.failed(id: id, questionError(step, partialOutput: output, now).encoded(platform.encoding)))
                break
            }
            if let exhaustion = scratch.exhaustion {
                let error = exhaustionError(exhaustion, command: step.command, elapsed: now - step.sentAt, partialOutput: output)
                events.append(.failed(id: id, error.encoded(platform.encoding)))
                break
            }
            var exchange = Exchange(
                command: step.block?.command ?? step.command, output: output, failure: failure, mode: mode, prompt: promptText,
                elapsed: now - step.sentAt, truncated: truncated, pagerAnswers: pagerAnswers,
                encoding: platform.encoding, size: size)
            exchange.endsSession = leftBy != nil
            events.append(.finished(id: id, exchange))
        }
        pagerAnswers = 0
        startClock(now)
    }

    /// The first command's time begins now, if it was typed ahead: what set-up has taken is not its own.
    ///
    /// Until here its deadline has been set-up's.
    private mutating func startClock(_ now: Instant) {
        guard let head = inFlight.first, head.purpose == .command else { return }
        if let deadline = head.deadline { inFlight[0].deadline = deadline + (now - head.sentAt) }
        inFlight[0].sentAt = now
    }

    /// The line with which the device rejected the command.
    ///
    /// Looked for in the first five and the last five lines that are not blank. A rejection is the answer's first words (after a marker line, or a
    /// few), or its last (a commit that is refused after its protocol). In between, "% Invalid input detected" is a line of a log that was
    /// asked for, and looking there would make the cost grow with the output.
    func failureLine(in output: [UInt8]) -> String? {
        guard !output.isEmpty, !platform.failureIndicators.isEmpty || !platform.failurePatterns.isEmpty else { return nil }
        return output.edgeLines(5).first { line in
            line.withUnsafeBytes { text in
                let isFailure =
                    platform.failureIndicatorBytes.contains { text.contains($0) }
                    || platform.failurePatterns.contains { $0.match(in: text, scratch) != nil }
                return isFailure && !platform.failureExcludes.contains { $0.match(in: text, scratch) != nil }
            }
        }.map { platform.encoding.text($0.trimmed) }
    }
}

extension [UInt8] {
    /// Removes lines of nothing but blanks from the end, and the end of the line before them.
    mutating func removeBlankEnd() {
        guard let last = lastIndex(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 }) else {
            removeAll()
            return
        }
        if let end = self[last...].firstIndex(of: 0x0A) { removeSubrange(end...) }
    }

    /// The first and the last `count` lines that are not blank, in order, each once.
    ///
    /// Long ones are cut.
    func edgeLines(_ count: Int) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = startIndex
        while start < endIndex, lines.count < count {
            let end = self[start...].firstIndex(of: 0x0A) ?? endIndex
            if !self[start..<end].isBlank { lines.append(self[start..<Swift.min(end, start + 1000)]) }
            start = end + 1
        }
        var tail: [ArraySlice<UInt8>] = []
        var end = endIndex
        while end > start, tail.count < count {
            let begin = self[start..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? start
            if !self[begin..<end].isBlank { tail.append(self[begin..<Swift.min(end, begin + 1000)]) }
            end = begin - 1
        }
        return lines + tail.reversed()
    }
}
