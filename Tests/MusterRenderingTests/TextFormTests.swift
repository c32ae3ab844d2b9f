import Muster
import Testing

@testable import MusterRendering

@Suite struct TextFormTests {
    private let form = TextForm(width: 44)

    @Test func headerAndOutputAreWritten_whenThereIsOneCommand() {
        #expect(form.block(Sample.ok("leaf-01")) == "── leaf-01 (arista_eos, 0.53s) ─────────────\nArista vEOS\nuptime 3 days\n")
    }

    @Test func commandsAreNamed_whenThereAreSeveral() {
        let clock = CommandResult(command: "show clock", status: .ok, output: "12:00")
        #expect(
            form.block(Sample.ok("leaf-01", [Sample.version, clock])) == """
                ── leaf-01 (arista_eos, 0.53s) ─────────────
                ▸ show version
                Arista vEOS
                uptime 3 days
                ▸ show clock
                12:00

                """)
    }

    @Test func rejectedCommandIsMarked_whenTheFailureIsALineOfTheOutput() {
        #expect(
            form.block(Sample.rejected("r1")) == """
                ── r1 (arista_eos, 0.53s) failed ───────────
                > show versoin
                % Invalid input
                ✗ rejected: show versoin

                """)
    }

    @Test func failureLineIsFound_whateverSpacesAreAroundIt() {
        let result = Sample.ok("r1", [CommandResult(command: "x", status: .failed, output: "a\r\n  % Bad \r\nb", failure: "% Bad")])
        #expect(
            TextForm(palette: .coloured).block(result).contains(
                "\na\r\n\u{1B}[31m  % Bad \r\u{1B}[0m\nb\n\u{1B}[31m✗ rejected: x\u{1B}[0m\n"))
    }

    @Test func failureIsRepeated_whenTheOutputLacksIt() {
        let result = Sample.ok("r1", [CommandResult(command: "x", status: .failed, output: "", failure: "% Bad")])
        #expect(form.block(result).hasSuffix("\n✗ rejected: x: % Bad\n"))
    }

    @Test func failureLineIsRed_whenThereAreColours() {
        let text = TextForm(width: 44, palette: .coloured).block(Sample.rejected("r1"))
        #expect(text.contains("> show versoin\n\u{1B}[31m% Invalid input\u{1B}[0m\n\u{1B}[31m✗ rejected: show versoin\u{1B}[0m\n"))
    }

    @Test func errorIsShownUnderTheHeader_whenTheDeviceIsUnreachable() {
        #expect(
            form.block(Sample.unreachable("r1", message: "no answer\u{1B}[2J", hint: "hint")) == """
                ── r1 (arista_eos, 15.0s) unreachable ──────
                ✗ connect: no answer^[[2J

                """)
    }

    @Test func timeoutsSkipsAndCutsAreTold_whenTheyCame() {
        let result = Sample.ok(
            "r1",
            [
                CommandResult(command: "show tech", status: .timeout, output: "part\n", elapsed: .seconds(30), truncated: true),
                CommandResult(command: "show clock", status: .skipped),
            ])
        #expect(
            form.block(result) == """
                ── r1 (arista_eos, 0.53s) ──────────────────
                ▸ show tech
                part
                … the output is longer than the limit; the rest was dropped
                ✗ no prompt within 30.0s: show tech
                ▸ show clock (not sent)

                """)
    }

    @Test func questionsAreToldWithTheirCommands() {
        var result = Sample.ok(
            "r1",
            [
                CommandResult(command: "reload", status: .failed, output: "Proceed? [confirm]\n", failure: "it asked: Proceed? [confirm]"),
                CommandResult(command: "show clock", status: .ok, output: "noon\n"),
            ])
        result.status = .failed
        result.error = MusterError(.question, phase: .command, device: "r1", message: "the device asks", hint: "answer it")
        #expect(
            form.block(result) == """
                ── r1 (arista_eos, 0.53s) failed ───────────
                ▸ reload
                Proceed? [confirm]
                ✗ reload: it asked: Proceed? [confirm]
                ▸ show clock
                noon

                """)
        var summary = Summary()
        summary.add(result)
        #expect(
            summary.rendered(elapsed: .seconds(1), width: 80) == """
                1 device in 1.00s: 1 failed

                failed
                  r1: reload: it asked: Proceed? [confirm]
                    hint: answer it

                """)
    }

    @Test func fileIsNamed_whenTheOutputIsLong() {
        var command = CommandResult(command: "show tech", status: .ok, output: "part\n", truncated: true)
        command.outputFile = "/tmp/muster-x/r1.txt"
        let text = form.block(Sample.ok("r1", [command]))
        #expect(text.hasSuffix("… the output is longer than the limit; all of it is in /tmp/muster-x/r1.txt\n"))
    }

    @Test(arguments: [DeviceResult.Status.cancelled, .skipped])
    func nothingIsWritten_whenTheDeviceWasStoppedBeforeAnyCommand(status: DeviceResult.Status) {
        #expect(form.block(Sample.unreachable("r1", status: status)) == "")
    }

    @Test func partialOutputIsWritten_whenTheDeviceWasCancelledInMidWork() {
        var result = Sample.ok("r1")
        result.status = .cancelled
        #expect(form.block(result) == "── r1 (arista_eos, 0.53s) cancelled ────────\nArista vEOS\nuptime 3 days\n")
    }

    @Test func outputIsUnchanged_whenItGoesToAPipe() {
        let result = Sample.ok("r1", [CommandResult(command: "x", status: .ok, output: "a\u{1B}]0;b\u{7}\rc\n")])
        #expect(TextForm(width: 44).block(result).hasSuffix("\na\u{1B}]0;b\u{7}\rc\n"))
    }

    @Test func outputCannotSteerTheTerminal_whenOneShowsIt() {
        let result = Sample.ok("r1", [CommandResult(command: "x", status: .ok, output: "a\u{1B}]0;b\u{7}\rc\u{9B}2J\tü\u{202E}\u{7F}\n")])
        #expect(TextForm(width: 44, terminal: true).block(result).hasSuffix("\na^[]0;b^G^Mc<U+009B>2J\tü<U+202E>^?\n"))
    }

    @Test func hostNameCannotSteerTheTerminal_evenInAPipe() {
        #expect(form.block(Sample.ok("r\u{1B}[1m\n1")).hasPrefix("── r^[[1m 1 (arista_eos"))
    }

    @Test func blocksAreSeparated_whenThereAreSeveralButNotAfterNothing() {
        var stream = ResultStream(.text, text: form)
        let texts = [Sample.unreachable("r0", status: .skipped), Sample.ok("r1"), Sample.ok("r2")].map {
            String(decoding: stream.next($0), as: UTF8.self)
        }
        #expect(texts[0] == "")
        #expect(texts[1].hasPrefix("── r1"))
        #expect(texts[2].hasPrefix("\n── r2"))
        #expect(stream.end() == [])
    }

    @Test func ruleKeepsThreeDashes_whenTheHeaderIsTooWide() {
        let header = TextForm(width: 10).block(Sample.ok("leaf-01")).prefix { $0 != "\n" }
        #expect(header == "── leaf-01 (arista_eos, 0.53s) ───")
    }
}
