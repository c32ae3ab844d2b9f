package import MusterConsole
import MusterTransport

/// The platform definitions of a run: those that are built in, and those of folders and files.
///
/// `Device.platform` names one: a file of a folder by its base name (it goes before a built-in one of that name), a built-in one by its name or
/// an alias, any other file by its path.
public struct PlatformDefinitions: Sendable {
    package var library: PlatformLibrary

    /// Only those that are built in, and files that devices name by their path.
    public init() {
        library = PlatformLibrary.builtIn
    }

    package init(_ library: PlatformLibrary) {
        self.library = library
    }

    /// Finds the definitions in folders; each is read when a run begins that has a device for it.
    ///
    /// - Parameter folders: Folders of files that end in `.yaml` or `.yml`; an earlier folder goes before a later one.
    /// - Throws: `MusterError` with code `definition` for a folder that can't be listed; `CancellationError`.
    public init(folders: [String]) async throws {
        do {
            library = try await Blocking.run {
                var library = PlatformLibrary()
                try library.addFolders(folders)
                return library
            }
        } catch let error as DefinitionErrors {
            throw MusterError(error)
        }
    }

    /// The platforms of those names, each once, as far as they are known before a connection is made; nil stands for the generic one.
    package func known(for names: [String?]) -> [Platform] {
        var seen: Set<String> = []
        return names.compactMap { name in
            let name = name ?? "generic"
            return Platform.isDetecting(name) || !seen.insert(name).inserted ? nil : library.platform(named: name)
        }
    }

    /// The same, with the definitions read that `names` need.
    ///
    /// - Throws: `MusterError` with code `definition` and every problem; `CancellationError`.
    package func reading(_ names: Set<String>) async throws -> PlatformDefinitions {
        let start = library
        do {
            return PlatformDefinitions(
                try await Blocking.run {
                    var library = start
                    try library.load(names)
                    return library
                })
        } catch let error as DefinitionErrors {
            throw MusterError(error)
        }
    }
}

extension MusterError {
    init(_ errors: DefinitionErrors) {
        self.init(
            .definition, phase: .resolve, device: "", message: "a platform definition can't be used\n\(errors)",
            hint: nil)
    }
}
