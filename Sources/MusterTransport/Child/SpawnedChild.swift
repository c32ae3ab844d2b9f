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
    let errors: Int32

    /// Starts a program in a session of its own, so that it has no controlling terminal and Ctrl-C does not reach it.
    ///
    /// Its standard input is the terminal, where it wants one, and its standard output always a pipe: what it prints goes through no line
    /// discipline, and its end is a plain end of file. Blocks for as long as the system takes.
    static func spawn(_ command: ChildCommand) throws(ChildStartError) -> SpawnedChild {
        var kept = Descriptors()
        var given = Descriptors()
        // The child has copies of its own by then.
        defer { given.closeAll() }
        do throws(SystemFailure) {
            let input = try command.terminal.map(Descriptors.terminal) ?? Descriptors.pipe(keeps: .writing)
            kept.all.append(input.kept)
            given.all.append(input.given)
            let output = try Descriptors.pipe(keeps: .reading)
            kept.all.append(output.kept)
            given.all.append(output.given)
            let errors = try Descriptors.pipe(keeps: .reading)
            kept.all.append(errors.kept)
            given.all.append(errors.given)
            let pid = try start(command, input: input.given, output: output.given, errors: errors.given)
            return SpawnedChild(pid: pid, input: input.kept, output: output.kept, errors: errors.kept)
        } catch {
            kept.closeAll()
            throw .failed(program: command.program, String(cString: strerror(error.number)))
        }
    }

    /// Ends a child that nobody wants any more, and waits for it.
    func discard() {
        for descriptor in [input, output, errors] { close(descriptor) }
        kill(pid, SIGKILL)
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }

    private static func start(_ command: ChildCommand, input: Int32, output: Int32, errors: Int32) throws(SystemFailure) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        // Sockets of other devices must not live on in the child: their peers would never see them closed.
        #if canImport(Darwin)
            flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #elseif canImport(Glibc)
            posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        #endif
        // This process may ignore SIGPIPE, and block others; a child starts from the defaults.
        var all = sigset_t()
        sigfillset(&all)
        sigdelset(&all, SIGKILL)
        sigdelset(&all, SIGSTOP)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))

        var arguments = ([command.program] + command.arguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var environment = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for entry in environment { free(entry) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, command.program, &actions, &attributes, &arguments, &environment)
        guard status == 0 else { throw SystemFailure(number: status) }
        return pid
    }
}

/// A system call that failed.
private struct SystemFailure: Error {
    var number: Int32
}

/// Descriptors that are closed together; none of them is inherited by accident.
private struct Descriptors {
    enum Side { case reading, writing }

    var all: [Int32] = []

    func closeAll() {
        for descriptor in all { close(descriptor) }
    }

    static func pipe(keeps side: Side) throws(SystemFailure) -> (kept: Int32, given: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
            guard Darwin.pipe(&ends) == 0 else { throw SystemFailure(number: errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #else
            guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemFailure(number: errno) }
        #endif
        return side == .reading ? (ends[0], ends[1]) : (ends[1], ends[0])
    }

    /// A terminal with the system's usual modes, whose size is `shape`. It becomes nobody's controlling terminal.
    static func terminal(_ shape: ChildCommand.TerminalShape) throws(SystemFailure) -> (kept: Int32, given: Int32) {
        let kept = posix_openpt(O_RDWR | O_NOCTTY)
        guard kept >= 0 else { throw SystemFailure(number: errno) }
        _ = fcntl(kept, F_SETFD, FD_CLOEXEC)
        var size = winsize()
        size.ws_col = UInt16(clamping: shape.columns)
        size.ws_row = UInt16(clamping: shape.rows)
        guard grantpt(kept) == 0, unlockpt(kept) == 0, let path = name(of: kept) else { throw closing(kept) }
        let given = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard given >= 0 else { throw closing(kept) }
        // A new terminal of macOS has no size, and only the child's side can be given one there.
        guard ioctl(given, UInt(TIOCSWINSZ), &size) == 0 else {
            defer { close(given) }
            throw closing(kept)
        }
        return (kept, given)
    }

    private static func name(of terminal: Int32) -> String? {
        #if canImport(Darwin)
            // One terminal at a time is asked for: the name is in a buffer of the C library's.
            return ptsname(terminal).map { String(cString: $0) }
        #else
            var name = [CChar](repeating: 0, count: 128)
            guard ptsname_r(terminal, &name, name.count) == 0 else { return nil }
            return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        #endif
    }

    private static func closing(_ descriptor: Int32) -> SystemFailure {
        let number = errno
        close(descriptor)
        return SystemFailure(number: number)
    }
}
