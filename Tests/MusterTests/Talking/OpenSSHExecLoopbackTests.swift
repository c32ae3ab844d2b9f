import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Commands over exec channels of the system's `ssh`.
@Suite(.timeLimit(.minutes(5))) struct OpenSSHExecLoopbackTests {
    private func options(_ bench: Bench) -> RunOptions {
        var options = bench.options
        options.openSSH.configurationFile = "none"
        options.openSSH.askpassHelper = OpenSSHTransportLoopbackTests.muster
        return options
    }

    private func device(_ server: OpenSSHServer) -> Device {
        var device = Device(
            name: "here", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user, identities: [server.userKey])
        device.transport = .openssh
        return device
    }

    private func device(_ bench: Bench, _ lab: LabDevice) -> Device {
        var device = bench.device(lab)
        device.transport = .openssh
        device.channel = .auto
        return device
    }

    @Test func exitStatusIsTheVerdict_andAllGoesOverOneConnection() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                let commands = [
                    "echo $SSH_CONNECTION", "exit 3", "kill -KILL $$", "exit 255", "printf 'a\\n\\nb\\n\\n'", "-x", "echo $SSH_CONNECTION",
                ]
                let record = try await bench.run(commands, on: [device(server)], options: options(bench))
                let answers = try record.result("here")
                #expect(answers.error == nil, "\(String(describing: answers.error))")
                #expect(answers.commands.map(\.exitStatus) == [0, 3, nil, 255, 0, 2, 0])
                #expect(
                    answers.commands.map(\.failure) == [
                        nil, "exit status 3", "ended by a signal", "exit status 255", nil, "exit status 2", nil,
                    ])
                #expect(answers.commands[4].output == "a\n\nb")
                #expect(!answers.commands[0].output.isEmpty)
                #expect(answers.commands[0].output == answers.commands[6].output)
                #expect(answers.commands[0].prompt == nil)
                #expect(answers.phases.authenticate != nil)
            }
        }
    }

    @Test func bothStreamsAreKeptInTheirOrder_andNothingWaitsForInput() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                let commands = ["echo out; sleep 0.2; echo err >&2; sleep 0.2; echo out", "cat; echo end", "test -t 0 || echo no terminal"]
                let result = try await bench.run(commands, on: [device(server)], options: options(bench)).result("here")
                #expect(result.status == .ok, "\(String(describing: result.error))")
                #expect(result.commands.map(\.output) == ["out\nerr\nout", "end", "no terminal"])
            }
        }
    }

    @Test func everyByteArrives_whenTheOutputIsHuge() async throws {
        try await withOpenSSHServer(configuration: ["RekeyLimit 1M"]) { server in
            try await withBench { bench in
                let line = String(repeating: "x", count: 79)
                let result = try await bench.run(
                    ["yes \(line) | head -n 50000", "echo done"], on: [device(server)], options: options(bench)
                ).result("here")
                #expect(result.status == .ok, "\(String(describing: result.error))")
                #expect(result.commands[0].output.utf8.count == 50_000 * 80 - 1)
                #expect(result.commands[1].output == "done")
            }
        }
    }

    @Test func timeoutWithPartialOutput_whenACommandDoesNotEnd() async throws {
        try await withOpenSSHServer { server in
            try await withBench(waits: true) { bench in
                var options = options(bench)
                options.commandTimeout = .seconds(6)
                let result = try await bench.run(["echo begun; sleep 20", "echo next"], on: [device(server)], options: options).result(
                    "here")
                #expect(result.status == .timeout)
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
            async let run = bench.run(["uname -a", "uname -a"], on: [device], options: options(bench), control: control)
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

    @Test func connectionLost_whenTheServerDropsTheCommand() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux, faults: [.dropMidCommand, .huge(bytes: 4000)])
        try await withBench([lab]) { bench in
            let result = try await bench.run(["uname -a", "uname -a"], on: [device(bench, lab)], options: options(bench)).result("d1")
            #expect(result.error?.code == .connectionLost, "\(String(describing: result.error))")
            #expect(result.commands.map(\.status) == [.failed, .skipped])
            #expect(result.commands[0].failure == "the connection ended while it ran")
        }
    }

    @Test func answers_whenTheServerIsBehindABastion() async throws {
        let bastion = LabDevice("bastion", address: "127.5.0.1", platform: .linux)
        try await withOpenSSHServer { server in
            try await withBench([bastion]) { bench in
                var device = device(server)
                device.jump = [bench.device(bastion)]
                let result = try await bench.run(["echo hello", "exit 4"], on: [device], options: options(bench)).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands.map(\.exitStatus) == [0, 4])
                #expect(bench.lab.counts(at: bastion.address).forwards == 1)
                try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            }
        }
    }

    @Test func shellIsUsed_whenTheServerRefusesExec() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux, faults: [.noExec])
        try await withBench([lab]) { bench in
            let record = try await bench.run(["uname -a", "frobnicate", "uname -a"], on: [device(bench, lab)], options: options(bench))
            let result = try record.result("d1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(result.commands.map(\.status) == [.ok, .failed, .ok])
            #expect(result.commands[0].output.contains("Linux d1"))
            #expect(result.commands[0].prompt == "netops@d1:~$ ")
            #expect(bench.lab.counts(at: lab.address).connectionsTotal == 1)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            #expect(bench.lab.counts(at: lab.address).lostSessions == 0, "no goodbye")
        }
    }

    @Test func goesOnOverExec_whenLibssh2LacksTheHostKeysAlgorithm() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["rsa"]) { server in
            try await withBench { bench in
                var device = device(server)
                device.transport = .auto
                device.channel = .exec
                let result = try await bench.run(["echo hello", "exit 3"], on: [device], options: options(bench)).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands.map(\.exitStatus) == [0, 3])
                #expect(result.warnings.count == 1)
            }
        }
    }

    @Test func refusedOnce_whenThePasswordIsWrong() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux)
        try await withBench([lab]) { bench in
            var device = device(bench, lab)
            device.password = Secret(Hush.wrong)
            let result = try await bench.run(["uname -a"], on: [device], options: options(bench)).result("d1")
            #expect(result.error?.code == .authentication, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: lab.address).loginsRefused == 1)
        }
    }
}
