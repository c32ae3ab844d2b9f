package import MusterTransport

/// A console machine that is given the bytes of a recording, with a clock that moves only where the machine waits for it.
///
/// What the device printed is given at once, and where the recording goes on with something that the machine did, its timers are let run out until it
/// does. So the times of the recording do not matter.
package struct RecordingPlayer {
    /// No pause of any machine is longer.
    private static let longestPause = Duration.seconds(60)

    package private(set) var machine: ConsoleMachine
    package private(set) var now = Instant(nanoseconds: 1_000_000_000)
    /// What the machine has typed and nobody has taken.
    package private(set) var typed: [UInt8] = []
    /// What happened and nobody has taken.
    package private(set) var events: [ConsoleEvent] = []
    /// How many bytes were given, and how often a burst has ended.
    package private(set) var received = 0
    package private(set) var bursts = 0

    /// Makes a machine and begins its login.
    package init(_ header: RecordingHeader, platform: Platform, maximumOutput: Int = 64 << 20) {
        let secrets = Dictionary(header.secrets.map { ($0, Recording.redaction) }, uniquingKeysWith: { first, _ in first })
        machine = ConsoleMachine(platform: platform, secrets: secrets, maximumOutput: maximumOutput)
        machine.screen = LineEmulator(limit: maximumOutput, width: header.terminal.columns)
        machine.notesSecrets = true
        machine.wantedMode = header.mode
        let credentials = header.login.map {
            LoginCredentials(user: $0.user, password: $0.hasPassword ? Recording.redaction : nil, isExpected: $0.isExpected)
        }
        machine.start(now: now, credentials: credentials)
        collect()
    }

    /// The device prints `bytes`, as one burst.
    package mutating func receive(_ bytes: [UInt8]) {
        received += bytes.count
        bursts += 1
        machine.receive(bytes, now: now)
        machine.burstEnded(now: now)
        collect()
    }

    package mutating func submit(_ command: String, id: Int) {
        machine.submit(command, id: id, deadline: nil, now: now)
        collect()
    }

    package mutating func adopt(_ platform: Platform) {
        machine.adopt(platform, deadline: nil, now: now)
        collect()
    }

    package mutating func enterMode(_ name: String, id: Int) {
        machine.enterMode(name, id: id, deadline: nil, now: now)
        collect()
    }

    package mutating func close() {
        machine.close(now: now)
        collect()
    }

    package mutating func end(_ end: TransportEnd) {
        machine.ended(end, now: now)
        collect()
    }

    /// Lets timers run out until `isReached`; false when that does not come about.
    package mutating func wait(until isReached: (RecordingPlayer) -> Bool) -> Bool {
        let end = now + Self.longestPause
        while !isReached(self) {
            guard let next = machine.nextDeadline(), next <= end else { return false }
            now = max(now, next)
            machine.timerFired(now: now)
            collect()
        }
        return true
    }

    /// Takes the first `count` bytes that were typed.
    package mutating func takeTyped(_ count: Int) -> [UInt8] {
        let taken = Array(typed.prefix(count))
        typed.removeFirst(taken.count)
        return taken
    }

    /// Takes the first event that `isMeant`.
    package mutating func takeEvent(_ isMeant: (ConsoleEvent) -> Bool) -> ConsoleEvent? {
        events.firstIndex(where: isMeant).map { events.remove(at: $0) }
    }

    private mutating func collect() {
        var bytes = machine.takeOutgoing()
        // An answer that the definition itself has is not in a recording, either.
        let literal = machine.takeNotedSecrets().filter { $0 != Array(Recording.redaction.utf8) }
        if !literal.isEmpty { bytes = SecretRedaction(literal).redacted(bytes) }
        typed += bytes
        events += machine.takeEvents()
    }
}
