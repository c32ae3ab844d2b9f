import Foundation
import Muster
import MusterLab
import MusterSSHConfig
import MusterTestSupport
import Testing

/// What the settings of a device change on the way to it.
@Suite(.timeLimit(.minutes(5))) struct SSHSettingsLoopbackTests {
    private let plain = LabDevice("r1", address: "127.1.0.1")

    @Test func keyIsPinnedByItsAlias() async throws {
        try await withBench([plain]) { bench in
            var device = bench.device(plain)
            device.hostKeyAlias = "core"
            let first = try await bench.run(["show version"], on: [device])
            #expect(first.results.map(\.status) == [.ok])
            let lines = try String(contentsOfFile: bench.knownHosts, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 1)
            #expect(lines.first?.hasPrefix("core ") == true)
            let second = try await bench.run(["show version"], on: [device])
            #expect(second.results.map(\.status) == [.ok])
            #expect(second.pinned.isEmpty)
        }
    }

    @Test func unknownKeyIsRefused_whenTheDeviceIsStrict() async throws {
        try await withBench([plain]) { bench in
            var device = bench.device(plain)
            device.hostKeyPolicy = .strict
            let result = try #require(try await bench.run(["show version"], on: [device]).results.first)
            #expect(result.error?.code == .hostKey)
            device.hostKeyPolicy = .off
            let off = try await bench.run(["show version"], on: [device])
            #expect(off.results.map(\.status) == [.ok])
            #expect(off.pinned.isEmpty)
        }
    }

    @Test func onlyTheFamilyIsUsed() async throws {
        try await withBench([plain]) { bench in
            var device = bench.device(plain)
            device.ssh.addressFamily = .inet6
            let result = try #require(try await bench.run(["show version"], on: [device]).results.first)
            #expect(result.error?.code == .unknownHost)
            #expect(result.error?.message.contains("it is no IPv6 address") == true, "\(String(describing: result.error))")
            device.ssh.addressFamily = .inet
            #expect(try await bench.run(["show version"], on: [device]).results.map(\.status) == [.ok])
        }
    }

    @Test func connectionComesFromTheLocalAddress() async throws {
        try await withBench([plain]) { bench in
            var device = bench.device(plain)
            device.ssh.bindAddress = "127.0.0.77"
            #expect(try await bench.run(["show version"], on: [device]).results.map(\.status) == [.ok])
            for (address, text) in [("::1", "is of another family"), ("192.0.2.99", "no connection to")] {
                device.ssh.bindAddress = address
                let result = try #require(try await bench.run(["show version"], on: [device]).results.first)
                #expect(result.error?.code == .connection)
                #expect(result.error?.message.contains(text) == true, "\(String(describing: result.error))")
            }
        }
    }

    @Test func proxyCommandIsTheConnection_andEndsWithIt() async throws {
        try await withBench([plain]) { bench in
            let gone = "\(bench.folder)/gone"
            var device = bench.device(plain)
            // Nothing is there: the command alone leads to the device.
            device.address = "192.0.2.1"
            let way = "exec 3<>/dev/tcp/\(plain.address)/\(bench.lab.port); cat <&3 & cat >&3 <&0; kill $!; wait; echo > \(gone)"
            device.ssh.proxyCommand = "bash -c '\(way)'"
            let result = try await bench.badDay(device)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].output.contains("Cisco IOS XE"))
            // The key is the device's, by its address and not by the command's.
            #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8).contains("[192.0.2.1]:\(bench.lab.port)"))
            // The run has waited for the program.
            #expect(FileManager.default.fileExists(atPath: gone))
        }
    }

    @Test func proxyCommandsWordsAreInTheError_whenItFails() async throws {
        try await withBench([plain]) { bench in
            var device = bench.device(plain)
            device.ssh.proxyCommand = "sh -c 'echo no way through >&2; exit 7'"
            let result = try await bench.badDay(device)
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .connectionLost)
            #expect(
                result.error?.message.contains("the ProxyCommand ended with status 7, and said: no way through") == true,
                "\(String(describing: result.error))")
            #expect(result.error?.hint?.hasPrefix("run the ProxyCommand by hand") == true)
            #expect(bench.lab.counts(at: plain.address).connectionsTotal == 0)
        }
    }

    @Test func proxyCommandLeadsToTheBastion_whenTheBastionHasOne() async throws {
        let bastion = LabDevice("bastion", address: "127.5.0.1", platform: .linux)
        try await withBench([plain, bastion]) { bench in
            var hop = bench.device(bastion)
            hop.address = "192.0.2.2"
            hop.ssh.proxyCommand =
                "bash -c 'exec 3<>/dev/tcp/\(bastion.address)/\(bench.lab.port); cat <&3 & cat >&3 <&0; kill $!; wait'"
            var device = bench.device(plain)
            device.jump = [hop]
            let result = try await bench.badDay(device)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: bastion.address).forwards == 1)
        }
    }

    @Test func timeout_whenTheProxyCommandSaysNothing() async throws {
        try await withBench(waits: true) { bench in
            var device = bench.device(plain)
            // It has to be told to go.
            device.ssh.proxyCommand = "sleep 60"
            var options = bench.options
            options.connectTimeout = .seconds(3)
            let result = try #require(try await bench.run(["show version"], on: [device], options: options).results.first)
            #expect(result.error?.code == .timeout)
            #expect(result.error?.phase == .handshake)
        }
    }

    @Test func answers_whenTheSettingsAskForCompression() async throws {
        try await withOpenSSHServer(configuration: ["Compression yes"]) { server in
            try await withBench { bench in
                var device = Device(
                    name: "here", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user,
                    identities: [server.userKey])
                device.ssh.compression = true
                let result = try await bench.run(["seq 100000 | tail -n 1"], on: [device]).result("here")
                #expect(result.commands.map(\.output) == ["100000"], "\(String(describing: result.error))")
            }
        }
    }

    @Test func algorithmsAreThoseOfTheSettings() async throws {
        try await withBench([plain]) { bench in
            var device = bench.device(plain)
            device.ssh.ciphers = AlgorithmList("aes256-ctr")
            #expect(try await bench.run(["show version"], on: [device]).results.map(\.status) == [.ok])
            device.ssh.ciphers = AlgorithmList("made-up@example.net")
            let unknown = try #require(try await bench.run(["show version"], on: [device]).results.first)
            #expect(unknown.error?.code == .noCommonAlgorithm)
            device.ssh.ciphers = AlgorithmList("-*")
            let result = try #require(try await bench.run(["show version"], on: [device]).results.first)
            #expect(result.error?.message.contains("Ciphers -* of ssh_config leaves nothing that libssh2 could offer") == true)
        }
    }
}
