import Foundation

/// The system's `ssh`, a client that shares no code with either side of this project.
struct OpenSSHClient {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    static let path = "/usr/bin/ssh"
    static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: path) && FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")
    }

    let folder: URL
    let port: UInt16

    /// A folder with a new key in it, removed with `remove`.
    init(port: UInt16) async throws {
        self.port = port
        folder = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        _ = try await run("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])
        // ssh asks this program for passwords, as it has no terminal.
        let asker = folder.appending(path: "ask")
        try Data("#!/bin/sh\necho \"$LAB_PASSWORD\"\n".utf8).write(to: asker)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: asker.path)
    }

    var key: String { folder.appending(path: "key").path }

    var publicKey: String {
        get throws { try String(contentsOf: folder.appending(path: "key.pub"), encoding: .utf8) }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Options that keep the user's own configuration and known hosts out of it.
    func options(checking: String = "no") -> [String] {
        [
            "-F", "/dev/null", "-o", "UserKnownHostsFile=\(folder.appending(path: "known_hosts").path)", "-o",
            "GlobalKnownHostsFile=/dev/null",
            "-o", "StrictHostKeyChecking=\(checking)", "-o", "LogLevel=INFO", "-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes",
            "-p", "\(port)",
        ]
    }

    /// Logs in with the key.
    func withKey(_ address: String, _ command: [String], input: String = "", checking: String = "no", extra: [String] = []) async throws
        -> Outcome
    {
        try await run(
            Self.path, options(checking: checking) + ["-o", "BatchMode=yes", "-i", key] + extra + ["admin@\(address)"] + command,
            input: input)
    }

    /// Logs in with a password.
    func withPassword(_ password: String, _ address: String, _ command: [String], method: String = "password") async throws -> Outcome {
        try await run(
            Self.path,
            options() + ["-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=\(method)", "-o", "NumberOfPasswordPrompts=1"]
                + ["admin@\(address)"] + command,
            environment: ["SSH_ASKPASS": folder.appending(path: "ask").path, "SSH_ASKPASS_REQUIRE": "force", "LAB_PASSWORD": password])
    }

    private func run(_ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]) async throws
        -> Outcome
    {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files instead of pipes, so that nothing has to be read while the process runs.
        let names = ["in", "out", "err"].map { folder.appending(path: "\($0)-\(UUID().uuidString)") }
        try Data(input.utf8).write(to: names[0])
        for name in names.dropFirst() { try Data().write(to: name) }
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Outcome(
            status: status, output: String(decoding: try Data(contentsOf: names[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: names[2]), as: UTF8.self))
    }
}
