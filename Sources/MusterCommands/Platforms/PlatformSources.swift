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

    /// Wrong usage: there is no platform `name`.
    static func unknown(_ name: String, _ library: PlatformLibrary) -> CommandFailure {
        .usage("there is no platform '\(name.oneLine)'; \(hint(for: name, library))")
    }

    /// What `name` may have been meant to be.
    static func hint(for name: String, _ library: PlatformLibrary) -> String {
        library.nearest(to: name).map { "did you mean '\($0)'?" } ?? "muster platforms list shows those there are"
    }
}
