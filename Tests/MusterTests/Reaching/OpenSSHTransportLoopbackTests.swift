import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterSSHConfig
import MusterTestSupport
import Testing

/// Devices that the system's `ssh` reaches.
@Suite(.timeLimit(.minutes(5))) struct OpenSSHTransportLoopbackTests {
    private let plain = LabDevice("r1", address: "127.1.0.1")

    /// The program that was built beside the tests.
    static let muster: String = {
        let beside = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "muster").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../.build/debug/muster").standardized.path
    }()

    private func options(_ bench: Bench) -> RunOptions {
        var options = bench.options
        options.openSSH.configurationFile = "none"
        options.openSSH.askpassHelper = Self.muster
        return options
    }

    private func device(
        _ bench: Bench, _ lab: LabDevice, password: String? = Hush.password, transport: DeviceTransport = .openssh
    ) -> Device {
        var device = bench.device(lab, password: password)
        device.transport = transport
        return device
    }

    private func device(_ server: OpenSSHServer, transport: DeviceTransport = .openssh) -> Device {
        var device = Device(
            name: "here", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user, identities: [server.userKey])
        device.transport = transport
        device.channel = .shell
        return device
    }

    @Test func answers_whenLoggedInByAPassword() async throws {
        try await withBench([plain]) { bench in
            let device = device(bench, plain)
            let log = EventLog()
            let first = try await bench.run(
                ["show version", "show clock"], on: [device] + bench.healthy, options: options(bench), log: log)
            let result = try first.result("r1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(result.commands.map(\.status) == [.ok, .ok])
            let shown = try #require(first.pinned["r1"])
            #expect(bench.lab.hostKeys.contains { $0.fingerprint == shown })
            let phases = log.events.compactMap { if case .phase("r1", let phase) = $0 { phase } else { nil } }
            #expect(phases == [.resolve, .connect, .handshake, .hostKey, .authenticate, .open, .login, .command, .close])
            #expect(result.phases.authenticate != nil)
            let second = try await bench.run(["show version"], on: [device], options: options(bench))
            #expect(second.results.map(\.status) == [.ok])
            #expect(second.pinned.isEmpty)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test func answers_whenThePasswordIsAskedForInteractively() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.keyboardInteractive])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(device(bench, lab), options: options(bench))
            #expect(result.error == nil, "\(String(describing: result.error))")
        }
    }

    @Test func wideOutputIsNotFolded() async throws {
        try await withOpenSSHServer { server in
            try await withBench { bench in
                let result = try await bench.run(["stty size; echo $TERM"], on: [device(server)], options: options(bench)).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                let words = result.commands[0].output.split(whereSeparator: \.isWhitespace)
                #expect(words.count == 3)
                #expect(words.dropFirst().first.flatMap { Int($0) }.map { $0 >= 200 } == true, "\(result.commands[0].output)")
            }
        }
    }

    @Test func refusedOnce_whenThePasswordIsWrong() async throws {
        try await withBench([plain]) { bench in
            let result = try await bench.badDay(device(bench, plain, password: Hush.wrong), options: options(bench))
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .authentication, "\(String(describing: result.error))")
            #expect(result.error?.phase == .authenticate)
            #expect(bench.lab.counts(at: plain.address).loginsRefused == 1)
        }
    }

    @Test func passwordIsWithheld_whenOtherDevicesRefusedIt() async throws {
        let labs = (1...8).map { LabDevice("d\($0)", address: "127.5.1.\($0)") }
        try await withBench(labs) { bench in
            let devices = labs.map { device(bench, $0, password: Hush.wrong) }
            let record = try await bench.run(["show version"], on: devices, options: options(bench))
            #expect(record.results.count { $0.error?.code == .authentication } == 3)
            #expect(record.results.count { $0.error?.code == .skipped } == 5, "\(record.results.map { $0.error })")
            #expect(bench.lab.counts.loginsRefused == 3)
        }
    }

    @Test(arguments: [false, true]) func answers_whenItsKeyIsThePinnedOne(wholeKey: Bool) async throws {
        try await withBench([plain]) { bench in
            for key in bench.lab.hostKeys {
                var device = device(bench, plain)
                device.hostKeys = [try HostKeyPin(wholeKey ? "\(key.algorithm) \(key.base64)" : key.fingerprint)]
                let record = try await bench.run(["show version"], on: [device], options: options(bench))
                let result = try record.result("r1")
                #expect(result.error == nil, "\(String(describing: result.error))")
                // What is pinned in the inventory is pinned nowhere else.
                #expect(record.pinned.isEmpty)
            }
            #expect(!FileManager.default.fileExists(atPath: bench.knownHosts))
        }
    }

    @Test(arguments: [false, true]) func refused_whenItsKeyIsNotThePinnedOne(wholeKey: Bool) async throws {
        try await withOpenSSHServer { other in
            let line = try String(contentsOfFile: "\(other.folder)/host_ed25519.pub", encoding: .utf8)
            try await withBench([plain]) { bench in
                var device = device(bench, plain)
                let print = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                device.hostKeys = [try HostKeyPin(wholeKey ? line.split(separator: " ").prefix(2).joined(separator: " ") : print)]
                // The file knows the right one, and does not count.
                let known = bench.lab.hostKeys.map { "[127.1.0.1]:\(bench.lab.port) \($0.algorithm) \($0.base64)\n" }
                try known.joined().write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
                let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
                #expect(result.error?.code == .hostKey, "\(String(describing: result.error))")
                #expect(
                    result.error?.message.contains("is not the one in the inventory: expected") == true,
                    "\(String(describing: result.error))")
                #expect(bench.lab.counts(at: plain.address).sessionsTotal == 0)
                device.hostKeyPolicy = .off
                let off = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
                #expect(off.error == nil, "\(String(describing: off.error))")
            }
        }
    }

    @Test func usageError_whenAFingerprintIsPinnedBehindABastion() async throws {
        let bastion = LabDevice("bastion", address: "127.1.0.8", platform: .linux)
        try await withBench([plain, bastion]) { bench in
            var device = device(bench, plain)
            device.jump = [bench.device(bastion)]
            device.hostKeys = [try HostKeyPin(bench.lab.hostKeys[0].fingerprint)]
            let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(result.error?.code == .usage, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: plain.address).connectionsTotal == 0)
            device.hostKeys = try bench.lab.hostKeys.map { try HostKeyPin("\($0.algorithm) \($0.base64)") }
            let whole = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(whole.error == nil, "\(String(describing: whole.error))")
        }
    }

    @Test func revokedKeyIsRefused_evenWhenTheInventoryPinsIt() async throws {
        try await withBench([plain]) { bench in
            var device = device(bench, plain)
            device.hostKeys = try bench.lab.hostKeys.map { try HostKeyPin("\($0.algorithm) \($0.base64)") }
            let revoked = bench.lab.hostKeys.map { "@revoked * \($0.algorithm) \($0.base64)\n" }
            try revoked.joined().write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
            let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(result.error?.code == .hostKey, "\(String(describing: result.error))")
        }
    }

    @Test func proxyCommandAndAlgorithmsAreThoseOfTheSettings() async throws {
        try await withBench([plain], adjust: { $0.algorithms.keyExchange = "diffie-hellman-group14-sha1" }) { bench in
            var device = device(bench, plain)
            device.address = "192.0.2.1"
            device.ssh.keyExchange = AlgorithmList("+diffie-hellman-group14-sha1")
            device.ssh.proxyCommand =
                "bash -c 'exec 3<>/dev/tcp/\(plain.address)/\(bench.lab.port); cat <&3 & cat >&3 <&0; kill $!; wait'"
            let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(result.legacyAlgorithms == ["diffie-hellman-group14-sha1"])
        }
    }

    @Test func answers_whenItIsBehindTwoBastions() async throws {
        let outer = LabDevice("outer", address: "127.1.0.8", platform: .linux)
        let inner = LabDevice("inner", address: "127.1.0.9", platform: .linux)
        try await withBench([plain, outer, inner]) { bench in
            var device = device(bench, plain)
            device.jump = [bench.device(outer), bench.device(inner)]
            let record = try await bench.run(["show version"], on: [device] + bench.healthy, options: options(bench))
            let result = try record.result("r1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(record.pinned["r1"].map { key in bench.lab.hostKeys.contains { $0.fingerprint == key } } == true)
            // Their keys are checked against the same known hosts.
            let known = try String(contentsOfFile: bench.knownHosts, encoding: .utf8)
            for address in ["127.1.0.1", "127.1.0.8", "127.1.0.9"] { #expect(known.contains("[\(address)]:\(bench.lab.port) ")) }
            #expect(bench.lab.counts(at: outer.address).forwards == 1)
            #expect(bench.lab.counts(at: inner.address).forwards == 1)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test func connectionError_whenTheBastionReachesNothing() async throws {
        let port = try await withLoopbackServer({ _ in }) { $0.port }
        let bastion = LabDevice("bastion", address: "127.1.0.8", platform: .linux)
        try await withBench([bastion]) { bench in
            var device = device(bench, bastion)
            device.name = "r1"
            device.jump = [bench.device(bastion)]
            device.address = "127.0.0.1"
            device.port = port
            let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(result.error?.code == .connection, "\(String(describing: result.error))")
            #expect(result.error?.message.contains("through the bastion") == true, "\(String(describing: result.error))")
        }
    }

    @Test func refusedByTheBastion_whenItsPasswordIsWrong() async throws {
        let bastion = LabDevice("bastion", address: "127.1.0.8", platform: .linux)
        try await withBench([plain, bastion]) { bench in
            var device = device(bench, plain)
            device.jump = [bench.device(bastion, password: Hush.wrong)]
            let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(result.error?.code == .authentication, "\(String(describing: result.error))")
            #expect(result.error?.phase == .connect)
            let message = result.error?.message ?? ""
            #expect(message.hasPrefix("the bastion bastion cannot be used: netops@127.1.0.8 was refused"), "\(message)")
            #expect(bench.lab.counts(at: bastion.address).loginsRefused == 1)
            #expect(bench.lab.counts(at: plain.address).connectionsTotal == 0)
        }
    }

    @Test func answers_whenTheKeyIsEncrypted() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                var device = device(server)
                device.passphrase = Secret(Hush.passphrase)
                let good = try await bench.run(["echo hello"], on: [device], options: options(bench)).result("here")
                #expect(good.error == nil, "\(String(describing: good.error))")
                device.passphrase = Secret(Hush.wrong)
                let bad = try await bench.run(["echo hello"], on: [device], options: options(bench)).result("here")
                #expect(bad.error?.code == .credential, "\(String(describing: bad.error))")
                #expect(
                    bad.error?.message.contains("the passphrase of the key \(server.userKey)") == true, "\(String(describing: bad.error))")
            }
        }
    }

    @Test func answers_whenTheDeviceIsOldAndLegacyIsAllowed() async throws {
        try await withBench([plain], adjust: { $0.algorithms.keyExchange = "diffie-hellman-group14-sha1" }) { bench in
            var device = device(bench, plain)
            let refused = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(refused.error?.code == .noCommonAlgorithm, "\(String(describing: refused.error))")
            #expect(refused.error?.message.contains("diffie-hellman-group14-sha1") == true)
            device.legacy = true
            let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(result.error == nil, "\(String(describing: result.error))")
        }
    }

    /// An ssh that writes down what it was given.
    @Test func secretIsNowhere_whenSSHIsStarted() async throws {
        try await withBench([plain]) { bench in
            let program = "\(bench.folder)/ssh"
            let script = """
                #!/bin/sh
                env > \(bench.folder)/environment
                for word; do echo "$word"; done > \(bench.folder)/arguments
                exec ssh "$@"

                """
            try script.write(toFile: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
            setenv("MUSTER_TEST_SECRET", Hush.password, 1)
            defer { unsetenv("MUSTER_TEST_SECRET") }
            var options = options(bench)
            options.openSSH.program = program
            let result = try await bench.run(["show version"], on: [device(bench, plain)], options: options).result("r1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            for name in ["environment", "arguments"] {
                let text = try String(contentsOfFile: "\(bench.folder)/\(name)", encoding: .utf8)
                #expect(!text.isEmpty)
                #expect(!text.contains(Hush.mark))
            }
            let variables = try String(contentsOfFile: "\(bench.folder)/environment", encoding: .utf8)
            let socket = try #require(variables.split(separator: "\n").first { $0.hasPrefix("MUSTER_ASKPASS_SOCKET=") }).dropFirst(22)
            // The socket has gone with the run.
            #expect(!FileManager.default.fileExists(atPath: String(socket)))
        }
    }

    @Test func everyByteArrives_whenTheOutputIsHuge() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.huge(bytes: 3_000_000)])
        try await withBench([lab]) { bench in
            let result = try await bench.run(["show version"], on: [device(bench, lab)], options: options(bench)).result("r1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect((result.commands.first?.output.utf8.count ?? 0) > 2_900_000)
        }
    }

    @Test(arguments: [DeviceTransport.openssh, .auto]) func answers_whenOnlyACertificateLetsTheUserIn(transport: DeviceTransport)
        async throws
    {
        try await withTemporaryFolder { folder in
            let authority = "\(folder)/authority"
            #expect(await Program.runAsync(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", authority]) == 0)
            let configuration = ["TrustedUserCAKeys \(authority).pub", "AuthorizedKeysFile none"]
            try await withOpenSSHServer(configuration: configuration) { server in
                let sign = [
                    "/usr/bin/ssh-keygen", "-q", "-s", authority, "-I", "test", "-n", server.user, "-V", "+1h", "\(server.userKey).pub",
                ]
                #expect(await Program.runAsync(sign) == 0)
                try await withBench { bench in
                    let device = device(server, transport: transport)
                    let result = try await bench.run(["echo hello"], on: [device], options: options(bench)).result("here")
                    #expect(result.error == nil, "\(String(describing: result.error))")
                    #expect(result.commands[0].output == "hello")
                }
            }
        }
    }

    @Test func everyoneSaysGoodbye_whenManyAreDone() async throws {
        try await withBench { bench in
            let devices = (1...40).map { number in
                device(bench, LabDevice("d\(number)", address: "127.5.0.\(number)"))
            }
            let record = try await bench.run(["show version"], on: devices, options: options(bench))
            #expect(record.results.map(\.status) == devices.map { _ in .ok })
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            #expect(bench.lab.counts.lostSessions == 0, "no goodbye")
        }
    }

    @Test func credentialError_whenThereIsNoPassword() async throws {
        try await withBench([plain]) { bench in
            let result = try await bench.badDay(device(bench, plain, password: nil), options: options(bench))
            #expect(result.error?.code == .credential, "\(String(describing: result.error))")
        }
    }

    @Test func credentialError_whenThereIsNoHelper() async throws {
        try await withBench([plain]) { bench in
            var options = options(bench)
            options.openSSH.askpassHelper = nil
            let result = try await bench.badDay(device(bench, plain), options: options)
            #expect(result.error?.code == .credential, "\(String(describing: result.error))")
            #expect(result.error?.hint?.contains("askpassHelper") == true)
        }
    }

    @Test func refused_whenTheKeyHasChanged() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.changedHostKey])
        try await withBench([lab]) { bench in
            _ = try await bench.run(["show version"], on: [device(bench, lab)], options: options(bench))
            let before = try String(contentsOfFile: bench.knownHosts, encoding: .utf8)
            let result = try await bench.badDay(device(bench, lab), options: options(bench))
            #expect(result.error?.code == .hostKey, "\(String(describing: result.error))")
            #expect(result.error?.phase == .hostKey)
            #expect(result.error?.message.contains("\(bench.knownHosts):") == true)
            #expect(bench.lab.changedHostKeys.contains { result.error?.message.contains($0.fingerprint) == true })
            #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8).hasPrefix(before))
        }
    }

    @Test func refused_whenTheKeyIsUnknownUnderStrict() async throws {
        try await withBench([plain]) { bench in
            _ = try await bench.run(["show version"], on: bench.healthy)
            var options = options(bench)
            options.hostKeys = .strict
            let result = try await bench.badDay(device(bench, plain), options: options)
            #expect(result.error?.code == .hostKey, "\(String(describing: result.error))")
            #expect(bench.lab.hostKeys.contains { result.error?.message.contains($0.fingerprint) == true })
        }
    }

    @Test func connectionError_whenThePortIsClosed() async throws {
        let port = try await withLoopbackServer({ _ in }) { $0.port }
        try await withBench { bench in
            var device = Device(name: "odd", address: "127.0.0.1", port: port, user: "netops", password: Secret(Hush.password))
            device.transport = .openssh
            let result = try await bench.badDay(device, options: options(bench))
            #expect(result.error?.code == .connection, "\(String(describing: result.error))")
            #expect(result.error?.phase == .connect)
        }
    }

    @Test func usageError_whenThereIsNoSuchProgram() async throws {
        try await withBench([plain]) { bench in
            var options = options(bench)
            options.openSSH.program = "/nonexistent/ssh"
            let result = try await bench.badDay(device(bench, plain), options: options)
            #expect(result.error?.code == .usage, "\(String(describing: result.error))")
            #expect(result.error?.message.contains("/nonexistent/ssh") == true)
        }
    }

    @Test func timeout_whenTheDeviceFallsSilent() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.stallAt(.kex)])
        try await withBench([lab], waits: true) { bench in
            var options = options(bench)
            options.connectTimeout = .seconds(10)
            let result = try await bench.badDay(device(bench, lab), options: options)
            #expect(result.status == .timeout, "\(String(describing: result.error))")
            #expect(result.error?.code == .timeout)
        }
    }

    @Test func connectionLost_whenTheDeviceDropsInMidCommand() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.dropMidCommand])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(device(bench, lab), options: options(bench))
            #expect(result.error?.code == .connectionLost, "\(String(describing: result.error))")
            #expect(result.error?.phase == .command)
        }
    }

    @Test func childIsGone_whenTheRunIsCancelled() async throws {
        let gate = LabGate()
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.gate(gate)])
        try await withBench([lab]) { bench in
            let control = RunControl()
            let log = EventLog()
            async let record = bench.run(["show version"], on: [device(bench, lab)], options: options(bench), control: control, log: log)
            await gate.waitForArrivals()
            control.cancel()
            #expect(try await record.result("r1").status == .cancelled)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            gate.open()
        }
    }

    @Test func goesOnWithOpenSSH_whenLibssh2LacksTheHostKeysAlgorithm() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["rsa"]) { server in
            try await withBench { bench in
                let record = try await bench.run(
                    ["echo hello"], on: [device(server, transport: .auto)] + bench.healthy, options: options(bench))
                let result = try record.result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands[0].output == "hello")
                let warnings = record.events.compactMap { if case .warning("here", let text) = $0 { text } else { nil } }
                #expect(warnings.count == 1)
                #expect(warnings.first?.hasPrefix("goes on with the system's ssh: no common host key algorithm") == true, "\(warnings)")
            }
        }
    }

    @Test func goesOnWithOpenSSH_whenTheRSAKeyWantsSHA2() async throws {
        try await withOpenSSHServer(userKeyType: "rsa") { server in
            try await withBench { bench in
                let device = device(server, transport: .auto)
                let result = try await bench.run(["echo hello"], on: [device], options: options(bench)).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands[0].output == "hello")
            }
        }
    }

    @Test func staysWithLibssh2_whenTheReasonIsAnother() async throws {
        try await withBench([plain]) { bench in
            let record = try await bench.run(
                ["show version"], on: [device(bench, plain, password: Hush.wrong, transport: .auto)], options: options(bench))
            #expect(try record.result("r1").error?.code == .authentication)
            #expect(!record.events.contains { if case .warning = $0 { true } else { false } })
            #expect(bench.lab.counts(at: plain.address).connectionsTotal == 1)
        }
    }

    @Test(arguments: [DeviceTransport.openssh, .auto]) func answers_whenACertificateVouchesForTheHost(transport: DeviceTransport)
        async throws
    {
        try await withOpenSSHServer(hostKeyTypes: ["ed25519"]) { server in
            let authority = "\(server.folder)/authority"
            try await makeKey(type: "ed25519", path: authority)
            let key = "\(server.folder)/host_ed25519"
            let sign = ["/usr/bin/ssh-keygen", "-q", "-s", authority, "-I", "host", "-h", "-n", "127.0.0.1", "\(key).pub"]
            #expect(await Program.runAsync(sign) == 0)
            let configuration = "\(server.folder)/sshd_config"
            try (String(contentsOfFile: configuration, encoding: .utf8) + "HostCertificate \(key)-cert.pub\n")
                .write(toFile: configuration, atomically: true, encoding: .utf8)
            try await withBench { bench in
                try ("@cert-authority * " + String(contentsOfFile: "\(authority).pub", encoding: .utf8))
                    .write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
                var options = options(bench)
                options.hostKeys = .strict
                let record = try await bench.run(["echo hello"], on: [device(server, transport: transport)], options: options)
                let result = try record.result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands.first?.output == "hello")
            }
        }
    }

    @Test func goesOnWithOpenSSH_whenThePinnedKeyCannotBeAskedFor() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["rsa", "ed25519"]) { server in
            try await withBench { bench in
                let key = try String(contentsOfFile: "\(server.folder)/host_rsa.pub", encoding: .utf8).split(separator: " ").prefix(2)
                    .joined(separator: " ")
                // In the inventory, and then in the known hosts.
                for isPinned in [true, false] {
                    var device = device(server, transport: .auto)
                    if isPinned { device.hostKeys = [try HostKeyPin(key)] }
                    let line = isPinned ? "" : "[127.0.0.1]:\(server.port) \(key)\n"
                    try line.write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
                    let result = try await bench.run(["echo hello"], on: [device], options: options(bench)).result("here")
                    #expect(result.error == nil, "\(String(describing: result.error))")
                    #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8) == line)
                }
            }
        }
    }

    @Test func nothingIsPinned_whenNothingIsKept() async throws {
        try await withBench([plain]) { bench in
            var options = options(bench)
            options.hostKeys = .off
            let unchecked = try await bench.run(["show version"], on: [device(bench, plain)], options: options)
            #expect(unchecked.results.map(\.status) == [.ok])
            #expect(unchecked.pinned.isEmpty && unchecked.notPinned.isEmpty)
            options.hostKeys = .acceptNew
            options.knownHostsFiles = ["/dev/null"]
            let nowhere = try await bench.run(["show version"], on: [device(bench, plain)], options: options)
            #expect(nowhere.results.map(\.status) == [.ok])
            #expect(nowhere.notPinned == ["r1": "/dev/null keeps nothing"])
            options.knownHostsFiles = ["/proc/muster/known_hosts"]
            let unwritable = try await bench.run(["show version"], on: [device(bench, plain)], options: options)
            #expect(unwritable.results.map(\.status) == [.ok])
            #expect(unwritable.notPinned["r1"]?.contains("/proc/muster/known_hosts") == true, "\(unwritable.events)")
            #expect(unwritable.pinned.isEmpty)
        }
    }

    @Test func credentialError_whenTheOnlyKeyFileIsOfNoUse() async throws {
        try await withBench([plain]) { bench in
            let garbage = "\(bench.folder)/garbage"
            try "no key\n".write(toFile: garbage, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: garbage)
            for (path, reason) in [("\(bench.folder)/none", "there is no such file"), (garbage, "it is no private key")] {
                var device = device(bench, plain, password: nil)
                device.identities = [path]
                device.ssh.openSSHLines = []
                let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
                #expect(result.error?.code == .credential)
                #expect(result.error?.message == "the key file \(path) is of no use: \(reason)")
                #expect(result.error?.hint == "check `identity`")
            }
            #expect(bench.lab.counts(at: plain.address).connectionsTotal == 0)
        }
    }

    @Test func lastWordsAreTheDevices_whenItEndsTheSessionAtOnce() async throws {
        try await withOpenSSHServer(configuration: ["ForceCommand echo 'This account is closed.'; exit 1"]) { server in
            try await withBench { bench in
                let result = try await bench.run(["true"], on: [device(server)], options: options(bench)).result("here")
                #expect(result.error?.message.contains("This account is closed.") == true, "\(String(describing: result.error))")
                #expect(result.error?.message.contains("Transferred") == false)
            }
        }
    }
}
