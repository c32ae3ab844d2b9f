import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// The real thing: OpenSSH's sshd and the shell of this machine.
@Suite(.timeLimit(.minutes(5))) struct OpenSSHLoopbackTests {
    private func device(_ server: OpenSSHServer, passphrase: String? = nil) -> Device {
        Device(
            name: "here", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user, identities: [server.userKey],
            passphrase: passphrase.map { Secret($0) })
    }

    @Test func answers_whenLoggedInByAKey() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                let commands = ["echo hello", "printf 'one\\ntwo\\n\\nfour\\n'", "no-such-program-here"]
                async let others = bench.run(["show version"], on: bench.healthy)
                let result = try await bench.run(commands, on: [device(server)]).result("here")
                #expect(try await others.results.map(\.status) == [.ok, .ok])
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands.map(\.status) == [.ok, .ok, .failed])
                #expect(result.commands[0].output == "hello")
                #expect(result.commands[1].output == "one\ntwo\n\nfour")
                #expect(result.commands[2].failure?.contains("not found") == true)
            }
        }
    }

    @Test func logsIn_whenTheKeyIsEncrypted() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                let result = try await bench.run(["echo hello"], on: [device(server, passphrase: Hush.passphrase)]).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands[0].output == "hello")
            }
        }
    }

    @Test(arguments: [Hush.wrong, nil])
    func credentialError_whenThePassphraseIsNoUse(passphrase: String?) async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                let record = try await bench.run(["show version"], on: [device(server, passphrase: passphrase)] + bench.healthy)
                let result = try record.result("here")
                #expect(result.status == .unreachable)
                #expect(result.error?.code == .credential)
                #expect(result.error?.phase == .authenticate)
                let why = passphrase == nil ? "it is encrypted, and there is no passphrase" : "wrong passphrase"
                #expect(result.error?.message.contains("public key \(server.userKey): \(why)") == true)
                #expect(record.results.count { $0.status == .ok } == 2)
            }
        }
    }

    @Test func connectionLost_whenTheDeviceDropsAKeysLogin() async throws {
        try await withOpenSSHServer { server in
            let lab = LabDevice("r1", address: "127.1.0.1", faults: [.dropAt(.auth)])
            try await withBench([lab]) { bench in
                var device = bench.device(lab, password: nil)
                device.identities = [server.userKey]
                let result = try await bench.badDay(device)
                #expect(result.status == .unreachable)
                #expect(result.error?.code == .connectionLost, "\(String(describing: result.error))")
                #expect(result.error?.phase == .authenticate)
            }
        }
    }

    @Test func triesThePassword_whenTheKeyIsRefused() async throws {
        try await withOpenSSHServer { server in
            let lab = LabDevice("r1", address: "127.1.0.1")
            try await withBench([lab], adjust: { $0.authorizedKeys = [] }) { bench in
                var device = bench.device(lab)
                device.identities = [server.userKey]
                let good = try await bench.badDay(device)
                #expect(good.status == .ok, "\(String(describing: good.error))")
                device.password = Secret(Hush.wrong)
                let bad = try await bench.badDay(device)
                #expect(bad.error?.code == .authentication)
                #expect(bad.error?.message.contains("(tried: public key \(server.userKey), password)") == true)
            }
        }
    }
}
