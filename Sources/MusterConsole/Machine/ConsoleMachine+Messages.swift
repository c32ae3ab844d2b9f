import MusterTransport

/// Messages that a device prints behind its prompt.
///
/// A console, and a terminal that shows the log, have them at any time. Mostly the prompt is drawn again behind them; where it is not, nothing more
/// comes, and a return brings it back.
extension ConsoleMachine {
    /// So many lines behind a prompt are looked through, in so many bytes at the end of what came.
    private static let mostMessageLines = 32
    private static let messageBytes = 8192
    /// So often a return is typed in one command.
    private static let mostRecalls = 3

    /// Types a return where the prompt has come and a message has pushed it aside.
    mutating func recallPrompt(_ pause: Duration, _ now: Instant) {
        guard pause >= timing.line, inFlight.count == 1, let head = inFlight.first, head.dialogue.refused == nil,
            head.block?.rest.isEmpty ?? true, head.recalls < Self.mostRecalls, screen.finishedLines > head.recalledAt,
            promptBeforeMessages(head) != nil
        else { return }
        inFlight[0].recalls += 1
        inFlight[0].recalledAt = screen.finishedLines
        // Where it was none, the device's own prompt comes once more than expected.
        probedAt = screen.finishedLines
        lastReceived = max(lastReceived, now)
        notes.append("a message came behind the prompt of '\(redacted(head.command))', and a return was typed to see the prompt again")
        type("")
    }

    /// Where the answer ends, if it ends in a prompt with nothing but messages behind it.
    func promptBeforeMessages(_ head: Step) -> Int? {
        let text = screen.text
        guard !text.isEmpty, head.echo == .seen || echoes == false, !screen.isTruncated, let prompt, prompt.last.trimmedAtEnd.count >= 2
        else {
            return nil
        }
        let floor = max(0, text.count - Self.messageBytes)
        var end = text.count
        // From the last line up: one that goes on with blanks has to follow a message.
        var hasMessage = false
        var lacksMessage = false
        for _ in 0..<Self.mostMessageLines where end > floor {
            let start = text[floor..<(end - 1)].lastIndex(of: 0x0A).map { $0 + 1 } ?? floor
            let line = text[start..<(end - 1)]
            end = start
            if line.isBlank { continue }
            if hasMessageBehindPrompt(line, prompt) { return start }
            if isPrompt(line, head) {
                return (hasMessage || isMessage(screen.standing)) && !lacksMessage ? start : nil
            }
            if isMessage(line) {
                hasMessage = true
                lacksMessage = false
            } else if line.first == 0x20 || line.first == 0x09 {
                lacksMessage = true
            } else {
                return nil
            }
        }
        return nil
    }

    /// Whether a message goes on in the line of the prompt; "r1#show interfaces" is none.
    private func hasMessageBehindPrompt(_ line: ArraySlice<UInt8>, _ prompt: LearnedPrompt) -> Bool {
        guard line.starts(with: prompt.last) else { return false }
        let rest = line.dropFirst(prompt.last.count)
        return rest.first.map("*%.[".utf8.contains) == true && isMessage(rest)
    }

    /// Whether a finished line is the prompt of now, or one that `head` leads to.
    private func isPrompt(_ line: ArraySlice<UInt8>, _ head: Step) -> Bool {
        let text = line.trimmedAtEnd
        guard line.count <= Self.longestPrompt, let prompt else { return false }
        if text.elementsEqual(prompt.last.trimmedAtEnd) { return true }
        let hop = head.purpose == .walk ? walk?.hop : head.target
        let isKin = isKin(line)
        // What the command may do is looked at last, for it takes its words apart.
        let isOther =
            known.contains { text.elementsEqual($0.last.trimmedAtEnd) }
            || platform.modes.contains { (isKin || $0.name == hop) && $0.prompt.matches(Array(line), scratch) }
        return isOther && mayChangePrompt(head)
    }

    /// Whether a line begins like a message that a device prints at any time: "%LINK-3-UPDOWN: ", "IFNET/2/linkDown", a date, a time.
    func isMessage(_ line: ArraySlice<UInt8>) -> Bool {
        guard !line.isBlank else { return false }
        return Self.messagePattern?.match(in: Array(line.prefix(400)), scratch) != nil
    }

    private static let messagePattern = try? Pattern(
        #"%[\w\-]{2,60}-[0-7]-\w{2,80}|\b[A-Z]\w{1,40}/[0-7]/\w{2,80}"#
            + #"|^\W{0,3}(\d{4}[-/ ](\d\d|[A-Z]{3})[-/ ]\d|((mon|tue|wed|thu|fri|sat|sun)\w{0,6},? )?"#
            + #"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w{0,6}\.? {1,2}\d{1,2}\b|\d{1,2}:\d\d:\d\d)"#
            + #"|^(message from|broadcast message|\*{3}|RP/\d|LC/\d|\[\s{0,8}\d{1,10}\.\d{3,6}\])"#)
}
