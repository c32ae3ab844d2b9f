import Foundation

/// OpenSSH's sshd on loopback, with keys and configuration of its own in a temporary folder.
package struct OpenSSHServer: Sendable {
    package let port: Int
    /// The user that tests run as, who may log in with `userKey`.
    package let user: String
    /// A private key file that logs in.
    package let userKey: String
    /// The folder of keys and configuration.
    package let folder: String
}

/// What stands in the way of a test server.
package struct ServerProblem: Error, CustomStringConvertible {
    package let description: String
}

/// Runs sshd for the length of a scope.
///
/// One sshd serves each connection (`-i`), started by a listener of the test's own, so no port number has to be free and no process
/// stays behind.
///
/// - Parameters:
///   - hostKeyTypes: The types of the host keys that it has, as ssh-keygen names them.
///   - userKeyType: The type of the user's key.
///   - passphrase: What encrypts the user's key file.
///   - configuration: Further lines of its configuration.
package func withOpenSSHServer<R>(
    hostKeyTypes: [String] = ["ed25519", "ecdsa"], userKeyType: String = "ed25519", passphrase: String = "", configuration: [String] = [],
    _ body: (OpenSSHServer) async throws -> R
) async throws -> R {
    try await withTemporaryFolder { folder in
        for type in hostKeyTypes { try await makeKey(type: type, path: "\(folder)/host_\(type)") }
        let userKey = "\(folder)/user_key"
        try await makeKey(type: userKeyType, path: userKey, passphrase: passphrase)
        let lines =
            hostKeyTypes.map { "HostKey \(folder)/host_\($0)" } + [
                "AuthorizedKeysFile \(userKey).pub", "StrictModes no", "UsePAM no", "PasswordAuthentication yes", "PrintMotd no",
                "PermitRootLogin yes", "PidFile none", "LogLevel ERROR",
                // Not what the user's own profile does, which may take a minute or wait for a lock.
                "SetEnv HOME=\(folder)",
            ] + configuration
        try lines.joined(separator: "\n").appending("\n").write(toFile: "\(folder)/sshd_config", atomically: true, encoding: .utf8)
        if getuid() == 0 { try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true) }
        return try await withLoopbackServer { connection in
            Program.run(["/usr/sbin/sshd", "-i", "-f", "\(folder)/sshd_config", "-E", "\(folder)/log"], connection: connection)
        } _: { server in
            try await body(OpenSSHServer(port: server.port, user: NSUserName(), userKey: userKey, folder: folder))
        }
    }
}
