import MusterTransport

/// A definition's own tests, put to the same matching that a session uses.
package struct DefinitionTrial: Sendable {
    /// A test that came to another verdict.
    package struct Failure: Sendable, Equatable {
        package var kind: DefinitionTests.Kind
        /// What the device printed, escaped.
        package var text: String
        /// For people.
        package var expected: String
        /// For people.
        package var seen: String
        /// Where the test stands in the definition.
        package var line: Int?
    }

    /// How many tests were put.
    package private(set) var count = 0
    package private(set) var failures: [Failure] = []

    private let platform: Platform
    /// Long after the last byte: no verdict waits for a pause.
    private static let now = Instant(nanoseconds: 3_600_000_000_000)

    /// Runs the tests of `platform`.
    package init(of platform: Platform) {
        self.platform = platform
        for kind in DefinitionTests.Kind.allCases {
            for test in platform.tests.cases[kind] ?? [] {
                count += 1
                if let seen = difference(test, kind) {
                    let expected = test.expected.map { kind == .prompts ? "the mode \($0)" : "'\(escaped($0.utf8))'" } ?? Self.nothing(kind)
                    failures.append(
                        Failure(kind: kind, text: escaped(test.text), expected: expected, seen: seen, line: test.line))
                }
            }
        }
    }

    private static func nothing(_ kind: DefinitionTests.Kind) -> String {
        switch kind {
        case .prompts: "no prompt"
        case .errors, .configErrors: "no rejection"
        case .pagers: "no pager"
        case .questions: "no question that is answered"
        }
    }

    /// What was seen instead of what the test expects; nil when it is that.
    private func difference(_ test: DefinitionTests.Case, _ kind: DefinitionTests.Kind) -> String? {
        var machine = ConsoleMachine(platform: platform)
        let seen: String?
        switch kind {
        case .prompts: return promptDifference(test, machine)
        case .errors, .configErrors:
            test.text.withUnsafeBytes { machine.screen.feed($0) }
            // An answer whose last line has no end is shown to the end all the same.
            var output = machine.screen.takeText() + machine.screen.line
            output.removeBlankEnd()
            let rejection = machine.failureLine(in: output)
            seen = rejection ?? (kind == .configErrors ? platform.configRejection(in: platform.encoding.text(output)) : nil)
        case .pagers:
            test.text.withUnsafeBytes { machine.screen.feed($0) }
            seen = machine.answerPager(Self.now) ? String(decoding: machine.takeOutgoing(), as: UTF8.self) : nil
        case .questions:
            test.text.withUnsafeBytes { machine.screen.feed($0) }
            seen = machine.givenAnswer()
        }
        guard seen != test.expected else { return nil }
        return seen.map { "'\(escaped($0.utf8))'" } ?? Self.nothing(kind)
    }

    private func promptDifference(_ test: DefinitionTests.Case, _ start: ConsoleMachine) -> String? {
        var machine = start
        test.text.withUnsafeBytes { machine.screen.feed($0) }
        guard let text = machine.promptByItsLooks() else { return test.expected == nil ? nil : Self.nothing(.prompts) }
        let mode = machine.mode(of: text)
        guard mode != test.expected else { return nil }
        // Modes with the same prompt are told apart by what was entered.
        if let expected = test.expected, let wanted = platform.mode(named: expected)?.prompt, wanted.matches(text, machine.scratch),
            wanted.pattern?.source == platform.mode(named: mode)?.prompt.pattern?.source
        {
            return nil
        }
        return mode == LearnedPrompt.unknownMode ? "a prompt by prompt_pattern, and of no mode" : "the mode \(mode)"
    }
}

extension ConsoleMachine {
    /// What stands there and would be taken for a prompt that is not known yet.
    func promptByItsLooks() -> [UInt8]? {
        if let text = matchPrompt(allRules) { return text }
        // Where nothing is known of the prompt, any line that is no question may be one.
        guard allRules.allSatisfy({ $0.pattern == nil }), let line = standingLine, !screen.isContinued, !looksLikeQuestion(line) else {
            return nil
        }
        return Array(line)
    }

    /// The answer that the definition has for the question that stands there; nil for none.
    func givenAnswer() -> String? {
        guard let line = standingLine else { return nil }
        return definedAnswer(to: Array(line))?.answer
    }
}
