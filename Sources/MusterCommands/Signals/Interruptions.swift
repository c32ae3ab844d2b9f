/// A signal that asks a run to stop.
package enum StopSignal: Sendable, Hashable {
    /// SIGINT: Ctrl-C.
    case interrupt
    /// SIGTERM.
    case terminate
    /// SIGHUP: the terminal was closed, or the connection to it has ended.
    case hangUp
}

/// What the signals so far mean for a run.
package struct Interruptions: Sendable, Equatable {
    /// What to do at a signal.
    package enum Action: Sendable, Equatable {
        /// Start no more devices.
        case drain
        /// Cancel those under way.
        case cancel
        /// Leave at once with this status.
        case leave(Int32)
    }

    private var interrupts = 0
    private var terminations = 0
    private var hangUps = 0

    package init() {}

    /// The exit status that the signals make, or nil when there was none.
    ///
    /// 128 and the signal's number, as a shell has it for a process that a signal ended.
    package var exitStatus: Int32? {
        terminations > 0
            ? ExitStatus.terminated : hangUps > 0 ? ExitStatus.hungUp : interrupts > 0 ? ExitStatus.interrupted : nil
    }

    /// Takes in a signal.
    ///
    /// The first Ctrl-C drains, the second cancels, the third leaves. SIGTERM comes from a supervisor that will not ask nicely twice: the
    /// first cancels, the second leaves. SIGHUP cancels: nobody is there any more. A shell that ends may send more than one, so it never leaves.
    package mutating func receive(_ signal: StopSignal) -> Action {
        switch signal {
        case .interrupt:
            interrupts += 1
            // After a SIGTERM the run is being cancelled: one Ctrl-C is impatience.
            if terminations + hangUps > 0, let exitStatus { return .leave(exitStatus) }
            return interrupts == 1 ? .drain : interrupts == 2 ? .cancel : .leave(ExitStatus.interrupted)
        case .hangUp:
            hangUps += 1
            return .cancel
        case .terminate:
            terminations += 1
            return terminations == 1 ? .cancel : .leave(ExitStatus.terminated)
        }
    }
}
