import MusterTransport
import Testing

@testable import MusterConsole

/// A console machine and a clock that stands still unless it is moved: the device's side is spelled out by the test.
struct Dialogue {
    var machine: ConsoleMachine
    var now = Instant(nanoseconds: 1_000_000_000)
    var typed = ""
    var events: [ConsoleEvent] = []
    /// How the device's bytes arrive.
    var arrival = Arrival.whole
    private var generator = SeededGenerator(seed: 1)
    private var nextID = 1

    enum Arrival {
        case whole
        case byteByByte
        case random(UInt64)
    }

    init(
        _ platform: Platform, secrets: [String: String] = [:], maximumOutput: Int = 64 << 20, handsOutOverflow: Bool = false,
        arrival: Arrival = .whole
    ) {
        machine = ConsoleMachine(
            platform: platform, secrets: secrets, maximumOutput: maximumOutput, handsOutOverflow: handsOutOverflow)
        self.arrival = arrival
        if case .random(let seed) = arrival { generator = SeededGenerator(seed: seed) }
    }

    init(_ name: String, secrets: [String: String] = [:], arrival: Arrival = .whole) throws {
        self.init(try #require(Platform.builtIn(named: name)), secrets: secrets, arrival: arrival)
    }

    mutating func start(timeout: Duration? = nil, credentials: LoginCredentials? = nil) {
        machine.start(now: now, deadline: timeout.map { now + $0 }, credentials: credentials)
        collect()
    }

    /// The device prints `text`.
    mutating func says(_ text: String) {
        says(Array(text.utf8))
    }

    mutating func says(_ bytes: [UInt8]) {
        switch arrival {
        case .whole: deliver(bytes[...])
        case .byteByByte: for index in bytes.indices { deliver(bytes[index...index]) }
        case .random:
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(rest.count, 40), using: &generator)
                deliver(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
        }
        // Driblets take their time, and so the prompt at their end stands for a moment.
        if case .whole = arrival { return }
        if let time = machine.confirmation { pause(time) }
    }

    private mutating func deliver(_ bytes: ArraySlice<UInt8>) {
        machine.receive(Array(bytes), now: now)
        machine.burstEnded(now: now)
        collect()
    }

    /// Nothing happens for `duration`, but the timers.
    mutating func pause(_ duration: Duration) {
        let end = now + duration
        while let deadline = machine.nextDeadline(), deadline <= end {
            now = max(now, deadline)
            machine.timerFired(now: now)
            collect()
        }
        now = end
    }

    /// The password may be given, or may not; a minute is left for the login.
    mutating func permit(_ isPermitted: Bool) {
        machine.permit(isPermitted, deadline: now + .seconds(60), now: now)
        collect()
    }

    @discardableResult
    mutating func submit(
        _ command: String, timeout: Duration = .seconds(30), answers: [AnsweredQuestion] = [], isBreakable: Bool = false
    ) -> Int {
        defer { nextID += 1 }
        machine.submit(command, id: nextID, answers: answers, isBreakable: isBreakable, deadline: now + timeout, now: now)
        collect()
        return nextID
    }

    @discardableResult
    mutating func enter(_ mode: String, timeout: Duration = .seconds(30)) -> Int {
        defer { nextID += 1 }
        machine.enterMode(mode, id: nextID, deadline: now + timeout, now: now)
        collect()
        return nextID
    }

    mutating func close() {
        machine.close(now: now)
        collect()
    }

    private mutating func collect() {
        typed += String(decoding: machine.takeOutgoing(), as: UTF8.self)
        events += machine.takeEvents()
    }

    /// What was typed since the last look.
    mutating func takeTyped() -> String {
        defer { typed = "" }
        return typed
    }

    /// The answer to the last command, and takes it away; a prompt that is given a moment is given it.
    mutating func takeExchange(_ location: SourceLocation = #_sourceLocation) throws -> Exchange {
        if let time = machine.confirmation { pause(time) }
        let index = try #require(
            events.firstIndex { if case .finished = $0 { true } else { false } }, "no answer yet", sourceLocation: location)
        guard case .finished(_, let exchange) = events.remove(at: index) else { throw NoAnswer() }
        return exchange
    }

    mutating func takeError(_ location: SourceLocation = #_sourceLocation) throws -> ConsoleError {
        let index = try #require(events.firstIndex { if case .failed = $0 { true } else { false } }, "no error", sourceLocation: location)
        guard case .failed(_, let error) = events.remove(at: index) else { throw NoAnswer() }
        return error
    }

    var isOpened: Bool { events.contains { if case .opened = $0 { true } else { false } } }
    var hasAnswer: Bool { events.contains { if case .finished = $0 { true } else { false } } }

    struct NoAnswer: Error {}
}

/// splitmix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension Dialogue {
    /// Logs in to an IOS XE device at `r1#`, up to the point where the set-up is typed.
    static func iosxe(secrets: [String: String] = [:], arrival: Arrival = .whole) throws -> Dialogue {
        var dialogue = try Dialogue("cisco_iosxe", secrets: secrets, arrival: arrival)
        dialogue.start()
        dialogue.says("\r\n\r\nr1#")
        dialogue.says("\r\nr1#")
        return dialogue
    }

    /// Logs in to a device that has no set-up and shows `prompt`.
    static func ready(_ platform: Platform, prompt: String = "dev#") -> Dialogue {
        var dialogue = Dialogue(platform)
        dialogue.start()
        dialogue.says(prompt)
        dialogue.says("\r\n" + prompt)
        _ = dialogue.takeTyped()
        return dialogue
    }

    /// The same, with the set-up answered.
    static func iosxeReady(secrets: [String: String] = [:], arrival: Arrival = .whole) throws -> Dialogue {
        var dialogue = try iosxe(secrets: secrets, arrival: arrival)
        dialogue.says("terminal length 0\r\nr1#terminal width 511\r\nr1#")
        dialogue.pause(.seconds(1))
        _ = dialogue.takeTyped()
        return dialogue
    }
}
