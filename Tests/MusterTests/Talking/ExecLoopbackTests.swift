import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Commands over exec channels.
@Suite(.timeLimit(.minutes(5))) struct ExecLoopbackTests {
    private func device(_ server: OpenSSHServer, name: String = "here") -> Device {
        Device(name: name, address: "127.0.0.1", port: server.port, platform: "linux", user: server.user, identities: [server.userKey])
    }

    private func device(_ bench: Bench, _ lab: LabDevice, channel: CommandChannel = .auto) -> Device {
        var device = bench.device(lab)
        device.channel = channel
        return device
    }

    @Test func exitStatusIsTheVerdict_andAllGoesOverOneConnection() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                let commands = [
                    "echo $SSH_CONNECTION", "exit 3", "kill -KILL $$", "echo 'sh: x: not found'", "printf 'a\\n\\nb\\n\\n'",
                    "echo $SSH_CONNECTION",
                ]
                let record = try await bench.run(commands, on: [device(server)])
                let answers = try record.result("here")
                #expect(answers.error == nil, "\(String(describing: answers.error))")
                #expect(answers.status == .failed)
                #expect(answers.commands.map(\.status) == [.ok, .failed, .failed, .ok, .ok, .ok])
                #expect(answers.commands.map(\.exitStatus) == [0, 3, nil, 0, 0, 0])
                #expect(answers.commands.map(\.failure) == [nil, "exit status 3", "ended by signal KILL", nil, nil, nil])
                #expect(answers.commands[4].output == "a\n\nb")
                #expect(!answers.commands[0].output.isEmpty)
                #expect(answers.commands[0].output == answers.commands[5].output)
                #expect(answers.commands[0].prompt == nil)
            }
        }
    }

    @Test func commandsFollowEachOther_whenTheServerAllowsOneChannelAtATime() async throws {
        try await withOpenSSHServer(configuration: ["MaxSessions 1"]) { server in
            try await withBench { bench in
                let result = try await bench.run((1...8).map { "echo \($0)" }, on: [device(server)]).result("here")
                #expect(result.status == .ok, "\(String(describing: result.error))")
                #expect(result.commands.map(\.output) == (1...8).map { "\($0)" })
            }
        }
    }

    @Test func bothStreamsAreKept_andNothingWaitsForInput() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                let commands = ["echo out; echo err >&2", "cat; echo end", "test -t 0 || echo no terminal"]
                let result = try await bench.run(commands, on: [device(server)]).result("here")
                #expect(result.status == .ok, "\(String(describing: result.error))")
                #expect(Set(result.commands[0].output.split(separator: "\n")) == ["out", "err"])
                #expect(result.commands[1].output == "end")
                #expect(result.commands[2].output == "no terminal")
            }
        }
    }

    @Test func timeoutWithPartialOutput_whenACommandDoesNotEnd() async throws {
        try await withOpenSSHServer { server in
            try await withBench(waits: true) { bench in
                var options = bench.options
                options.commandTimeout = .seconds(6)
                let result = try await bench.run(["echo begun; sleep 20", "echo next"], on: [device(server)], options: options).result(
                    "here")
                #expect(result.status == .timeout)
                #expect(result.error?.code == .timeout)
                #expect(result.error?.phase == .command)
                #expect(result.error?.message == "expected the command's end, and it did not come within 6s")
                #expect(result.commands.map(\.status) == [.timeout, .skipped])
                #expect(result.commands[0].output == "begun")
            }
        }
    }

    @Test func cancelledInMidCommand_whenTheRunIsCancelled() async throws {
        let gate = LabGate(holding: "uname")
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux, faults: [.gate(gate)])
        try await withBench([lab]) { bench in
            let control = RunControl()
            let device = device(bench, lab)
            async let run = bench.run(["uname -a", "uname -a"], on: [device], control: control)
            await gate.waitForArrivals(1)
            control.cancel()
            let result = try await run.result("d1")
            gate.open()
            #expect(result.status == .cancelled)
            #expect(result.commands.map(\.status) == [.failed, .skipped])
            #expect(result.commands[0].failure == "cancelled while it ran")
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test(arguments: [CommandChannel.exec, .shell])
    func everyByteArrives_whenTheServerChangesItsKeysInMidOutput(channel: CommandChannel) async throws {
        try await withOpenSSHServer(configuration: ["RekeyLimit 64K"]) { server in
            try await withBench { bench in
                var device = device(server)
                device.channel = channel
                let line = String(repeating: "x", count: 79)
                let result = try await bench.run(["yes \(line) | head -n 50000", "echo done"], on: [device]).result("here")
                #expect(result.status == .ok, "\(String(describing: result.error))")
                #expect(result.commands[0].output.utf8.count == 50_000 * 80 - 1)
                #expect(result.commands[0].output.utf8.allSatisfy { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "\n") })
                #expect(result.commands[1].output == "done")
            }
        }
    }

    @Test func answers_whenTheServerIsBehindABastion() async throws {
        let bastion = LabDevice("bastion", address: "127.5.0.1", platform: .linux)
        try await withOpenSSHServer { server in
            try await withBench([bastion]) { bench in
                var device = device(server)
                device.jump = [bench.device(bastion)]
                let result = try await bench.run(["echo hello", "exit 4"], on: [device]).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands.map(\.exitStatus) == [0, 4])
                #expect(bench.lab.counts(at: bastion.address).forwards == 1)
            }
        }
    }

    @Test func shellIsUsed_whenTheServerRefusesExec() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux, faults: [.noExec])
        try await withBench([lab]) { bench in
            let record = try await bench.run(["uname -a", "frobnicate", "uname -a"], on: [device(bench, lab)])
            let result = try record.result("d1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(result.commands.map(\.status) == [.ok, .failed, .ok])
            #expect(result.commands[0].output.contains("Linux d1"))
            #expect(result.commands[0].prompt == "netops@d1:~$ ")
            #expect(result.commands.map(\.exitStatus) == [nil, nil, nil])
            let warnings = record.events.compactMap { if case .warning("d1", let text) = $0 { text } else { nil } }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("without a shell") == true)
            #expect(bench.lab.counts(at: lab.address).connectionsTotal == 1)
        }
    }

    @Test func shellOpens_whenAModeIsWanted() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux)
        try await withBench([lab]) { bench in
            try await withDevice(device(bench, lab), options: bench.options) { device in
                let first = try await device.send("uname -a")
                #expect(first.exitStatus == 0)
                #expect(await device.prompt.isEmpty)
                try await device.enter(mode: "user")
                #expect(await device.prompt == "netops@d1:~$ ")
                let second = try await device.send("uname -a")
                #expect(second.exitStatus == nil)
                #expect(second.output == first.output)
            }
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
            #expect(bench.lab.counts(at: lab.address).cleanLogouts == 1)
        }
    }

    @Test func connectionLost_whenTheServerDropsTheCommand() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux, faults: [.dropMidCommand, .huge(bytes: 4000)])
        try await withBench([lab]) { bench in
            let result = try await bench.run(["uname -a", "uname -a"], on: [device(bench, lab)]).result("d1")
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .connectionLost, "\(String(describing: result.error))")
            #expect(result.commands.map(\.status) == [.failed, .skipped])
            #expect(result.commands[0].failure == "the connection ended while it ran")
            #expect(!result.commands[0].output.isEmpty)
        }
    }

    @Test(arguments: [
        (LabPlatform.ciscoIOSXE, DeviceTransport.ssh, "does not allow exec channels"),
        (.ciscoIOSXE, .openssh, "does not allow exec channels"), (.linux, .telnet, "telnet has none"),
    ])
    func usageError_whenExecIsAskedForAndCannotBe(platform: LabPlatform, transport: DeviceTransport, words: String) async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: platform)
        try await withBench([lab]) { bench in
            var device = device(bench, lab, channel: .exec)
            device.transport = transport
            let result = try await bench.run(["show version"], on: [device]).result("d1")
            #expect(result.error?.code == .usage)
            #expect(result.error?.message.contains(words) == true, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: lab.address).connectionsTotal == 0)
        }
    }
}
