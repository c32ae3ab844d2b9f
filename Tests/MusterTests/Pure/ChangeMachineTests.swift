import MusterConsole
import Testing

@testable import Muster

/// What a change does next, and what holds when it is over.
@Suite struct ChangeMachineTests {
    private typealias Step = ChangeMachine.Step

    private static let immediate = ConfigRules(parts: [.enter: [.send("configure")], .exit: [.send("end")]])
    private static let candidate = ConfigRules(parts: [
        .enter: [.send("configure")], .diff: [.send("diff")], .check: [.send("check")], .commit: [.send("commit")],
        .commitConfirmed: [.send("commit confirmed")], .confirm: [.send("commit")], .explain: [.send("why")], .abort: [.send("rollback")],
        .exit: [.send("exit")],
    ])

    /// Runs a machine to its end; what `answers` has nothing for goes well.
    private func run(
        _ machine: ChangeMachine, _ answers: (Step) -> ChangeMachine.Outcome? = { _ in nil }
    ) -> (steps: [Step], machine: ChangeMachine) {
        var machine = machine
        var steps: [Step] = []
        while let step = machine.next() {
            steps.append(step)
            machine.finished(answers(step) ?? .done(output: step == .part(.diff) ? "+ a" : ""))
        }
        return (steps, machine)
    }

    @Test func linesTakeEffectOneByOne_whenThereIsNoCommit() {
        let (steps, machine) = run(ChangeMachine(rules: Self.immediate, lineCount: 2, saves: true))
        #expect(steps == [.part(.enter), .line(0), .line(1), .part(.exit), .save])
        #expect(machine.state == .committed)
        #expect(machine.isSaved == true)
        #expect(machine.trouble == nil)
    }

    @Test func isComparedAndCommitted_whenThereIsACandidate() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1))
        #expect(steps == [.part(.enter), .line(0), .part(.diff), .part(.commit), .part(.exit)])
        #expect(machine.state == .committed)
        #expect(machine.diff == "+ a")
        #expect(machine.isSaved == nil)
    }

    @Test func isThrownAway_whenALineIsRejectedInACandidate() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 3, saves: true)) {
            $0 == .line(1) ? .rejected("no") : nil
        }
        #expect(steps == [.part(.enter), .line(0), .line(1), .part(.abort), .part(.exit)])
        #expect(machine.state == .aborted)
        #expect(machine.trouble == .line(1, "no"))
    }

    @Test func isPartial_whenALineIsRejectedAfterOthersAreInEffect() {
        let (steps, machine) = run(ChangeMachine(rules: Self.immediate, lineCount: 3, saves: true)) {
            $0 == .line(1) ? .rejected("no") : nil
        }
        #expect(steps == [.part(.enter), .line(0), .line(1), .part(.exit)])
        #expect(machine.state == .partial)
        #expect(machine.taken == 1)
    }

    @Test func isInDoubt_whenARejectedCandidateCantBeThrownAway() {
        let (_, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1)) { step in
            step == .line(0) || step == .part(.abort) ? .rejected("no") : nil
        }
        #expect(machine.state == .unknown)
        #expect(machine.abortFailed)
    }

    @Test func reasonIsAskedFor_whenTheCommitIsRejected() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1)) { step in
            step == .part(.commit) ? .rejected("failed") : step == .part(.explain) ? .done(output: "since") : nil
        }
        #expect(steps.suffix(4) == [.part(.commit), .part(.explain), .part(.abort), .part(.exit)])
        #expect(machine.state == .aborted)
        #expect(machine.trouble == .commit("failed\nsince"))
    }

    @Test func nothingIsCommitted_whenTheDifferenceIsEmpty() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1)) { $0 == .part(.diff) ? .done(output: " \n") : nil }
        #expect(steps == [.part(.enter), .line(0), .part(.diff), .part(.abort), .part(.exit)])
        #expect(machine.state == .unchanged)
        #expect(machine.trouble == nil)
    }

    @Test func isUnchanged_whenTheCommitSaysSo() throws {
        var rules = Self.candidate
        rules.unchanged = [try Pattern("^% No changes")]
        let (_, machine) = run(ChangeMachine(rules: rules, lineCount: 1)) {
            $0 == .part(.commit) ? .done(output: "x\n% No changes\n") : nil
        }
        #expect(machine.state == .unchanged)
    }

    @Test func isCheckedAndThrownAway_whenItIsADryRun() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1, isDryRun: true, isConfirmed: true, saves: true))
        #expect(steps == [.part(.enter), .line(0), .part(.diff), .part(.check), .part(.abort), .part(.exit)])
        #expect(machine.state == .discarded)
    }

    @Test func dryRunFails_whenTheCheckDoes() {
        let (_, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1, isDryRun: true)) {
            $0 == .part(.check) ? .rejected("no") : nil
        }
        #expect(machine.state == .aborted)
        #expect(machine.trouble == .check("no"))
    }

    @Test func isConfirmedAfterANewLogin() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1, isConfirmed: true))
        #expect(steps.suffix(4) == [.part(.commitConfirmed), .check, .part(.confirm), .part(.exit)])
        #expect(machine.state == .committed)
    }

    @Test(arguments: [
        (Step.check, ChangeMachine.Trouble.unreachable("no")), (.part(.confirm), .confirm("no")),
    ])
    fileprivate func isPending_whenItIsNotConfirmed(step: ChangeMachine.Step, trouble: ChangeMachine.Trouble) {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1, isConfirmed: true, saves: true)) {
            $0 == step ? .rejected("no") : nil
        }
        #expect(machine.state == .pending)
        #expect(machine.trouble == trouble)
        #expect(!steps.contains(.save))
    }

    @Test(
        arguments: [
            (Step.part(.enter), ChangeResult.State.unchanged), (.line(0), .unknown), (.part(.diff), .unknown), (.part(.commit), .unknown),
        ])
    func whatHoldsDependsOnWhereTheSessionWasLost(step: ChangeMachine.Step, state: ChangeResult.State) {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1)) { $0 == step ? .lost : nil }
        #expect(steps.last == step)
        #expect(machine.state == state)
        #expect(machine.trouble == .lost(step))
    }

    @Test(arguments: [Step.part(.commitConfirmed), .check, .part(.confirm)])
    func deviceTakesItBack_whenTheSessionIsLostBeforeTheConfirmation(step: ChangeMachine.Step) {
        let (_, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1, isConfirmed: true)) { $0 == step ? .lost : nil }
        #expect(machine.state == .pending)
    }

    @Test func nothingIsWrong_whenTheSessionEndsOnTheWayOut() {
        let (_, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1)) { $0 == .part(.exit) ? .lost : nil }
        #expect(machine.state == .committed)
        #expect(machine.trouble == nil)
    }

    @Test func stops_whenALineLeavesTheConfiguration() {
        let (steps, machine) = run(ChangeMachine(rules: Self.immediate, lineCount: 3)) { $0 == .line(1) ? .left : nil }
        #expect(steps == [.part(.enter), .line(0), .line(1)])
        #expect(machine.state == .partial)
        #expect(machine.trouble == .left(1))
        let atTheEnd = run(ChangeMachine(rules: Self.immediate, lineCount: 2)) { $0 == .line(1) ? .left : nil }.machine
        #expect(atTheEnd.state == .committed)
        #expect(atTheEnd.trouble == nil)
        let committed = run(ChangeMachine(rules: Self.candidate, lineCount: 2)) { $0 == .line(1) ? .left : nil }.machine
        #expect(committed.state == .unknown)
    }

    @Test func changeIsKept_whenItCantBeSaved() {
        let (_, machine) = run(ChangeMachine(rules: Self.immediate, lineCount: 1, saves: true)) { $0 == .save ? .rejected("full") : nil }
        #expect(machine.state == .committed)
        #expect(machine.isSaved == false)
        #expect(machine.trouble == .save("full"))
    }

    @Test func nothingIsSent_whenTheConfigurationCantBeEntered() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1)) { $0 == .part(.enter) ? .rejected("locked") : nil }
        #expect(steps == [.part(.enter), .part(.exit)])
        #expect(machine.state == .unchanged)
        #expect(machine.trouble == .enter("locked"))
    }
}
