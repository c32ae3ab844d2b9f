import Foundation
import MusterTestSupport
import Testing

@testable import MusterSSH

struct KnownHostsTests {
    private let ed25519 = HostKey(base64: "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")!
    private let other = HostKey(base64: "AAAAC3NzaC1lZDI1NTE5AAAAICAfHh0cGxoZGBcWFRQTEhEQDw4NDAsKCQgHBgUEAwIB")!

    private func hosts(_ lines: String...) -> KnownHosts {
        KnownHosts(Array(lines.joined(separator: "\n").utf8), file: "known_hosts")
    }

    @Test func keyOfTheHost_isKnown() {
        let hosts = hosts("# comment", "r1,192.0.2.1 ssh-ed25519 \(ed25519.base64) comment")
        #expect(hosts.verdict(host: "r1", port: 22, key: ed25519) == .known)
        #expect(hosts.verdict(host: "R1", port: 22, key: ed25519) == .known)
        #expect(hosts.verdict(host: "192.0.2.1", port: 22, key: ed25519) == .known)
        #expect(hosts.verdict(host: "r2", port: 22, key: ed25519) == .unknown)
        #expect(hosts.verdict(host: "r1", port: 2222, key: ed25519) == .unknown)
    }

    @Test func port_isPartOfTheName() {
        let hosts = hosts("[r1]:2222 ssh-ed25519 \(ed25519.base64)")
        #expect(hosts.verdict(host: "r1", port: 2222, key: ed25519) == .known)
        #expect(hosts.verdict(host: "r1", port: 22, key: ed25519) == .unknown)
    }

    @Test func otherKey_isChangedAndSaysWhere() {
        let hosts = hosts("", "r1 ssh-ed25519 \(ed25519.base64)")
        guard case .changed(let entries) = hosts.verdict(host: "r1", port: 22, key: other) else {
            Issue.record("expected a changed key")
            return
        }
        #expect(entries.map(\.origin) == ["known_hosts:2"])
        #expect(entries.map(\.key) == [ed25519])
    }

    @Test func hashedName_isFound() {
        // Made with `ssh-keygen -H` for the name r1.example.
        let hosts = hosts("|1|NkWPUBnj9k/5nPQRrMV/KC0jQQk=|9YHyRTcrVsX+fiPcKz0c1DUMG3U= ssh-ed25519 \(ed25519.base64)")
        #expect(hosts.verdict(host: "r1.example", port: 22, key: ed25519) == .known)
        #expect(hosts.verdict(host: "r2.example", port: 22, key: ed25519) == .unknown)
    }

    @Test func patternsAndNegation_matchAsInSSH() {
        let hosts = hosts("*.example,!bad.example ssh-ed25519 \(ed25519.base64)")
        #expect(hosts.verdict(host: "a.example", port: 22, key: ed25519) == .known)
        #expect(hosts.verdict(host: "bad.example", port: 22, key: ed25519) == .unknown)
        #expect(hosts.verdict(host: "example", port: 22, key: ed25519) == .unknown)
    }

    @Test func revokedKey_isRefused() {
        let hosts = hosts("@revoked * ssh-ed25519 \(ed25519.base64)", "r1 ssh-ed25519 \(ed25519.base64)")
        guard case .revoked = hosts.verdict(host: "r1", port: 22, key: ed25519) else {
            Issue.record("expected a revoked key")
            return
        }
    }

    @Test func garbageLines_loseNothingElse() {
        let hosts = hosts("nonsense", "r0 ssh-ed25519 !!!", "r1 ssh-ed25519 \(ed25519.base64)\r", "|1|x ssh-ed25519 AAAA")
        #expect(hosts.verdict(host: "r1", port: 22, key: ed25519) == .known)
        #expect(hosts.unreadable == ["known_hosts:1", "known_hosts:2", "known_hosts:4"])
    }

    @Test func pinnedKeys_areInTheFileAfterAFlush() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/deeper/known_hosts"
            let file = try await KnownHostsFile.load(path: path)
            for number in 1...50 { _ = file.pinIfUnknown(host: "r\(number)", port: 22, key: ed25519) }
            #expect(await file.flush() == nil)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.split(separator: "\n").count == 50)
            let again = try await KnownHostsFile.load(path: path)
            #expect(again.verdict(host: "r50", port: 22, key: ed25519) == .known)
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func secondKeyOfAHost_hasChanged_whenTwoArePinnedAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let file = try await KnownHostsFile.load(path: "\(folder)/known_hosts")
            #expect(file.pinIfUnknown(host: "r1", port: 22, key: ed25519) == .unknown)
            #expect(file.pinIfUnknown(host: "r1", port: 22, key: ed25519) == .known)
            guard case .changed = file.pinIfUnknown(host: "r1", port: 22, key: other) else {
                Issue.record("expected a changed key")
                return
            }
            _ = await file.flush()
        }
    }

    @Test func pinnedKey_startsALineOfItsOwn_whenTheFileEndsInMidLine() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            try "r0 ssh-ed25519 \(other.base64)".write(toFile: path, atomically: true, encoding: .utf8)
            let file = try await KnownHostsFile.load(path: path)
            _ = file.pinIfUnknown(host: "r1", port: 22, key: ed25519)
            _ = await file.flush()
            let again = try await KnownHostsFile.load(path: path)
            #expect(again.verdict(host: "r0", port: 22, key: other) == .known)
            #expect(again.verdict(host: "r1", port: 22, key: ed25519) == .known)
        }
    }

    @Test func fileThatCannotBeWritten_isReported() async throws {
        let file = KnownHostsFile(path: "/dev/null/known_hosts")
        _ = file.pinIfUnknown(host: "r1", port: 22, key: ed25519)
        #expect(await file.flush()?.contains("/dev/null/known_hosts") == true)
    }

    @Test func fingerprint_isThatOfSSHKeygen() async throws {
        #expect(ed25519.type == "ssh-ed25519")
        #expect(ed25519.fingerprint == "SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4")
    }
}
