import Foundation
import Muster
import MusterLab
import MusterSSHConfig
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

    @Test func proxyCommandIsRefused_insteadOfConnectingDirectly() async throws {
        try await withBench([plain]) { bench in
            var device = bench.device(plain)
            device.ssh.proxyCommand = "nc gw 22"
            let result = try #require(try await bench.run(["show version"], on: [device]).results.first)
            #expect(result.error?.code == .usage)
            #expect(bench.lab.counts(at: plain.address).sessionsTotal == 0)
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
