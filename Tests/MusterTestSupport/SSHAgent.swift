import CProcess
import Foundation

/// Runs OpenSSH's ssh-agent for the length of a scope.
///
/// - Parameters:
///   - keys: Private key files, without passphrases, that it gets.
///   - body: Gets the path of its socket.
package func withSSHAgent<R>(keys: [String], _ body: (String) async throws -> R) async throws -> R {
    try await withTemporaryFolder { folder in
        let socket = "\(folder)/agent"
        let pid = try startAgent(socket: socket)
        defer {
            kill(pid, SIGTERM)
            Program.wait(for: pid)
        }
        if !keys.isEmpty {
            let status = await Program.runAsync(["/usr/bin/ssh-add", "-q"] + keys, environment: ["SSH_AUTH_SOCK": socket])
            guard status == 0 else { throw ServerProblem(description: "ssh-add failed: status \(status)") }
        }
        return try await body(socket)
    }
}

/// Starts an agent; returns when it listens, which it says by printing the socket's path.
private func startAgent(socket: String) throws -> pid_t {
    var ends: [Int32] = [0, 0]
    guard muster_pipe(&ends) == 0 else { throw ServerProblem(description: "no pipe") }
    defer { close(ends[0]) }
    let child = Program.spawn(["/usr/bin/ssh-agent", "-D", "-a", socket], output: ends[1])
    // So that an agent that ends ends the wait.
    close(ends[1])
    guard let pid = child else { throw ServerProblem(description: "ssh-agent could not be started") }
    var buffer = [UInt8](repeating: 0, count: 256)
    guard read(ends[0], &buffer, buffer.count) > 0 else {
        kill(pid, SIGKILL)
        Program.wait(for: pid)
        throw ServerProblem(description: "ssh-agent does not listen")
    }
    return pid
}

/// Makes a key pair with ssh-keygen.
///
/// - Parameters:
///   - options: Further options, such as `-b 384` or `-m PEM`.
package func makeKey(type: String, path: String, passphrase: String = "", options: [String] = ["-Z", "aes256-ctr"]) async throws {
    let status = await Program.runAsync(
        ["/usr/bin/ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", path, "-C", "muster-test"] + options)
    guard status == 0 else { throw ServerProblem(description: "ssh-keygen failed for \(type): status \(status)") }
}
