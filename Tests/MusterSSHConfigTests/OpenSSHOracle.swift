import Foundation
import MusterTestSupport

@testable import MusterSSHConfig

/// What the system's ssh makes of a configuration.
enum OpenSSHOracle {
    static let ssh = "/usr/bin/ssh"

    /// The lines of `ssh -G`, by keyword; nil when ssh refuses the file.
    static func options(file: String, _ target: Corpus.Target, in folder: String) async throws -> [String: [String]]? {
        guard let text = try await output([ssh, "-T", "-G", "-F", file] + target.arguments, in: folder) else { return nil }
        var options: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            options[String(parts[0]), default: []].append(parts.count > 1 ? String(parts[1]) : "")
        }
        return options
    }

    /// All algorithms of a kind, as `ssh -Q` lists them.
    static func algorithms(_ kind: String, in folder: String) async throws -> [String] {
        (try await output([ssh, "-Q", kind], in: folder) ?? "").split(separator: "\n").map(String.init)
    }

    /// What a program writes; nil when it fails.
    private static func output(_ command: [String], in folder: String) async throws -> String? {
        let path = folder + "/output-" + UUID().uuidString
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        defer {
            close(descriptor)
            unlink(path)
        }
        let status = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Program.run(command, connection: descriptor)) }
        }
        return status == 0 ? try String(contentsOfFile: path, encoding: .utf8) : nil
    }
}
