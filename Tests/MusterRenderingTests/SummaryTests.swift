import Muster
import Testing

@testable import MusterRendering

@Suite struct SummaryTests {
    private func summary(_ results: [DeviceResult]) -> Summary {
        var summary = Summary()
        for result in results { summary.add(result) }
        return summary
    }

    @Test func onlyCountsAreShown_whenAllWentWell() {
        #expect(
            summary([Sample.ok("a"), Sample.ok("b")]).rendered(elapsed: .milliseconds(1930), width: 80) == "2 devices in 1.93s: 2 ok\n")
    }

    @Test func oneDeviceIsSingular_andNoneIsPlain() {
        #expect(summary([Sample.ok("a")]).rendered(elapsed: .seconds(125), width: nil) == "1 device in 2m 05s: 1 ok\n")
        #expect(summary([]).rendered(elapsed: .zero, width: nil) == "0 devices in 0.00s\n")
    }

    @Test func everyFailureIsExplained_groupedByStatus() {
        let results = [
            Sample.unreachable("b", message: "refused the password", hint: "check the user"), Sample.ok("a"), Sample.rejected("c"),
            Sample.unreachable("d", message: "the run was cancelled", status: .cancelled),
        ]
        #expect(
            summary(results).rendered(elapsed: .seconds(1), width: 80) == """
                4 devices in 1.00s: 1 ok, 1 failed, 1 unreachable, 1 cancelled

                failed
                  c: show versoin: % Invalid input

                unreachable
                  b: connect: refused the password
                    hint: check the user

                cancelled
                  d: the run was cancelled

                """)
    }

    @Test func commandIsToldOfOnce_whenTheErrorEndedIt() {
        var result = Sample.rejected("c")
        result.status = .cancelled
        result.commands.append(CommandResult(command: "show clock", status: .failed, failure: "cancelled while it ran"))
        result.commands.append(CommandResult(command: "show users", status: .skipped))
        result.error = MusterError(.cancelled, phase: .command, device: "c", message: "cancelled while 'show clock' ran")
        #expect(
            summary([result]).rendered(elapsed: .seconds(1), width: 80) == """
                1 device in 1.00s: 1 cancelled

                cancelled
                  c: show versoin: % Invalid input
                  c: cancelled while 'show clock' ran

                """)
    }

    @Test func legacyAlgorithmsAreShown_withTheDevicesThatAgreedOnThem() {
        var results = [Sample.ok("a"), Sample.ok("b"), Sample.ok("c")]
        results[0].legacyAlgorithms = ["ssh-rsa", "hmac-sha1"]
        results[2].legacyAlgorithms = ["ssh-rsa", "hmac-sha1"]
        #expect(
            summary(results).rendered(elapsed: .seconds(1), width: 80) == """
                3 devices in 1.00s: 3 ok

                legacy algorithms
                  a, c: ssh-rsa, hmac-sha1

                """)
    }

    @Test func hostsAreGrouped_whenTheirTextIsTheSame() {
        let results = (1...48).map { Sample.unreachable("leaf-\($0)", message: "no answer") }
        #expect(
            summary(results).rendered(elapsed: .seconds(15), width: nil) == """
                48 devices in 15.0s: 48 unreachable

                unreachable
                  leaf-1, leaf-2, leaf-3, leaf-4, leaf-5, leaf-6, leaf-7, leaf-8, leaf-9, leaf-10 and 38 more: connect: no answer

                """)
    }

    @Test func oneTextStandsAsExample_whenTheTextsDifferInNamesAndNumbersOnly() {
        let results = ["core-ams", "core-fra"].enumerated().map { index, name in
            Sample.unreachable(
                name, address: "\(name).example.net", message: "no answer from \(name).example.net:22 (\(name)) in 15.00\(index) s",
                hint: "ping \(name).example.net")
        }
        #expect(
            summary(results + [Sample.unreachable("x", message: "other")]).rendered(elapsed: .seconds(15), width: nil) == """
                3 devices in 15.0s: 3 unreachable

                unreachable
                  core-ams, core-fra: connect: for example: no answer from core-ams.example.net:22 (core-ams) in 15.000 s
                    hint: ping core-ams.example.net
                  x: connect: other

                """)
    }

    @Test func hostsAreNotGrouped_whenTheirTextsDifferInWords() {
        let text = summary([Sample.unreachable("a", message: "refused"), Sample.unreachable("b", message: "reset")])
            .rendered(elapsed: .zero, width: nil)
        #expect(text.contains("  a: connect: refused\n  b: connect: reset\n"))
    }

    @Test func linesAreWrapped_whenTheTerminalIsNarrow() {
        let result = Sample.unreachable(
            "leaf-01", message: "expected a prompt, saw a question that has no answer", hint: "say more about it in the definition")
        #expect(
            summary([result]).rendered(elapsed: .zero, width: 32) == """
                1 device in 0.00s: 1 unreachable

                unreachable
                  leaf-01: connect: expected a
                    prompt, saw a question that
                    has no answer
                    hint: say more about it in
                      the definition

                """)
    }

    @Test func deviceIsNamedOnce_whenItRejectedTwoCommandsAlike() {
        var result = Sample.rejected("a")
        result.commands.append(result.commands[0])
        #expect(summary([result]).rendered(elapsed: .zero, width: nil).hasSuffix("failed\n  a: show versoin: % Invalid input\n"))
    }

    @Test func deviceIsNamed_whenNothingIsSaidAboutIt() {
        var result = Sample.ok("a")
        result.status = .skipped
        #expect(summary([result]).rendered(elapsed: .zero, width: nil) == "1 device in 0.00s: 1 skipped\n\nskipped\n  a\n")
    }

    @Test func statusesAreColoured_whenAsked() {
        let text = summary([Sample.ok("a"), Sample.rejected("b")]).rendered(elapsed: .zero, width: nil, palette: .coloured)
        #expect(text.hasPrefix("2 devices in 0.00s: \u{1B}[32m1 ok\u{1B}[0m, \u{1B}[31m1 failed\u{1B}[0m\n\n\u{1B}[31mfailed\u{1B}[0m\n"))
    }
}
