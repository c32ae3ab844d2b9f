import ArgumentParser
import MusterConsole

/// The definitions that a command looks at: those named, or all that are built in.
struct DefinitionChoice: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files, folders of files, or names of platforms; without any, all that are built in.", valueName: "path"))
    var paths: [String] = []

    /// Reads them, each with the places of its keys.
    ///
    /// - Throws: `CommandFailure` for a name that is no platform, and for a folder that can't be listed or has none.
    func definitions(in surroundings: Surroundings) throws -> [Definition] {
        let library = try PlatformSources(surroundings).library()
        guard !paths.isEmpty else { return Platform.builtInNames.compactMap { Platform.builtInDefinition(named: $0) } }
        return try paths.flatMap { path in
            if let definition = library.definition(named: path) { return [definition] }
            guard PlatformLibrary.isPath(path) || fileExists(path) else { throw PlatformSources.unknown(path, library) }
            guard isFolder(path) else { return [DefinitionFile.read(path, keepsPlaces: true)] }
            let files: [(name: String, path: String)]
            do {
                files = try DefinitionFile.files(inFolder: path)
            } catch {
                throw CommandFailure.badData("\(error)")
            }
            guard !files.isEmpty else {
                throw CommandFailure.badData("\(path.oneLine): no definition in it; expected files that end in .yaml")
            }
            return files.map { DefinitionFile.read($0.path, keepsPlaces: true) }
        }
    }
}
