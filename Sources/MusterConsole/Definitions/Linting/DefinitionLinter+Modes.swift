extension DefinitionLinter {
    /// Modes that can't be told apart, can't be reached, or can't be left.
    mutating func checkModes() {
        checkEqualPrompts()
        checkSharedPrompts()
        checkWays()
    }

    /// Modes with the same prompt are told apart by what was entered; at the login nothing has been.
    private mutating func checkEqualPrompts() {
        let modes = platform.modes
        for (index, mode) in modes.enumerated() {
            guard let first = modes[..<index].first(where: { $0.prompt.isEqual(to: mode.prompt) }) else { continue }
            let key = "modes[\(index)]"
            let entered = Set(modes.flatMap { $0.ways.map(\.target) })
            if [first.name, mode.name].contains(platform.defaultMode) {
                report(
                    .warning, .ambiguousModes, key,
                    "the prompt of '\(mode.name)' is that of '\(first.name)', which is taken for it at the login",
                    "a prompt of its own")
            } else if !entered.contains(mode.name) {
                report(
                    .error, .ambiguousModes, key, "the prompt of '\(mode.name)' is that of '\(first.name)', and no way leads into it",
                    "a prompt of its own, or a way by which it is entered")
            }
        }
    }

    /// Prompts of the tests that several modes match: the first one wins, which is luck.
    private mutating func checkSharedPrompts() {
        var told: Set<String> = []
        let entered = Set(platform.modes.flatMap { $0.ways.map(\.target) })
        for test in platform.tests.cases[.prompts] ?? [] {
            let matching = platform.modes.filter { $0.prompt.matches(test.text, scratch) }
            guard let first = matching.first else { continue }
            for other in matching.dropFirst() {
                let isShared = other.prompt.pattern?.source == first.prompt.pattern?.source
                // It was meant so: which of them it is follows from the way that was gone.
                if isShared, entered.isSuperset(of: [first.name, other.name]) { continue }
                guard told.insert("\(first.name)\n\(other.name)").inserted else { continue }
                report(
                    .warning, .ambiguousModes, "muster.tests.prompts",
                    "'\(escaped(test.text))' is a prompt of '\(first.name)' and of '\(other.name)'; the first mode wins",
                    "prompt_pattern or prompt_excludes that tell them apart", line: test.line)
            }
        }
    }

    private mutating func checkWays() {
        guard platform.mode(named: platform.defaultMode) != nil else { return }
        for (index, mode) in platform.modes.enumerated() where mode.name != platform.defaultMode {
            let leads = platform.path(from: mode.name, to: platform.defaultMode) != nil
            if leads { continue }
            let isReached = platform.path(from: platform.defaultMode, to: mode.name) != nil
            if isReached {
                report(
                    .warning, .unreachableMode, "modes[\(index)]", "no way leads back from '\(mode.name)' to '\(platform.defaultMode)'",
                    "accessible_modes that do")
            } else {
                report(
                    .error, .unreachableMode, "modes[\(index)]",
                    "no way leads from '\(platform.defaultMode)' to '\(mode.name)', nor back",
                    "accessible_modes that do")
            }
        }
    }
}

extension PromptRule {
    /// Whether both match the same by what is written.
    func isEqual(to other: PromptRule) -> Bool {
        pattern != nil && pattern?.source == other.pattern?.source && Set(excludes) == Set(other.excludes)
    }
}
