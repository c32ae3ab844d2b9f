import Foundation
import MusterConsole
import Testing

/// The definitions that scrapli publishes, as they are: no part of this project, and fetched by `make test-deps`.
enum PublishedDefinitions {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Their folder; nil when nobody has fetched them.
    ///
    /// Where `make test` says that they are there, they have to be.
    static let folder: String? = {
        if let given = ProcessInfo.processInfo.environment["MUSTER_TEST_DEFINITIONS"], !given.isEmpty { return given }
        let usual = root.appendingPathComponent(".build-definitions/scrapli/definitions").path
        return FileManager.default.fileExists(atPath: usual) ? usual : nil
    }()

    static let isThere = folder != nil
    static let note: Comment = "no published definitions: `make test-deps` fetches them"

    /// Their names and paths, sorted; one without a path when the folder has none, so that a test fails.
    static let files: [(name: String, path: String)] = {
        guard let folder else { return [] }
        let files = (try? DefinitionFile.files(inFolder: folder)) ?? []
        return files.isEmpty ? [("nothing", folder + "/nothing.yaml")] : files
    }()
}
