import CProcess
import Foundation

/// Running a program and waiting for it.
///
/// Foundation's `Process` waits for children one after the other on a single thread, so a server that outlives a short-lived program
/// would hold that one up; this waits for its own child alone.
package enum Program {
    /// Runs a program; blocks until it has ended, so it wants a thread of its own.
    ///
    /// - Parameters:
    ///   - command: The path and the arguments.
    ///   - connection: What becomes its standard input and output; without one both are /dev/null.
    ///   - environment: Variables beside this process's own.
    /// - Returns: The exit status; 128 and the number when a signal ended it, -1 when it could not be started.
    @discardableResult
    package static func run(_ command: [String], connection: Int32? = nil, environment: [String: String] = [:]) -> Int32 {
        guard let pid = spawn(command, input: connection, output: connection, environment: environment) else { return -1 }
        return wait(for: pid)
    }

    /// Starts a program in a session of its own, with no signal blocked.
    ///
    /// It gets none of this process's connections: a copy would keep another test's open when its owner has closed it.
    ///
    /// - Parameters:
    ///   - input: What becomes its standard input; /dev/null when left out.
    ///   - output: The same for its standard output.
    /// - Returns: Its process; `nil` when it could not be started.
    static func spawn(
        _ command: [String], input: Int32? = nil, output: Int32? = nil, environment: [String: String] = [:]
    ) -> pid_t? {
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nothing) }
        var arguments = command.map { strdup($0) } + [nil]
        let inherited = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var variables = inherited.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        return muster_spawn(command[0], &arguments, &variables, input ?? nothing, output ?? nothing, nothing, &pid) == 0 ? pid : nil
    }

    /// Waits for a program; blocks.
    @discardableResult
    static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// Runs a program on a thread of its own and waits for it without blocking.
    package static func runAsync(_ command: [String], environment: [String: String] = [:]) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: run(command, environment: environment)) }
        }
    }

    /// What a program writes to its standard output; nil when it fails.
    ///
    /// - Parameter folder: Where the output is kept meanwhile.
    package static func output(_ command: [String], in folder: String) async throws -> String? {
        let path = folder + "/output-" + UUID().uuidString
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        defer {
            close(descriptor)
            unlink(path)
        }
        let status = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: run(command, connection: descriptor)) }
        }
        return status == 0 ? try String(contentsOfFile: path, encoding: .utf8) : nil
    }
}
