import Muster
import MusterLab
import Testing

/// What is the same on every platform: an answer, a rejection, the mode and the prompt.
@Suite(.timeLimit(.minutes(1))) struct PlatformLoopbackTests {
    struct Expectation: Sendable, CustomTestStringConvertible {
        var platform: LabPlatform
        var version = "show version"
        var words: String
        var mode = "privileged_exec"
        var prompt: String
        var failure: String
        var testDescription: String { platform.rawValue }
    }

    static let expectations = [
        Expectation(
            platform: .ciscoIOSXE, words: "Cisco IOS XE Software, Version", prompt: "d1#",
            failure: "% Invalid input detected at '^' marker."),
        Expectation(
            platform: .ciscoIOSXR, words: "Cisco IOS XR Software", prompt: "RP/0/RP0/CPU0:d1#",
            failure: "% Invalid input detected at '^' marker."),
        Expectation(
            platform: .ciscoNXOS, words: "Cisco Nexus Operating System", prompt: "d1# ", failure: "% Invalid command at '^' marker."),
        Expectation(platform: .aristaEOS, words: "Arista", prompt: "d1#", failure: "% Invalid input"),
        Expectation(platform: .juniperJunos, words: "Junos:", mode: "exec", prompt: "netops@d1> ", failure: "unknown command."),
        Expectation(
            platform: .nokiaSRLinux, words: "OS                   : SR Linux", mode: "exec", prompt: "--{ running }--[  ]--\nA:d1# ",
            failure: "Parsing error:"),
        Expectation(platform: .frr, words: "FRRouting", prompt: "d1# ", failure: "% Unknown command: frobnicate"),
        Expectation(
            platform: .linux, version: "uname -a", words: "Linux d1", mode: "user", prompt: "netops@d1:~$ ",
            failure: "bash: frobnicate: command not found"),
    ]

    @Test func everyPlatform_isAmongThem() {
        #expect(Self.expectations.map(\.platform) == LabPlatform.allCases)
    }

    @Test(arguments: expectations)
    func answersAndRejects_onEveryPlatform(_ expected: Expectation) async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: expected.platform)
        try await withBench([lab]) { bench in
            let device = bench.device(lab)
            let record = try await bench.run([expected.version, "frobnicate the device", expected.version], on: [device])
            let result = try record.result("d1")
            #expect(result.status == .failed, "\(String(describing: result.error))")
            #expect(result.error == nil)
            #expect(result.commands.map(\.status) == [.ok, .failed, .ok])
            #expect(result.commands[0].output.contains(expected.words), "\(result.commands[0].output)")
            // The rest may tell the time.
            #expect(result.commands[0].output.split(separator: "\n").count == result.commands[2].output.split(separator: "\n").count)
            #expect(result.commands[1].failure?.contains(expected.failure) == true, "\(String(describing: result.commands[1].failure))")
            #expect(!result.commands[1].output.contains("frobnicate the device\n"))
            for command in result.commands {
                #expect(command.mode == expected.mode)
                #expect(command.prompt == expected.prompt)
            }
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
            #expect(bench.lab.counts.cleanLogouts == 1)
            #expect(bench.lab.counts.lostSessions == 0)
        }
    }
}
