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
    /// - Returns: The exit status; 128 and the number when a signal ended it, -1 when it could not be started.
    @discardableResult
    package static func run(_ command: [String], connection: Int32? = nil) -> Int32 {
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
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, command[0], &actions, nil, &arguments, environ) == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// Runs a program on a thread of its own and waits for it without blocking.
    package static func runAsync(_ command: [String]) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: run(command)) }
        }
    }
}
