extension LabCommandTable {
    /// Why a line is no command.
    enum Problem {
        /// A word that nothing begins with, and how many characters precede it.
        case unknown(word: Int, offset: Int)
        case ambiguous
        case incomplete(offset: Int)
    }

    /// Runs a line, or prints what the platform says of one that is no command.
    func execute(_ line: String, _ state: inout LabShellState, otherwise: (Problem, LabLine) -> LabReply) -> LabReply {
        let parsed = LabLine(line)
        guard !parsed.words.isEmpty else { return .nothing }
        switch match(parsed.words, in: state.mode) {
        case .command(let command, let arguments): return command.run(&state, arguments).filtered(parsed.filter)
        case .unknown(let word): return otherwise(.unknown(word: word, offset: parsed.offset(of: word)), parsed)
        case .ambiguous: return otherwise(.ambiguous, parsed)
        case .incomplete: return otherwise(.incomplete(offset: parsed.offset(of: parsed.words.count)), parsed)
        }
    }
}

extension LabCommand {
    /// `show version`, which the `huge` fault swells.
    static func version(_ pattern: String, in modes: LabModes = .operational, _ text: @escaping @Sendable (LabShellState) -> String)
        -> LabCommand
    {
        LabCommand(pattern, modes) { state, _ in
            var reply = LabReply.text(text(state))
            reply.isVersion = true
            return reply
        }
    }

    /// A command that prints nothing; in the configuration it becomes a part of it, elsewhere it changes nothing that matters here.
    static func accepts(_ pattern: String, _ modes: LabModes = .operational) -> LabCommand {
        let words = pattern.split(separator: " ").prefix { !$0.hasPrefix("<") && !$0.hasPrefix("[") }
        return LabCommand(pattern, modes) { state, arguments in
            if modes == .configuration { state.configure((words.map(String.init) + arguments).joined(separator: " ")) }
            return .nothing
        }
    }

    /// Ends the session.
    static func leaves(_ pattern: String, _ modes: LabModes = .operational) -> LabCommand {
        LabCommand(pattern, modes) { _, _ in .close }
    }

    /// Sets the length of a page; 0 turns paging off.
    static func pageLength(_ pattern: String, _ modes: LabModes = .operational, refusal: String) -> LabCommand {
        LabCommand(pattern, modes) { state, arguments in
            guard let rows = Int(arguments.last ?? ""), (0...10_000).contains(rows), !state.refusesPagerOff else { return .text(refusal) }
            state.pageRows = rows
            return .nothing
        }
    }

    /// `enable` with a secret, asked for up to three times.
    static func enables(_ pattern: String, refusal: String) -> LabCommand {
        LabCommand(pattern, .operational) { state, _ in
            guard state.mode == .exec else { return .nothing }
            return askSecret(attempt: 1, refusal)
        }
    }

    private static func askSecret(attempt: Int, _ refusal: String) -> LabReply {
        .ask("Password: ", .secret) { secret, state in
            if secret == state.enableSecret {
                state.mode = .privileged
                return .nothing
            }
            return attempt < 3 ? askSecret(attempt: attempt + 1, refusal) : .text(refusal)
        }
    }

    /// A text of the configuration, which is read up to the sign that stands behind the command's words.
    static func readsText(_ pattern: String) -> LabCommand {
        let words = pattern.split(separator: " ").dropLast()
        return LabCommand(pattern + " <line>", .configuration) { state, arguments in
            let begin = (words.map(String.init) + arguments.prefix(1)).joined(separator: " ")
            let text = arguments.dropFirst().joined(separator: " ")
            guard let sign = text.first else { return .text("% Incomplete command.\n") }
            if text.dropFirst().contains(sign) {
                state.configure(begin + " " + text)
                return .nothing
            }
            return .ask(
                "Enter TEXT message.  End with the character '\(sign)'.\n", .line, then: readText(begin + " " + text) { $0.contains(sign) })
        }
    }

    /// A text of the configuration, which is read up to a line.
    static func readsText(_ pattern: String, upTo end: String, saying words: String) -> LabCommand {
        LabCommand(pattern, .configuration) { _, arguments in
            let begin = (pattern.split(separator: " ").prefix { !$0.hasPrefix("<") }.map(String.init) + arguments).joined(separator: " ")
            return .ask(words + "\n", .line, then: readText(begin) { $0.trimmingSpaces == end })
        }
    }

    private static func readText(
        _ text: String, isEnd: @escaping @Sendable (String) -> Bool
    ) -> @Sendable (String, inout LabShellState) -> LabReply {
        { line, state in
            let text = text + "\n" + line
            guard isEnd(line) else { return .ask("", .line, then: readText(text, isEnd: isEnd)) }
            state.configure(text)
            return .nothing
        }
    }

    /// Enters a part of the configuration.
    static func descends(_ pattern: String, _ context: String) -> LabCommand {
        LabCommand(pattern, .configuration) { state, _ in
            state.context = [context]
            return .nothing
        }
    }

    /// Leaves the configuration altogether.
    static func ends(_ pattern: String, _ text: String = "") -> LabCommand {
        LabCommand(pattern, .configuration) { state, _ in
            state.mode = .privileged
            state.context = []
            return .text(text)
        }
    }

    /// Leaves one part of the configuration, or the configuration.
    static func ascends(_ pattern: String) -> LabCommand {
        LabCommand(pattern, .configuration) { state, _ in
            if state.context.popLast() == nil { state.mode = .privileged }
            return .nothing
        }
    }

    static func configures(_ pattern: String, _ text: String = "") -> LabCommand {
        LabCommand(pattern, .privileged) { state, _ in
            state.mode = .configuration
            state.context = []
            return .text(text)
        }
    }

    static func names(_ pattern: String) -> LabCommand {
        LabCommand(pattern, .configuration) { state, arguments in
            state.configure("hostname \(arguments.last ?? state.hostname)")
            return .nothing
        }
    }
}

extension LabCommandTable {
    /// Whether words are a command in a mode.
    func knows(_ words: [Substring], in mode: LabMode) -> Bool {
        if case .command = match(words, in: mode) { true } else { false }
    }
}
