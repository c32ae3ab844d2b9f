import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterSSH
import MusterTestSupport
import Testing

/// dropbear, which many small devices have: all that is done with OpenSSH's server elsewhere, once.
@Suite(.timeLimit(.minutes(5)), .enabled(if: DropbearServer.isAvailable)) struct DropbearLoopbackTests {
    private func device(_ server: DropbearServer, _ name: String = "small", by login: Login = .key) -> Device {
        var device = Device(name: name, address: "127.0.0.1", port: server.port, platform: "linux", user: server.user)
        switch login {
        case .key: device.identities = [server.userKey]
        case .password(let password): device.password = Secret(password)
        case .agent(let socket): device.credentials = [LoginCredential(.agent(socket: socket))]
        }
        return device
    }

    enum Login {
        case key, password(String), agent(String)
    }

    // MARK: Logging in

    @Test(arguments: ["ed25519", "ecdsa", "rsa"]) func key_logsIn_fromItsFileAndFromTheAgent(type: String) async throws {
        try await withDropbearServer(userKeyType: type) { server in
            try await withSSHAgent(keys: [server.userKey]) { socket in
                try await withBench { bench in
                    let record = try await bench.run(
                        ["echo in"], on: [device(server, "file"), device(server, "agent", by: .agent(socket))])
                    for result in record.results {
                        #expect(result.error == nil, "\(String(describing: result.error))")
                        #expect(result.commands.map(\.output) == ["in"])
                    }
                }
            }
        }
    }

    @Test func password_logsIn_andAWrongOneIsRefused() async throws {
        try await withDropbearServer { server in
            try await withBench { bench in
                let record = try await bench.run(
                    ["id -un"],
                    on: [device(server, "right", by: .password(server.password)), device(server, "wrong", by: .password(Hush.wrong))])
                let right = try record.result("right")
                #expect(right.status == .ok, "\(String(describing: right.error))")
                let error = try record.result("wrong").error
                #expect(error?.code == .authentication)
                #expect(
                    error?.message.contains("(tried: password); the device accepts publickey, password") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func keyThatIsRefused_isFollowedByThePassword() async throws {
        try await withDropbearServer { server in
            try await withBench { bench in
                let other = "\(bench.folder)/other"
                try await makeKey(type: "ed25519", path: other)
                var device = device(server, by: .password(server.password))
                device.identities = [other]
                let result = try await bench.run(["true"], on: [device]).results[0]
                #expect(result.status == .ok, "\(String(describing: result.error))")
            }
        }
    }

    // MARK: Host keys

    @Test(arguments: ["ed25519", "ecdsa"]) func hostKeyIsPinned_andRefusedWhenItChanges(type: String) async throws {
        try await withDropbearServer(hostKeyTypes: [type]) { server in
            try await withBench { bench in
                #expect(try await bench.run(["true"], on: [device(server)]).pinned["small"]?.hasPrefix("SHA256:") == true)
                let again = try await bench.run(["true"], on: [device(server)])
                #expect(again.results[0].status == .ok)
                #expect(again.pinned.isEmpty)
                try await DropbearServer.makeHostKey(type: type, in: server.folder)
                let error = try await bench.run(["true"], on: [device(server)]).results[0].error
                #expect(error?.code == .hostKey)
                #expect(error?.phase == .hostKey)
            }
        }
    }

    /// libssh2 1.10 knows RSA keys with SHA-1 alone, which only old gear is to use.
    @Test func rsaHostKey_isForOldGear_whereLibssh2LacksSHA2() async throws {
        try await withDropbearServer(hostKeyTypes: ["rsa"]) { server in
            try await withBench { bench in
                let plain = try await bench.run(["true"], on: [device(server)]).results[0]
                if LibSSH2.lacksRSASHA2 {
                    #expect(plain.error?.code == .noCommonAlgorithm)
                    #expect(plain.error?.message.contains("ssh-rsa") == true, "\(plain.error?.message ?? "")")
                } else {
                    #expect(plain.status == .ok, "\(String(describing: plain.error))")
                }
                var old = device(server, "old")
                old.legacy = true
                let result = try await bench.run(["true"], on: [old]).results[0]
                #expect(result.status == .ok, "\(String(describing: result.error))")
            }
        }
    }

    // MARK: Commands

    @Test func exitStatusIsTheVerdict_overExecChannels() async throws {
        try await withDropbearServer { server in
            try await withBench { bench in
                let result = try await bench.run(["echo out; echo err >&2", "exit 3", "cat; echo end", "pwd"], on: [device(server)])
                    .results[0]
                #expect(result.commands.map(\.status) == [.ok, .failed, .ok, .ok], "\(String(describing: result.error))")
                #expect(result.commands.map(\.exitStatus) == [0, 3, 0, 0])
                #expect(Set(result.commands[0].output.split(separator: "\n")) == ["out", "err"])
                #expect(result.commands[2].output == "end")
                #expect(result.commands[3].output == "\(server.folder)/home")
            }
        }
    }

    @Test(arguments: ["/bin/sh", "/bin/bash"]) func shellIsTypedTo(shell: String) async throws {
        try await withDropbearServer(shell: shell) { server in
            try await withBench { bench in
                var device = device(server)
                device.channel = .shell
                let result = try await bench.run(["echo one", "pwd", "no-such-command-here"], on: [device]).results[0]
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands.prefix(2).map(\.output) == ["one", "\(server.folder)/home"])
                #expect(result.commands[2].output.contains("not found"))
            }
        }
    }

    @Test(arguments: [CommandChannel.auto, .shell]) func longOutputIsWhole(channel: CommandChannel) async throws {
        try await withDropbearServer { server in
            try await withBench { bench in
                var device = device(server)
                device.channel = channel
                let result = try await bench.run(["seq 1 400000"], on: [device]).results[0]
                #expect(result.status == .ok, "\(String(describing: result.error))")
                let lines = result.commands[0].output.split(separator: "\n")
                #expect(lines.count == 400_000)
                #expect(lines.first == "1" && lines.last == "400000")
            }
        }
    }

    @Test func manyAtOnce() async throws {
        try await withDropbearServer { server in
            try await withBench { bench in
                let devices = (1...20).map { device(server, "d\($0)") }
                let record = try await bench.run(["echo in"], on: devices)
                #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.compactMap(\.error))")
            }
        }
    }

    // MARK: On the way, and by another client

    @Test func dropbearIsABastion() async throws {
        try await withDropbearServer { server in
            try await withBench { bench in
                let far = (1...10).map { number in
                    var device = bench.device(LabDevice("far\(number)", address: "127.6.0.\(number)"))
                    device.jump = [self.device(server, "bastion")]
                    return device
                }
                let record = try await bench.run(["show version"], on: far)
                for result in record.results { #expect(result.status == .ok, "\(String(describing: result.error))") }
                try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
            }
        }
    }

    @Test func reasonIsTold_whenTheBastionCarriesNothing() async throws {
        try await withDropbearServer(options: ["-j"]) { server in
            try await withBench { bench in
                var device = bench.device(LabDevice("far", address: "127.6.0.1"))
                device.jump = [self.device(server, "bastion")]
                let error = try await bench.run(["show version"], on: [device]).results[0].error
                #expect(error?.phase == .connect)
                #expect(error?.message.contains("the bastion bastion was asked, and it ") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func systemsSSHLogsIn_byKeyAndByPassword() async throws {
        try await withDropbearServer { server in
            try await withBench { bench in
                var options = bench.options
                options.openSSH.configurationFile = "none"
                options.openSSH.askpassHelper = OpenSSHTransportLoopbackTests.muster
                let devices = [device(server, "key"), device(server, "password", by: .password(server.password))].map { device in
                    var device = device
                    device.transport = .openssh
                    return device
                }
                let record = try await bench.run(["echo in"], on: devices, options: options)
                for result in record.results {
                    #expect(result.error == nil, "\(String(describing: result.error))")
                    #expect(result.commands.map(\.output) == ["in"])
                }
            }
        }
    }
}
