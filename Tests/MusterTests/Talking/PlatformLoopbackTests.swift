import Muster
import MusterLab
import Testing

/// What is the same on every platform: an answer, a rejection, the mode and the prompt.
@Suite(.timeLimit(.minutes(5))) struct PlatformLoopbackTests {
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

    @Test func tellsEveryPhase_whenAllGoesWell() async throws {
        try await withBench { bench in
            let record = try await bench.run(["show version"], on: [bench.healthy[0]])
            var story: [String] = []
            for event in record.events {
                switch event {
                case .started: story.append("started")
                case .phase(_, let phase): story.append(phase.rawValue)
                // It comes when the file has been written.
                case .pinned: continue
                case .notPinned: story.append("not pinned")
                case .finished: story.append("finished")
                case .warning(_, let text), .note(_, let text): story.append(text)
                }
            }
            #expect(
                story == [
                    "started", "resolve", "connect", "handshake", "host_key", "authenticate", "open", "login", "command", "close",
                    "finished",
                ])
            #expect(record.pinned.keys.sorted() == ["healthy1"])
            let phases = try record.result("healthy1").phases
            for time in [
                phases.resolve, phases.connect, phases.handshake, phases.authenticate, phases.open, phases.login, phases.commands,
            ] {
                #expect(time ?? .zero > .zero)
            }
        }
    }

    @Test(arguments: [LabPlatform.ciscoIOSXE, .aristaEOS, .juniperJunos, .linux])
    func answers_whenNothingIsKnownOfThePlatform(platform: LabPlatform) async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: platform)
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.platform = "generic"
            // More than a page, and the pager is on.
            let result = try await bench.badDay(device, ["lab huge 8000", "lab newlines"])
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].output.utf8.count == 100 * 79 - 1)
            #expect(result.commands[1].output == "one\ntwo\nthree\nfour\nFIVE\nsix\n\n\nseven")
        }
    }

    @Test func findsThePrompt_whenTheBannerHoldsSomeLikeIt() async throws {
        let banner = "Authorised use only!\nr1#\nr1> show version\nPassword: \n"
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.banner(banner)])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab))
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].prompt == "r1#")
            #expect(result.commands[0].output.hasPrefix("Cisco IOS XE Software"))
        }
    }
}
