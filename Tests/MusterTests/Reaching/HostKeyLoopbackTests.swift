import Foundation
import Muster
import MusterLab
import Testing

/// What is done about host keys.
@Suite(.timeLimit(.minutes(1))) struct HostKeyLoopbackTests {
    private let plain = LabDevice("r1", address: "127.1.0.1")

    @Test func pinsAndReports_whenTheKeyIsUnknown() async throws {
        try await withBench([plain]) { bench in
            let devices = [bench.device(plain)] + bench.healthy
            let first = try await bench.run(["show version"], on: devices)
            #expect(first.results.map(\.status) == [.ok, .ok, .ok])
            #expect(Set(first.pinned.keys) == Set(devices.map(\.name)))
            let shown = try #require(first.pinned["r1"])
            #expect(bench.lab.hostKeys.contains { $0.fingerprint == shown })
            let lines = try String(contentsOfFile: bench.knownHosts, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines.count { $0.hasPrefix("[127.1.0.1]:\(bench.lab.port) ") } == 1)

            let second = try await bench.run(["show version"], on: devices)
            #expect(second.results.map(\.status) == [.ok, .ok, .ok])
            #expect(second.pinned.isEmpty)
            #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8).split(separator: "\n") == lines)
        }
    }

    @Test(arguments: [HostKeyPolicy.acceptNew, .strict])
    func refusedWithBothFingerprints_whenTheKeyHasChanged(policy: HostKeyPolicy) async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.changedHostKey])
        try await withBench([lab]) { bench in
            let first = try await bench.run(["show version"], on: [bench.device(lab)] + bench.healthy)
            #expect(first.results.map(\.status) == [.ok, .ok, .ok])
            let expected = try #require(first.pinned["r1"])
            let before = try String(contentsOfFile: bench.knownHosts, encoding: .utf8)

            var options = bench.options
            options.hostKeys = policy
            let result = try await bench.badDay(bench.device(lab), options: options)
            #expect(result.status == .unreachable)
            let error = try #require(result.error)
            #expect(error.code == .hostKey)
            #expect(error.phase == .hostKey)
            #expect(error.message.contains("the host key of [127.1.0.1]:\(bench.lab.port) has changed"))
            #expect(error.message.contains(expected))
            #expect(error.message.contains("\(bench.knownHosts):"))
            #expect(bench.lab.changedHostKeys.contains { error.message.contains(" \($0.fingerprint)") }, "\(error)")
            #expect(error.hint?.contains("ssh-keygen -R '[127.1.0.1]:\(bench.lab.port)' -f \(bench.knownHosts)") == true)
            // The password was not sent, and the file is as it was.
            #expect(bench.lab.counts(at: lab.address).sessionsTotal == 1)
            #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8) == before)
        }
    }

    @Test func refused_whenTheKeyIsUnknownUnderStrict() async throws {
        try await withBench([plain]) { bench in
            // The healthy ones are known already.
            _ = try await bench.run(["show version"], on: bench.healthy)
            var options = bench.options
            options.hostKeys = .strict
            let result = try await bench.badDay(bench.device(plain), options: options)
            #expect(result.status == .unreachable)
            let error = try #require(result.error)
            #expect(error.code == .hostKey)
            #expect(error.phase == .hostKey)
            #expect(error.message.contains("the host key of [127.1.0.1]:\(bench.lab.port) is not known"))
            #expect(bench.lab.hostKeys.contains { error.message.contains($0.fingerprint) })
            #expect(error.hint?.contains(bench.knownHosts) == true)
            #expect(bench.lab.counts(at: plain.address).sessionsTotal == 0)
        }
    }

    @Test func noCheck_whenThePolicyIsOff() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.changedHostKey])
        try await withBench([lab]) { bench in
            _ = try await bench.run(["show version"], on: [bench.device(lab)])
            let before = try String(contentsOfFile: bench.knownHosts, encoding: .utf8)
            var options = bench.options
            options.hostKeys = .off
            let result = try await bench.badDay(bench.device(lab), options: options)
            #expect(result.status == .ok)
            #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8) == before)
        }
    }

    @Test func warns_whenAPinCannotBeWritten() async throws {
        try await withBench([plain]) { bench in
            // No such file, and none can be made there.
            var options = bench.options
            options.knownHostsFiles = ["/proc/muster/known_hosts"]
            let record = try await bench.run(["show version"], on: [bench.device(plain)], options: options)
            #expect(record.results.map(\.status) == [.ok])
            let warnings = record.events.compactMap { if case .warning(_, let text) = $0 { text } else { nil } }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("a host key could not be pinned: /proc/muster/known_hosts") == true)
        }
    }

    @Test func usageError_whenTheKnownHostsFileCannotBeRead() async throws {
        try await withBench([plain]) { bench in
            var options = bench.options
            options.knownHostsFiles = [bench.folder]
            let error = await musterError { _ = try await gather(["show version"], on: [bench.device(plain)], options: options) }
            #expect(error?.code == .usage)
            #expect(error?.message == "the known hosts file cannot be read: \(bench.folder): Is a directory")
            #expect(bench.lab.counts.connectionsTotal == 0)
        }
    }
}
