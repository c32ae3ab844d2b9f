import Foundation
import MusterTestSupport

@testable import MusterSSHConfig

/// What the system's ssh makes of a configuration.
enum OpenSSHOracle {
    static let ssh = "/usr/bin/ssh"

    /// The lines of `ssh -G`, by keyword; nil when ssh refuses the file.
    static func options(file: String, _ target: Corpus.Target, in folder: String) async throws -> [String: [String]]? {
        guard let text = try await Program.output([ssh, "-T", "-G", "-F", file] + target.arguments, in: folder) else { return nil }
        var options: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            options[String(parts[0]), default: []].append(parts.count > 1 ? String(parts[1]) : "")
        }
        return options
    }

    /// All algorithms of a kind, as `ssh -Q` lists them.
    static func algorithms(_ kind: String, in folder: String) async throws -> [String] {
        (try await Program.output([ssh, "-Q", kind], in: folder) ?? "").split(separator: "\n").map(String.init)
    }
}
