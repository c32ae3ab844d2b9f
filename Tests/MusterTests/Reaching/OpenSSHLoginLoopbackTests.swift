import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterSSHConfig
import MusterTestSupport
import Synchronization
import Testing

/// What the system's `ssh` logs in with, and what it is told of a device.
@Suite(.timeLimit(.minutes(5))) struct OpenSSHLoginLoopbackTests {
    private let plain = LabDevice("r1", address: "127.1.0.1")

    private func options(_ bench: Bench) -> RunOptions {
        var options = bench.options
        options.openSSH.configurationFile = "none"
        options.openSSH.askpassHelper = OpenSSHTransportLoopbackTests.muster
        return options
    }

    /// A device as the command line makes one: what `ssh_config` says of it has been read.
    private func device(_ bench: Bench, _ lab: LabDevice, password: String? = nil, _ credentials: [LoginCredential] = []) -> Device {
        var device = bench.device(lab, password: password)
        device.transport = .openssh
        device.credentials = credentials
        device.ssh.openSSHLines = []
        return device
    }

    private func device(_ server: OpenSSHServer, _ credentials: [LoginCredential] = [], lines: [String] = []) -> Device {
        var device = Device(name: "here", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user)
        device.transport = .openssh
        device.channel = .shell
        device.credentials = credentials
        device.ssh.openSSHLines = lines
        return device
    }

    private func password(_ text: String, user: String? = nil) -> LoginCredential {
        LoginCredential(.password(Secret(text)), user: user)
    }

    // MARK: Passwords and users

    @Test(arguments: [[], [LabFault.keyboardInteractive]])
    func nextPasswordIsTold_whenTheFirstIsRefused(faults: [LabFault]) async throws {
        let labs = (1...3).map { LabDevice("r\($0)", address: "127.1.0.\($0)", faults: faults) }
        try await withBench(labs) { bench in
            var options = options(bench)
            options.fanout = 1
            options.maxAuthFailures = 2
            let devices = labs.map { device(bench, $0, [password(Hush.wrong), password(Hush.password)]) }
            let record = try await bench.run(["show version"], on: devices, options: options)
            #expect(record.results.map { $0.error?.code } == [nil, nil, nil], "\(record.results.map { $0.error })")
            // The third is not told the first password any more.
            #expect(bench.lab.counts.loginsRefused == 2)
        }
    }

    @Test func nextUserLogsIn_whenTheFirstIsRefused() async throws {
        try await withBench([plain]) { bench in
            var device = device(bench, plain, [password(Hush.wrong, user: "admin"), password(Hush.password)])
            let result = try await bench.badDay(device, options: options(bench))
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: plain.address).loginsRefused == 1)
            device.credentials = [password("hush-other", user: "admin"), password(Hush.wrong, user: "backup")]
            let refused = try await bench.badDay(device, options: options(bench))
            #expect(refused.error?.code == .authentication)
            for user in ["admin", "backup"] { #expect(refused.error?.message.contains("\(user)@127.1.0.1 was refused") == true) }
        }
    }

    @Test func nobodyElseIsTried_whenTheKeyHasChanged() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.changedHostKey])
        try await withBench([lab]) { bench in
            let device = device(bench, lab, [password(Hush.password), password(Hush.password, user: "admin")])
            _ = try await bench.run(["show version"], on: [device], options: options(bench))
            let before = bench.lab.counts(at: lab.address).connectionsTotal
            let result = try await bench.badDay(device, options: options(bench))
            #expect(result.error?.code == .hostKey, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: lab.address).connectionsTotal == before + 1)
        }
    }

    @Test func passwordIsTold_whenTheKeyHasAnotherName() async throws {
        try await withBench([plain]) { bench in
            var device = device(bench, plain, password: Hush.password)
            device.hostKeyAlias = "core 1"
            let result = try await bench.badDay(device, options: options(bench))
            #expect(result.error == nil, "\(String(describing: result.error))")
        }
    }

    // MARK: Keys

    @Test func agentOfTheCredentialSigns() async throws {
        try await withOpenSSHServer { server in
            try await withSSHAgent(keys: [server.userKey]) { socket in
                try await withBench { bench in
                    let named = device(server, [LoginCredential(.agent(socket: socket))])
                    var configured = device(server)
                    configured.name = "configured"
                    configured.ssh.identityAgent = .socket(socket)
                    var none = device(server)
                    none.name = "none"
                    let record = try await bench.run(["echo hello"], on: [named, configured, none], options: options(bench))
                    #expect(record.results.map(\.status).sorted { $0.rawValue < $1.rawValue } == [.ok, .ok, .unreachable])
                    #expect(try record.result("none").error?.code == .credential, "\(record.results.map { $0.error })")
                    var options = options(bench)
                    options.agentSocket = socket
                    let found = try await bench.run(["echo hello"], on: [none], options: options).result("none")
                    #expect(found.error == nil, "\(String(describing: found.error))")
                }
            }
        }
    }

    @Test func noKeyIsOffered_whenTheDeviceHasOnlyAPassword() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.loginTries(1)])
        try await withOpenSSHServer { server in
            try await withSSHAgent(keys: [server.userKey]) { socket in
                try await withBench([lab]) { bench in
                    var options = options(bench)
                    options.agentSocket = socket
                    let result = try await bench.badDay(device(bench, lab, password: Hush.password), options: options)
                    #expect(result.error == nil, "\(String(describing: result.error))")
                }
            }
        }
    }

    @Test func personIsAskedOnce_whenManyDevicesWantALockedKey() async throws {
        try await withOpenSSHServer(passphrase: Hush.passphrase) { server in
            try await withBench { bench in
                let asked = Mutex(0)
                var options = options(bench)
                options.ask = { _ in
                    asked.withLock { $0 += 1 }
                    return Secret(Hush.passphrase)
                }
                let devices = (1...3).map { number in
                    var device = device(server, [LoginCredential(.identity(path: server.userKey, passphrase: nil))])
                    device.name = "d\(number)"
                    return device
                }
                let record = try await bench.run(["echo hello"], on: devices, options: options)
                #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.map { $0.error })")
                #expect(asked.withLock(\.self) == 1)
            }
        }
    }

    // MARK: ssh_config

    @Test func linesThatOnlySSHHeedsCount_andAreInNoListOfProcesses() async throws {
        try await withOpenSSHServer(configuration: ["AcceptEnv MUSTER_*"]) { server in
            try await withBench { bench in
                let program = "\(bench.folder)/ssh"
                let script = "#!/bin/sh\nfor word; do echo \"$word\"; done > \(bench.folder)/arguments\nexec ssh \"$@\"\n"
                try script.write(toFile: program, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
                var options = options(bench)
                options.openSSH.program = program
                var device = device(server, lines: ["setenv MUSTER_A=\"is here\" MUSTER_B=2", "frobnicate yes"])
                device.identities = [server.userKey]
                device.ssh.alias = "core-1"
                let result = try await bench.run(["echo $MUSTER_A"], on: [device], options: options).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands[0].output == "is here")
                let arguments = try String(contentsOfFile: "\(bench.folder)/arguments", encoding: .utf8).split(separator: "\n")
                #expect(!arguments.contains { $0.contains("MUSTER") })
                #expect(arguments.last == "core-1")
                // The file has gone with the run.
                let file = try #require(arguments.firstIndex(of: "-F").map { arguments[$0 + 1] })
                #expect(!FileManager.default.fileExists(atPath: String(file)))
            }
        }
    }

    @Test func methodsAreThoseOfTheSettings() async throws {
        try await withBench([plain]) { bench in
            var device = device(bench, plain, password: Hush.password)
            device.ssh.disabledAuthentications = ["password", "keyboard-interactive"]
            let result = try await bench.badDay(device, options: options(bench))
            #expect(result.error?.code == .authentication, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: plain.address).loginsRefused == 0)
        }
    }

    @Test func listsOfAlgorithmsChangeWhatLegacyAddsTo() async throws {
        try await withBench([plain], adjust: { $0.algorithms.keyExchange = "diffie-hellman-group14-sha1" }) { bench in
            var device = device(bench, plain, password: Hush.password)
            device.legacy = true
            device.ssh.keyExchange = AlgorithmList("-curve25519*")
            let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(result.legacyAlgorithms.contains("diffie-hellman-group14-sha1"))
            device.ssh.keyExchange = AlgorithmList("-curve25519*,*sha1")
            let without = try await bench.run(["show version"], on: [device], options: options(bench)).result("r1")
            #expect(without.error?.code == .noCommonAlgorithm, "\(String(describing: without.error))")
        }
    }

    // MARK: In the terminal

    private static let dialogue = """
        printf '\\nUser Access Verification\\n\\nUsername: '; read u; printf 'Password: '; read -s p; echo
        if [ "$p" != \(Hush.password) ]; then echo "% Login invalid"; sleep 1; exit; fi
        stty -echo
        while printf 'sw1#'; read line; do
            echo "$line"
            case "$line" in exit*) exit;; "show version"*) echo "Cisco IOS XE Software, for $u";; esac
        done

        """

    @Test func questionsInTheTerminalAreAnswered() async throws {
        try await withTemporaryFolder { folder in
            try Self.dialogue.write(toFile: "\(folder)/login", atomically: true, encoding: .utf8)
            try await withOpenSSHServer(configuration: ["ForceCommand /bin/bash \(folder)/login"]) { server in
                try await withBench { bench in
                    var device = device(server, [LoginCredential(.identity(path: server.userKey, passphrase: nil))])
                    device.platform = "cisco_iosxe"
                    device.password = Secret(Hush.password)
                    let result = try await bench.run(["show version"], on: [device], options: options(bench)).result("here")
                    #expect(result.error == nil, "\(String(describing: result.error))")
                    #expect(result.commands[0].output == "Cisco IOS XE Software, for \(server.user)")
                    // A wrong one is counted, and nobody else is told it.
                    device.password = Secret(Hush.wrong)
                    let devices = (1...4).map { number in
                        var device = device
                        device.name = "d\(number)"
                        return device
                    }
                    var options = options(bench)
                    options.fanout = 1
                    options.maxAuthFailures = 2
                    let record = try await bench.run(["show version"], on: devices, options: options)
                    #expect(
                        record.results.map { $0.error?.code } == [.authentication, .authentication, .skipped, .skipped],
                        "\(record.results.map { $0.error })")
                }
            }
        }
    }

    // MARK: auto

    @Test func resultSaysSo_whenItGoesOnWithOpenSSH() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["rsa"], configuration: ["AcceptEnv MUSTER_*"]) { server in
            try await withBench { bench in
                var device = device(
                    server, [password(Hush.wrong, user: "nobody-here"), LoginCredential(.identity(path: server.userKey, passphrase: nil))],
                    lines: ["setenv MUSTER_A=here"])
                device.transport = .auto
                let result = try await bench.run(["echo $MUSTER_A"], on: [device], options: options(bench)).result("here")
                #expect(result.error == nil, "\(String(describing: result.error))")
                #expect(result.commands[0].output == "here")
                #expect(result.warnings.count == 1)
                #expect(result.warnings.first?.hasPrefix("goes on with the system's ssh: no common host key algorithm") == true)
            }
        }
    }

    @Test func goesOnWithOpenSSH_whenTheAgentHasACertificateThatLibssh2PassesOver() async throws {
        try await withTemporaryFolder { folder in
            let authority = "\(folder)/authority"
            try await makeKey(type: "ed25519", path: authority)
            let configuration = ["TrustedUserCAKeys \(authority).pub", "AuthorizedKeysFile none"]
            try await withOpenSSHServer(configuration: configuration) { server in
                let sign = [
                    "/usr/bin/ssh-keygen", "-q", "-s", authority, "-I", "x", "-n", server.user, "-V", "+1h", "\(server.userKey).pub",
                ]
                #expect(await Program.runAsync(sign) == 0)
                try await withSSHAgent(keys: [server.userKey]) { socket in
                    try await withBench { bench in
                        var device = device(server, [LoginCredential(.agent(socket: socket))])
                        device.transport = .auto
                        let result = try await bench.run(["echo hello"], on: [device], options: options(bench)).result("here")
                        #expect(result.error == nil, "\(String(describing: result.error))")
                    }
                }
            }
        }
    }
}
