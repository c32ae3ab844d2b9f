/// Finds what is wrong with a definition that can be read: what can't be meant so, and what goes wrong on a bad day.
package struct DefinitionLinter {
    private let definition: Definition
    let platform: Platform
    let scratch = MatchScratch()
    /// In the order of the checks.
    private(set) var problems: [PlatformProblem]

    /// All that is wrong with `definition`, in the order of its text.
    ///
    /// - Parameter definition: Read with the places of its keys.
    package static func problems(of definition: Definition) -> [PlatformProblem] {
        guard let platform = definition.platform else { return definition.problems }
        var linter = DefinitionLinter(definition, platform)
        linter.checkNames()
        linter.checkModes()
        linter.checkPatterns()
        linter.checkExpectations()
        linter.checkConfig()
        return linter.problems.enumerated().sorted {
            ($0.element.line ?? .max, $0.element.column ?? .max, $0.offset) < (
                $1.element.line ?? .max, $1.element.column ?? .max, $1.offset
            )
        }.map(\.element)
    }

    private init(_ definition: Definition, _ platform: Platform) {
        self.definition = definition
        self.platform = platform
        problems = definition.problems.map { problem in
            // It can be loaded and not be used to the full: here that is an error.
            var problem = problem
            if problem.rule == .undefinedMode || problem.rule == .defaultMode { problem.severity = .error }
            return problem
        }
    }

    /// Whether the definition has the key, be its value empty.
    func has(_ key: String) -> Bool { definition.places[key] != nil }

    mutating func report(
        _ severity: PlatformProblem.Severity, _ rule: PlatformProblem.Rule, _ key: String, _ what: String, _ expected: String,
        line: Int? = nil
    ) {
        // The nearest key that is written down: a default has no place of its own.
        var path = key[...]
        while definition.places[String(path)] == nil, let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) { path = path[..<cut] }
        let place = definition.places[String(path)]
        problems.append(
            PlatformProblem(
                rule: rule, file: definition.file, line: line ?? place?.line, column: line == nil ? place?.column : nil, severity: severity,
                key: key, what: what, expected: expected))
    }

    // MARK: Names and set-up

    private mutating func checkNames() {
        if let name = platform.ntcTemplatesPlatform, !NTCTemplates.has(name) {
            let guess = nearest(name, in: NTCTemplates.platforms.sorted()).map { "did you mean '\($0)'?" } ?? "a platform of its index"
            report(.warning, .ntcTemplates, "ntc_templates_platform", "ntc-templates has nothing for '\(name)'", guess)
        }
        if !has("default_mode") {
            report(.warning, .defaultMode, "default_mode", "missing, so it is the first mode", "the mode that commands are run in")
        }
        // Whoever writes an empty list has thought of it.
        if platform.onOpen.isEmpty, !has("on_open_instructions") {
            report(
                .warning, .noSetUp, "on_open_instructions", "nothing is set up at the login, so the device pages and folds lines",
                "commands that turn that off; [] where there is nothing to turn off")
        }
        // An unmodified definition of another tool can't have any.
        if platform.tests.isEmpty, has("muster") {
            report(.warning, .noTests, "muster.tests", "missing", "prompts, errors and pagers of a real device with their verdicts")
        }
    }

    /// What the definition's own tests show beyond their verdicts.
    private mutating func checkExpectations() {
        for test in platform.tests.cases[.prompts] ?? [] {
            guard let mode = test.expected else { continue }
            if platform.mode(named: mode) == nil {
                let guess = nearest(mode, in: platform.modes.map(\.name)).map { "did you mean '\($0)'?" } ?? "one of the modes"
                report(.error, .undefinedMode, "muster.tests.prompts", "there is no mode '\(mode)'", guess, line: test.line)
            }
            if platform.prompt.pattern != nil, !platform.prompt.matches(test.text, scratch) {
                report(
                    .warning, .promptMissed, "prompt_pattern", "does not match the prompt '\(escaped(test.text))' of the tests",
                    "one that matches the prompts of all modes")
            }
        }
    }
}
