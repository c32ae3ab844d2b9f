import MusterTransport

/// A prompt that is another than the one before.
///
/// Output may stop behind any line, for as long as a lost packet takes to be sent again. So a line is taken for the new prompt only where it was to
/// be expected: it has the host's name and the command is one that leads to another mode, or the command is one that changes prompts and the whole
/// line is what the definition says of a mode, or it is the old one with a greater number. Anything else is put to the proof by a return.
extension ConsoleMachine {
    /// What is known of a prompt that is never the same.
    enum PromptVariation {
        case none
        /// Its numbers change: it counts, or has the time.
        case numbers
        /// It has not come again at the login, and nothing better than its looks can be had.
        case looks
    }

    /// The rules by which a mode is known.
    private var modeRules: [PromptRule] {
        if platform.modes.count == 1, let only = platform.modes.first, only.prompt.pattern == nil { return [platform.prompt] }
        return platform.modes.map(\.prompt)
    }

    /// `line` stands, and it is no prompt of this session: looks whether it is one from here on.
    mutating func meetOtherPrompt(_ line: ArraySlice<UInt8>, _ head: Step, _ pause: Duration, _ now: Instant) {
        // What is typed ahead has its echoes, and at a question nothing may be typed.
        if inFlight.count > 1 || head.dialogue.refused != nil {
            if pause >= timing.prompt, let text = matchPrompt(allRules) { endHead(text, pause, now) }
            return
        }
        let isKin = isKin(line)
        let isVaried = !isKin && isVariation(line)
        if isVaried || isKin && mayChangePrompt(head), let text = matchPrompt(modeRules) {
            let time = timeToTrust(line, head)
            if pause < time {
                confirmation = time
                return
            }
            if isVaried { promptVariation = .numbers }
            endHead(text, pause, now)
            return
        }
        guard pause >= timing.prompt else { return }
        if changesName(head), let text = matchPrompt(modeRules) {
            endHead(text, pause, now)
            return
        }
        guard pause >= timing.line else { return }
        let text = matchPrompt(allRules)
        if let text, promptVariation == .looks {
            endHead(text, pause, now)
        } else if echoes == false || screen.isTruncated {
            // Here a return proves nothing.
            if pause >= timing.question, let text = matchPrompt(modeRules) { endHead(text, pause, now) }
        } else {
            probePrompt(text ?? Array(line), isOfDefinition: text != nil, pause, now)
        }
    }

    /// How long a line that was to be expected as the prompt has to stand.
    private func timeToTrust(_ line: ArraySlice<UInt8>, _ head: Step) -> Duration {
        guard head.echo == .seen, let last = prompt?.last, isShortOutput else { return timing.prompt }
        // While the bytes come one by one, `r1>` may be the beginning of `r1> `: the blanks at the end are the same in all modes.
        guard line.count - line.trimmedAtEnd.count == last.count - last.trimmedAtEnd.count else { return timing.prompt }
        return shortMoment
    }

    // MARK: The command

    /// Whether the command that is running may lead to another prompt of this host.
    ///
    /// Any that configures may: it leads to a part of the configuration, or out of it.
    func mayChangePrompt(_ head: Step) -> Bool {
        if changesName(head) { return true }
        let words = head.command.lowercased().split(separator: " ")
        guard let first = words.first, !shows(head.command) else { return false }
        if first.hasPrefix("/") || first.hasPrefix("..") || begins(words, Self.modeWords) { return true }
        return mode.hasPrefix("config") || prompt?.text.contains(Array("(conf".utf8)) == true
    }

    /// Whether the command is one behind which the prompt may have another name, by the definition or by its words.
    private func changesName(_ head: Step) -> Bool {
        if head.purpose != .command || head.target != nil { return true }
        let words = head.command.lowercased().split(separator: " ")
        guard !shows(head.command) else { return false }
        if words.contains(where: { Self.nameWords.contains(String($0)) }) { return true }
        // "sudo cat x" has a command's output.
        if words.first == "sudo" { return words.count > 1 && ["-s", "-i", "su", "bash"].contains(words[1]) }
        return begins(words, Self.userWords)
    }

    /// Whether a command shows something: "show", "do more", "run ping", "admin display-config".
    private func shows(_ command: String) -> Bool {
        let words = command.lowercased().split(separator: " ")
        return words.first == "do" || words.first == "run" || onlyShows(command)
            || words.dropFirst().contains { $0 == "show" || $0.hasPrefix("display") }
    }

    private func begins(_ words: [Substring], _ list: [String]) -> Bool {
        guard let verb = words.first?.drop(while: { $0 == "/" }), verb.count >= 2 else { return false }
        return list.contains { $0.hasPrefix(verb) }
    }

    /// What changes the name in a prompt, wherever it stands in a command.
    private static let nameWords: Set = ["hostname", "host-name", "sysname", "prompt", "system-name", "identity"]
    /// Commands that lead to another user, device, shell or directory, or back; they may be shortened.
    private static let userWords = [
        "attach", "bash", "cd", "changeto", "cli", "connect", "context", "end", "enter", "exit", "expert", "login", "logout", "quit",
        "return",
        "session", "shell", "slogin", "ssh", "start", "su", "super", "switchto", "tclsh", "telnet", "tmsh", "vdom", "vtysh",
    ]
    /// Commands that lead to a mode or to a part of the configuration.
    private static let modeWords = [
        "abort", "admin", "back", "commit", "configure", "configuration", "disable", "edit", "enable", "interface", "next", "system-view",
        "top",
        "up", "vlan",
    ]

    // MARK: The line

    /// Where the host's name is in a prompt, with what belongs to it: "core1", "admin@core1", "RP/0/RSP0/CPU0:core1", "A:core1".
    ///
    /// In "[core1-GigabitEthernet0/0/1]" it can't be told where it ends.
    private static func name(in line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.drop { !isOfName($0) }.prefix { !nameEnds.contains($0) }
    }

    private static let nameEnds = Array("()[]<>{}#$% ,".utf8)

    /// Takes the host's name from a prompt that was learned, where it is not the same.
    mutating func noteHostName(_ prompt: LearnedPrompt) {
        if !isKin(prompt.last) { hostName = Array(Self.name(in: prompt.last)) }
    }

    /// Whether the host's name stands in `line` where it stands in the prompt.
    func isKin(_ line: ArraySlice<UInt8>) -> Bool {
        guard !hostName.isEmpty else { return false }
        let name = Self.name(in: line)
        if name.elementsEqual(hostName) { return true }
        return line.trimmedAtEnd.last == UInt8(ascii: "]") && name.starts(with: hostName)
            && name.dropFirst(hostName.count).first == UInt8(ascii: "-")
    }

    /// Whether `line` is the prompt with other numbers in it.
    ///
    /// Where the prompt is not known to change, one number must be the next and stand for itself: "core.12 #", "[12] core#". "r2#" is another host.
    func isVariation(_ line: ArraySlice<UInt8>) -> Bool {
        guard let last = prompt?.last, last.contains(where: \.isDigit), line.contains(where: \.isDigit) else { return false }
        if promptVariation == .numbers { return Self.withoutNumbers(line) == Self.withoutNumbers(last) }
        let (old, new) = (Self.numbers(in: last), Self.numbers(in: line))
        guard old.count == new.count, Self.withoutNumbers(line, .separate) == Self.withoutNumbers(last, .separate) else { return false }
        let changed = zip(old, new).filter { $0 != $1 }
        return changed.count == 1 && changed[0].0 + 1 == changed[0].1
    }

    /// Whether a line that came again after a return is the same, but for numbers that stand for themselves.
    func isSame(_ line: ArraySlice<UInt8>, _ before: ArraySlice<UInt8>) -> Bool {
        line.elementsEqual(before)
            || promptVariation == .numbers && Self.withoutNumbers(line) == Self.withoutNumbers(before)
            || line.contains(where: \.isDigit) && Self.withoutNumbers(line, .separate) == Self.withoutNumbers(before, .separate)
    }

    /// Two lines stood there at the login before and after a return, and neither came again.
    mutating func noteVariation(_ before: [UInt8], _ line: [UInt8]) {
        promptVariation = Self.withoutNumbers(before[...]) == Self.withoutNumbers(line[...]) ? .numbers : .looks
    }

    private enum Numbers { case all, separate }

    /// The line with one sign for each number, and without the signs in front that tell what is not saved.
    ///
    /// - Parameter numbers: those that are meant: all, or only those that are not part of a word.
    private static func withoutNumbers(_ line: ArraySlice<UInt8>, _ numbers: Numbers = .all) -> [UInt8] {
        var result: [UInt8] = []
        var isIn = false
        for byte in line.drop(while: { "!*~ ".utf8.contains($0) }) {
            if !byte.isDigit {
                isIn = false
            } else if isIn {
                continue
            } else if numbers == .all || result.last.map(separators.contains) ?? true {
                isIn = true
                result.append(0)
                continue
            }
            result.append(byte)
        }
        return result
    }

    /// What stands in front of a number that is not part of a word.
    private static let separators = Array(".:[! ".utf8)

    private static func numbers(in line: ArraySlice<UInt8>) -> [Int] {
        line.split { !$0.isDigit }.map { $0.prefix(15).reduce(0) { 10 * $0 + Int($1 - 0x30) } }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
