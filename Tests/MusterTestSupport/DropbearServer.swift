import Foundation

/// dropbear on loopback, with keys, a user and a home of its own in a temporary folder.
package struct DropbearServer: Sendable {
    package let port: Int
    /// A user that only this server knows, who may log in with `userKey` and `password`.
    package let user = "muster-tester"
    package let password = "hush-password"
    /// A private key file that logs in.
    package let userKey: String
    /// The folder of keys and the user's home.
    package let folder: String

    /// Whether it can be run here.
    ///
    /// dropbear looks for users, their passwords and their keys where the system has them, so it gets files of its own there, by a mount
    /// namespace; some containers allow nobody that.
    package static let isAvailable: Bool = {
        #if os(Linux)
            guard FileManager.default.isExecutableFile(atPath: program) else { return false }
            return Program.run(namespace + ["/bin/sh", "-c", "mount --bind /etc/passwd /etc/passwd"]) == 0
        #else
            return false
        #endif
    }()

    fileprivate static let program = "/usr/sbin/dropbear"
    /// What runs a command where mounts are its own; others than root become nobody else in there.
    fileprivate static let namespace =
        ["/usr/bin/unshare", "--mount"] + (getuid() == 0 ? [] : ["--user", "--map-current-user", "--keep-caps"]) + ["--"]
    /// `password` as /etc/shadow has it (SHA-512).
    fileprivate static let hash =
        "$6$mustertest$qngXV2muVfPnyzMm4CFemH7vm7BUiygn/We82H4rRCfal7ae9HaGrol3v8.k.oJfb2mIoTyA5B/BFO277t12F."

    /// Makes a host key, also in the place of one that is there.
    package static func makeHostKey(type: String, in folder: String) async throws {
        let path = "\(folder)/host_\(type)"
        try? FileManager.default.removeItem(atPath: path)
        let status = await Program.runAsync(["/usr/bin/dropbearkey", "-t", type, "-f", path])
        guard status == 0 else { throw ServerProblem(description: "dropbearkey failed for \(type): status \(status)") }
    }
}

/// Runs dropbear for the length of a scope.
///
/// One dropbear serves each connection (`-i`), started by a listener of the test's own: dropbear cannot tell which port it got.
///
/// - Parameters:
///   - hostKeyTypes: The types of the host keys that it has, as dropbearkey names them.
///   - userKeyType: The type of the user's key, as ssh-keygen names it.
///   - shell: The user's shell.
///   - options: Further options.
package func withDropbearServer<R>(
    hostKeyTypes: [String] = ["ed25519", "ecdsa", "rsa"], userKeyType: String = "ed25519", shell: String = "/bin/sh",
    options: [String] = [], _ body: (DropbearServer) async throws -> R
) async throws -> R {
    try await withTemporaryFolder { folder in
        for type in hostKeyTypes { try await DropbearServer.makeHostKey(type: type, in: folder) }
        let userKey = "\(folder)/user_key"
        try await makeKey(type: userKeyType, path: userKey)
        let home = "\(folder)/home"
        let keys = "\(home)/.ssh"
        try FileManager.default.createDirectory(
            atPath: keys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home)
        try FileManager.default.copyItem(atPath: "\(userKey).pub", toPath: "\(keys)/authorized_keys")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(keys)/authorized_keys")
        func name(_ port: Int) -> DropbearServer { DropbearServer(port: port, userKey: userKey, folder: folder) }
        let user = name(0).user
        let users = try String(contentsOfFile: "/etc/passwd", encoding: .utf8) + "\(user):x:\(getuid()):\(getgid())::\(home):\(shell)\n"
        try users.write(toFile: "\(folder)/passwd", atomically: true, encoding: .utf8)
        try "\(user):\(DropbearServer.hash):19000:0:99999:7:::\n".write(toFile: "\(folder)/shadow", atomically: true, encoding: .utf8)
        let hostKeys = hostKeyTypes.flatMap { ["-r", "\(folder)/host_\($0)"] }
        let script = """
            mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/shadow" /etc/shadow && exec "$@"
            """
        let command =
            DropbearServer.namespace + ["/bin/sh", "-c", script, folder, DropbearServer.program, "-i", "-m"] + hostKeys + options
        return try await withLoopbackServer { connection in
            Program.run(command, connection: connection)
        } _: { server in
            try await body(name(server.port))
        }
    }
}
