import ArgumentParser
import MusterConsole
import MusterRendering

/// `muster platforms show`: one definition, whole.
struct PlatformsShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what is known of a platform.",
        discussion: """
            Examples:
              muster platforms show cisco_iosxe
              muster platforms show ./my_os.yaml
              muster platforms show -o json junos
              muster platforms show -o yaml huawei_vrp > my_vrp.yaml

            The form yaml is the definition as it is written: change what is different on your devices, and give the file to -p or $MUSTER_PLATFORMS.
            """)

    /// The form of the listing.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json, yaml
    }

    @Argument(help: ArgumentHelp("The platform's name, or a file.", valueName: "name-or-path"))
    var name: String

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the listing.", valueName: "form"))
    var output = Form.text

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let library = try PlatformSources(surroundings).library()
        if output == .yaml { return try showSource(library, in: surroundings) }
        guard let definition = library.definition(named: name) ?? (isFile ? DefinitionFile.read(name, keepsPlaces: true) : nil) else {
            throw PlatformSources.unknown(name, library)
        }
        guard let platform = definition.platform else { throw CommandFailure.badDefinitions(definition.problems) }
        let account = PlatformAccount(platform: platform, file: definition.file)
        let text = output == .json ? account.json : account.text
        try surroundings.output.write(Array(text.utf8))
        return ExitStatus.success
    }

    private func showSource(_ library: PlatformLibrary, in surroundings: Surroundings) throws -> Int32 {
        var source: String?
        do throws(PlatformProblem) {
            source = try library.source(named: name)
            if source == nil, isFile { source = try DefinitionFile.text(name) }
        } catch {
            throw CommandFailure.badDefinitions([error])
        }
        guard let source else { throw PlatformSources.unknown(name, library) }
        try surroundings.output.write(Array(source.utf8))
        return ExitStatus.success
    }

    private var isFile: Bool { PlatformLibrary.isPath(name) || fileExists(name) }
}

extension CommandFailure {
    /// Definitions that can't be used, with everything that is wrong with them.
    static func badDefinitions(_ problems: [PlatformProblem]) -> CommandFailure {
        let errors = problems.count { $0.severity == .error }
        return .badData(
            "the platform definition has \(counted(errors, "problem", "problems"))\n" + problems.map(\.description).joined(separator: "\n"))
    }
}
