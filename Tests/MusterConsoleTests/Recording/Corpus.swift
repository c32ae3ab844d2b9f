import Foundation
import Testing

@testable import MusterConsole

/// The recordings in Tests/Fixtures: recorded from the lab, and made by hand where a device is odd.
struct CorpusEntry: Sendable, CustomTestStringConvertible {
    /// `platform/case`.
    var name: String
    var bytes: [UInt8]

    var testDescription: String { name }

    func recording() throws -> Recording { try Recording(reading: bytes, file: name) }

    func platform() throws -> Platform {
        let name = try recording().platform
        return try #require(Platform.builtIn(named: name))
    }
}

enum Corpus {
    /// The repository's folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let entries: [CorpusEntry] = {
        let folder = root.appendingPathComponent("Tests/Fixtures")
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return paths.filter { $0.hasSuffix(".jsonl") }.sorted().map { path in
            let bytes = FileManager.default.contents(atPath: folder.appendingPathComponent(path).path) ?? Data()
            return CorpusEntry(name: String(path.dropLast(".jsonl".count)), bytes: [UInt8](bytes))
        }
    }()

    /// The definitions that are built in, as texts.
    static let definitions: [(name: String, text: String)] = Platform.builtInNames.map { name in
        let path = root.appendingPathComponent("Sources/MusterConsole/Platforms/\(name).yaml").path
        return (name, String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self))
    }
}
