import ArgumentParser
import MusterConsole
import MusterRendering

/// `muster platforms lint`: what is wrong with definitions.
struct PlatformsLintCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Find mistakes in definitions.",
        discussion: """
            Told are modes that are not there, can't be reached or can't be told apart, expressions that match nothing at all or take too long, keys \
            that are not known, names that ntc-templates does not have, and set-up, default mode or tests that are missing.

            Examples:
              muster platforms lint ./my_os.yaml
              muster platforms lint --strict ./definitions/
              muster platforms lint -o json

            Exit status: 0 no errors, 1 errors (with --strict, warnings too), 65 a definition can't be read.
            """)

    /// The form of the report.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @OptionGroup var choice: DefinitionChoice

    @Flag(help: "Take warnings for errors.")
    var strict = false

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the report.", valueName: "form"))
    var output = Form.text

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let definitions = try choice.definitions(in: surroundings)
        let problems = definitions.flatMap { DefinitionLinter.problems(of: $0) }
        let text =
            output == .json
            ? JSONList(lines: false).text(of: problems) { $1.writeMembers(to: &$0) }
            : report(problems, definitions.count, Palettes(choice: color, surroundings).output)
        try surroundings.output.write(Array(text.utf8))
        if definitions.contains(where: { $0.platform == nil }) { return ExitStatus.badData }
        return problems.contains { strict || $0.severity == .error } ? ExitStatus.rejected : ExitStatus.success
    }

    private func report(_ problems: [PlatformProblem], _ count: Int, _ palette: Palette) -> String {
        var text = ""
        for problem in problems {
            let severity = problem.severity == .error ? palette.red("error") : palette.yellow("warning")
            text += "\(problem.place.oneLine): \(severity): \(problem.message.oneLine) \(palette.dim("[\(problem.rule.rawValue)]"))\n"
            if let excerpt = problem.excerpt { text += "\(excerpt.shown)\n" }
        }
        let errors = problems.count { $0.severity == .error }
        text += "\(counted(count, "definition", "definitions")): \(counted(errors, "error", "errors")), "
        return text + "\(counted(problems.count - errors, "warning", "warnings"))\n"
    }
}

extension PlatformProblem {
    /// Writes the problem's members.
    func writeMembers(to json: inout JSONWriter) {
        json.member("file", file)
        if let line { json.member("line", line) }
        if let column { json.member("column", column) }
        json.member("severity", severity.rawValue)
        json.member("rule", rule.rawValue)
        json.member("key", key)
        json.member("message", what)
        json.member("expected", expected)
        if let excerpt {
            json.member("pattern", excerpt.pattern)
            json.member("offset", excerpt.offset)
        }
    }
}
