import MusterTransport

/// Commands that are followed by lines of text, such as a banner.
///
/// While the device reads the text it shows no prompt. Each line is typed when the one before has been printed back: a device that has not begun to read
/// text, or has left off, would run the lines as commands, and it shows its prompt.
extension ConsoleMachine {
    /// The text of a command.
    struct TextBlock {
        /// What is typed and what is not, line by line; the first is the command.
        var typed: [String]
        var rest: [String]
        /// What the device prints when it reads the text.
        var ready: Pattern?
        /// How long each line may take.
        var patience: Duration?
        /// How many lines had been finished when the last one was typed.
        var line: Int
    }

    /// How much of a line has to come back.
    private static let comparedEnd = 16

    /// Types the next line of the text, if it is its turn.
    ///
    /// True: there is nothing more to look at.
    mutating func continueText(_ now: Instant) -> Bool {
        guard let head = inFlight.first, let block = head.block, !block.rest.isEmpty else { return false }
        let pause = quiet(now)
        if head.echo == .awaited, echoes != false {
            guard pause >= timing.echo, screen.finishedLines > head.lines else { return false }
            // In another form, as of a line that was scrolled sideways.
            guard resolveEcho(pause, now) else { return true }
        }
        if screen.finishedLines > block.line, let prompt, stands(prompt) || known.contains(where: stands) {
            // It may be the beginning of a line of the text that is being printed back.
            return pause < timing.prompt
        }
        // One that says nothing before a text, or does not print it back, is given time to show its prompt.
        let silence = block.typed.count == 1 || echoes == false ? timing.line : timing.stuck
        guard isTaken(block) || (pause >= silence && standingLine == nil) else {
            // A question, or a prompt of another kind.
            return block.typed.count > 1 || standingLine == nil
        }
        typeNextLine(of: block, now)
        return true
    }

    private mutating func typeNextLine(of block: TextBlock, _ now: Instant) {
        var block = block
        let next = block.rest.removeFirst()
        block.typed.append(next)
        block.line = screen.finishedLines
        if let patience = block.patience { inFlight[0].deadline = now + patience }
        if block.rest.isEmpty { inFlight[0].lines = screen.finishedLines }
        inFlight[0].block = block
        lastReceived = max(lastReceived, now)
        outgoing.append(contentsOf: keys(next))
        outgoing.append(contentsOf: platform.returnKey)
    }

    /// Whether the device has said that it reads the text, or has printed the line back that was typed last.
    private func isTaken(_ block: TextBlock) -> Bool {
        guard screen.finishedLines > block.line, let typed = block.typed.last else { return false }
        let lines = screen.text.suffix(2048).split(separator: 0x0A).suffix(3)
        if block.typed.count == 1 {
            guard let ready = block.ready else { return false }
            return lines.contains { ready.match(in: Array($0), scratch) != nil }
        }
        let end = Array(Array(keys(typed)[...].trimmed).suffix(Self.comparedEnd))
        return end.isEmpty || lines.last.map { $0.trimmedAtEnd.hasSuffix(end) } ?? false
    }
}

extension ConsoleMachine.TextBlock {
    /// The command with its text.
    var command: String { (typed + rest).joined(separator: "\n") }

    /// Why it was not typed as a whole; nil when it was.
    var problem: String? {
        guard !rest.isEmpty else { return nil }
        return typed.count == 1
            ? "the device did not begin to read the text, whose lines were not sent"
            : "the device left off reading the text after its line \(typed.count), and the rest was not sent"
    }

    /// What the device itself has printed, of `output`.
    func answer(in output: [UInt8], _ keys: (String) -> [UInt8], _ scratch: MatchScratch) -> [UInt8] {
        var texts = typed.dropFirst().map { Array(keys($0)[...].trimmed) }[...]
        var kept: [ArraySlice<UInt8>] = []
        for line in output.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if let text = texts.first, text.isEmpty ? line.isBlank : line.trimmed.hasSuffix(text) {
                texts = texts.dropFirst()
            } else if ready?.match(in: Array(line), scratch) == nil {
                kept.append(line)
            }
        }
        return Array(kept.joined(separator: [0x0A]))
    }
}
