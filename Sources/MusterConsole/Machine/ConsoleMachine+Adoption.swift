package import MusterTransport

/// A platform that becomes known in the middle of a session.
extension ConsoleMachine {
    /// So much of what a device prints before its prompt is kept.
    private static let longestGreeting = 1 << 14

    /// Keeps what comes before the prompt, where it may tell the platform.
    mutating func keepGreeting(_ bytes: UnsafeRawBufferPointer) {
        guard platform.isDetecting, phase == .login, greeting.count < Self.longestGreeting else { return }
        greeting.append(contentsOf: bytes.prefix(Self.longestGreeting - greeting.count))
    }

    /// What the device printed before its prompt was known, as a terminal would show it.
    package var shownGreeting: [UInt8] {
        var emulator = LineEmulator(width: platform.pty.columns)
        greeting.withUnsafeBytes { emulator.feed($0) }
        return emulator.takeText() + emulator.line
    }

    /// Goes on as `platform`, with its modes and its set-up, over the session that is open.
    ///
    /// Nothing may be running. The answer is `opened` or a failure, as that of `start`.
    package mutating func adopt(_ platform: Platform, deadline: Instant?, now: Instant) {
        guard phase == .ready, inFlight.isEmpty, walk == nil, waiting.isEmpty, setUp.isEmpty, let text = prompt?.text else {
            events.append(.failed(id: nil, ConsoleError(kind: end.map { .ended($0) } ?? .unusable, expected: "a prompt", seen: seen())))
            return
        }
        take(platform, promptedBy: text)
        isOpen = false
        startedAt = now
        loginDeadline = deadline
        setUp = platform.onOpen
        pump(now)
    }

    /// Goes on as `platform` without its set-up, to be closed.
    mutating func adoptToLeave(_ platform: Platform) {
        guard phase == .ready, inFlight.isEmpty, let text = prompt?.text else { return }
        take(platform, promptedBy: text)
    }

    private mutating func take(_ platform: Platform, promptedBy text: [UInt8]) {
        self.platform = platform
        typesAhead = platform.typeAhead && platform.echo == .exact
        if platform.echo == .none { echoes = false }
        prompt = nil
        known = []
        hostName = []
        learn(text)
    }
}
