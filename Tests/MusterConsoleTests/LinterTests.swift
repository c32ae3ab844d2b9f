import Testing

@testable import MusterConsole

/// What the linter tells of definitions.
struct LinterTests {
    /// A definition with which nothing is wrong.
    private static let sound = """
        prompt_pattern: '^\\w+(\\(\\w+\\))?[>#]$'
        default_mode: user
        modes:
          - name: user
            prompt_pattern: '^\\w+>$'
            accessible_modes: [{name: root, instructions: [{send_input: {input: enable}}]}]
          - name: root
            prompt_pattern: '^\\w+#$'
            accessible_modes: [{name: user, instructions: [{send_input: {input: disable}}]}]
        failure_indicators: ['% Invalid']
        on_open_instructions: [{send_input: {input: terminal length 0}}]
        ntc_templates_platform: cisco_ios
        muster:
          tests: {prompts: [{text: "r1>", mode: user}]}
        """

    private func problems(_ yaml: String) -> [PlatformProblem] {
        DefinitionLinter.problems(of: Platform.read(yaml: yaml, name: "x", file: "x.yaml", keepsPlaces: true))
    }

    @Test func tellsNothing_whenNothingIsWrong() {
        #expect(problems(Self.sound) == [])
    }

    @Test(arguments: [
        ("default_mode: user", "default_mode: usr", PlatformProblem.Rule.defaultMode, PlatformProblem.Severity.error, 2),
        ("default_mode: user\n", "", .defaultMode, .warning, 0),
        ("[{name: root, ", "[{name: boot, instructions: []}, {name: root, ", .undefinedMode, .error, 6),
        ("'^\\w+#$'", "'^\\w+>$'", .ambiguousModes, .warning, 7),
        ("'^\\w+#$'", "'^r\\d>$'", .ambiguousModes, .warning, 14),
        ("accessible_modes: [{name: user,", "accessible_modes: [{name: root,", .unreachableMode, .warning, 7),
        ("prompt_pattern: '^\\w+#$'", "prompt_pattern: '^(\\w+#)?$'", .matchesEmpty, .error, 8),
        ("prompt_pattern: '^\\w+#$'", "prompt_pattern: '^(\\w+\\s?)*#$'", .backtracking, .error, 8),
        ("['% Invalid']", "['% Invalid', '']", .matchesEmpty, .error, 10),
        ("['% Invalid']", "['% Invalid', ' ']", .matchesEmpty, .error, 10),
        ("muster:\n", "muster:\n  questions: [{pattern: '.', answer: y}]\n", .matchesAll, .error, 14),
        ("muster:\n", "muster:\n  pager: [{pattern: 'more'}]\n", .matchesAll, .warning, 14),
        ("muster:\n", "muster:\n  config: {failure_patterns: ['x*']}\n", .matchesEmpty, .error, 14),
        (
            "muster:\n",
            "muster:\n  config: {commit: [{send_input: {input: c}}], commit_confirmed: [{send_input: {input: 'c {minuts}'}}]}\n",
            .placeholder, .error, 14
        ),
        ("muster:\n", "muster:\n  config: {commit_confirmed: [{send_input: {input: 'c {minutes}'}}]}\n", .noCommit, .error, 14),
        ("cisco_ios", "cisco_iso", .ntcTemplates, .warning, 12),
        ("on_open_instructions: [{send_input: {input: terminal length 0}}]\n", "", .noSetUp, .warning, 0),
        ("failure_indicators", "failure_indicator", .unknownKey, .warning, 10),
        ("(\\(\\w+\\))?[>#]$", "#$", .promptMissed, .warning, 1),
        (
            "{send_input: {input: enable}}", "{send_prompted_input: {input: enable, prompt_exact: '^Password:$', response: x}}", .notExact,
            .warning, 6
        ),
        ("tests: {prompts: [{text: \"r1>\", mode: user}]}", "tests: {}", .noTests, .warning, 14),
        ("mode: user}]}", "mode: usr}]}", .undefinedMode, .error, 14),
    ])
    func tellsWhatIsWrongAndWhere(
        _ part: String, _ other: String, _ rule: PlatformProblem.Rule, _ severity: PlatformProblem.Severity, _ line: Int
    ) throws {
        let yaml = Self.sound.replacing(part, with: other, maxReplacements: 1)
        #expect(yaml != Self.sound)
        let found = problems(yaml)
        let problem = try #require(found.first { $0.rule == rule }, "\(found)")
        #expect(problem.severity == severity)
        #expect(problem.line ?? 0 == line)
    }

    @Test func lets_modesShareAPromptThatAreEntered() {
        let yaml = """
            default_mode: user
            modes:
              - name: user
                prompt_pattern: '^\\w+>$'
                accessible_modes: [{name: a}, {name: b}]
              - {name: a, prompt_pattern: '^\\w+#$', accessible_modes: [{name: user}]}
              - {name: b, prompt_pattern: '^\\w+#$', accessible_modes: [{name: user}]}
            on_open_instructions: []
            """
        #expect(problems(yaml) == [])
        // Without a way into it, "b" is never known.
        let found = problems(yaml.replacing(", {name: b}]", with: "]"))
        #expect(found.contains { $0.rule == .ambiguousModes && $0.severity == .error })
    }

    @Test(arguments: [
        #"^(a+)+$"#, #"^([\w#]+\s?)*#$"#, #"^(\w|\d)*>$"#, #"^(.*,){8,}x$"#, #"^([a-z]+[-.]?)+@x$"#, #"(.*,){20}P"#, #"^(a|a)*b"#,
        #"(\w+\s?)*$"#, #"^(\w+\s?)*$"#, #"^r\d:(cfg|cfg-\w+|(-?\w+)+)+#$"#, #"^\[(?:[^\]]+)+\] \$$"#, #"^(?=(\d+)+x)\w+>$"#,
        #"^(?<name>[a-z]+)+(?i:x|X)*>$"#,
        #"^([[:alpha:]_]+|\w+)*\(cfg\)#$"#, #"^\x41(\d+-?)+#$"#,
    ])
    func findsTheLine_onWhichAnExpressionExplodes(_ source: String) throws {
        for span in [Pattern.Span.whole, .anywhere] {
            let explosion = PatternStress(try Pattern(source, span: span), examples: [], longest: 512).explosion()
            #expect(explosion?.isOrdinary == true, "\(span)")
        }
    }

    /// The work grows with the third power of the line, or faster: too much for the longest lines alone.
    @Test(arguments: [#"^\S+@\S+:\S+:\S+#\s*$"#, #"^\w+\w+\w+\w+#$"#])
    func warns_whenOnlyTheLongestLinesAreTooMuch(_ source: String) throws {
        let explosion = PatternStress(try Pattern(source, span: .whole), examples: [], longest: 512).explosion()
        #expect(explosion?.isOrdinary == false)
        let yaml = Self.sound.replacing("'^\\w+#$'", with: "'\(source)'")
        #expect(problems(yaml).first { $0.rule == .backtracking }?.severity == .warning)
    }

    @Test func tellsBoth_whenAnExpressionMatchesEmptyAndExplodes() {
        let found = problems(Self.sound.replacing("'^\\w+#$'", with: "'(\\w+\\s?)*$'"))
        #expect(found.contains { $0.rule == .matchesEmpty } && found.contains { $0.rule == .backtracking && $0.severity == .error })
    }

    /// Each of the expression's loops, and what it takes.
    @Test(arguments: [
        ("ab", 0), ("a*", 1), ("a|b", 1), ("(a*)*", 3), ("a{3}", 0), ("(a*){3}", 2), ("[)(]*\\(x|y", 2), ("(?:a+)?b", 2), ("(?#(*)a", 0),
        ("a{,5}?b{2,}+", 2), ("\\Qa\\E", 0), ("[]*]+", 1),
    ])
    func countsWhatCanBeMatchedInSeveralWays(_ source: String, _ choices: Int) {
        #expect(PatternShape(source).choices == choices)
    }

    @Test(arguments: [#"^[\w.\-@/:]{1,64}#\s?$"#, #"^.*[>#$]\s?+$"#, #"^\w+@\w+:.*\$$"#, #"^(\{\w+\}\n)?[\w.-]{1,64}>\s?$"#])
    func findsNone_whenAnExpressionIsSound(_ source: String) throws {
        let pattern = try Pattern(source, span: .whole)
        #expect(PatternStress(pattern, examples: [Array("r1#".utf8)], longest: 512).explosion() == nil)
    }

    @Test(arguments: Platform.builtInNames)
    func findsNoErrorInABuiltInDefinition(_ name: String) throws {
        let found = DefinitionLinter.problems(of: try #require(Platform.builtInDefinition(named: name)))
        #expect(found.filter { $0.severity == .error } == [])
    }
}
