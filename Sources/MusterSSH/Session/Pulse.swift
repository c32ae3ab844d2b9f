import MusterTransport

/// When a session gives signs of life while nothing comes, and when its peer counts as gone; without I/O.
///
/// Over TCP a sign needs no answer: the system notices when it is not confirmed, and asks a peer of its own accord. Through a bastion or a
/// program there is no system to notice, so the peer is asked to answer, as `ssh` does with `ServerAliveInterval`: with a global request, to
/// which every server has an answer (RFC 4254, 4). libssh2 to 1.11.1 never lets go of such an answer before the session ends: 128 bytes each, and
/// 2 µs more for a read once there are 1,000 of them (measured with 1.10.0). As it is asked once an interval, and only while nothing else
/// comes, that is 30 KB for an hour of silence at 15 s, which is half of what a session takes anyway; over TCP it would be for nothing.
/// libssh2's calls that take their answer off the queue were no better: a channel of an unknown type or a request to forward a port
/// shows in the device's log as what it is not, and a channel's request may end a command on gear that knows none but its own.
///
/// A few old servers never answer. One is counted as gone only when it is known to answer: it has done so before, or it is OpenSSH or dropbear.
struct Pulse {
    /// What is to be done now.
    enum Turn: Equatable {
        case rest
        case sign(wantsAnswer: Bool)
        case gone(PeerSilence)
    }

    let settings: KeepAlive
    /// Whether the system notices when the peer has gone; nil before it was told to.
    var isWatched: Bool?
    /// Whether the peer is known to answer.
    private(set) var answers: Bool
    private var lastHeard: Instant
    private var lastSign: Instant?
    /// Signs since anything came.
    private var signs = 0
    /// When the first question was asked to which nothing has come.
    private var askedAt: Instant?
    /// Whether the last sign was a question, and what has come since: anything at all, and anything for somebody.
    private var hasAsked = false
    private var hasHeard = false
    private var hasDelivered = false

    /// - Parameter serverVersion: The server's version line.
    init(_ settings: KeepAlive, serverVersion: String?, now: Instant) {
        self.settings = settings
        lastHeard = now
        let software = serverVersion?.split(separator: "-", maxSplits: 2).last ?? ""
        answers = software.hasPrefix("OpenSSH_") || software.hasPrefix("dropbear_")
    }

    /// When to look again.
    var next: Instant { (lastSign ?? lastHeard) + settings.interval }

    /// Something came.
    mutating func heard(at now: Instant) {
        lastHeard = now
        lastSign = nil
        signs = 0
        askedAt = nil
        hasHeard = true
    }

    /// Something of it was for a channel or an operation, and so no answer.
    mutating func delivered() {
        hasDelivered = true
    }

    /// Looks at the clock.
    mutating func turn(at now: Instant) -> Turn {
        if hasAsked, hasHeard {
            hasAsked = false
            // Bytes that were for nobody, within an interval of the question, after one without any.
            if !hasDelivered { answers = true }
        }
        guard now >= next else { return .rest }
        if answers, let askedAt, now >= askedAt + settings.interval * max(1, settings.count) { return .gone(silence(at: now)) }
        return .sign(wantsAnswer: isWatched != true)
    }

    /// The sign of this turn was given.
    ///
    /// - Parameter went: Whether it went out: libssh2 may have thought it too soon.
    mutating func signed(went: Bool, at now: Instant) {
        lastSign = now
        guard went else { return }
        signs += 1
        guard isWatched != true else { return }
        askedAt = askedAt ?? now
        hasAsked = true
        hasHeard = false
        hasDelivered = false
    }

    func silence(at now: Instant) -> PeerSilence {
        PeerSilence(duration: now - lastHeard, signs: signs)
    }
}
