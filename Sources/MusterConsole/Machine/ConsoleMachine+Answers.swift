import MusterTransport

/// What a command has printed, once it is answered.
extension ConsoleMachine {
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
