import MusterTransport

/// Measures the phases of one device as they follow each other.
struct PhaseClock {
    private(set) var times = PhaseTimes()
    private(set) var phase = Phase.resolve
    private var entered: Instant
    let began: Instant

    init(at now: Instant) {
        entered = now
        began = now
    }

    /// Ends the phase under way and begins `phase`.
    mutating func enter(_ phase: Phase, at now: Instant) {
        finish(at: now)
        self.phase = phase
    }

    /// Ends the phase under way.
    mutating func finish(at now: Instant) {
        let elapsed = now - entered
        entered = now
        switch phase {
        // A login that takes several connections goes through the first phases again.
        case .resolve: times.resolve = (times.resolve ?? .zero) + elapsed
        case .connect: times.connect = (times.connect ?? .zero) + elapsed
        // The host key is checked in no time that anyone would want to see.
        case .handshake, .hostKey: times.handshake = (times.handshake ?? .zero) + elapsed
        case .authenticate: times.authenticate = (times.authenticate ?? .zero) + elapsed
        case .open: times.open = elapsed
        case .login: times.login = elapsed
        case .prompt, .privilege, .command: times.commands = (times.commands ?? .zero) + elapsed
        case .close: break
        }
    }
}
