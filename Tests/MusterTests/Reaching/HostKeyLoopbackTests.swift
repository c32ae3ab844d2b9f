import Foundation
import Muster
import MusterInventory
import MusterLab
import Testing

/// What is done about host keys.
@Suite(.timeLimit(.minutes(5))) struct HostKeyLoopbackTests {
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
            let record = try await bench.run(["show version"], on: [bench.device(lab)] + bench.healthy, options: options)
            let warnings = record.events.compactMap { if case .warning(nil, let text) = $0 { text } else { nil } }
            #expect(warnings == ["the host keys of 3 devices are not checked: whoever answers in that place gets the passwords"])
        }
    }

    @Test func told_whenAPinCannotBeWritten() async throws {
        try await withBench([plain]) { bench in
            // No such file, and none can be made there.
            var options = bench.options
            options.knownHostsFiles = ["/proc/muster/known_hosts"]
            let record = try await bench.run(["show version"], on: [bench.device(plain)], options: options)
            #expect(record.results.map(\.status) == [.ok])
            #expect(record.notPinned["r1"]?.hasPrefix("/proc/muster/known_hosts: ") == true, "\(record.notPinned)")
            #expect(record.pinned.isEmpty)
            options.knownHostsFiles = ["/dev/null"]
            let nowhere = try await bench.run(["show version"], on: [bench.device(plain)], options: options)
            #expect(nowhere.notPinned == ["r1": "/dev/null keeps nothing"])
            #expect(nowhere.pinned.isEmpty)
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

    // MARK: Pins in the inventory

    @Test func pinInTheInventory_winsOverKnownHosts() async throws {
        try await withBench([plain]) { bench in
            // Another key is known, and nothing is pinned anew.
            let other = "[127.1.0.1]:\(bench.lab.port) ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n"
            try other.write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
            for key in bench.lab.hostKeys {
                // A fingerprint does not tell its type: the device is asked for one type after the other.
                for pin in [key.fingerprint, "\(key.algorithm) \(key.fingerprint)", "\(key.algorithm) \(key.base64)"] {
                    var device = bench.device(plain)
                    device.hostKeys = [try HostKeyPin(pin)]
                    let record = try await bench.run(["show version"], on: [device])
                    #expect(record.results.map(\.status) == [.ok], "\(pin): \(String(describing: record.results[0].error))")
                    #expect(record.pinned.isEmpty)
                }
            }
            #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8) == other)
        }
    }

    @Test(arguments: [HostKeyPolicy.acceptNew, .strict])
    func refusedWithBothFingerprints_whenTheKeyIsNotThePinnedOne(policy: HostKeyPolicy) async throws {
        let expected = "SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4"
        try await withBench([plain]) { bench in
            // It is in the known hosts file, which does not matter.
            _ = try await bench.run(["show version"], on: [bench.device(plain)] + bench.healthy)
            var device = bench.device(plain)
            device.hostKeys = [try HostKeyPin(expected)]
            var options = bench.options
            options.hostKeys = policy
            let result = try await bench.badDay(device, options: options)
            let error = try #require(result.error)
            #expect(error.code == .hostKey)
            #expect(error.message.contains("is not the one in the inventory: expected \(expected), seen "))
            #expect(bench.lab.hostKeys.contains { error.message.contains($0.fingerprint) })
            #expect(error.hint?.contains("`host_key`") == true)
            #expect(bench.lab.counts(at: plain.address).sessionsTotal == 1)
        }
    }

    @Test func revokedKey_isRefused_evenWhenTheInventoryPinsIt() async throws {
        try await withBench([plain]) { bench in
            let keys = bench.lab.hostKeys
            try keys.map { "@revoked * \($0.algorithm) \($0.base64)\n" }.joined()
                .write(toFile: "\(bench.folder)/revoked", atomically: true, encoding: .utf8)
            var options = bench.options
            options.knownHostsFiles = [bench.knownHosts, "\(bench.folder)/revoked"]
            var device = bench.device(plain)
            for pins in [[], try keys.map { try HostKeyPin($0.fingerprint) }] {
                device.hostKeys = pins
                let record = try await bench.run(["show version"], on: [device], options: options)
                let error = try #require(record.results[0].error)
                #expect(error.code == .hostKey)
                #expect(error.message.contains("is revoked"))
                #expect(error.message.contains("\(bench.folder)/revoked:"))
            }
        }
    }

    @Test func refusedWithTheReason_whenOnlyAnAuthorityVouchesForTheHost() async throws {
        try await withBench([plain]) { bench in
            let key = try #require(bench.lab.hostKeys.first)
            let authority =
                "@cert-authority [127.1.0.*]:* ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n"
            try authority.write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
            let error = try #require(try await bench.run(["show version"], on: [bench.device(plain)]).results[0].error)
            #expect(error.code == .hostKey)
            #expect(error.message.contains("by a certificate authority alone (\(bench.knownHosts):1)"), "\(error)")
            // A plain key beside it decides; the device is asked for its type.
            for key in bench.lab.hostKeys {
                try (authority + "[127.1.0.1]:\(bench.lab.port) \(key.algorithm) \(key.base64)\n")
                    .write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
                let record = try await bench.run(["show version"], on: [bench.device(plain)])
                #expect(record.results.map(\.status) == [.ok])
            }
            var device = bench.device(plain)
            device.hostKeyAlias = "router"
            try "router \(key.algorithm) \(key.base64)\n".write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
            #expect(try await bench.run(["show version"], on: [device]).results.map(\.status) == [.ok])
        }
    }

    @Test func refused_whenTheKnownTypeIsGone() async throws {
        // Known by its Ed25519 key, and now it has an ECDSA key alone.
        try await withBench([plain], adjust: { $0.hostKeyTypes = [.ecdsa] }) { bench in
            let known = "[127.1.0.1]:\(bench.lab.port) ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n"
            try known.write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
            let error = try #require(try await bench.run(["show version"], on: [bench.device(plain)]).results[0].error)
            #expect(error.code == .hostKey)
            #expect(error.message.contains("has changed: expected ssh-ed25519 SHA256:"), "\(error)")
            #expect(error.hint?.hasPrefix("the device has no key of a known type any more") == true)
        }
    }

    @Test func deviceHasItsOwnFilesAndPolicy() async throws {
        try await withBench([plain]) { bench in
            var strict = bench.device(plain)
            strict.hostKeyPolicy = .strict
            var apart = bench.healthy[0]
            apart.knownHostsFiles = ["\(bench.folder)/apart"]
            var unchecked = bench.healthy[1]
            unchecked.hostKeyPolicy = .off
            let record = try await bench.run(["show version"], on: [strict, apart, unchecked])
            #expect(try record.result(strict.name).error?.code == .hostKey)
            #expect(try record.result(apart.name).status == .ok)
            #expect(try record.result(unchecked.name).status == .ok)
            #expect(Set(record.pinned.keys) == [apart.name])
            #expect(!FileManager.default.fileExists(atPath: bench.knownHosts))
            let text = try String(contentsOfFile: "\(bench.folder)/apart", encoding: .utf8)
            #expect(text.hasPrefix("[\(apart.address)]:\(bench.lab.port) "))
            #expect(text.split(separator: "\n").count == 1)
        }
    }

    @Test func notTakenForAChange_whenTheKnownTypeCannotBeAskedFor() async throws {
        try await withBench([plain], adjust: { $0.hostKeyTypes = [.rsa, .ed25519] }) { bench in
            let rsa = try #require(bench.lab.hostKeys.first { $0.algorithm == "ssh-rsa" })
            try "[127.1.0.1]:\(bench.lab.port) ssh-rsa \(rsa.base64)\n".write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
            let result = try await bench.run(["show version"], on: [bench.device(plain)]).results[0]
            // From 1.11 on libssh2 knows RSA with SHA-2.
            if result.status == .ok { return }
            let error = try #require(result.error)
            #expect(error.code == .hostKey)
            #expect(error.message.contains("can't be asked for with libssh2 1.10"), "\(error)")
            #expect(error.message.contains("expected ssh-rsa \(rsa.fingerprint)"))
            #expect(error.hint?.contains("muster keys accept -w r1") == true)
            #expect(bench.lab.counts(at: plain.address).sessionsTotal == 0)
        }
    }

    @Test func notTakenForAChange_whenThePinnedTypeCannotBeAskedFor() async throws {
        try await withBench([plain], adjust: { $0.hostKeyTypes = [.rsa, .ed25519] }) { bench in
            let rsa = try #require(bench.lab.hostKeys.first { $0.algorithm == "ssh-rsa" })
            var device = bench.device(plain)
            device.hostKeys = [try HostKeyPin("ssh-rsa \(rsa.base64)")]
            let result = try await bench.run(["show version"], on: [device]).results[0]
            // From 1.11 on libssh2 knows RSA with SHA-2.
            if result.status == .ok { return }
            let error = try #require(result.error)
            #expect(error.code == .hostKey)
            #expect(error.message.contains("can't be asked for with libssh2 1.10"), "\(error)")
            #expect(error.message.contains("expected ssh-rsa \(rsa.fingerprint)"))
            #expect(error.hint?.contains("transport: auto") == true)
        }
    }

    @Test func keyOfADeviceBehindABastion_isCheckedByItsOwnName() async throws {
        let bastion = LabDevice("bastion", address: "127.1.0.9", platform: .linux)
        try await withBench([plain, bastion]) { bench in
            var device = bench.device(plain)
            device.jump = [bench.device(bastion)]
            let name = "[127.1.0.1]:\(bench.lab.port)"
            let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
            try "\(name) \(other)\n".write(toFile: bench.knownHosts, atomically: true, encoding: .utf8)
            let error = try #require(try await bench.run(["show version"], on: [device]).results[0].error)
            #expect(error.code == .hostKey)
            #expect(error.device == device.name)
            #expect(error.message.contains("the host key of \(name) has changed"), "\(error)")
            #expect(bench.lab.counts(at: plain.address).sessionsTotal == 0)
            // The same by a pin in the inventory, which is right this time.
            device.hostKeys = [try HostKeyPin(try #require(bench.lab.hostKeys.last).fingerprint)]
            #expect(try await bench.run(["show version"], on: [device]).results.map(\.status) == [.ok])
        }
    }

    @Test func garbageAroundTheLine_losesNothing() async throws {
        try await withBench([plain]) { bench in
            let device = bench.device(plain)
            #expect(try await bench.run(["show version"], on: [device]).results.map(\.status) == [.ok])
            let line = [UInt8](try Data(contentsOf: URL(fileURLWithPath: bench.knownHosts)))
            let garbage: [[UInt8]] = [
                Array("\u{0}\u{1}\u{FFFD}\n".utf8), [0xFF, 0xFE, 0x80, 10], Array("|1|not*base64|at+all= ssh-ed25519 AAAA\n".utf8),
                Array("@cert-authority\n@made-up * ssh-rsa AAAA\n".utf8), Array("host ssh-ed25519\nhost ssh-ed25519 ====\n".utf8),
                Array(repeating: UInt8(ascii: "x"), count: 200_000) + [10], Array("\r\n\t\n# a note\n".utf8),
            ]
            let text = garbage.flatMap(\.self) + line + garbage.flatMap(\.self) + Array("[127.1.0.1]:22 no end of line".utf8)
            try Data(text).write(to: URL(fileURLWithPath: bench.knownHosts))
            var options = bench.options
            options.hostKeys = .strict
            let record = try await bench.run(["show version"], on: [device], options: options)
            #expect(record.results.map(\.status) == [.ok], "\(String(describing: record.results[0].error))")
            let warnings = record.events.compactMap { if case .warning(nil, let text) = $0 { text } else { nil } }
            #expect(warnings.contains { $0.contains("no sense as a known host") }, "\(warnings)")
        }
    }
}
