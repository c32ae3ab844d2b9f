import Testing

@testable import MusterConsole

/// Reading definitions: every problem at once, with its place, and what is no more than a warning.
struct DefinitionReadingTests {
    @Test(arguments: [
        (
            "promt_pattern: x\nmodes: [{name: a}]\n", "promt_pattern", 1, 1, "did you mean 'prompt_pattern'?",
            PlatformProblem.Rule.unknownKey
        ),
        ("modes: [{name: a}]\nmuster: {echos: none}\n", "muster.echos", 2, 10, "did you mean 'echo'?", .unknownKey),
        ("default_mode: b\nmodes:\n  - {name: a}\n", "default_mode", 1, 15, "did you mean 'a'?", .defaultMode),
        (
            "modes:\n  - name: a\n    accessible_modes:\n      - name: zz\n", "modes[0].accessible_modes[0].name", 4, 15, "one of a",
            .undefinedMode
        ),
        (
            "modes: [{name: a}]\non_open_instructions:\n  - enter_mode: {requested_mode: ab}\n",
            "on_open_instructions[0].enter_mode.requested_mode", 3, 34, "did you mean 'a'?", .undefinedMode
        ),
    ])
    func warns_whenTheDefinitionCanBeUsedAllTheSame(
        _ yaml: String, _ key: String, _ line: Int, _ column: Int, _ expected: String, _ rule: PlatformProblem.Rule
    ) throws {
        let definition = Platform.read(yaml: yaml, name: "x", file: "x.yaml")
        #expect(definition.platform != nil)
        let problem = try #require(definition.problems.first)
        #expect(definition.problems.count == 1)
        #expect(problem.severity == .warning && problem.rule == rule)
        #expect(problem.key == key && problem.expected == expected)
        #expect(problem.line == line && problem.column == column)
    }

    @Test func findsEveryProblemAtOnce_inTheOrderOfTheText() {
        let yaml = """
            prompt_pattern: 'ab(c'
            modes:
              - {name: a, prompt_pattern: '['}
              - {prompt_pattern: x}
            on_open_instructions: [{sent_input: {input: x}}]
            muster:
              type_ahead: maybe
              failure_patterns: ['(', 'fine', ')']
            """
        let definition = Platform.read(yaml: yaml, name: "x", file: "x.yaml")
        #expect(definition.platform == nil)
        #expect(
            definition.problems.map(\.key) == [
                "prompt_pattern", "modes[0].prompt_pattern", "modes[1].name", "on_open_instructions[0]", "muster.type_ahead",
                "muster.failure_patterns[0]", "muster.failure_patterns[2]",
            ])
        #expect(definition.problems.map(\.line) == [1, 3, 4, 5, 7, 8, 8])
    }

    @Test func showsACaretUnderThePlace_whenAnExpressionIsBad() throws {
        let problem = #expect(throws: PlatformProblem.self) {
            try Platform.load(yaml: "prompt_pattern: '^r[1-9]+(>|#$'\nmodes: [{name: a}]\n", name: "x", file: "x.yaml")
        }
        let lines = try #require(problem).description.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("x.yaml:1:17: prompt_pattern: no regular expression: missing closing parenthesis"))
        #expect(lines[1] == "    ^r[1-9]+(>|#$")
        #expect(lines[2] == "                 ^")
    }

    @Test func cutsALongExpressionAroundThePlace() {
        let excerpt = PlatformProblem.Excerpt(
            pattern: String(repeating: "é", count: 100) + "(" + String(repeating: "b", count: 100), offset: 201)
        let lines = excerpt.shown.split(separator: "\n")
        #expect(lines[0] == "    …" + String(repeating: "é", count: 59) + "(" + String(repeating: "b", count: 60) + "…")
        #expect(lines[1].count == 4 + 61 + 1)
    }

    @Test func saysSo_whenThereIsNothingOrTooMuchNesting() {
        #expect(Platform.read(yaml: "", name: "x", file: "x").problems.map(\.what) == ["nothing in it"])
        #expect(Platform.read(yaml: "# only this\n", name: "x", file: "x").problems.map(\.what) == ["nothing in it"])
        let deep = Platform.read(yaml: String(repeating: "[", count: 5000), name: "x", file: "x")
        #expect(deep.platform == nil && deep.problems.count == 1)
    }

    @Test func readsTheKeysOfDetectionAndTests() throws {
        let yaml = """
            modes: [{name: a, prompt_pattern: '^x>$'}]
            muster:
              description: A thing
              version_command: show version
              failure_patterns: ['^bad']
              failure_excludes: ['^bad luck']
              detect:
                ssh_banner: ['^SSH-2.0-Thing']
                login_banner: ['Thing OS']
                probes: [{input: show version, pattern: 'Thing'}]
              tests:
                prompts: [{text: "x>", mode: a}, {text: "y>", mode: null}]
                errors: [{text: "bad\\n", failure: bad}]
                pagers: [{text: " --More-- ", answer: " "}]
                questions: [{text: "Sure? ", answer: ''}]
            """
        let platform = try Platform.load(yaml: yaml, name: "x", file: "x.yaml")
        #expect(platform.summary == "A thing" && platform.versionCommand == "show version")
        #expect(platform.failureExcludes.count == 1)
        #expect(platform.detection.sshBanner.count == 1 && platform.detection.loginBanner.count == 1)
        #expect(platform.detection.probes.map(\.input) == ["show version"])
        #expect(platform.tests.count == 5)
        #expect(platform.tests.cases[.prompts]?.map(\.expected) == ["a", nil])
        #expect(platform.tests.cases[.prompts]?.first?.line == 12)
        #expect(platform.tests.cases[.errors]?.first?.text == Array("bad\n".utf8))
        #expect(platform.tests.cases[.questions]?.first?.expected == "")
    }

    @Test func refusesATestWithoutItsVerdict() {
        let problem = #expect(throws: PlatformProblem.self) {
            try Platform.load(yaml: "modes: [{name: a}]\nmuster: {tests: {prompts: [{text: 'x'}]}}\n", name: "x", file: "x.yaml")
        }
        #expect(problem?.key == "muster.tests.prompts[0].mode")
    }

    @Test func excludesLinesThatAreNoFailure() throws {
        let yaml = """
            prompt_pattern: '^x>$'
            modes: [{name: a, prompt_pattern: '^x>$'}]
            failure_indicators: ['% Invalid']
            muster: {failure_excludes: ['^% Invalid input in the saved log']}
            """
        var device = Dialogue(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.start()
        device.says("x>")
        device.says("\r\nx>")
        device.submit("show log")
        device.says("show log\r\n% Invalid input in the saved log\r\nx>")
        #expect(try device.takeExchange().failure == nil)
        device.submit("shw log")
        device.says("shw log\r\n% Invalid input\r\nx>")
        #expect(try device.takeExchange().failure == "% Invalid input")
    }

    @Test func typesNothing_whenAWayLeadsIntoAModeThatIsNotThere() throws {
        let yaml = """
            prompt_pattern: '^x[>#]$'
            modes:
              - name: a
                prompt_pattern: '^x>$'
                accessible_modes: [{name: gone, instructions: [{send_input: {input: reload}}]}]
            on_open_instructions: [{enter_mode: {requested_mode: gone}}]
            """
        var device = Dialogue(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.start()
        device.says("x>")
        device.says("\r\nx>")
        #expect(!device.takeTyped().contains("reload"))
        let error = try device.takeError()
        #expect(error.kind == .modeUnknown)
        #expect(error.seen == "gone")
    }
}

/// The tests that a definition carries.
struct DefinitionTrialTests {
    private static let rules = """
        prompt_pattern: '^(\\{\\w+\\}\\n)?\\w+[>#]\\s?$'
        modes:
          - {name: user, prompt_pattern: '^\\w+>\\s?$', accessible_modes: [{name: root}, {name: other}]}
          - {name: root, prompt_pattern: '^(\\{\\w+\\}\\n)?\\w+#\\s?$', accessible_modes: [{name: user}]}
          - {name: other, prompt_pattern: '^(\\{\\w+\\}\\n)?\\w+#\\s?$', accessible_modes: [{name: user}]}
        failure_indicators: ['% Invalid']
        muster:
          pager: [{pattern: '^ ?--More-- ?$', answer: 'n'}]
          tests:

        """

    private func trial(_ tests: String) throws -> DefinitionTrial {
        DefinitionTrial(of: try Platform.load(yaml: Self.rules + "    " + tests, name: "x", file: "x.yaml"))
    }

    @Test(arguments: [
        #"prompts: [{text: "r1>", mode: user}, {text: "{master}\nr1# ", mode: root}, {text: "x\ny\nr1#", mode: root}]"#,
        // Equal prompts are told apart by what was entered.
        #"prompts: [{text: "r1#", mode: other}, {text: "100% done>", mode: null}]"#,
        #"errors: [{text: "\n    ^\n% Invalid input\n", failure: "% Invalid input"}, {text: "fine\n", failure: null}]"#,
        #"errors: [{text: "% Invalid", failure: "% Invalid"}]"#,
        #"pagers: [{text: " --More-- ", answer: "n"}, {text: "line\r\n--More--", answer: "n"}, {text: "use --More-- or", answer: null}]"#,
    ])
    func passes_whenTheVerdictsAreRight(_ tests: String) throws {
        let trial = try trial(tests)
        #expect(trial.count > 0)
        #expect(trial.failures == [])
    }

    @Test(arguments: [
        (#"prompts: [{text: "r1>", mode: root}]"#, "the mode root", "the mode user"),
        (#"prompts: [{text: "r1>", mode: null}]"#, "no prompt", "the mode user"),
        (#"prompts: [{text: "a b>", mode: user}]"#, "the mode user", "no prompt"),
        (#"prompts: [{text: "{m}\nr1>", mode: user}]"#, "the mode user", "a prompt by prompt_pattern, and of no mode"),
        (#"errors: [{text: "x % Invalid y\n", failure: null}]"#, "no rejection", "'x % Invalid y'"),
        (#"errors: [{text: "fine\n", failure: "fine"}]"#, "'fine'", "no rejection"),
        (#"pagers: [{text: "--More--", answer: " "}]"#, "' '", "'n'"),
        (#"pagers: [{text: "--Less--", answer: "n"}]"#, "'n'", "no pager"),
    ])
    func showsExpectedAndSeen_whenAVerdictIsWrong(_ tests: String, _ expected: String, _ seen: String) throws {
        let failures = try trial(tests).failures
        #expect(failures.map(\.expected) == [expected])
        #expect(failures.map(\.seen) == [seen])
        #expect(failures.map(\.line) == [10])
    }

    @Test(arguments: Platform.builtInNames)
    func passesForEveryBuiltInDefinition(_ name: String) throws {
        let trial = DefinitionTrial(of: try #require(Platform.builtIn(named: name)))
        #expect(trial.failures == [])
    }
}
