import MusterTransport

/// Telling answers apart by the echoes of the commands.
extension ConsoleMachine {
    /// Looks through the lines that were finished since the last look for the echo of the first command, or of the one after it.
    ///
    /// Once the last command's echo is found nothing is looked at any more, so the bulk of an output is not touched here.
    mutating func scanLines(_ now: Instant) {
        while let head = inFlight.first {
            guard head.echo == .awaited || inFlight.count > 1 else { return }
            guard let end = nextLineEnd() else { return }
            let line = screen.text[scanned..<end]
            if head.echo == .awaited {
                lookForEcho(head, line, end)
            } else if isEcho(line, inFlight[1].echoLine) {
                endTypedAhead(line.startIndex, end, now)
            } else {
                scanned = end + 1
            }
        }
    }

    private func isEcho(_ line: ArraySlice<UInt8>, _ echo: [UInt8]) -> Bool {
        line.trimmedAtEnd.elementsEqual(echo.trimmedAtEnd)
    }

    private mutating func lookForEcho(_ head: Step, _ line: ArraySlice<UInt8>, _ end: Int) {
        let rest = head.echoLine[head.folded...]
        if isEcho(line, Array(rest)) || (head.isInterrupted && isEcho(line, Array(head.command.utf8))) {
            if !head.command.isEmpty { echoes = true }
            inFlight[0].echo = .seen
            cutText(through: end)
        } else if line.count < rest.count, rest.starts(with: line), head.folded > 0 ? !line.isEmpty : line.count > head.standingCount {
            // The device folds what is typed at the width of its terminal.
            inFlight[0].folded += line.count
            scanned = end + 1
        } else if head.folded > 0 {
            inFlight[0].folded = 0
        } else if echoes == false {
            _ = resolveEcho(.zero)
        } else {
            if line.trimmedAtEnd.elementsEqual(head.echoLine[..<head.standingCount].trimmedAtEnd) || head.standingCount == 0 {
                inFlight[0].isInterrupted = true
            }
            scanned = end + 1
        }
    }

    private mutating func cutText(through end: Int) {
        screen.dropText(first: end + 1)
        scanned = 0
    }

    /// Whether it is settled where the first command's answer begins.
    ///
    /// A device that is known to print what is typed, or is not known not to, is given time for it: until its echo has come, a prompt may belong to
    /// something earlier, and taking it would give every later command the answer of the one before.
    mutating func resolveEcho(_ pause: Duration) -> Bool {
        guard let head = inFlight.first, head.echo == .awaited else { return true }
        guard echoes == false || pause >= timing.echo else { return false }
        inFlight[0].echo = .absent
        let standing = head.echoLine[..<head.standingCount]
        let end = screen.text.firstIndex(of: 0x0A) ?? screen.text.count
        let line = screen.text[..<end]
        guard line.starts(with: standing) else {
            // A line editor that scrolls sideways shows only the end of a long command.
            let tail = Array(head.command.utf8.suffix(16))
            if echoes == true, tail.count == 16, line.trimmedAtEnd.hasSuffix(Array(tail.trimmedAtEnd)), end < screen.text.count {
                cutText(through: end)
            }
            return true
        }
        let rest = line.dropFirst(standing.count)
        let word = head.command.utf8.prefix { $0 != 0x20 }
        if rest.isBlank || echoes == true || (echoes == nil && rest.starts(with: word)) {
            // The echo in another form: completed, or shortened, by the device.
            if end < screen.text.count { cutText(through: end) }
        } else {
            screen.dropText(first: standing.count)
            scanned = 0
        }
        if echoes == nil, !standing.isEmpty, !rest.starts(with: word) || word.isEmpty { echoes = false }
        return true
    }

    /// The echo of the second command has come: what lies before it is the answer to the first.
    private mutating func endTypedAhead(_ start: Int, _ end: Int, isEchoed: Bool = true, _ now: Instant) {
        var output = Array(screen.text[..<start])
        if let upper = prompt?.upper, !upper.isEmpty, output[...].hasSuffix(Array(upper)) { output.removeLast(upper.count) }
        cutText(through: end)
        complete(output, truncated: false, now)
        inFlight[0].echo = isEchoed ? .seen : .absent
        if isEchoed { echoes = true }
    }

    /// The prompt stands, and the echo of a command that was typed ahead has not come: the device has thrown it away, or it does not
    /// print what is typed as expected.
    ///
    /// From here on nothing is typed ahead, and what was certainly lost is typed again. A device that is merely slow must not run a command
    /// twice, however long it takes.
    mutating func fallBack(_ now: Instant) {
        guard inFlight.count > 1, let prompt else { return }
        typesAhead = false
        var start = 0
        while start < screen.text.count, let end = screen.text[start...].firstIndex(of: 0x0A) {
            let line = screen.text[start..<end]
            let isBare = line.dropFirst(prompt.last.count).isBlank
            if line.starts(with: prompt.last), echoes != true || !isBare {
                // It was run: its echo has another form. Running it twice would be worse than a blemish in its output.
                endTypedAhead(start, end, isEchoed: !isBare, now)
                settle(now)
                return
            }
            // Printed by the terminal driver while the device was busy: the device has the command, or had it. It must not get it again.
            let isTyped = inFlight[1...].contains { $0.purpose == .command && line.trimmed.elementsEqual($0.command.utf8) }
            if isTyped { return }
            start = end + 1
        }
        guard isCertainlyLost(prompt, now) else { return }
        let lost = inFlight[1...]
        inFlight.removeSubrange(1...)
        setUp.insert(contentsOf: lost.filter { $0.purpose == .setUp }.map { .send($0.command) }, at: 0)
        let jobs = lost.filter { $0.purpose == .command }.map { step in
            Job(id: step.id ?? -1, request: .command(step.command, step.answers), deadline: step.deadline, askedAt: step.sentAt)
        }
        waiting.insert(contentsOf: jobs, at: 0)
        finish(standing: prompt.text, now)
    }

    /// Whether the device has answered a return that was typed behind the commands, and not the commands: it takes lines in their order.
    ///
    /// Types that return at first. A device that does not print what is typed gives no sign of what it has lost.
    private mutating func isCertainlyLost(_ prompt: LearnedPrompt, _ now: Instant) -> Bool {
        guard echoes == true else { return false }
        guard let probedAt else {
            self.probedAt = screen.finishedLines
            lastReceived = max(lastReceived, now)
            type("")
            return false
        }
        let bare = prompt.last + [0x0A]
        guard screen.finishedLines > probedAt, screen.text[...].hasSuffix(Array(bare)) else { return false }
        let start = screen.text.endIndex - bare.count
        guard start == screen.text.startIndex || screen.text[start - 1] == 0x0A else { return false }
        self.probedAt = nil
        return true
    }
}
