/// The modes in which a command is known.
struct LabModes: OptionSet, Sendable {
    let rawValue: UInt8
    static let exec = LabModes(rawValue: 1)
    static let privileged = LabModes(rawValue: 2)
    static let configuration = LabModes(rawValue: 4)
    static let operational: LabModes = [.exec, .privileged]
    static let all: LabModes = [.exec, .privileged, .configuration]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ mode: LabMode) {
        self =
            switch mode {
            case .exec: .exec
            case .privileged: .privileged
            case .configuration: .configuration
            }
    }
}

/// A command: its keywords, `<word>` for one argument, `<line>` last for the rest (one word or more), `[line]` for none or more.
struct LabCommand: Sendable {
    enum Word: Sendable {
        case keyword(String)
        case argument
        case rest
        case optionalRest
    }

    let words: [Word]
    let modes: LabModes
    let run: @Sendable (inout LabShellState, [String]) -> LabReply

    init(_ pattern: String, _ modes: LabModes = .operational, _ run: @escaping @Sendable (inout LabShellState, [String]) -> LabReply) {
        words = pattern.split(separator: " ").map { word in
            switch word {
            case "<line>": .rest
            case "[line]": .optionalRest
            default: word.hasPrefix("<") ? .argument : .keyword(String(word))
            }
        }
        self.modes = modes
        self.run = run
    }

    /// A command that prints a text.
    static func shows(_ pattern: String, in modes: LabModes = .operational, _ text: @escaping @Sendable (LabShellState) -> String)
        -> LabCommand
    {
        LabCommand(pattern, modes) { state, _ in .text(text(state)) }
    }

    func word(_ index: Int) -> Word? {
        if index < words.count { return words[index] }
        switch words.last {
        case .rest, .optionalRest: return words.last
        default: return nil
        }
    }

    /// Whether so many words are enough.
    func isComplete(_ count: Int) -> Bool {
        switch words.last {
        case .rest: count >= words.count
        case .optionalRest: count >= words.count - 1
        default: count == words.count
        }
    }
}

/// The commands of a platform, found by their keywords or what is left of them.
struct LabCommandTable: Sendable {
    enum Match {
        case command(LabCommand, arguments: [String])
        /// The word that nothing begins with, by its number.
        case unknown(word: Int)
        case ambiguous
        case incomplete
    }

    let commands: [LabCommand]

    init(_ commands: [LabCommand]) { self.commands = commands }

    /// Looks a line up, word by word: whole keywords first, then beginnings of keywords, then arguments.
    func match(_ words: [Substring], in mode: LabMode) -> Match {
        let modes = LabModes(mode)
        var candidates = commands.filter { !$0.modes.isDisjoint(with: modes) }
        for (index, typed) in words.enumerated() {
            let lowered = typed.lowercased()
            var whole: [LabCommand] = []
            var begun: [LabCommand] = []
            var begunKeywords: Set<String> = []
            var open: [LabCommand] = []
            for candidate in candidates {
                switch candidate.word(index) {
                case .keyword(let keyword):
                    if keyword == lowered {
                        whole.append(candidate)
                    } else if keyword.hasPrefix(lowered) {
                        begun.append(candidate)
                        begunKeywords.insert(keyword)
                    }
                case .argument, .rest, .optionalRest: open.append(candidate)
                case nil: continue
                }
            }
            if !whole.isEmpty {
                candidates = whole
            } else if !begun.isEmpty {
                if begunKeywords.count > 1 { return .ambiguous }
                candidates = begun
            } else if !open.isEmpty {
                candidates = open
            } else {
                return .unknown(word: index)
            }
        }
        guard let command = candidates.first(where: { $0.isComplete(words.count) }) else { return .incomplete }
        let arguments = words.enumerated().filter { index, _ in
            if case .keyword = command.word(index) { false } else { true }
        }
        return .command(command, arguments: arguments.map { String($0.element) })
    }
}

/// A line as typed: its words, where they stand, and the filter behind a pipe.
struct LabLine {
    let words: [Substring]
    let filter: LabFilter?
    private let text: Substring

    init(_ text: String) {
        let parts = text.split(separator: "|", maxSplits: 1)
        self.text = parts.first ?? ""
        words = self.text.split { $0 == " " || $0 == "\t" }
        filter = parts.count > 1 ? LabFilter(parts[1]) : nil
    }

    /// How many characters precede a word, or the end of the line.
    func offset(of word: Int) -> Int {
        text.distance(from: text.startIndex, to: word < words.count ? words[word].startIndex : text.endIndex)
    }
}

/// What follows a pipe: `include TEXT` and its like.
///
/// The text is plain, not a regular expression.
struct LabFilter {
    let verb: String
    let text: String

    init?(_ part: Substring) {
        let words = part.split(separator: " ", maxSplits: 1)
        guard let first = words.first else { return nil }
        let verbs = ["include", "exclude", "begin", "count", "section", "match", "except", "grep", "no-more", "find", "last"]
        guard let verb = verbs.first(where: { $0.hasPrefix(first) }) else { return nil }
        self.verb = verb
        text = words.count > 1 ? words[1].trimmingSpaces.filter { $0 != "\"" } : ""
    }

    func apply(to output: String) -> String {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        let kept: [Substring]
        switch verb {
        case "include", "match", "grep", "section": kept = lines.filter { $0.contains(text) }
        case "exclude", "except": kept = lines.filter { !$0.contains(text) }
        case "begin", "find": kept = Array(lines.drop { !$0.contains(text) })
        case "count": return "Count: \(lines.count { !$0.isEmpty && (text.isEmpty || $0.contains(text)) }) lines\n"
        case "last": kept = lines.suffix(11)
        default: return output
        }
        return kept.isEmpty ? "" : kept.joined(separator: "\n") + (kept.last == "" ? "" : "\n")
    }
}

extension LabReply {
    func filtered(_ filter: LabFilter?) -> LabReply {
        guard let filter, case .text(let text) = output else { return self }
        var reply = self
        let kept = filter.apply(to: text)
        reply.output = kept.isEmpty ? .none : .text(kept)
        return reply
    }
}
