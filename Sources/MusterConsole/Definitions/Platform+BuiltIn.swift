import Synchronization

extension Platform {
    /// The names of the definitions that are part of the program.
    package static let builtInNames = PlatformTexts.all.keys.sorted()

    /// Names that other tools have for these platforms.
    package static var aliases: [String: String] { PlatformAliases.table }

    /// The built-in definition of that name or alias, or nil.
    ///
    /// Each is read once per process, when it is first asked for.
    package static func builtIn(named name: String) -> Platform? {
        let name = aliases[name] ?? name
        return cache.withLock { cache in
            if let platform = cache[name] { return platform }
            // Every built-in definition is read by the tests.
            let platform = source(named: name).flatMap { try? load(yaml: $0, name: name, file: "\(name).yaml") }
            cache[name] = platform
            return platform
        }
    }

    /// The built-in definition of that name or alias, read anew, with the places of its keys; nil when there is none.
    package static func builtInDefinition(named name: String) -> Definition? {
        let name = aliases[name] ?? name
        return source(named: name).map { read(yaml: $0, name: name, file: "\(name).yaml", keepsPlaces: true) }
    }

    /// What kind of device a built-in platform is, for people.
    ///
    /// Nothing else of the definition is looked at, so that a list of all is quick.
    package static func builtInSummary(named name: String) -> String? { source(named: name).flatMap { summary(ofDefinition: $0) } }

    /// The text of a built-in definition, by its name.
    package static func source(named name: String) -> String? {
        PlatformTexts.all[name].map { $0.description }
    }

    /// The built-in name or alias that `name` was most likely meant to be, for "did you mean".
    package static func nearestBuiltIn(to name: String) -> String? {
        nearest(name, in: builtInNames + aliases.keys.sorted())
    }

    private static let cache = Mutex<[String: Platform]>([:])
}
