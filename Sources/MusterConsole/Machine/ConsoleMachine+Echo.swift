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
                lookForEcho(head, line, end, now)
            } else {
                lookForEchoAhead(inFlight[1], line, end, now)
            }
        }
    }

    /// Looks whether `line` is the echo of the second command, or the next piece of one that the device folds.
    private mutating func lookForEchoAhead(_ next: Step, _ line: ArraySlice<UInt8>, _ end: Int, _ now: Instant) {
        let before = next.foldedAhead
        let rest = next.echoLine[before.echo...]
        if isEcho(line, Array(rest)) {
            endTypedAhead(max(0, line.startIndex - before.text), end, now)
        } else if line.count < rest.count, rest.starts(with: line), before.echo > 0 ? !line.isEmpty : line.count > next.standingCount {
            inFlight[1].foldedAhead = (before.echo + line.count, before.text + line.count + 1)
            scanned = end + 1
        } else if before.echo > 0 {
            // It was none. This line is looked at once more, as a first one.
            inFlight[1].foldedAhead = (0, 0)
        } else {
            scanned = end + 1
        }
    }

    private func isEcho(_ line: ArraySlice<UInt8>, _ echo: [UInt8]) -> Bool {
        line.trimmedAtEnd.elementsEqual(echo.trimmedAtEnd)
    }

    /// Behind the command there may still stand what the shell shows at the right end.
    private func isEchoWithRightPrompt(_ line: ArraySlice<UInt8>, _ echo: [UInt8]) -> Bool {
        line.starts(with: echo) && line.dropFirst(echo.count).starts(with: [0x20, 0x20])
    }

    /// Where it was typed before the prompt was back, as after a command that is not waited for.
    private func isEchoAfterPrompt(_ line: ArraySlice<UInt8>, _ head: Step) -> Bool {
        guard head.standingCount == 0, !head.command.isEmpty, let prompt else { return false }
        return isEcho(line, prompt.last + keys(head.command))
    }

    private mutating func lookForEcho(_ head: Step, _ line: ArraySlice<UInt8>, _ end: Int, _ now: Instant) {
        let rest = head.echoLine[head.folded...]
        if platform.echo == .rewritten, isRewritten(head, line) {
            inFlight[0].echo = .seen
            echoes = true
            cutText(through: end)
        } else if isEcho(line, Array(rest)) || (head.hasRightPrompt && isEchoWithRightPrompt(line, Array(rest)))
            || (head.isInterrupted && isEcho(line, keys(head.command))) || isEchoAfterPrompt(line, head)
        {
            if !head.command.isEmpty { echoes = true }
            inFlight[0].echo = .seen
            if inFlight.count == 1 { roundTrip = now - head.sentAt }
            noteStrays(screen.text[..<line.startIndex])
            cutText(through: end)
        } else if line.count < rest.count, rest.starts(with: line), head.folded > 0 ? !line.isEmpty : line.count > head.standingCount {
            // The device folds what is typed at the width of its terminal.
            inFlight[0].folded += line.count
            scanned = end + 1
        } else if head.folded > 0 {
            inFlight[0].folded = 0
        } else if echoes == false {
            _ = resolveEcho(.zero, now)
        } else if isEchoOfAnswered(line, head) {
            breakOff(.outOfStep(answered?.command ?? ""), now)
        } else {
            if line.trimmedAtEnd.elementsEqual(head.echoLine[..<head.standingCount].trimmedAtEnd) || head.standingCount == 0 {
                inFlight[0].isInterrupted = true
            }
            scanned = end + 1
        }
    }

    /// Whether `line` is the echo in the device's own words: the line in which the command was typed, or the first that has ended since.
    private func isRewritten(_ head: Step, _ line: ArraySlice<UInt8>) -> Bool {
        let standing = head.echoLine[..<head.standingCount].trimmedAtEnd
        if line.starts(with: standing), standing.count > 0 { return !line.dropFirst(standing.count).isBlank || head.command.isEmpty }
        // Where a message has pushed the prompt aside, it will come again with the command.
        return !head.isInterrupted && !line.isBlank
    }

    private mutating func cutText(through end: Int) {
        screen.dropText(first: end + 1)
        scanned = 0
    }

    /// Whether it is settled where the first command's answer begins.
    ///
    /// A device that is known to print what is typed, or is not known not to, is given time for it: until its echo has come, a prompt may belong to
    /// something earlier, and taking it would give every later command the answer of the one before.
    mutating func resolveEcho(_ pause: Duration, _ now: Instant) -> Bool {
        guard let head = inFlight.first, head.echo == .awaited else { return true }
        guard echoes == false || pause >= timing.echo else { return false }
        // A refused question's abort key may have taken the echo with it.
        if echoes == true, head.dialogue.refused == nil {
            guard let start = startOfEcho(head) else { return missEcho(head, pause, now) }
            noteStrays(screen.text[..<start])
            screen.dropText(first: start)
            scanned = 0
        }
        inFlight[0].echo = .absent
        let standing = head.echoLine[..<head.standingCount]
        let end = screen.text.firstIndex(of: 0x0A) ?? screen.text.count
        let line = screen.text[..<end]
        guard line.starts(with: standing) else {
            // A line editor that scrolls sideways shows only the end of a long command.
            let tail = Array(keys(head.command).suffix(16))
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

    /// Where the line begins, among the first that have come, that has something of what was typed in whatever form; nil where there is none.
    private func startOfEcho(_ head: Step) -> Int? {
        guard !head.command.isEmpty, head.standingCount > 0 else { return 0 }
        let standing = head.echoLine[..<head.standingCount].trimmedAtEnd
        // A line editor that scrolls sideways shows only the end of a long command.
        let tail = Array(Array(keys(head.command).suffix(16)).trimmedAtEnd)
        var start = 0
        for _ in 0..<8 where start < screen.text.count {
            let end = screen.text[start...].firstIndex(of: 0x0A) ?? screen.text.count
            let line = screen.text[start..<end]
            if line.starts(with: standing) ? !line.dropFirst(standing.count).isBlank : line.trimmedAtEnd.hasSuffix(tail) { return start }
            start = end + 1
        }
        return nil
    }

    /// The prompt stands, and the device, which prints what is typed, has not printed this.
    ///
    /// It may have thrown the command away, be slow, or have printed the prompt for another reason; what has come is no answer. A command that only
    /// shows something is typed once more; any other may have been run, and the error says so.
    private mutating func missEcho(_ head: Step, _ pause: Duration, _ now: Instant) -> Bool {
        guard pause >= timing.silence, inFlight.count == 1 else { return false }
        guard !head.isRetyped, head.purpose == .setUp || onlyShows(head.command) else {
            breakOff(.echoMissing, now)
            return false
        }
        _ = screen.takeText()
        scanned = 0
        inFlight[0].isRetyped = true
        inFlight[0].isInterrupted = true
        inFlight[0].lines = screen.finishedLines
        lastReceived = max(lastReceived, now)
        type(head.command)
        return false
    }

    /// Whether a command asks nothing and changes nothing, by its words.
    func onlyShows(_ command: String) -> Bool {
        let words = command.lowercased().split(separator: " ")
        let first = words.first == "do" || words.first == "run" ? words.dropFirst().first : words.first
        guard let first, first.count >= 2 else { return false }
        // Into a file, which may be there already.
        guard !command.contains(">"), !words.contains(where: { ["redirect", "append", "tee", "save"].contains($0) }) else { return false }
        return "show".hasPrefix(first) || "display".hasPrefix(first)
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
            let isTyped = inFlight[1...].contains { $0.purpose == .command && line.trimmed.elementsEqual(keys($0.command)) }
            if isTyped { return }
            start = end + 1
        }
        guard isCertainlyLost(prompt, now) else { return }
        let lost = inFlight[1...]
        inFlight.removeSubrange(1...)
        setUp.insert(contentsOf: lost.filter { $0.purpose == .setUp }.map { .send($0.command) }, at: 0)
        let jobs = lost.filter { $0.purpose == .command }.map { step in
            Job(
                id: step.id ?? -1, request: .command(step.command, step.answers), deadline: step.deadline, askedAt: step.sentAt,
                isBreakable: step.isBreakable)
        }
        waiting.insert(contentsOf: jobs, at: 0)
        finish(standing: prompt.text, now)
    }

    /// Whether the device has answered a return that was typed behind the commands, and not the commands: it takes lines in their order.
    ///
    /// Types that return at first. A device that does not print what is typed gives no sign of what it has lost.
    private mutating func isCertainlyLost(_ prompt: LearnedPrompt, _ now: Instant) -> Bool {
        guard echoes == true else { return false }
        // The return would be the answer to what the command may ask, if the device is only slow.
        guard inFlight[1...].allSatisfy({ $0.purpose == .setUp || onlyShows($0.command) }) else { return false }
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
