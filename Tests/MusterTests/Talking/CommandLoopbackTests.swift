import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Commands whose answers are long, odd, or never end.
@Suite(.timeLimit(.minutes(5))) struct CommandLoopbackTests {
    private let plain = LabDevice("r1", address: "127.1.0.1")

    /// Runs a command that only one device gets, while the healthy ones do something else.
    private func odd(_ bench: Bench, _ commands: [String], on lab: LabDevice? = nil, options: RunOptions? = nil) async throws
        -> DeviceResult
    {
        async let others = bench.run(["show version"], on: bench.healthy)
        let record = try await bench.run(commands, on: [bench.device(lab ?? plain)], options: options)
        #expect(try await others.results.map(\.status) == [.ok, .ok])
        try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
        return try record.result("r1")
    }

    @Test func timeoutWithPartialOutput_whenACommandNeverEnds() async throws {
        try await withBench([plain], waits: true) { bench in
            var options = bench.options
            options.commandTimeout = .seconds(5)
            let result = try await odd(bench, ["show clock", "lab forever", "show version"], options: options)
            #expect(result.status == .timeout)
            // It was broken off, and the next one had its turn.
            #expect(result.commands.map(\.status) == [.ok, .timeout, .ok])
            #expect(result.commands[1].output.hasPrefix("waiting for something that never comes"))
            #expect(result.commands[1].elapsed >= .seconds(5))
            #expect(result.commands[2].output.hasPrefix("Cisco IOS XE Software"))
            let error = try #require(result.error)
            #expect(error.code == .timeout)
            #expect(error.phase == .command)
            #expect(error.message.contains("expected the prompt 'r1#'"), "\(error)")
            #expect(error.message.contains("waiting for something that never comes"), "\(error)")
            #expect(error.message.contains("after 5"), "\(error)")
            #expect(error.hint?.contains("at its prompt again") == true)
        }
    }

    @Test func othersAreOk_whenOneOfTheSameRunIsStuckInACommand() async throws {
        let gate = LabGate()
        let stuck = LabDevice("r1", address: "127.1.0.1", faults: [.gate(gate)])
        try await withBench([stuck], waits: true) { bench in
            var options = bench.options
            options.commandTimeout = .seconds(10)
            let result = try await bench.badDay(bench.device(stuck), ["show version", "show clock"], options: options)
            #expect(result.status == .timeout)
            #expect(result.commands.map(\.status) == [.timeout, .skipped])
            #expect(result.error?.code == .timeout)
            #expect(result.error?.phase == .command)
        }
    }

    @Test func refusesTheQuestionAndGoesOn_whenACommandAsksOne() async throws {
        try await withBench([plain], waits: true) { bench in
            let result = try await odd(bench, ["lab question", "show version"])
            #expect(result.status == .failed)
            #expect(result.commands.map(\.status) == [.failed, .ok])
            #expect(result.commands[0].output == "Proceed? [confirm]\nAborted.")
            #expect(result.commands[0].failure == "it asked: Proceed? [confirm]")
            #expect(result.commands[1].output.contains("Version"))
            #expect(result.error?.code == .question)
            #expect(result.error?.phase == .command)
            #expect(result.error?.message.contains("the device asks 'Proceed? [confirm]'") == true)
            #expect(result.error?.hint?.contains("--answer") == true)
        }
    }

    @Test func typesTheAnswer_whenTheRunHasOneForTheQuestion() async throws {
        try await withBench([plain]) { bench in
            var options = bench.options
            options.answers = [try QuestionAnswer(pattern: #"\[confirm\]"#, reply: "y")]
            let result = try await odd(bench, ["lab question", "show clock"], options: options)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].output.hasSuffix("Proceeding."))
        }
    }

    @Test func throwsTheQuestionAndStaysUsable_whenASessionSends() async throws {
        try await withBench([plain], waits: true) { bench in
            try await withDevice(bench.device(plain), options: bench.options) { session in
                let error = await #expect(throws: MusterError.self) { try await session.send("lab question") }
                #expect(error?.code == .question)
                let answer = try QuestionAnswer(pattern: "proceed", reply: "")
                #expect(try await session.send("lab question", answers: [answer]).output.hasSuffix("Proceeding."))
                #expect(try await session.send("show clock").status == .ok)
            }
        }
    }

    @Test func goesToAFile_whenOutputIsLongerThanTheLimit() async throws {
        try await withTemporaryFolder { folder in
            try await withBench([plain]) { bench in
                var options = bench.options
                options.outputLimit = 100_000
                options.outputFolder = folder + "/outputs"
                let result = try await odd(bench, ["lab huge 3000000", "show clock"], options: options)
                #expect(result.status == .ok)
                #expect(result.commands[0].truncated)
                #expect(result.commands[0].output.utf8.count == 100_000)
                let path = try #require(result.commands[0].outputFile)
                #expect(path == folder + "/outputs/r1.txt")
                let all = try String(contentsOfFile: path, encoding: .utf8)
                #expect(all.utf8.count == 37_500 * 79 - 1)
                #expect(all.hasPrefix(result.commands[0].output))
                #expect(result.commands[1].outputFile == nil)
                #expect(result.warnings == [])
            }
        }
    }

    @Test func warns_whenAFileForLongOutputCannotBeMade() async throws {
        try await withBench([plain]) { bench in
            var options = bench.options
            options.outputLimit = 100_000
            options.outputFolder = "/proc/nowhere"
            let result = try await odd(bench, ["lab huge 300000"], options: options)
            #expect(result.commands[0].truncated && result.commands[0].outputFile == nil)
            #expect(result.warnings.count == 1 && result.warnings[0].contains("/proc/nowhere"), "\(result.warnings)")
        }
    }

    @Test func saysSo_whenThePagerHadToBeAnswered() async throws {
        let paged = LabDevice("r1", address: "127.1.0.1", faults: [.pagerAlways])
        try await withBench([paged]) { bench in
            let result = try await bench.badDay(bench.device(paged), ["lab huge 8000", "show clock"])
            #expect(result.commands.map(\.status) == [.ok, .ok])
            #expect(result.commands[0].pages > 0)
            #expect(result.commands[1].pages == 0)
            #expect(result.warnings.contains { $0.contains("the pager was answered in 'lab huge 8000'") }, "\(result.warnings)")
        }
    }

    @Test func connectionLost_whenTheDeviceDropsInMidCommand() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.dropMidCommand])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab), ["show version", "show clock"])
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .connectionLost)
            #expect(result.error?.phase == .command || result.error?.phase == .login)
            #expect(result.commands[1].status == .skipped)
        }
    }

    @Test func connectionLost_whenTheShellEndsBetweenCommands() async throws {
        // Two lines of set-up and one command; the next one ends the shell.
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.exitAfter(4)])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab), ["show clock", "show version", "show clock"])
            #expect(result.status == .unreachable)
            #expect(result.commands[0].status == .ok)
            #expect(result.commands[2].status == .skipped)
            #expect(result.error?.code == .connectionLost)
            #expect(result.error?.phase == .command)
            #expect(result.error?.message.contains("expected the prompt 'r1#'") == true, "\(String(describing: result.error))")
        }
    }

    @Test(arguments: [LabPlatform.ciscoIOSXE, .juniperJunos, .nokiaSRLinux, .linux])
    func keepsWhatCanBeKept_whenOutputIsNotText(platform: LabPlatform) async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: platform)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab), ["lab junk", "lab newlines"])
            #expect(result.status == .ok)
            let output = result.commands[0].output
            #expect(output.hasPrefix("before\n"))
            #expect(output.hasSuffix("after"))
            #expect(output.contains("!\"#$%&'()*+,-./0123456789"))
            #expect(output.contains("\u{FFFD}"))
            #expect(!output.contains("[31m"))
        }
    }

    @Test func findsThePrompt_whenJunkComesBeforeEachOutput() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.junk])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab), ["show version", "show clock"])
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].output.hasSuffix("Configuration register is 0x2102"))
            #expect(result.commands[0].prompt == "r1#")
        }
    }

    @Test(arguments: LabPlatform.allCases, [false, true])
    func goesOn_whenOutputHoldsLinesLikePrompts(platform: LabPlatform, echoes: Bool) async throws {
        let lab = LabDevice("core-09", address: "127.1.0.1", platform: platform, faults: echoes ? [] : [.noEcho])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab), ["lab prompts", "lab newlines"])
            #expect(result.status == .ok, "\(String(describing: result.error))")
            let lines = result.commands[0].output.split(separator: "\n")
            // SR Linux has a prompt of two lines, and shows it twice.
            #expect(lines.count == (platform == .nokiaSRLinux ? 9 : 7), "\(result.commands[0].output)")
            #expect(lines.first == "description uplink to core-09#")
            #expect(lines.last == "end of the lines that look like prompts")
            #expect(result.commands[1].output == "one\ntwo\nthree\nfour\nFIVE\nsix\n\n\nseven")
        }
    }

    @Test(arguments: LabPlatform.allCases)
    func isTheSame_whenTheDeviceSendsByteByByte(platform: LabPlatform) async throws {
        let whole = LabDevice("r1", address: "127.1.0.1", platform: platform)
        let trickling = LabDevice("r1", address: "127.1.0.2", platform: platform, faults: [.trickle(.zero)])
        try await withBench([whole, trickling]) { bench in
            let commands = ["lab newlines", "frobnicate the device", "lab huge 4000", "lab newlines"]
            let results = try await bench.run(commands, on: [whole, trickling].map { bench.device($0) }).results
            #expect(results[0].commands.map(\.status) == [.ok, .failed, .ok, .ok])
            for (left, right) in zip(results[0].commands, results[1].commands) {
                #expect(left.output == right.output)
                #expect(left.failure == right.failure)
                #expect(left.prompt == right.prompt)
            }
        }
    }

    @Test(arguments: LabPlatform.allCases, [false, true])
    func runsEachCommandOnce_whenTheDeviceIsSlow(platform: LabPlatform, echoes: Bool) async throws {
        // Longer than the console waits before it thinks that something was lost.
        let slow = LabFault.latency(.milliseconds(700))
        let lab = LabDevice("r1", address: "127.1.0.1", platform: platform, faults: echoes ? [slow] : [slow, .noEcho])
        try await withBench([lab], waits: true) { bench in
            let commands = ["lab newlines", "lab huge 800"]
            let result = try await bench.badDay(bench.device(lab), commands)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].output == "one\ntwo\nthree\nfour\nFIVE\nsix\n\n\nseven")
            #expect(result.commands[1].output.utf8.count == 10 * 79 - 1)
            #expect(bench.lab.typed(at: lab.address).filter { $0.hasPrefix("lab ") } == commands)
        }
    }

    @Test(arguments: [LabPlatform.ciscoIOSXE, .linux])
    func endsLinesAlike_whenTheDeviceDoesNot(platform: LabPlatform) async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: platform)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab), ["lab newlines"])
            #expect(result.commands[0].output == "one\ntwo\nthree\nfour\nFIVE\nsix\n\n\nseven")
        }
    }

    @Test func isWhole_whenOutputIsHuge() async throws {
        try await withBench([plain]) { bench in
            let result = try await odd(bench, ["lab huge 3000000", "show clock"])
            #expect(result.commands.map(\.status) == [.ok, .ok])
            let output = Array(result.commands[0].output.utf8)
            // 37,500 lines of 78 characters; of CR LF the line feed is left, and the last one goes.
            #expect(output.count == 37_500 * 79 - 1)
            #expect(!result.commands[0].truncated)
            var wrong = 0
            for (index, line) in output.split(separator: 0x0A).enumerated() {
                let number = String(index + 1)
                var expected = Array((String(repeating: "0", count: 9 - number.utf8.count) + number + " ").utf8)
                for column in 10..<78 { expected.append(UInt8(97 + (column + index + 1) % 26)) }
                if !line.elementsEqual(expected) { wrong += 1 }
            }
            #expect(wrong == 0)
        }
    }

    @Test(arguments: LabPlatform.allCases, [true, false])
    func isComplete_whenThePagerStaysOn(platform: LabPlatform, refuses: Bool) async throws {
        let paged = LabDevice("r1", address: "127.1.0.1", platform: platform, faults: [refuses ? .pagerRefused : .pagerAlways])
        let plain = LabDevice("r1", address: "127.1.0.1", platform: platform)
        let command = "lab huge 8000"
        let expected = try await withBench([plain]) { bench in
            try await bench.badDay(bench.device(plain), [command, "lab newlines"])
        }
        try await withBench([paged]) { bench in
            let result = try await bench.badDay(bench.device(paged), [command, "lab newlines"])
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].output.utf8.count == 100 * 79 - 1)
            #expect(result.commands[0].output == expected.commands[0].output)
            #expect(result.commands[1].output == expected.commands[1].output)
        }
    }

    @Test func failedAndGoesOn_whenTheDeviceRejectsACommand() async throws {
        // What the others understand is unknown to this one.
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .linux)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab), ["show version", "lab newlines"])
            #expect(result.status == .failed)
            #expect(result.error == nil)
            #expect(result.commands.map(\.status) == [.failed, .ok])
            #expect(result.commands[0].failure == "bash: show: command not found")
            #expect(result.commands[0].output == "bash: show: command not found")
            #expect(result.commands[1].failure == nil)
        }
    }

    @Test func usageError_whenACommandHasALineEnd() async throws {
        try await withBench([plain]) { bench in
            let result = try await odd(bench, ["show clock\nreload", "show version"])
            #expect(result.status == .failed)
            #expect(result.error?.code == .usage)
            #expect(result.error?.message.contains("expected one line") == true)
            #expect(!bench.lab.typed(at: plain.address).contains("reload"))
        }
    }
}
