import MusterTransport

/// The proof of a prompt that was not to be expected.
///
/// A line that has the shape of the device's prompt, or is what the definition says of prompts, is no proof: output may stop there. So a return is typed, as at the login, and what comes again
/// is the prompt.
extension ConsoleMachine {
    /// A line that is put to the proof.
    struct PromptProbe {
        var text: [UInt8]
        var prompt: LearnedPrompt { LearnedPrompt(text: text, mode: LearnedPrompt.unknownMode) }
        /// How many bytes of output there were before the first return.
        var start: Int
        /// How many bytes there were, and how many lines had been finished, when the last return was typed.
        var sentAt: Int
        var line: Int
        /// What came between the line and its coming again, after the last return.
        var between: [UInt8]?
        var returns = 0
    }

    /// A line that does not come again after so many returns is none.
    private static let mostProbes = 3
    private static let signs = Array("#>$%".utf8)

    /// Puts `text`, which stands there, to the proof if it may be the prompt from here on.
    ///
    /// - Parameter isOfDefinition: whether the definition says that prompts look like it.
    mutating func probePrompt(_ text: [UInt8], isOfDefinition: Bool, _ pause: Duration, _ now: Instant) {
        let line = screen.standing
        guard inFlight.count == 1, inFlight[0].dialogue.refused == nil, !screen.isContinued, !screen.isTruncated,
            text != inFlight[0].probe?.text || screen.finishedLines != inFlight[0].probe?.line,
            isOfDefinition || resemblesPrompt(line), !looksLikeQuestion(line)
        else { return }
        let returns = inFlight[0].probe?.returns ?? 0
        guard returns < Self.mostProbes, resolveEcho(pause, now) else { return }
        press(PromptProbe(text: text, start: screen.text.count, sentAt: 0, line: 0, returns: returns), now)
    }

    /// Looks whether the line that was put to the proof has come again; false where there is nothing to do yet.
    mutating func finishProbe(_ probe: PromptProbe, _ line: ArraySlice<UInt8>, _ now: Instant) -> Bool {
        let prompt = probe.prompt
        guard isSame(line, prompt.last), screen.finishedLines > probe.line, !screen.isContinued, !screen.isTruncated,
            inFlight[0].dialogue.refused == nil
        else {
            return false
        }
        // What the return has finished, and what the device printed before the line stood there again.
        let between = Array(screen.text[min(probe.sentAt, screen.text.count)...])
        guard let end = between.firstIndex(of: 0x0A), between[..<end].trimmedAtEnd.elementsEqual(prompt.last.trimmedAtEnd) else {
            return false
        }
        var rest = Array(between[(end + 1)...])
        if !prompt.upper.isEmpty, rest[...].hasSuffix(Array(prompt.upper)) { rest.removeLast(prompt.upper.count) }
        if rest.allSatisfy({ $0 == 0x0A || $0 == 0x20 }) || rest == probe.between {
            if !line.elementsEqual(prompt.last) { promptVariation = .numbers }
            take(Array(prompt.upper) + line, probe, now)
            return true
        }
        guard probe.returns < Self.mostProbes else { return false }
        var probe = probe
        probe.between = rest
        press(probe, now)
        return true
    }

    private mutating func press(_ probe: PromptProbe, _ now: Instant) {
        var probe = probe
        probe.returns += 1
        probe.sentAt = screen.text.count
        probe.line = screen.finishedLines
        inFlight[0].probe = probe
        // Where it was none, the device's own prompt comes once more than expected.
        probedAt = screen.finishedLines
        lastReceived = max(lastReceived, now)
        type("")
    }

    private mutating func take(_ text: [UInt8], _ probe: PromptProbe, _ now: Instant) {
        probedAt = nil
        notes.append("its prompt is '\(escaped(text))' now, which came again after a return")
        finish(standing: text, keeping: probe.start, now)
    }

    /// Whether a line has the shape of the device's prompt: the same name in front and a prompt's sign at the end, or another name in the same
    /// signs.
    private func resemblesPrompt(_ line: ArraySlice<UInt8>) -> Bool {
        guard let last = prompt?.last.trimmedAtEnd, let sign = last.last, let end = line.trimmedAtEnd.last else { return false }
        let line = line.trimmedAtEnd
        let name = Self.firstName(last)
        // "[HUAWEI]" is where "<HUAWEI>" leads to.
        let isSign = end == sign || Self.signs.contains(end) || end == UInt8(ascii: "]") && line.first == UInt8(ascii: "[")
        if isSign, !name.isEmpty, Self.firstName(line).starts(with: name) { return true }
        // "50%" is of the shape of "r1#", but for its sign.
        let shape = Self.shape(last.dropLast())
        let isSameSign = end == sign || shape.count > 1 && Self.signs.contains(end) && Self.signs.contains(sign)
        return isSameSign && !name.isEmpty && Self.shape(line.dropLast()) == shape
    }

    static func isOfName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == 0x5F || byte == 0x2D || byte == 0x2E
    }

    private static func firstName(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.drop { !isOfName($0) && $0 != 0x20 }.prefix(while: isOfName)
    }

    /// The line with one letter for each name in it.
    private static func shape(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var shape: [UInt8] = []
        for byte in line {
            let sign = isOfName(byte) ? UInt8(ascii: "N") : byte
            if sign != UInt8(ascii: "N") || shape.last != sign { shape.append(sign) }
        }
        return shape
    }
}
