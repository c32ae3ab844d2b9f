import Muster
import MusterLab
import MusterTestSupport
import Testing

/// Commands that end the session, and prompts that change, on simulated devices.
@Suite(.timeLimit(.minutes(5))) struct LeavingLoopbackTests {
    private func run(
        _ commands: [String], on lab: LabDevice, options: (inout RunOptions) -> Void = { _ in }
    ) async throws -> DeviceResult {
        try await withBench([lab]) { bench in
            var all = bench.options
            options(&all)
            let result = try await bench.run(commands, on: [bench.device(lab)], options: all).result(lab.name)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            return result
        }
    }

    @Test(arguments: [
        (LabPlatform.ciscoIOSXE, "exit"), (.ciscoNXOS, "exit"), (.aristaEOS, "logout"), (.ciscoIOSXR, "exit"), (.juniperJunos, "quit"),
        (.nokiaSRLinux, "quit"), (.frr, "exit"),
    ])
    func isOk_whenTheLastCommandEndsTheSession(platform: LabPlatform, command: String) async throws {
        let result = try await run(["show version", command], on: LabDevice("r1", address: "127.1.0.1", platform: platform))
        #expect(result.status == .ok, "\(String(describing: result.error))")
        #expect(result.error == nil)
        #expect(result.commands.map(\.status) == [.ok, .ok])
        #expect(result.commands[1].mode == nil)
        #expect(result.commands[1].prompt == nil)
    }

    @Test func isOk_overTelnet() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1")
        try await withBench([lab]) {
            $0.listensForTelnet = true
        } _: { bench in
            var device = bench.device(lab)
            device.transport = .telnet
            device.port = Int(bench.lab.telnetPort)
            let result = try await bench.run(["show clock", "exit"], on: [device]).result("r1")
            #expect(result.status == .ok, "\(String(describing: result.error))")
        }
    }

    @Test func isOk_inTheShellOfThisMachine() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                var device = Device(
                    name: "here", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user,
                    identities: [server.userKey])
                device.channel = .shell
                let result = try await bench.run(["echo hello", "exit"], on: [device]).result("here")
                #expect(result.status == .ok, "\(String(describing: result.error))")
                #expect(result.commands.map(\.status) == [.ok, .ok])
            }
        }
    }

    @Test func othersAreSkippedWithTheReason_whenTheyWereToFollow() async throws {
        let result = try await run(["exit", "show version", "show clock"], on: LabDevice("r1", address: "127.1.0.1"))
        #expect(result.status == .failed)
        #expect(result.commands.map(\.status) == [.ok, .skipped, .skipped])
        #expect(result.commands.map(\.failure) == [nil, "the session was ended by 'exit'", "the session was ended by 'exit'"])
        #expect(result.error?.code == .sessionEnded)
        #expect(result.error?.message == "the session was ended by 'exit'")
    }

    @Test func isLost_whenTheDeviceRestarts() async throws {
        let yes = try QuestionAnswer(pattern: #"\[confirm\]"#, reply: "y")
        let result = try await run(["reload"], on: LabDevice("r1", address: "127.1.0.1")) { $0.answers = [yes] }
        #expect(result.status == .unreachable)
        #expect(result.error?.code == .connectionLost)
        #expect(result.error?.hint?.contains("restarts") == true)
    }

    @Test func newPromptIsLearned_whenNothingIsKnownOfThePlatform() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1")
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.platform = "generic"
            let record = try await bench.run(["configure terminal", "hostname core9", "end", "show clock"], on: [device])
            let result = try record.result("r1")
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands.map(\.prompt) == ["r1(config)#", "core9(config)#", "core9#", "core9#"])
            #expect(result.commands[1].output == "")
            let notes = record.events.compactMap { if case .note("r1", let text) = $0 { text } else { nil } }
            #expect(notes.count == 3)
            #expect(notes.first?.contains("'r1(config)#'") == true)
        }
    }
}
