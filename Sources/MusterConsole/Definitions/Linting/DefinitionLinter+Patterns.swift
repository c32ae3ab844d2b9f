extension DefinitionLinter {
    /// An expression of the definition, and the longest text that it is put to.
    private struct Use {
        var key: String
        var pattern: Pattern
        var longest: Int
    }

    /// Expressions that match nothing at all, or explode.
    mutating func checkPatterns() {
        for use in uses {
            if use.pattern.match(in: [], scratch) != nil {
                report(.error, .matchesEmpty, use.key, "matches an empty text, so it means nothing", "an expression that needs something")
            }
            guard let explosion = PatternStress(use.pattern, examples: examples, longest: use.longest).explosion() else { continue }
            report(
                explosion.isOrdinary ? .error : .warning, .backtracking, use.key,
                "takes too long on a \(explosion.isOrdinary ? "line" : "very long line") like '\(explosion.line)'",
                "no repetition inside a repetition, and no two in a row that match the same")
        }
        for (index, text) in platform.failureIndicators.enumerated() where text.allSatisfy(\.isWhitespace) {
            report(.error, .matchesEmpty, "failure_indicators[\(index)]", "is in every line", "words of a rejection")
        }
        checkAnswers()
    }

    /// Answers that would be typed at anything.
    private mutating func checkAnswers() {
        let lines = ["Password: ", "Delete flash:x? [confirm]", "Building configuration...", "r1#"].map { Array($0.utf8) }
        for (index, question) in platform.questions.enumerated() where lines.allSatisfy({ question.pattern.match(in: $0, scratch) != nil })
        {
            report(
                .error, .matchesAll, "muster.questions[\(index)].pattern", "matches any line, so all that waits is answered",
                "the words of one question")
        }
        guard has("muster.pager") else { return }
        let text = Array("show 1 --More-- about lines 1-24 of it, press any key to continue, (END)".utf8)
        for (index, pager) in platform.pagers.enumerated() where pager.pattern.match(in: text + text, scratch) != nil {
            report(
                .warning, .matchesAll, "muster.pager[\(index)].pattern", "matches in the middle of a line, which a text may have",
                "an expression from ^ to $")
        }
    }

    /// What the prompts of the tests begin with may lead an expression to the place where it explodes.
    private var examples: [[UInt8]] {
        (platform.tests.cases[.prompts] ?? []).filter { $0.expected != nil }.prefix(2).map(\.text)
    }

    private var uses: [Use] {
        var uses: [Use] = []
        func add(_ key: String, _ pattern: Pattern?, _ longest: Int = ConsoleMachine.longestPrompt) {
            if let pattern, has(key) { uses.append(Use(key: key, pattern: pattern, longest: longest)) }
        }
        add("prompt_pattern", platform.prompt.pattern)
        for (index, mode) in platform.modes.enumerated() {
            add("modes[\(index)].prompt_pattern", mode.prompt.pattern)
            for (number, way) in mode.ways.enumerated() {
                addQuestions(way.instructions, "modes[\(index)].accessible_modes[\(number)].instructions", &uses)
            }
        }
        addQuestions(platform.onOpen, "on_open_instructions", &uses)
        for (index, pattern) in platform.failurePatterns.enumerated() { add("muster.failure_patterns[\(index)]", pattern, 1000) }
        for (index, pattern) in platform.failureExcludes.enumerated() { add("muster.failure_excludes[\(index)]", pattern, 1000) }
        for (index, pager) in platform.pagers.enumerated() { add("muster.pager[\(index)].pattern", pager.pattern, 200) }
        for (index, question) in platform.questions.enumerated() { add("muster.questions[\(index)].pattern", question.pattern) }
        for (index, pattern) in (platform.config?.unchanged ?? []).enumerated() { add("muster.config.unchanged[\(index)]", pattern, 1000) }
        for (index, rule) in (platform.login?.continues ?? []).enumerated() { add("muster.login.continue[\(index)].pattern", rule.pattern) }
        for (index, pattern) in (platform.login?.failures ?? []).enumerated() { add("muster.login.failure[\(index)]", pattern, 200) }
        for (index, pattern) in platform.detection.sshBanner.enumerated() { add("muster.detect.ssh_banner[\(index)]", pattern, 255) }
        for (index, pattern) in platform.detection.loginBanner.enumerated() { add("muster.detect.login_banner[\(index)]", pattern) }
        for (index, probe) in platform.detection.probes.enumerated() { add("muster.detect.probes[\(index)].pattern", probe.pattern) }
        for (index, question) in platform.questions.enumerated() { add("muster.questions[\(index)].pattern", question.pattern) }
        for (index, pattern) in platform.saved.enumerated() { add("muster.saved[\(index)]", pattern, 1000) }
        if let config = platform.config {
            for (key, patterns) in [
                ("failure_patterns", config.failurePatterns), ("failure_excludes", config.failureExcludes),
                ("diff_excludes", config.diffExcludes), ("unchanged", config.unchanged),
            ] {
                for (index, pattern) in patterns.enumerated() { add("muster.config.\(key)[\(index)]", pattern, 1000) }
            }
        }
        add("muster.login.username", platform.login?.username)
        add("muster.login.password", platform.login?.password)
        return uses
    }

    private func addQuestions(_ instructions: [Instruction], _ key: String, _ uses: inout [Use]) {
        for (index, instruction) in instructions.enumerated() {
            guard case .sendPrompted(_, .pattern(let pattern), _) = instruction else { continue }
            uses.append(
                Use(key: "\(key)[\(index)].send_prompted_input.prompt_pattern", pattern: pattern, longest: ConsoleMachine.longestPrompt))
        }
    }
}
