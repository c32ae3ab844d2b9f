/// The platforms that are known to a run: those built in, those of folders, and single files.
///
/// A file goes by its path, one in a folder by its base name, before a built-in one of that name.
package struct PlatformLibrary: Sendable {
    /// A definition and where it is from.
    package struct Entry: Sendable {
        package var name: String
        /// The path of the file; nil for one that is built in.
        package var path: String?
    }

    private var loaded: [String: Platform] = [:]
    /// The files of the folders by their platform's name.
    private var files: [String: String] = [:]
    /// What was found in the files and does not keep them from being used.
    package private(set) var warnings: [PlatformProblem] = []

    /// Those that are built in.
    package static let builtIn = PlatformLibrary()

    package init() {}

    /// Whether a platform's name is the path of a definition.
    package static func isPath(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    /// The names of all platforms, without aliases.
    package var names: [String] { Set(Platform.builtInNames).union(files.keys).sorted() }

    /// All platforms, by name.
    package var entries: [Entry] { names.map { Entry(name: $0, path: files[$0]) } }

    /// Whether `name` is a platform here, or an alias of one.
    package func has(_ name: String) -> Bool {
        Platform.isDetecting(name) || loaded[name] != nil || files[name] != nil || Platform.builtInNames.contains(name)
            || Platform.aliases[name] != nil
    }

    /// The platform of that name, alias or path, or nil.
    package func platform(named name: String) -> Platform? {
        if Platform.isDetecting(name) { return loaded[Platform.detectingName] ?? Platform.detecting(among: candidates) }
        if let platform = loaded[name] { return platform }
        // An alias leads to a folder's platform as it does to a built-in one.
        if let target = Platform.aliases[name], let platform = loaded[target] { return platform }
        return Platform.builtIn(named: name)
    }

    /// The definition of that name or alias, read anew with the places of its keys; nil when there is none.
    ///
    /// Blocks while it reads.
    package func definition(named name: String) -> Definition? {
        if let path = files[name] ?? Platform.aliases[name].flatMap({ files[$0] }) { return DefinitionFile.read(path, keepsPlaces: true) }
        return Platform.builtInDefinition(named: name)
    }

    /// The text of a definition by its name, alias or path; nil when there is none.
    ///
    /// Blocks while it reads.
    package func source(named name: String) throws(PlatformProblem) -> String? {
        if let path = files[name] ?? Platform.aliases[name].flatMap({ files[$0] }) { return try DefinitionFile.text(path) }
        return Platform.source(named: Platform.aliases[name] ?? name)
    }

    /// What a device may be whose platform is to be found out: all platforms that are read.
    package var candidates: [Platform] { names.compactMap { loaded[$0] ?? Platform.builtIn(named: $0) } }

    /// The name that `name` was most likely meant to be, for "did you mean".
    package func nearest(to name: String) -> String? {
        MusterConsole.nearest(name, in: names + [Platform.detectingName] + Platform.aliases.keys.sorted())
    }

    /// Finds the definitions in folders, without reading them; an earlier folder goes before a later one.
    ///
    /// Blocks while it looks.
    package mutating func addFolders(_ paths: [String]) throws(DefinitionErrors) {
        var problems: [PlatformProblem] = []
        for path in paths {
            do throws(PlatformProblem) {
                for (name, file) in try DefinitionFile.files(inFolder: path) where files[name] == nil { files[name] = file }
            } catch {
                problems.append(error)
            }
        }
        guard problems.isEmpty else { throw DefinitionErrors(problems: problems) }
    }

    /// Reads the definitions that `names` need, each once: those of files and folders; built-in ones are read when they are asked for.
    ///
    /// Blocks while it reads.
    ///
    /// - Throws: Every problem of every file.
    package mutating func load(_ names: some Sequence<String>) throws(DefinitionErrors) {
        var problems: [PlatformProblem] = []
        let detects = names.contains(where: Platform.isDetecting)
        for name in Set(names).union(detects ? Array(files.keys) : []).sorted() where loaded[name] == nil {
            let key = files[name] == nil ? Platform.aliases[name] ?? name : name
            guard loaded[key] == nil, let path = files[key] ?? (Self.isPath(name) ? name : nil) else { continue }
            let definition = DefinitionFile.read(path)
            if let platform = definition.platform {
                loaded[key] = platform
                warnings += definition.problems
            } else {
                problems += definition.problems
            }
        }
        guard problems.isEmpty else { throw DefinitionErrors(problems: problems) }
        if detects { loaded[Platform.detectingName] = Platform.detecting(among: candidates) }
    }
}

/// Definitions that can't be used, with everything that is wrong with them.
package struct DefinitionErrors: Error, Sendable, CustomStringConvertible {
    package var problems: [PlatformProblem]

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
