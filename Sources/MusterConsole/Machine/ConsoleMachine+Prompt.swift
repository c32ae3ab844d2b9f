import MusterTransport

extension ConsoleMachine {
    /// A line longer than this is no prompt.
    static let longestPrompt = 512
    /// A prompt has at most this many lines above the last.
    private static let mostUpperLines = 3

    /// The unfinished line, where it could be a prompt or a question.
    var standingLine: ArraySlice<UInt8>? {
        let line = screen.standing
        guard !line.isEmpty, line.count <= Self.longestPrompt, !line.isBlank else { return nil }
        return line
    }

    /// Whether exactly `prompt` stands at the end of the output.
    func stands(_ prompt: LearnedPrompt) -> Bool {
        !screen.isContinued && screen.standing.elementsEqual(prompt.last) && endsWithUpper(of: prompt)
    }

    private func endsWithUpper(of prompt: LearnedPrompt) -> Bool {
        let upper = prompt.upper
        guard !upper.isEmpty else { return true }
        let end = screen.end
        guard end.count >= upper.count, end.suffix(upper.count).elementsEqual(upper) else { return false }
        return end.count == upper.count || end[end.endIndex - upper.count - 1] == 0x0A
    }

    /// What stands at the end of the output and looks like a prompt of `rules`, with as many lines above as the rules ask for.
    func matchPrompt(_ rules: [PromptRule]) -> [UInt8]? {
        guard !screen.isContinued, let line = standingLine else { return nil }
        let above = lastLines(Self.mostUpperLines)
        // The longest first: a rule that knows of a second line is given it.
        for skipped in 0...above.count {
            var text: [UInt8] = []
            for upper in above[skipped...] {
                text += upper
                text.append(0x0A)
            }
            text += line
            if rules.contains(where: { $0.matches(text, scratch) }) { return text }
        }
        return nil
    }

    /// The last finished lines, at most `count`, none of them long.
    private func lastLines(_ count: Int) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = screen.end
        while lines.count < count, rest.last == 0x0A {
            rest = rest.dropLast()
            let window = rest.suffix(Self.longestPrompt)
            guard let start = window.lastIndex(of: 0x0A).map({ $0 + 1 }) ?? (window.startIndex == 0 ? 0 : nil) else { break }
            lines.insert(rest[start...], at: 0)
            rest = rest[..<start]
        }
        return lines
    }

    /// The rules of the definition, the general one last.
    var allRules: [PromptRule] { platform.modes.map(\.prompt) + [platform.prompt] }

    /// The mode that `text` is a prompt of.
    ///
    /// Several modes may have the same prompt (Junos's three configuration modes): the one that is being entered wins, then the present one.
    func mode(of text: [UInt8]) -> String {
        if platform.modes.count == 1, let only = platform.modes.first, only.prompt.pattern == nil { return only.name }
        let names = platform.modes.filter { $0.prompt.matches(text, scratch) }.map(\.name)
        if let hop = walk?.hop ?? inFlight.first?.target, names.contains(hop) { return hop }
        if let present = prompt?.mode, names.contains(present) { return present }
        return names.first ?? LearnedPrompt.unknownMode
    }

    /// Takes `text` for the device's prompt from here on.
    mutating func learn(_ text: [UInt8]) {
        if prompt?.text == text, walk?.hop == nil { return }
        let learned = LearnedPrompt(text: text, mode: mode(of: text))
        prompt = learned
        noteHostName(learned)
        known.removeAll { $0.text == text }
        known.append(learned)
        if known.count > 8 { known.removeFirst() }
    }

    /// Whether the line asks for something instead of being a prompt.
    func looksLikeQuestion(_ line: some Sequence<UInt8>) -> Bool {
        Self.question?.match(in: Array(line), scratch) != nil
    }

    private static let question = try? Pattern(
        #"((password|passphrase|username|login|passcode|token|pin)[^\n]{0,40}:\s*$)|(\[(confirm|y/n|yes/no|y|n|yes|no)[^\]]{0,12}\][^\n]{0,10}$)"#
            + #"|(\((y/n|yes/no|y/n/a|y or n)[^)]{0,12}\)[^\n]{0,10}$)|(\?\s*$)"#)
}
