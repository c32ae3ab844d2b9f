import Foundation
import Muster
import MusterRendering
import Testing

/// What people read of a configuration change.
@Suite struct ChangeTests {
    private func result(_ change: ChangeResult, _ status: DeviceResult.Status = .ok) -> DeviceResult {
        var result = DeviceResult(
            host: "r1", address: "192.0.2.1", port: 22, platform: "juniper_junos", status: status, started: .init(timeIntervalSince1970: 0),
            commands: change.lines, error: change.error)
        result.change = change
        return result
    }

    private func lines(_ change: ChangeResult, _ status: DeviceResult.Status = .ok) -> [String] {
        TextForm(width: 40).block(result(change, status)).split(separator: "\n").dropFirst().map(String.init)
    }

    @Test func linesThatWentWellAreNotRepeated() {
        let change = ChangeResult(
            state: .committed, diff: "[edit]\n+  a;",
            lines: [CommandResult(command: "set a", status: .ok), CommandResult(command: "set b", status: .ok, output: "warning: old")],
            isSaved: true)
        #expect(lines(change) == ["▸ set b", "warning: old", "[edit]", "+  a;", "✓ committed: 2 lines, saved"])
    }

    @Test func rejectedLineIsShownWithItsAnswer() {
        let error = MusterError(.rejected, phase: .command, device: "r1", message: "line 2 'x' was rejected: no")
        let change = ChangeResult(
            state: .partial,
            lines: [
                CommandResult(command: "a", status: .ok), CommandResult(command: "x", status: .failed, output: "   ^\nno", failure: "no"),
                CommandResult(command: "b", status: .skipped),
            ], error: error)
        #expect(
            lines(change, .failed) == ["▸ x", "   ^", "no", "partial: some lines are in effect", "✗ command: line 2 'x' was rejected: no"])
    }

    @Test func answerToARejectedCommitIsShown() {
        let error = MusterError(.rejected, phase: .command, device: "r1", message: "the commit was rejected")
        let change = ChangeResult(
            state: .aborted, lines: [CommandResult(command: "a", status: .ok)],
            steps: [CommandResult(command: "commit", status: .failed, output: "error: no", failure: "error: no")], error: error)
        #expect(lines(change, .failed) == ["▸ commit", "error: no", "aborted: nothing is in effect", "✗ command: the commit was rejected"])
    }

    @Test func deviceIsNotSaidToHaveHadItAlready_whenItAnsweredALine() {
        let change = ChangeResult(
            state: .unchanged, lines: [CommandResult(command: "delete a", status: .ok, output: "warning: statement not found")])
        #expect(
            lines(change) == [
                "▸ delete a", "warning: statement not found",
                "unchanged: the device has nothing to commit; look at what it said to the lines",
            ])
        var summary = ChangeSummary()
        summary.add(result(change))
        #expect(summary.rendered(width: nil) == "\n1 had nothing to commit: r1\n")
    }

    @Test func linesAreShown_whenTheyCouldNotBeTried() {
        let change = ChangeResult(state: .untried, lines: [CommandResult(command: "a", status: .skipped)])
        #expect(lines(change) == ["  a", "not tried: this platform can only make the change; these are the lines that would be sent"])
    }

    @Test func summaryHasALineForEachFate() {
        var summary = ChangeSummary()
        for (number, state) in ChangeResult.State.allCases.enumerated() {
            var result = result(ChangeResult(state: state))
            result.host = "r\(number)"
            summary.add(result)
        }
        #expect(
            summary.rendered(width: nil) == """

                1 has the change: r0
                1 had it already: r1
                1 would take it: r6
                1 can't try it: r7
                1 has a part of it: r3
                1 has some of it uncommitted: r4
                1 takes it back by itself: r5
                1 is in doubt: r8
                1 doesn't have it: r2

                """)
    }
}
