import MusterTransport
import Testing

@testable import MusterConsole

/// Devices that say anything at any time.
struct ConversationTests {
    private static let sayings = [
        "r1#", "r1>", "r1(config)#", "\r\n", "\r\n", "\r\nr1#", "Password: ", "Username: ", "Proceed? [confirm]", "Overwrite? (y/n) ",
        " --More-- ", "\r          \r", "show clock\r\n", "show version\r\n", "reload\r\n", "noon\r\n", "% Invalid input detected\r\n",
        "^C",
        "\u{8}\u{8}  ", "\u{1B}[31m", "\u{1B}[2K", "\u{1B}[A", "\u{1B}[999C", "\u{0}", "configure terminal\r\n", "enable\r\n", "Name? ",
        "?",
        ":", "terminal length 0\r\n", "{master}\r\n", "copy a b\r\n", "\u{FFFD}", String(repeating: "long line ", count: 60) + "\r\n",
    ]
    private static let commands = ["show clock", "show version", "reload", "copy a b", "configure terminal", "", "sh ver"]

    /// A session with a device that mostly answers, and otherwise says what comes to its mind.
    private struct Session {
        var machine: ConsoleMachine
        var now = Instant(nanoseconds: 1_000_000_000)
        var random: SeededGenerator
        var asked: Set<Int> = []
        var answered: [Int] = []
        var finished = 0
        var heard: [UInt8] = []

        mutating func take() {
            heard += machine.takeOutgoing()
            _ = machine.takeOverflow()
            for event in machine.takeEvents() {
                switch event {
                case .finished(let id, _):
                    answered.append(id)
                    finished += 1
                case .entered(let id, _), .failed(let id?, _): answered.append(id)
                case .failed(nil, _), .opened: break
                }
            }
        }

        mutating func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &random) == 0 }

        mutating func say(_ bytes: [UInt8]) {
            machine.receive(bytes, now: now)
            if !chance(4) { machine.burstEnded(now: now) }
            take()
        }

        /// Echoes what was typed, and shows the prompt after each line.
        mutating func answer() {
            let lines = String(decoding: heard, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            heard = []
            for line in lines { say(Array("\(line)\r\n\(chance(2) ? "noon\r\n" : "")r1#".utf8)) }
        }

        /// Timers fire in their time, and each changes something: there are no more of them than pauses are told apart.
        mutating func pause(_ duration: Duration) -> Bool {
            let end = now + duration
            for _ in 0..<200 {
                guard let deadline = machine.nextDeadline(), deadline <= end else {
                    now = end
                    return true
                }
                now = max(now, deadline)
                machine.timerFired(now: now)
                take()
            }
            return false
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func givesEveryRequestOneAnswer_andNeverHangs(seed: UInt64) throws {
        let platform = try #require(Platform.builtIn(named: ["cisco_iosxe", "generic"][Int(seed % 2)]))
        var session = Session(
            machine: ConsoleMachine(
                platform: platform, secrets: ["enable": "s3cret"], maximumOutput: 300, handsOutOverflow: seed.isMultiple(of: 4)),
            random: SeededGenerator(seed: seed))
        let answers = [AnsweredQuestion(pattern: try Pattern("overwrite|name"), answer: "x")]
        session.machine.start(now: session.now, credentials: LoginCredentials(user: "u", password: "p", isExpected: false))
        session.say(Array("r1#".utf8))
        var isLively = session.pause(.seconds(1))
        for id in 1...300 where !session.machine.isBroken {
            let deadline = session.now + .seconds(30)
            switch Int.random(in: 0..<20, using: &session.random) {
            case 0...2:
                session.asked.insert(id)
                let command = Self.commands[Int.random(in: 0..<Self.commands.count, using: &session.random)]
                session.machine.submit(command, id: id, answers: answers, deadline: deadline, now: session.now)
            case 3:
                session.asked.insert(id)
                let mode = platform.modes[Int.random(in: 0..<platform.modes.count, using: &session.random)].name
                session.machine.enterMode(mode, id: id, deadline: deadline, now: session.now)
            case 4...6:
                let pauses: [Duration] = [.milliseconds(40), .milliseconds(600), .seconds(4), .seconds(11)]
                let ends = session.pause(pauses[Int.random(in: 0..<4, using: &session.random)])
                isLively = isLively && ends
            case 7...15: session.answer()
            default: session.say(Array(Self.sayings[Int.random(in: 0..<Self.sayings.count, using: &session.random)].utf8))
            }
            session.take()
            if session.chance(200) { session.machine.abort(id: session.asked.first, now: session.now) }
        }
        #expect(isLively, "timers that change nothing")
        session.machine.ended(.closedByPeer, now: session.now)
        session.take()
        #expect(session.answered.count == Set(session.answered).count)
        #expect(Set(session.answered) == session.asked)
    }
}
