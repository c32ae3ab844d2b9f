import Testing

@testable import Muster

/// Which devices are begun when.
@Suite struct RolloutMachineTests {
    private func rollout(
        canary: Int = 0, batch: Rollout.Share? = nil, maxFailures: Rollout.Share? = nil, asks: Bool = false
    ) -> Rollout {
        var rollout = Rollout()
        rollout.canary = canary
        rollout.batch = batch
        rollout.maxFailures = maxFailures
        if asks { rollout.goesOn = { _ in true } }
        return rollout
    }

    /// Begins all that may be begun now.
    private func begun(_ machine: inout RolloutMachine) -> [Int] {
        var started: [Int] = []
        while case .start(let index) = machine.step() { started.append(index) }
        return started
    }

    @Test func allAreBegunAtOnce_whenNothingIsSaid() {
        var machine = RolloutMachine(total: 3)
        #expect(begun(&machine) == [0, 1, 2])
        #expect(machine.step() == .end)
    }

    @Test func batchesFollowTheCanary() {
        var machine = RolloutMachine(total: 7, rollout(canary: 1, batch: .count(3)))
        #expect(begun(&machine) == [0])
        #expect(machine.step() == .wait)
        machine.finished(succeeded: true)
        #expect(begun(&machine) == [1, 2, 3])
        machine.finished(succeeded: true)
        machine.finished(succeeded: true)
        #expect(machine.step() == .wait)
        machine.finished(succeeded: false)
        #expect(begun(&machine) == [4, 5, 6])
        #expect(machine.step() == .end)
    }

    @Test(arguments: [(7, 10, 1), (7, 50, 4), (200, 10, 20), (3, 100, 3)])
    func batchIsAPartOfAll_roundedUp(total: Int, percent: Int, size: Int) {
        var machine = RolloutMachine(total: total, rollout(batch: .percent(percent)))
        #expect(begun(&machine).count == size)
    }

    @Test func isAskedOnceAfterTheCanary() {
        var machine = RolloutMachine(total: 5, rollout(canary: 2, asks: true))
        #expect(begun(&machine) == [0, 1])
        machine.finished(succeeded: true)
        machine.finished(succeeded: true)
        #expect(machine.step() == .ask(Rollout.Pause(done: 2, failed: 0, left: 3)))
        machine.answered(true)
        #expect(begun(&machine) == [2, 3, 4])
    }

    @Test func nobodyIsAsked_whenTheCanariesAreAllThereIs() {
        var machine = RolloutMachine(total: 2, rollout(canary: 5, asks: true))
        #expect(begun(&machine) == [0, 1])
        machine.finished(succeeded: true)
        machine.finished(succeeded: true)
        #expect(machine.step() == .end)
        #expect(machine.stopReason == nil)
    }

    @Test func ends_whenTheAnswerIsNo() {
        var machine = RolloutMachine(total: 2, rollout(canary: 1, asks: true))
        #expect(begun(&machine) == [0])
        machine.finished(succeeded: true)
        _ = machine.step()
        machine.answered(false)
        #expect(machine.step() == .end)
        #expect(machine.stopReason == "the rollout was not continued after the first 1 device")
    }

    @Test func ends_whenTooManyHaveFailed() {
        var machine = RolloutMachine(total: 10, rollout(batch: .count(4), maxFailures: .count(1)))
        #expect(begun(&machine).count == 4)
        machine.finished(succeeded: false)
        #expect(machine.stopReason == nil)
        machine.finished(succeeded: false)
        #expect(machine.step() == .end)
        #expect(machine.stopReason == "the rollout was stopped: 2 of 2 devices failed, more than 1")
    }

    @Test(arguments: [(10, 10, 1), (10, 19, 1), (3, 10, 0)])
    func toleratedFailuresAreAPartOfAll_roundedDown(total: Int, percent: Int, tolerated: Int) {
        var machine = RolloutMachine(total: total, rollout(maxFailures: .percent(percent)))
        _ = begun(&machine)
        for _ in 0..<tolerated { machine.finished(succeeded: false) }
        #expect(machine.stopReason == nil)
        machine.finished(succeeded: false)
        #expect(machine.stopReason != nil)
    }

    @Test func failureOfTheCanaryComesBeforeTheQuestion() {
        var machine = RolloutMachine(total: 3, rollout(canary: 1, maxFailures: .count(0), asks: true))
        _ = begun(&machine)
        machine.finished(succeeded: false)
        #expect(machine.step() == .end)
        #expect(machine.stopReason == "the rollout was stopped: 1 of 1 device failed")
    }
}
