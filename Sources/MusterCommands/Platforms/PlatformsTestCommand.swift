import ArgumentParser
import MusterConsole
import MusterRendering

/// `muster platforms test`: definitions put to the tests that they carry.
struct PlatformsTestCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests that definitions carry, or put recordings to them.",
        discussion: """
            What a real device has printed is put to the matching that a session uses; where the verdict is not the expected one, both are shown.

            Examples:
              muster platforms test
              muster platforms test cisco_iosxe ./my_os.yaml
              muster platforms test -o json ./definitions/
              muster platforms test --recording transcripts/edge-01.jsonl
              muster platforms test --recording transcripts ./my_os.yaml

            A recording is of a session (muster run --record). Its bytes go to a definition again, its own platform's or the one that is named, and what was             typed, the prompts, modes, outputs and rejections have to be as recorded.

            Exit status: 0 all passed, 1 a test failed, 65 a definition or a recording can't be read.
            """)

    /// The form of the report.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @OptionGroup var choice: DefinitionChoice

    @Option(
        help: ArgumentHelp("Put this recording to the definition, or each of a folder; may repeat.", valueName: "path"))
    var recording: [String] = []

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the report.", valueName: "form"))
    var output = Form.text

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    /// A definition and what came of its tests; nil where it can't be read.
    private typealias Trial = (definition: Definition, trial: DefinitionTrial?)

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        if !recording.isEmpty { return try testRecordings(in: surroundings) }
        let trials: [Trial] = try choice.definitions(in: surroundings).map { ($0, $0.platform.map { DefinitionTrial(of: $0) }) }
        let text = output == .json ? json(of: trials) : report(of: trials, Palettes(choice: color, surroundings).output)
        try surroundings.output.write(Array(text.utf8))
        if trials.contains(where: { $0.trial == nil }) { return ExitStatus.badData }
        return trials.allSatisfy { $0.trial?.failures.isEmpty ?? false } ? ExitStatus.success : ExitStatus.rejected
    }

    private func report(of trials: [Trial], _ palette: Palette) -> String {
        var text = ""
        for (definition, trial) in trials {
            guard let trial else {
                text += definition.problems.map { "\(palette.red("unreadable")) \($0)\n" }.joined()
                continue
            }
            if trial.count == 0 { text += "\(palette.yellow("no tests")) \(definition.file.oneLine)\n" }
            for failure in trial.failures {
                let place = failure.line.map { "\(definition.file.oneLine):\($0)" } ?? definition.file.oneLine
                text += "\(palette.red("failed")) \(place): \(failure.kind.rawValue): '\(failure.text)'\n"
                text += "    expected \(failure.expected)\n    seen     \(failure.seen)\n"
            }
        }
        let count = trials.reduce(0) { $0 + ($1.trial?.count ?? 0) }
        let failed = trials.reduce(0) { $0 + ($1.trial?.failures.count ?? 0) }
        text += "\(counted(trials.count, "definition", "definitions")), \(counted(count, "test", "tests")): "
        return text + "\(count - failed) passed, \(failed) failed\n"
    }

    private func json(of trials: [Trial]) -> String {
        JSONList(lines: false).text(of: trials) { json, element in
            json.member("platform", element.definition.platform?.name)
            json.member("file", element.definition.file)
            json.member("tests", element.trial?.count ?? 0)
            json.key("failures")
            json.array(element.trial?.failures ?? []) { json, failure in
                json.object { json in
                    json.member("kind", failure.kind.rawValue)
                    if let line = failure.line { json.member("line", line) }
                    json.member("text", failure.text)
                    json.member("expected", failure.expected)
                    json.member("seen", failure.seen)
                }
            }
            if element.trial == nil {
                json.key("problems")
                json.array(element.definition.problems) { json, problem in json.object { problem.writeMembers(to: &$0) } }
            }
        }
    }
}
