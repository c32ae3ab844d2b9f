import Muster
import MusterConsole
import MusterInventory

/// Where platforms come from besides the program itself.
struct PlatformSources {
    /// The folders of $MUSTER_PLATFORMS, the first going before the others.
    let folders: [String]

    init(_ surroundings: Surroundings) {
        folders = surroundings.environment["MUSTER_PLATFORMS"]?.split(separator: ":").map(String.init) ?? []
    }

    /// The platforms by name; no definition is read.
    ///
    /// - Throws: `CommandFailure` with status 65 for a folder that can't be listed.
    func library() throws -> PlatformLibrary {
        var library = PlatformLibrary()
        do {
            try library.addFolders(folders)
        } catch {
            throw CommandFailure.badData("$MUSTER_PLATFORMS: \(error)")
        }
        return library
    }

    /// Whether the command line's platform is one.
    ///
    /// - Throws: `CommandFailure` with status 64 where it is none.
    func check(_ login: LoginOptions) throws {
        guard let name = login.platform, !PlatformLibrary.isPath(name) else { return }
        let library = try library()
        guard library.has(name) else { throw PlatformSources.unknown(name, library) }
    }

    /// Wrong usage: there is no platform `name`.
    static func unknown(_ name: String, _ library: PlatformLibrary) -> CommandFailure {
        .usage("there is no platform '\(name.oneLine)'; \(hint(for: name, library))")
    }

    /// What `name` may have been meant to be.
    static func hint(for name: String, _ library: PlatformLibrary) -> String {
        library.nearest(to: name).map { "did you mean '\($0)'?" } ?? "muster platforms list shows those there are"
    }
}

extension PlatformSources {
    /// The definitions that the hosts need, all read; nothing is connected to before.
    ///
    /// - Throws: `CommandFailure`: with status 64 for a platform that there is none of, 65 for a definition with every problem of it.
    func definitions(for hosts: [InventoryHost]) throws -> PlatformDefinitions {
        var library = try library()
        let names = Set(hosts.compactMap(\.platform))
        for name in names.sorted() where !library.has(name) && !PlatformLibrary.isPath(name) {
            throw PlatformSources.unknown(name, library)
        }
        do {
            try library.load(names)
        } catch {
            throw CommandFailure.badDefinitions(error.problems)
        }
        return PlatformDefinitions(library)
    }
}

extension PlatformLibrary {
    /// What an inventory may call a platform.
    var inventoryNames: Set<String> { Set(names).union(Platform.aliases.keys).union([Platform.detectingName, "autodetect"]) }
}
