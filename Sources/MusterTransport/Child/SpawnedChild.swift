import CProcess

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A child process that has just been started, with this side's ends of its streams.
struct SpawnedChild: Sendable {
    let pid: pid_t
    /// Its standard input's other end: a pipe's, or a terminal's.
    let input: Int32
    let output: Int32
    /// Nil where the output has them.
    let errors: Int32?

    /// Starts a program in a session of its own, so that it has no controlling terminal and Ctrl-C does not reach it.
    ///
    /// Its standard input is the terminal, where it wants one, and its standard output always a pipe: what it prints goes through no line
    /// discipline, and its end is a plain end of file. Blocks for as long as the system takes.
    static func spawn(_ command: ChildCommand) throws(ChildStartError) -> SpawnedChild {
        var mine: [Int32] = []
        var theirs: [Int32] = []
        // The child has copies of its own by then.
        defer { for descriptor in theirs { close(descriptor) } }
        func check(_ number: Int32) throws(ChildStartError) {
            guard number != 0 else { return }
            for descriptor in mine { close(descriptor) }
            throw .failed(program: command.program, String(cString: strerror(number)))
        }
        var ends: [Int32] = [-1, -1]
        if let shape = command.terminal {
            var (kept, given): (Int32, Int32) = (-1, -1)
            try check(muster_terminal(UInt16(clamping: shape.columns), UInt16(clamping: shape.rows), &kept, &given))
            mine.append(kept)
            theirs.append(given)
        } else {
            try check(muster_pipe(&ends))
            mine.append(ends[1])
            theirs.append(ends[0])
        }
        for _ in 0..<(command.mergesErrors ? 1 : 2) {
            try check(muster_pipe(&ends))
            mine.append(ends[0])
            theirs.append(ends[1])
        }
        var arguments = ([command.program] + command.arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var environment = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for entry in environment { free(entry) } }
        var pid: pid_t = 0
        try check(muster_spawn(command.program, &arguments, &environment, theirs[0], theirs[1], theirs[theirs.count - 1], &pid))
        return SpawnedChild(pid: pid, input: mine[0], output: mine[1], errors: command.mergesErrors ? nil : mine[2])
    }

    /// Ends a child that nobody wants any more, and waits for it.
    func discard() {
        for descriptor in [input, output, errors].compactMap(\.self) { close(descriptor) }
        kill(pid, SIGKILL)
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }
}
