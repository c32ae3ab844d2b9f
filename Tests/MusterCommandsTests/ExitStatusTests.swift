import Muster
import Testing

@testable import MusterCommands

@Suite struct ExitStatusTests {
    @Test(
        arguments: [
            ([.ok: 3], 0), ([:], 0), ([.ok: 1, .failed: 1], 1), ([.failed: 1, .unreachable: 1], 2), ([.failed: 1, .timeout: 1], 2),
            ([.ok: 1, .cancelled: 1], 2), ([.ok: 1, .skipped: 1], 2),
        ] as [([DeviceResult.Status: Int], Int32)])
    func statusFollowsTheWorstResult(counts: [DeviceResult.Status: Int], status: Int32) {
        #expect(ExitStatus.of(counts, mode: .asCompleted) == status)
        #expect(ExitStatus.of(counts, mode: .gather) == status)
    }

    @Test func othersDoNotCount_whenFirstHasItsSuccesses() {
        #expect(ExitStatus.of([.ok: 2, .cancelled: 5, .skipped: 9], mode: .first(2)) == 0)
        #expect(ExitStatus.of([.ok: 1, .cancelled: 5], mode: .first(2)) == 2)
        #expect(ExitStatus.of([.ok: 1], mode: .first(2)) == 2)
        #expect(ExitStatus.of([.ok: 1, .failed: 1], mode: .first(2)) == 1)
        #expect(ExitStatus.of([.ok: 2, .failed: 1, .cancelled: 5], mode: .first(2)) == 1)
        #expect(ExitStatus.of([.ok: 2, .unreachable: 1], mode: .first(2)) == 2)
    }

    @Test func signalsWin_overEveryResult() {
        var interruptions = Interruptions()
        #expect(interruptions.receive(.interrupt) == .drain)
        #expect(ExitStatus.of([.ok: 1], mode: .gather, interruptions: interruptions) == 130)
        #expect(interruptions.receive(.interrupt) == .cancel)
        #expect(interruptions.receive(.interrupt) == .leave(130))
        #expect(ExitStatus.of([.unreachable: 1], mode: .gather, interruptions: interruptions) == 130)
    }

    @Test func hangUpCancels_howeverOftenItComes() {
        var interruptions = Interruptions()
        #expect(interruptions.receive(.hangUp) == .cancel)
        #expect(interruptions.receive(.hangUp) == .cancel)
        #expect(interruptions.exitStatus == 129)
        #expect(interruptions.receive(.interrupt) == .leave(129))
    }

    @Test func terminationCancelsThenLeaves() {
        var interruptions = Interruptions()
        #expect(interruptions.receive(.interrupt) == .drain)
        #expect(interruptions.receive(.terminate) == .cancel)
        #expect(interruptions.exitStatus == 143)
        #expect(interruptions.receive(.interrupt) == .leave(143))
        #expect(interruptions.receive(.terminate) == .leave(143))
    }
}
