import Muster
import Testing

@testable import MusterRendering

@Suite struct ProgressTests {
    private var busy: RunProgress {
        var progress = RunProgress(total: 48)
        progress.apply(.started(host: "leaf-17"), at: .milliseconds(900))
        progress.apply(.started(host: "a"), at: .seconds(1))
        progress.apply(.started(host: "b"), at: .seconds(1))
        progress.apply(.started(host: "c"), at: .seconds(1))
        progress.apply(.phase(host: "c", .connect), at: .seconds(2))
        progress.apply(.finished(Sample.ok("a")), at: .seconds(2))
        progress.apply(.finished(Sample.unreachable("b")), at: .seconds(3))
        return progress
    }

    @Test func lineHasEverything_whenThereIsRoom() {
        #expect(busy.draw(elapsed: .milliseconds(4100), width: 80) == "2/48 done, 2 running, 1 failed, slowest leaf-17 3.2s, 4.1s")
    }

    @Test func failuresAndSlowestAreLeftOut_whenThereAreNone() {
        #expect(RunProgress(total: 3).draw(elapsed: .zero, width: 80) == "0/3 done, 0 running, 0.0s")
    }

    @Test func cancelledDevicesAreNoFailures() {
        var progress = RunProgress(total: 2)
        progress.isStopping = true
        progress.apply(.finished(Sample.unreachable("a", status: .cancelled)), at: .zero)
        progress.apply(.finished(Sample.unreachable("b", status: .skipped)), at: .zero)
        #expect(progress.draw(elapsed: .seconds(61), width: 80) == "stopping: 2/2 done, 0 running, 1m 01s")
    }

    @Test(arguments: [
        (59, "2/48 done, 2 running, 1 failed, slowest leaf-17 3.2s, 4.1s"),
        (58, "2/48 done, 2 running, 1 failed, slowest leaf-… 3.2s, 4.1s"),
        (57, "2/48 done, 2 running, 1 failed, 4.1s"), (37, "2/48 done, 2 running, 1 failed, 4.1s"), (36, "2/48 done, 2 running, 1 failed"),
        (30, "2/48 done, 1 failed"), (19, "2/48 done"), (9, "2/48 do…"), (1, ""), (0, ""),
    ])
    func lineIsCut_whenTheTerminalIsNarrow(width: Int, line: String) {
        #expect(busy.draw(elapsed: .milliseconds(4100), width: width) == line)
    }

    @Test func lineNeverFillsTheTerminal_whateverItsWidth() {
        for width in 1...100 { #expect(busy.draw(elapsed: .seconds(100), width: width).count <= width - 1) }
    }

    @Test func coloursTakeNoRoom_whenTheyAreOn() {
        #expect(
            busy.draw(elapsed: .milliseconds(4100), width: 59, palette: .coloured)
                == "2/48 done, 2 running, \u{1B}[31m1 failed\u{1B}[0m, \u{1B}[2mslowest leaf-17 3.2s\u{1B}[0m, 4.1s")
    }
}
