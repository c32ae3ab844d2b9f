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
        #expect(machine.exitProblem != nil)
    }

    @Test func changeIsNotSaved_whenTheSessionEndsOnTheWayOut() {
        let (steps, machine) = run(ChangeMachine(rules: Self.immediate, lineCount: 1, saves: true)) { $0 == .part(.exit) ? .lost : nil }
        #expect(steps.last == .part(.exit))
        #expect(machine.state == .committed)
        #expect(machine.isSaved == false)
        #expect(machine.trouble == .lost(.part(.exit)))
    }

    @Test func whatHoldsIsKnown_whenTheSessionEndsOnTheWayOutAfterARejection() {
        let partial = run(ChangeMachine(rules: Self.immediate, lineCount: 2)) {
            $0 == .line(1) ? .rejected("no") : $0 == .part(.exit) ? .lost : nil
        }.machine
        #expect(partial.state == .partial)
        #expect(partial.trouble == .line(1, "no"))
        let pending = run(ChangeMachine(rules: Self.candidate, lineCount: 1, isConfirmed: true)) {
            $0 == .check ? .rejected("no") : $0 == .part(.exit) ? .lost : nil
        }.machine
        #expect(pending.state == .pending)
    }

    @Test func changeIsMade_whenTheConfigurationCantBeLeft() {
        let (_, machine) = run(ChangeMachine(rules: Self.immediate, lineCount: 1)) { $0 == .part(.exit) ? .rejected("no way") : nil }
        #expect(machine.state == .committed)
        #expect(machine.trouble == nil)
        #expect(machine.exitProblem == "no way")
    }

    /// A candidate that is kept when the configuration is left, and can be thrown away from outside.
    private static var kept: ConfigRules {
        var parts = candidate.parts
        parts[.abandon] = [.send("abandon")]
        return ConfigRules(parts: parts)
    }

    @Test func candidateIsThrownAwayFromOutside_whenALineLeavesIt() {
        let (steps, machine) = run(ChangeMachine(rules: Self.kept, lineCount: 2)) { $0 == .line(0) ? .left : nil }
        #expect(steps == [.part(.enter), .line(0), .part(.abandon)])
        #expect(machine.state == .aborted)
        #expect(machine.trouble == .left(0))
        let inVain = run(ChangeMachine(rules: Self.kept, lineCount: 2)) {
            $0 == .line(0) ? .left : $0 == .part(.abandon) ? .rejected("no") : nil
        }.machine
        #expect(inVain.state == .unknown)
    }

    @Test func candidateIsThrownAwayOverANewLogin_whenTheSessionIsLost() {
        let (steps, machine) = run(ChangeMachine(rules: Self.kept, lineCount: 2)) { $0 == .line(1) ? .lost : nil }
        #expect(steps == [.part(.enter), .line(0), .line(1), .cleanUp])
        #expect(machine.state == .aborted)
        #expect(machine.trouble == .lost(.line(1)))
        for outcome in [ChangeMachine.Outcome.rejected("no"), .lost] {
            let inVain = run(ChangeMachine(rules: Self.kept, lineCount: 2)) { $0 == .line(1) ? .lost : $0 == .cleanUp ? outcome : nil }
            #expect(inVain.steps.last == .cleanUp)
            #expect(inVain.machine.state == .unknown)
            #expect(inVain.machine.trouble == .lost(.line(1)))
        }
        // A commit may be under way.
        let commit = run(ChangeMachine(rules: Self.kept, lineCount: 1)) { $0 == .part(.commit) ? .lost : nil }
        #expect(commit.steps.last == .part(.commit))
    }

    @Test func deviceIsNotAskedWhy_whenTheCommitEndedAtAQuestion() {
        let (steps, machine) = run(ChangeMachine(rules: Self.candidate, lineCount: 1)) { $0 == .part(.commit) ? .asked("sure?") : nil }
        #expect(steps.suffix(3) == [.part(.commit), .part(.abort), .part(.exit)])
        #expect(machine.state == .aborted)
        #expect(machine.trouble == .commit("sure?"))
    }

    @Test func linesStayInTheCandidate_whenItIsSharedAndCantBeThrownAway() {
        let rules = ConfigRules(parts: [.enter: [.send("configure")], .commit: [.send("commit")], .exit: [.send("exit")]], isAtomic: false)
        for step in [Step.line(1), .part(.commit)] {
            let machine = run(ChangeMachine(rules: rules, lineCount: 2)) { $0 == step ? .rejected("no") : nil }.machine
            #expect(machine.state == .uncommitted)
        }
        #expect(run(ChangeMachine(rules: rules, lineCount: 2)) { $0 == .line(0) ? .rejected("no") : nil }.machine.state == .unchanged)
        #expect(run(ChangeMachine(rules: rules, lineCount: 2)).machine.state == .committed)
    }

    @Test func unfinishedObjectIsThrownAway_whereLinesTakeEffectAtOnce() {
        var parts = Self.immediate.parts
        parts[.abort] = [.send("abort")]
        let (steps, machine) = run(ChangeMachine(rules: ConfigRules(parts: parts), lineCount: 3)) {
            $0 == .line(1) ? .rejected("no") : $0 == .part(.abort) ? .rejected("there is none") : nil
        }
        #expect(steps == [.part(.enter), .line(0), .line(1), .part(.abort), .part(.exit)])
        #expect(machine.state == .partial)
        #expect(!machine.abortFailed)
        let atTheEnd = run(ChangeMachine(rules: ConfigRules(parts: parts), lineCount: 1)) { $0 == .part(.exit) ? .rejected("no") : nil }
        #expect(atTheEnd.steps == [.part(.enter), .line(0), .part(.exit), .part(.abort)])
        #expect(atTheEnd.machine.state == .partial)
        #expect(atTheEnd.machine.trouble == .exit("no"))
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
