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
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let connection {
            posix_spawn_file_actions_adddup2(&actions, connection, 0)
            posix_spawn_file_actions_adddup2(&actions, connection, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        guard let pid = spawn(command, &actions, environment: environment) else { return -1 }
        return wait(for: pid)
    }

    /// Starts a program.
    ///
    /// - Returns: Its process; `nil` when it could not be started.
    static func spawn(_ command: [String], _ actions: inout posix_spawn_file_actions_t, environment: [String: String] = [:]) -> pid_t? {
        // A child gets the signals that its parent's thread has blocked, and then hears no SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments = command.map { strdup($0) } + [nil]
        let inherited = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var variables = inherited.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        return posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &variables) == 0 ? pid : nil
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
}
