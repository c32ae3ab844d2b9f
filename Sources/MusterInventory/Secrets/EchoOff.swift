#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A terminal that shows nothing of what is typed, until it is restored.
struct EchoOff: ~Copyable {
    private let terminal: Int32
    private var saved: termios
    private var replaced: [(signal: Int32, action: sigaction)] = []

    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// Turns off echo, line editing and the keys that send signals; nil when the terminal refuses.
    init?(_ terminal: Int32) {
        self.terminal = terminal
        saved = termios()
        guard tcgetattr(terminal, &saved) == 0 else { return nil }
        var silent = saved
        silent.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        withUnsafeMutableBytes(of: &silent.c_cc) { keys in
            keys[Int(VMIN)] = 1
            keys[Int(VTIME)] = 0
        }
        emergencyTerminal = terminal
        emergencySettings = saved
        for signal in Self.signals {
            var current = sigaction()
            // Whoever handles or ignores the signal cancels the task, which restores the terminal; only the silent death needs help.
            guard sigaction(signal, nil, &current) == 0, isDefault(current) else { continue }
            var handler = sigaction()
            setHandler(&handler)
            if sigaction(signal, &handler, nil) == 0 { replaced.append((signal, current)) }
        }
        // Drops what was typed before the question, which was on the screen.
        guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else {
            restore()
            return nil
        }
    }

    /// Puts the terminal and the signals back.
    func restore() {
        var settings = saved
        _ = tcsetattr(terminal, TCSAFLUSH, &settings)
        for (signal, action) in replaced {
            var action = action
            _ = sigaction(signal, &action, nil)
        }
        emergencyTerminal = -1
    }
}

/// What the signal handler restores.
///
/// Written by the one thread that asks questions, before it installs the handler and after it removed it; a handler can reach no state
/// but a global's.
nonisolated(unsafe) private var emergencyTerminal: Int32 = -1
nonisolated(unsafe) private var emergencySettings = termios()

/// Restores the terminal and dies of the signal.
///
/// Calls only what POSIX allows in a handler: tcsetattr, signal, raise.
private func restoreAndDie(_ number: Int32) {
    if emergencyTerminal >= 0 { _ = tcsetattr(emergencyTerminal, TCSANOW, &emergencySettings) }
    _ = signal(number, SIG_DFL)
    _ = raise(number)
}

#if canImport(Darwin)
    private func isDefault(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 0
    }

    private func setHandler(_ action: inout sigaction) {
        action.__sigaction_u.__sa_handler = { restoreAndDie($0) }
    }
#else
    private func isDefault(_ action: sigaction) -> Bool {
        // SIG_DFL is the null pointer.
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0
    }

    private func setHandler(_ action: inout sigaction) {
        action.__sigaction_handler.sa_handler = { restoreAndDie($0) }
    }
#endif
