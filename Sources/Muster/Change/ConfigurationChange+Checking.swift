package import MusterConsole

extension ConfigurationChange {
    /// Why the change can't be made on devices of a platform; nil when nothing speaks against it.
    func problem(on platform: Platform) -> (message: String, hint: String)? {
        guard let rules = platform.config else {
            return (
                "the definition of \(platform.name) does not say how its configuration is changed",
                "it wants the key 'config' under 'muster'; or send the lines with muster run --mode-name"
            )
        }
        if let problem = lineProblem(on: platform) ?? commitProblem(rules) ?? helpProblem(platform) { return problem }
        if let confirmWithin, !isDryRun {
            guard rules.has(.commitConfirmed) else {
                return ("\(platform.name) has no commit that has to be confirmed", "leave out --confirm for its devices")
            }
            let seconds = confirmWithin.components.seconds
            if seconds < 1 || seconds > 65_535 * 60 {
                return ("a time of \(confirmWithin.shown) makes no sense for a confirmation", "give some minutes")
            }
            if seconds % 60 != 0, rules.instructions(.commitConfirmed).contains(where: { $0.described.contains("{minutes}") }) {
                return ("\(platform.name) takes whole minutes for the confirmation, not \(confirmWithin.shown)", "give 2m, for example")
            }
        }
        if saves, !isDryRun, platform.save == nil {
            return (
                "the definition of \(platform.name) does not say how a configuration is saved", "it wants the key 'save' under 'muster'"
            )
        }
        return nil
    }

    /// What is wrong with the lines.
    func lineProblem(on platform: Platform) -> (message: String, hint: String)? {
        guard !lines.isEmpty else { return ("there is no line to send", "empty lines and comments are left out") }
        for line in lines {
            if line.text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F }) {
                return (
                    "line \(line.number) has a control character in it, which a device takes for a key",
                    "write blanks for tabs, and ^ and C for a Ctrl-C"
                )
            }
            if let problem = MultilineInput.problem(line, on: platform) {
                return ("line \(line.number), '\(line.texts[0])', \(problem)", "everything else can be sent without it")
            }
        }
        return nil
    }

    /// What is wrong with a line that commits: a dry run would make the change, and what a later line is rejected for would be in effect.
    private func commitProblem(_ rules: ConfigRules) -> (message: String, hint: String)? {
        let inputs = ConfigRules.Part.committing.flatMap(rules.instructions).map { $0.described.lowercased().split(separator: " ") }
        for line in lines where line.texts.count == 1 {
            var words = line.text.lowercased().split(separator: " ").drop { ["do", "run", "top"].contains($0) }
            // From the root of the tree, on SR OS.
            if let verb = words.first { words[words.startIndex] = verb.drop { $0 == "/" } }
            guard inputs.contains(where: { Self.commits(words, like: $0) }) else { continue }
            return ("line \(line.number), '\(line.text)', commits, which is done after the last line", "leave it out")
        }
        return nil
    }

    /// Whether words are an input that commits, words of which may be cut short; its last ones may be left out or others.
    private static func commits(_ words: ArraySlice<Substring>, like input: [Substring]) -> Bool {
        guard let place = input.firstIndex(where: { $0.hasPrefix("commit") }) else {
            // "nv config apply -y": all but the flags.
            let wanted = input.prefix { !$0.hasPrefix("-") && !$0.hasPrefix("{") }
            return wanted.count > 1 && words.starts(with: wanted)
        }
        return words.count > place
            && zip(words, input[...place]).allSatisfy { word, wanted in
                wanted.hasPrefix("{") || (word.count >= 3 && wanted.hasPrefix(word))
            }
    }

    /// What is wrong with a line that has a key in it which a device takes at once: it would be given another line.
    private func helpProblem(_ platform: Platform) -> (message: String, hint: String)? {
        guard platform.quoteKey == nil else { return nil }
        for line in lines {
            // In a text that is read up to its end it is a character like any other.
            guard let key = line.texts[0].first(where: { platform.helpKeys.contains($0) }) else { continue }
            return (
                "line \(line.number), '\(line.texts[0])', has a \(key) in it, which \(platform.name) takes for a request for help at once and leaves out",
                "write the line without it"
            )
        }
        return nil
    }

    /// Whether devices of a platform can try the change without making it.
    package static func canBeTried(on platform: Platform) -> Bool {
        guard let rules = platform.config else { return false }
        return rules.isAtomic && rules.has(.abort) && (rules.has(.diff) || rules.has(.check))
    }
}

extension Device {
    /// Its platform's definition, where it is known before a connection is made.
    func definition(in platforms: PlatformLibrary) -> Platform? {
        Platform.isDetecting(platform) ? nil : platforms.platform(named: platform)
    }

    /// Why a change can't be made on it, as far as that is known before a connection is made.
    package func problem(with change: ConfigurationChange, platforms: PlatformDefinitions) -> MusterError? {
        definition(in: platforms.library).flatMap { problem(with: change, on: $0) }
    }

    func problem(with change: ConfigurationChange, on platform: Platform) -> MusterError? {
        change.problem(on: platform).map { MusterError(.usage, phase: .command, device: name, message: $0.message, hint: $0.hint) }
    }
}
