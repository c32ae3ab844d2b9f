import MusterTransport

/// Questions that commands ask.
///
/// One that somebody has an answer to is answered. Any other is refused: the platform's abort key is typed, the prompt read back, and the command
/// fails with the question. Nothing else is ever typed at a question: a return would agree to most of them.
extension ConsoleMachine {
    /// The questions of a command.
    struct QuestionMemory {
        /// The questions that were answered, to the letter, and how often.
        var answered: [(text: [UInt8], times: Int)] = []
        /// The line that the last answer was typed in, and how it began.
        var answeredLine = -1
        var answeredText: [UInt8] = []
        /// How many lines had been finished when a question was answered that ended with its line.
        var answeredEnd = -1
        /// The key that was typed without a return, until it is known to have been enough.
        var key: [UInt8]?
        /// Whether one of the answers was a password: a device that shows it must not show it to others.
        var hasTypedSecret = false
        /// The question that was refused, and why.
        var refused: [UInt8]?
        var isRepeated = false
        /// How often the abort key was typed.
        var aborts = 0
        /// How many lines had been finished then.
        var abortedAt = 0
    }

    /// So often the same question is answered in one command; asked once more, it is a loop.
    private static let mostAnswers = 2
    /// So often the abort key is typed before the place in the dialogue counts as lost.
    private static let mostAborts = 3

    /// Answers or refuses what stands there, if it is a question.
    ///
    /// True: there is nothing more to look at.
    mutating func meetQuestion(_ line: ArraySlice<UInt8>, _ now: Instant) -> Bool {
        guard let head = inFlight.first, !screen.isContinued, head.echo != .awaited || screen.finishedLines > head.lines || echoes == false
        else { return false }
        // The prompt that the command was typed at, where nothing has come yet.
        if let prompt, screen.finishedLines == head.lines, line.elementsEqual(prompt.last) { return false }
        let memory = head.dialogue
        let pause = quiet(now)
        if memory.refused != nil {
            // The next question for a password is no line that may still be on its way to the prompt.
            let isNext = lackedSecret != nil && screen.finishedLines > memory.abortedAt && asksForPassword(Array(line))
            if pause >= (isNext ? timing.prompt : timing.question) { abortQuestion(now) }
            return false
        }
        // The question that was just answered, with or without the answer's echo behind it.
        if memory.answeredLine == screen.finishedLines, line.starts(with: memory.answeredText.trimmedAtEnd) {
            if pause >= timing.question { endKey(line, now) }
            return pause < timing.stuck
        }
        // Only a line that is all there is worth an answer.
        guard pause >= timing.pager else {
            pager.suspected = true
            return false
        }
        // A wide pattern must not answer a prompt that a command has changed.
        guard matchPrompt(platform.modes.map(\.prompt)) == nil else { return false }
        let text = Array(line)
        if let given = answer(to: text, head) {
            give(given, to: text, now) { $0.note($1, standing: text, line: $2) }
            return true
        }
        // One that has a question of its own may be kept waiting for it by other words.
        let isSure = head.question == nil && looksLikeQuestion(text)
        guard isSure && pause >= timing.question || pause >= timing.stuck && couldBeQuestion(text) else { return false }
        refuse(Array(text[...].trimmed), isRepeated: false, now)
        return true
    }

    /// Answers or refuses the question that the last finished line is: some devices end the line and wait on the next.
    ///
    /// Nothing stands there, and most lines behind which output stops are none. So it takes the pause that a question without an answer takes for one
    /// that there is an answer to, and long for one that has to be refused.
    mutating func meetFinishedQuestion(_ now: Instant) {
        guard let head = inFlight.first, head.question == nil, let line = finishedQuestion(head) else { return }
        let pause = quiet(now)
        if head.dialogue.refused != nil {
            if pause >= timing.question { abortQuestion(now) }
            return
        }
        guard pause >= timing.question, head.dialogue.answeredEnd != screen.finishedLines else { return }
        let text = Array(line)
        if let given = answer(to: text, head) {
            give(given, to: text, now) { memory, question, lines in
                memory.note(question, standing: [], line: -1)
                memory.answeredEnd = lines
            }
        } else if pause >= timing.stuck, looksLikeQuestion(text) {
            refuse(Array(text[...].trimmed), isRepeated: false, now)
        }
    }

    /// The last finished line, where it belongs to the answer of `head` and nothing comes after it; a blank line may.
    private func finishedQuestion(_ head: Step) -> ArraySlice<UInt8>? {
        guard head.echo != .awaited || echoes == false, screen.finishedLines > head.lines, screen.standing.isBlank, !screen.isContinued
        else {
            return nil
        }
        if head.dialogue.refused != nil { return [] }
        let lines = screen.end.suffix(Self.longestPrompt).dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).suffix(2)
        return lines.last { !$0.isBlank }
    }

    /// Types the answer to a question, unless it has been asked too often.
    private mutating func give(
        _ given: AnsweredQuestion, to text: [UInt8], _ now: Instant, note: (inout QuestionMemory, [UInt8], Int) -> Void
    ) {
        let question = Array(text.trimmedAtEnd)
        let times = inFlight[0].dialogue.answered.first { $0.text == question }?.times ?? 0
        guard times < Self.mostAnswers else { return refuse(question, isRepeated: true, now) }
        note(&inFlight[0].dialogue, question, screen.finishedLines)
        lastReceived = max(lastReceived, now)
        // A single key gives nothing away.
        let key = Self.asksForKey(text) ? given.answer.first.map { String($0) } : nil
        let isSecret = key == nil && (given.isSecret || asksForPassword(text))
        if isSecret, !given.answer.isEmpty {
            inFlight[0].dialogue.hasTypedSecret = true
            noteTyped(given.answer)
            if notesSecrets { notedSecrets.append(keys(given.answer)) }
        }
        reply(given.answer, to: text)
        noteAnswer(given.pattern, key ?? given.answer, to: inFlight[0], isSecret: isSecret)
    }

    /// Types the answer to the question that stands there.
    ///
    /// `[confirm]` is read key by key: what follows the first key, the return too, would be the answer to the next question.
    private mutating func reply(_ answer: String, to question: [UInt8]) {
        inFlight[0].dialogue.key = nil
        guard Self.asksForKey(question), let key = answer.first else { return type(answer) }
        let typed = keys(String(key))
        inFlight[0].dialogue.key = typed
        outgoing.append(contentsOf: typed)
    }

    private static func asksForKey(_ question: [UInt8]) -> Bool { question.trimmedAtEnd.hasSuffix(Array("[confirm]".utf8)) }

    /// Types the return behind a key that a device has not taken: it reads a line.
    ///
    /// Only where nothing but the key's echo has come for as long as a lost packet takes to be sent again.
    private mutating func endKey(_ line: ArraySlice<UInt8>, _ now: Instant) {
        let memory = inFlight[0].dialogue
        guard let key = memory.key else { return }
        let rest = line.dropFirst(memory.answeredText.trimmedAtEnd.count).trimmed
        guard rest.isEmpty || rest.elementsEqual(key) else { return }
        inFlight[0].dialogue.key = nil
        lastReceived = max(lastReceived, now)
        type("")
    }

    /// The command's own answers go before the definition's.
    private func answer(to line: [UInt8], _ head: Step) -> AnsweredQuestion? {
        head.answers.first { $0.pattern.match(in: line, scratch) != nil } ?? definedAnswer(to: line)
    }

    func definedAnswer(to line: [UInt8]) -> AnsweredQuestion? {
        platform.questions.first { $0.pattern.match(in: line, scratch) != nil }
    }

    /// Whether a line that has stood for long may be a question, though its words are none of those that are known.
    ///
    /// Progress is drawn on such lines as well ("Copying...", "!!!!!", "[####   ]"), so it has to end as questions do.
    private func couldBeQuestion(_ line: [UInt8]) -> Bool {
        guard let last = line.trimmedAtEnd.last else { return false }
        return last == UInt8(ascii: "?") || last == UInt8(ascii: ":")
    }

    private func asksForPassword(_ line: [UInt8]) -> Bool {
        platform.login?.password.match(in: line, scratch) != nil || Self.password?.match(in: line, scratch) != nil
    }

    private static let password = try? Pattern(#"(password|passphrase|passcode|secret|token|pin)\b[^\n]{0,40}:\s*$"#)

    mutating func refuse(_ question: [UInt8], isRepeated: Bool, _ now: Instant) {
        inFlight[0].dialogue.refused = question
        inFlight[0].dialogue.isRepeated = isRepeated
        // What was typed ahead would be taken for the answer, or has been.
        typesAhead = false
        if let deadline = inFlight[0].deadline { inFlight[0].deadline = max(deadline, now + timing.question * (Self.mostAborts + 1)) }
        if let deadline = walk?.deadline { walk?.deadline = max(deadline, now + timing.question * (Self.mostAborts + 1)) }
        abortQuestion(now)
    }

    /// The time of what is running is over: a question that stands there is refused instead; true if so.
    mutating func refuseAtDeadline(_ now: Instant) -> Bool {
        guard inFlight.count == 1, inFlight[0].dialogue.refused == nil, !inFlight[0].isBrokenOff, !screen.isContinued,
            screen.finishedLines > inFlight[0].lines, let line = standingLine ?? finishedQuestion(inFlight[0]), looksLikeQuestion(line)
        else { return false }
        refuse(Array(line.trimmed), isRepeated: false, now)
        return true
    }

    private mutating func abortQuestion(_ now: Instant) {
        let lacking = lackedSecret
        guard inFlight[0].dialogue.aborts < Self.mostAborts + (lacking == nil ? 0 : 1) else {
            walk?.said = screen.text + screen.line
            if let lacking { return breakOff(.secretMissing(lacking), now) }
            return breakOff(inFlight[0].purpose == .walk ? .modeRefused : questionKind(inFlight[0]), now)
        }
        inFlight[0].dialogue.aborts += 1
        inFlight[0].dialogue.abortedAt = screen.finishedLines
        lastReceived = max(lastReceived, now)
        // No password is none on any device: after a few the question is given up.
        if lacking != nil, inFlight[0].dialogue.aborts > 1 { return type("") }
        outgoing.append(contentsOf: platform.abortKey)
    }

    func questionText(_ step: Step) -> String { redacted(escaped(step.dialogue.refused ?? [])) }

    /// What the error is that `step`'s refused question makes.
    func questionKind(_ step: Step) -> ConsoleError.Kind {
        let text = questionText(step)
        return step.dialogue.isRepeated ? .questionRepeated(text) : .question(text)
    }

    /// The error of a command whose question was refused; the device is at its prompt again, or the place is lost.
    func questionError(_ step: Step, partialOutput: [UInt8], _ now: Instant) -> ConsoleError {
        let isRepeated = step.dialogue.isRepeated
        return ConsoleError(
            kind: questionKind(step),
            expected: isRepeated ? "an end of it after \(Self.mostAnswers) answers" : "a prompt, or a question with an answer",
            seen: seen(), command: step.command, elapsed: now - step.sentAt, partialOutput: partialOutput,
            hint: isRepeated
                ? "The answer is not what the device wants. It was broken off"
                : "This was not agreed to. Answer it with --answer 'PATTERN=REPLY', or the definition's muster.questions")
    }
}

extension ConsoleMachine.QuestionMemory {
    /// Takes down that `question` is answered.
    mutating func note(_ question: [UInt8], standing: [UInt8], line: Int) {
        if let index = answered.firstIndex(where: { $0.text == question }) {
            answered[index].times += 1
        } else {
            answered.append((question, 1))
        }
        answeredLine = line
        answeredText = standing
    }
}
