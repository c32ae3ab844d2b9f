import MusterTransport
import Testing

@testable import MusterSSH

/// Signs of life by a clock of the test's own.
struct PulseTests {
    private static let start = Instant(nanoseconds: 1_000_000_000)

    /// A pulse of 10 s and three signs, and the seconds that have passed.
    private struct Session {
        var pulse: Pulse
        var seconds = 0
        var now: Instant { start + .seconds(seconds) }

        init(_ version: String, isWatched: Bool = false) {
            pulse = Pulse(KeepAlive(interval: .seconds(10), count: 3), serverVersion: version, now: start)
            pulse.isWatched = isWatched
        }

        /// Goes on to a second, with a look whenever one is due, and tells what came of those.
        mutating func wait(until second: Int) -> [Pulse.Turn] {
            var turns: [Pulse.Turn] = []
            while pulse.next <= start + .seconds(second) {
                seconds = Int((pulse.next - start).components.seconds)
                let turn = pulse.turn(at: now)
                turns.append(turn)
                if case .sign = turn { pulse.signed(went: true, at: now) } else if case .gone = turn { return turns }
            }
            seconds = second
            return turns
        }

        mutating func hear(delivers: Bool) {
            pulse.heard(at: now)
            if delivers { pulse.delivered() }
        }
    }

    private let question = Pulse.Turn.sign(wantsAnswer: true)

    @Test func peerThatAnswered_isGone_whenItAnswersNoMore() {
        var session = Session("SSH-2.0-Cisco-1.25")
        #expect(session.wait(until: 10) == [question])
        session.hear(delivers: false)
        // From its last word on: one interval until it is asked, three for the answer.
        #expect(session.wait(until: 1000) == [question, question, question, .gone(PeerSilence(duration: .seconds(40), signs: 3))])
        #expect(session.seconds == 50)
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2p1 Debian-2", "SSH-1.99-OpenSSH_3.8", "SSH-2.0-dropbear_2022.83"])
    func peerOfAKnownKind_isGone_whenItNeverAnswered(version: String) {
        var session = Session(version)
        #expect(session.wait(until: 1000) == [question, question, question, .gone(PeerSilence(duration: .seconds(40), signs: 3))])
    }

    @Test func peerThatNeverAnswered_isLeftAlone() {
        var session = Session("SSH-2.0-Cisco-1.25")
        let turns = session.wait(until: 1000)
        #expect(turns.count == 100 && turns.allSatisfy { $0 == question })
        // Output is no answer, also where some comes after a question.
        session.hear(delivers: true)
        #expect(session.wait(until: 2000).allSatisfy { $0 == question })
    }

    @Test func peerIsNotAsked_whileItTalks() {
        var session = Session("SSH-2.0-OpenSSH_9.2")
        for second in stride(from: 5, through: 500, by: 5) {
            #expect(!session.wait(until: second).contains(question))
            session.hear(delivers: true)
        }
    }

    @Test func peerIsNeverGone_whileItAnswers() {
        var session = Session("SSH-2.0-OpenSSH_9.2")
        for _ in 1...50 {
            #expect(session.wait(until: session.seconds + 10).last == question)
            session.hear(delivers: false)
        }
    }

    @Test func answersAreNotAskedFor_whereTheSystemNotices() {
        var session = Session("SSH-2.0-OpenSSH_9.2", isWatched: true)
        let turns = session.wait(until: 1000)
        #expect(turns.count == 100 && turns.allSatisfy { $0 == .sign(wantsAnswer: false) })
        #expect(session.pulse.silence(at: session.now) == PeerSilence(duration: .seconds(1000), signs: 100))
    }

    @Test func signsThatDidNotGoOut_areNotCounted() {
        var pulse = Pulse(KeepAlive(interval: .seconds(1), count: 1), serverVersion: "SSH-2.0-OpenSSH_9.2", now: Self.start)
        pulse.isWatched = false
        for second in 1...5 {
            #expect(pulse.turn(at: Self.start + .seconds(second)) == question)
            pulse.signed(went: false, at: Self.start + .seconds(second))
        }
        pulse.signed(went: true, at: Self.start + .seconds(6))
        #expect(pulse.turn(at: Self.start + .seconds(7)) == .gone(PeerSilence(duration: .seconds(7), signs: 1)))
    }
}
