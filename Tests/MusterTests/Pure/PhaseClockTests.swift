import MusterTransport
import Testing

@testable import Muster

struct PhaseClockTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test func givesEachPhaseItsTime_whenPhasesFollowEachOther() {
        var clock = PhaseClock(at: at(100))
        #expect(clock.phase == .resolve)
        clock.enter(.connect, at: at(101))
        clock.enter(.handshake, at: at(103))
        clock.enter(.hostKey, at: at(110))
        clock.enter(.authenticate, at: at(111))
        clock.enter(.open, at: at(120))
        clock.enter(.login, at: at(150))
        clock.finish(at: at(200))
        #expect(clock.times.resolve == .milliseconds(1))
        #expect(clock.times.connect == .milliseconds(2))
        // The check of the key belongs to the handshake.
        #expect(clock.times.handshake == .milliseconds(8))
        #expect(clock.times.authenticate == .milliseconds(9))
        #expect(clock.times.open == .milliseconds(30))
        #expect(clock.times.login == .milliseconds(50))
        #expect(clock.times.commands == nil)
        #expect(clock.began == at(100))
    }

    @Test func leavesOutWhatWasNotReached_whenAPhaseFails() {
        var clock = PhaseClock(at: at(0))
        clock.enter(.connect, at: at(5))
        clock.finish(at: at(30))
        #expect(clock.phase == .connect)
        #expect(clock.times.resolve == .milliseconds(5))
        #expect(clock.times.connect == .milliseconds(25))
        #expect(clock.times.handshake == nil)
        #expect(clock.times.login == nil)
    }
}
