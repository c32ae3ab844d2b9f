import MusterTransport

/// The login: find something that looks like a prompt, send a return, and read it back.
///
/// A banner may hold lines that look like prompts, log messages may come at any time, and the definition may be the wrong one. What stands there
/// before a return and again after it is the prompt, whatever it looks like.
extension ConsoleMachine {
    /// A device that does not come back with a prompt after so many returns gets no more of them.
    private static let mostReturns = 3
    /// So much of what a device says at its login is kept, and more than this is cut to the end of it.
    private static let keptText = 1 << 16

    mutating func settleLogin(_ now: Instant) {
        outgoing.append(contentsOf: screen.replies)
        screen.replies.removeAll()
        findWholeCandidate()
        if wantsNewPassword(now) || converse(now) { return }
        guard let line = standingLine else {
            // Serial consoles, and some terminal servers, say nothing before a key is pressed.
            if quiet(now) >= timing.silence { pressReturn(candidate: nil) }
            return
        }
        if answerPager(now) { return }
        if let candidate = login.candidate, let prompt = provedPrompt(candidate) {
            logIn(with: prompt, now)
            return
        }
        let pause = quiet(now)
        let isFirst = login.candidate == nil
        // With the prompts of all platforms at hand, the beginning of almost any line looks like some prompt.
        guard isFirst && !awaitsLogin && !platform.isDetecting || pause >= timing.prompt else { return }
        // The modes' expressions are strict enough to act at once; the general one often matches any line that ends with `#`.
        if let match = matchPrompt(platform.modes.map(\.prompt)) {
            propose(match, pause, now)
        } else if pause >= timing.prompt, let match = matchPrompt([platform.prompt]) {
            propose(match, pause, now)
        } else if pause >= timing.line, !screen.isContinued, !looksLikeQuestion(line) {
            propose(Array(line), pause, now)
        }
    }

    /// Sends the return that is to prove `text`.
    private mutating func propose(_ text: [UInt8], _ pause: Duration, _ now: Instant) {
        if text == login.candidate, screen.finishedLines == login.askedAt {
            // Nothing has come since the return. Another one helps where the first was swallowed.
            if pause >= timing.line { pressReturn(candidate: text) }
            return
        }
        if login.returns < Self.mostReturns {
            pressReturn(candidate: text)
        } else if pause >= timing.line, matchPrompt(allRules) != nil {
            // A prompt that is different every time (it shows the time, or counts): nothing better than its looks can be had.
            if let candidate = login.candidate { noteVariation(candidate, text) }
            logIn(with: text, now)
        }
    }

    private mutating func pressReturn(candidate: [UInt8]?) {
        guard login.returns < Self.mostReturns else { return }
        login.returns += 1
        login.candidate = candidate
        login.askedAt = screen.finishedLines
        screen.forgetText(butLast: 4)
        login.whole = candidate
        scanned = 0
        // Asked again only after something has come, or after the next pause.
        lastReceived = max(lastReceived, lastSettled)
        type("")
    }

    /// Looks for the candidate with its blanks among the lines that were finished since the last look, and forgets the lines of long ago.
    ///
    /// When the candidate was taken its last blank may not have come yet; the line that the return has finished has it. Each byte is looked at
    /// once, however many bursts a device that never prompts makes of its text.
    private mutating func findWholeCandidate() {
        if let candidate = login.candidate, screen.finishedLines > login.askedAt {
            let first = LearnedPrompt(text: candidate, mode: "")
            while let end = nextLineEnd() {
                let line = screen.text[scanned..<end]
                if line.count > first.last.count, line.starts(with: first.last), line.dropFirst(first.last.count).isBlank {
                    login.whole = Array(first.upper) + line
                }
                scanned = end + 1
            }
        }
        if screen.text.count > Self.keptText {
            screen.forgetText(butLast: 8)
            scanned = screen.text.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        }
    }

    /// The prompt, if what stands there is `candidate` again after the return.
    private func provedPrompt(_ candidate: [UInt8]) -> [UInt8]? {
        guard screen.finishedLines > login.askedAt else { return nil }
        let whole = login.whole ?? candidate
        return stands(LearnedPrompt(text: whole, mode: "")) ? whole : nil
    }

    /// Whether `text` is no prompt of the platform, and ends as questions and menus do: whatever is typed there would choose something.
    private func isMenu(_ text: [UInt8]) -> Bool {
        guard platform.prompt.pattern != nil || platform.isDetecting, let last = text.trimmedAtEnd.last else { return false }
        return (last == UInt8(ascii: ":") || last == UInt8(ascii: "?")) && !allRules.contains { $0.matches(text, scratch) }
    }

    private mutating func logIn(with text: [UInt8], _ now: Instant) {
        if isMenu(text) {
            login.menu = text
            return breakOff(.neverPrompted, now)
        }
        learn(text)
        phase = .ready
        setUp = platform.onOpen
        screen.forgetText(butLast: 0)
        scanned = 0
        pagerAnswers = 0
        pump(now)
    }
}
