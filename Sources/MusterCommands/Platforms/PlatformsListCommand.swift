import ArgumentParser
import MusterConsole
import MusterRendering

/// `muster platforms list`: the platforms there are.
struct PlatformsListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the platforms, with the other names that work and where they are defined.",
        discussion: """
            Examples:
              muster platforms list
              MUSTER_PLATFORMS=./definitions muster platforms list -o json
            """)

    /// The form of the listing.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the listing.", valueName: "form"))
    var output = Form.text

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    /// One platform of the list.
    private struct Row {
        var name: String
        var summary: String
        var aliases: [String]
        /// Nil for one that is built in.
        var path: String?
        var problem: String?
    }

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let library = try PlatformSources(surroundings).library()
        var aliases: [String: [String]] = [:]
        for (alias, name) in Platform.aliases { aliases[name, default: []].append(alias) }
        let rows = library.entries.map { entry in
            let definition = entry.path.map { DefinitionFile.read($0) }
            let summary = entry.path == nil ? Platform.builtInSummary(named: entry.name) : definition?.platform?.summary
            return Row(
                name: entry.name, summary: summary ?? "", aliases: aliases[entry.name, default: []].sorted(), path: entry.path,
                problem: definition?.platform == nil ? definition?.problems.first.map { "\($0.place): \($0.message)" } : nil)
        }
        try surroundings.output.write(Array(text(of: rows, Palettes(choice: color, surroundings).output).utf8))
        for row in rows { if let problem = row.problem { surroundings.errors.say("warning: \(problem.oneLine)\n") } }
        return ExitStatus.success
    }

    private func text(of rows: [Row], _ palette: Palette) -> String {
        guard output == .text else {
            return JSONList(lines: false).text(of: rows) { json, row in
                json.member("name", row.name)
                json.member("description", row.summary)
                json.key("aliases")
                json.array(row.aliases) { $0.string($1) }
                json.member("origin", row.path == nil ? "built in" : "file")
                json.member("path", row.path)
                if let problem = row.problem { json.member("problem", problem) }
            }
        }
        var table = Table(header: ["NAME", "DESCRIPTION", "FROM", "OTHER NAMES"])
        for row in rows {
            table.append([
                row.name, row.problem == nil ? row.summary : "can't be read", row.path ?? "built in", row.aliases.joined(separator: ", "),
            ])
        }
        return table.rendered(palette: palette)
    }
}
