import Foundation
import MusterSSH

@testable import MusterSSHConfig

/// Configurations in files, each with the hosts to ask for in its first line: `# hosts: r1 bob@r2:2200`.
enum Corpus {
    /// A host as it is given to ssh: `[user@]host[:port]`.
    struct Target {
        var user: String?
        var host: String
        var port: Int?

        init(_ text: Substring) {
            var rest = text
            if let at = rest.firstIndex(of: "@") {
                user = String(rest[..<at])
                rest = rest[rest.index(after: at)...]
            }
            let parts = rest.split(separator: ":")
            // Two colons make an IPv6 address.
            host = parts.count == 2 ? String(parts[0]) : String(rest)
            port = parts.count == 2 ? Int(parts[1]) : nil
        }

        /// ssh's arguments.
        var arguments: [String] {
            (user.map { ["-l", $0] } ?? []) + (port.map { ["-p", String($0)] } ?? []) + [host]
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus").path

    static let names: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "include" }.sorted()) ?? []

    /// The hosts that a configuration is to be asked for.
    static func targets(_ name: String) throws -> [Target] {
        let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        return text.prefix { $0 != "\n" }.dropFirst("# hosts: ".count).split(separator: " ").map(Target.init)
    }

    /// Writes the corpus into a folder, with that folder's path where a file includes another.
    static func write(to folder: String) throws {
        let include = folder + "/include"
        try FileManager.default.createDirectory(atPath: include, withIntermediateDirectories: true)
        let inside = try FileManager.default.contentsOfDirectory(atPath: Corpus.folder + "/include").map { "include/" + $0 }
        for name in names + inside {
            let text = try String(contentsOfFile: Corpus.folder + "/" + name, encoding: .utf8)
                .replacing("@DIR@", with: folder).replacing("@USER@", with: LocalFacts.here.user)
            try write(text, to: folder + "/" + name)
        }
    }

    /// Writes a file that only its owner can change, which ssh asks of what is included.
    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}

extension LocalFacts {
    /// This side as ssh sees it: it takes the user and the home folder from the system, whatever the environment says.
    static let here: LocalFacts = {
        let entry = getpwuid(getuid())
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count)
        return LocalFacts(
            user: entry.map { String(cString: $0.pointee.pw_name) } ?? "", userID: getuid(),
            home: entry.map { String(cString: $0.pointee.pw_dir) } ?? "",
            hostName: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
            environment: ProcessInfo.processInfo.environment,
            homeOfUser: { user in getpwnam(user).map { String(cString: $0.pointee.pw_dir) } }, sha1: Digest.sha1)
    }()

    /// Made-up facts, for tests without ssh.
    static let alice = LocalFacts(
        user: "alice", userID: 1000, home: "/home/alice", hostName: "desk.example.net",
        environment: ["SSH_AUTH_SOCK": "/run/agent", "KEYS": "/keys"], homeOfUser: { $0 == "bob" ? "/home/bob" : nil }, sha1: Digest.sha1)
}
