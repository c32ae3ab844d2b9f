import Foundation
import MusterTestSupport
import Testing

@testable import MusterSSH

/// Keys for known hosts files.
enum SomeKey {
    static let ed25519 = HostKey(base64: "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")!
    static let other = HostKey(base64: "AAAAC3NzaC1lZDI1NTE5AAAAICAfHh0cGxoZGBcWFRQTEhEQDw4NDAsKCQgHBgUEAwIB")!
    /// Not a point of the curve, but nobody computes with it.
    static let ecdsa = HostKey(
        blob: SomeKey.text("ecdsa-sha2-nistp256") + SomeKey.text("nistp256") + SomeKey.text("\u{4}" + String(repeating: "x", count: 64)))

    private static func text(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
}

extension HostKeyName {
    init(_ host: String, port: Int = 22) { self.init(host: host, port: port) }
}

struct KnownHostsTests {
    private let ed25519 = SomeKey.ed25519
    private let other = SomeKey.other

    private func hosts(_ lines: String...) -> KnownHosts {
        KnownHosts(Array(lines.joined(separator: "\n").utf8), file: "known_hosts")
    }

    private func isChanged(_ verdict: KnownHosts.Verdict) -> Bool {
        if case .changed = verdict { true } else { false }
    }

    @Test func keyOfTheHost_isKnown() {
        let hosts = hosts("# comment", "r1,192.0.2.1 ssh-ed25519 \(ed25519.base64) comment")
        #expect(hosts.verdict(HostKeyName("r1"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("R1"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("192.0.2.1"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("r2"), key: ed25519) == .unknown)
    }

    @Test func port_isPartOfTheName() {
        let hosts = hosts("[r1]:2222 ssh-ed25519 \(ed25519.base64)")
        #expect(hosts.verdict(HostKeyName("r1", port: 2222), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("r1"), key: ed25519) == .unknown)
        #expect(hosts.verdict(HostKeyName("r1", port: 2223), key: ed25519) == .unknown)
    }

    @Test func keyOfTheHostOnItsUsualPort_countsOnOthers_asLongAsTheseHaveNone() {
        let hosts = hosts("r1 ssh-ed25519 \(ed25519.base64)", "[r1]:2222 ssh-ed25519 \(other.base64)")
        #expect(hosts.verdict(HostKeyName("r1", port: 99), key: ed25519) == .known)
        #expect(hosts.types(HostKeyName("r1", port: 99)) == ["ssh-ed25519"])
        // Another one has not changed: it may well be another server.
        #expect(hosts.verdict(HostKeyName("r1", port: 99), key: other) == .unknown)
        #expect(isChanged(hosts.verdict(HostKeyName("r1", port: 2222), key: ed25519)))
    }

    @Test func alias_standsForNameAndPort() {
        let hosts = hosts("core ssh-ed25519 \(ed25519.base64)", "r1 ssh-ed25519 \(other.base64)")
        #expect(hosts.verdict(HostKeyName(host: "r1", port: 2222, alias: "Core"), key: ed25519) == .known)
        #expect(isChanged(hosts.verdict(HostKeyName(host: "r1", port: 22, alias: "core"), key: other)))
    }

    @Test func otherKey_isChangedAndSaysWhere() {
        let hosts = hosts("", "r1 ssh-ed25519 \(ed25519.base64)")
        guard case .changed(let entries) = hosts.verdict(HostKeyName("r1"), key: other) else {
            Issue.record("expected a changed key")
            return
        }
        #expect(entries.map(\.origin) == ["known_hosts:2"])
        #expect(entries.map(\.key) == [ed25519])
    }

    @Test func keyOfAnotherType_isChanged() {
        let hosts = hosts("r1 ecdsa-sha2-nistp256 \(SomeKey.ecdsa.base64)")
        #expect(isChanged(hosts.verdict(HostKeyName("r1"), key: ed25519)))
        #expect(hosts.types(HostKeyName("r1")) == ["ecdsa-sha2-nistp256"])
    }

    @Test func severalKeys_areAllKnown() {
        let hosts = hosts("r1 ssh-ed25519 \(ed25519.base64)", "r1 ssh-ed25519 \(other.base64)")
        #expect(hosts.verdict(HostKeyName("r1"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("r1"), key: other) == .known)
    }

    @Test func severalFiles_countTogether() {
        var hosts = hosts("r1 ssh-ed25519 \(ed25519.base64)")
        hosts.add(Array("r2 ssh-ed25519 \(ed25519.base64)\n@revoked r1 ssh-ed25519 \(other.base64)".utf8), file: "other")
        #expect(hosts.verdict(HostKeyName("r1"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("r2"), key: ed25519) == .known)
        guard case .revoked(let entry) = hosts.verdict(HostKeyName("r1"), key: other) else {
            Issue.record("expected a revoked key")
            return
        }
        #expect(entry.origin == "other:2")
    }

    @Test func hashedName_isFound() {
        // Made with `ssh-keygen -H` for the name r1.example.
        let line = "|1|NkWPUBnj9k/5nPQRrMV/KC0jQQk=|9YHyRTcrVsX+fiPcKz0c1DUMG3U= ssh-ed25519 \(ed25519.base64)"
        var hosts = hosts(line, "r2.example ssh-ed25519 \(other.base64)")
        #expect(hosts.verdict(HostKeyName("r1.example"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("r3.example"), key: ed25519) == .unknown)
        hosts.resolve(["r1.example", "r2.example", "r3.example"].map { HostKeyName($0) })
        #expect(hosts.verdict(HostKeyName("r1.example"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("r2.example"), key: other) == .known)
        #expect(hosts.verdict(HostKeyName("r3.example"), key: ed25519) == .unknown)
        #expect(hosts.verdict(HostKeyName("r4.example"), key: ed25519) == .unknown)
        // What is read later is looked up anew.
        hosts.add(Array(line.replacing("NkWP", with: "AkWP").utf8), file: "more")
        #expect(hosts.verdict(HostKeyName("r1.example"), key: ed25519) == .known)
    }

    @Test func manyHashedNames_areFoundInOnePass() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/known_hosts"
            try (0..<300).map { "r\($0) ssh-ed25519 \(ed25519.base64)\n" }.joined().write(toFile: file, atomically: true, encoding: .utf8)
            #expect(await Program.runAsync(["/usr/bin/ssh-keygen", "-q", "-H", "-f", file]) == 0)
            let content = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
            var hosts = KnownHosts(content, file: "f")
            hosts.resolve((0..<400).map { HostKeyName("r\($0)") })
            for number in 0..<400 {
                #expect(hosts.entries(HostKeyName("r\(number)")).map(\.origin) == (number < 300 ? ["f:\(number + 1)"] : []))
            }
        }
    }

    @Test func patternsAndNegation_matchAsInSSH() {
        let hosts = hosts("*.example,!bad.example ssh-ed25519 \(ed25519.base64)", "[10.0.0.?]:22* ssh-ed25519 \(other.base64)")
        #expect(hosts.verdict(HostKeyName("a.example"), key: ed25519) == .known)
        #expect(hosts.verdict(HostKeyName("bad.example"), key: ed25519) == .unknown)
        #expect(hosts.verdict(HostKeyName("example"), key: ed25519) == .unknown)
        #expect(hosts.verdict(HostKeyName("10.0.0.7", port: 2222), key: other) == .known)
        #expect(hosts.verdict(HostKeyName("10.0.0.77", port: 2222), key: other) == .unknown)
    }

    @Test func revokedKey_isRefused() {
        let hosts = hosts("@revoked * ssh-ed25519 \(ed25519.base64)", "r1 ssh-ed25519 \(ed25519.base64)")
        for name in [HostKeyName("r1"), HostKeyName("r1", port: 22_222), HostKeyName("r2")] {
            guard case .revoked = hosts.verdict(name, key: ed25519) else {
                Issue.record("expected a revoked key for \(name)")
                continue
            }
        }
        #expect(hosts.verdict(HostKeyName("r2"), key: other) == .unknown)
        #expect(hosts.types(HostKeyName("r2")) == [])
    }

    @Test func authority_vouchesForNoKeyOfItsOwn() {
        let hosts = hosts("@cert-authority *.example ssh-ed25519 \(ed25519.base64)", "b.example ssh-ed25519 \(other.base64)")
        for key in [ed25519, other] {
            guard case .certified(let entries) = hosts.verdict(HostKeyName("a.example"), key: key) else {
                Issue.record("expected a refusal")
                continue
            }
            #expect(entries.map(\.origin) == ["known_hosts:1"])
        }
        // A plain key is there too.
        #expect(hosts.verdict(HostKeyName("b.example"), key: other) == .known)
        #expect(isChanged(hosts.verdict(HostKeyName("b.example"), key: ed25519)))
        #expect(hosts.verdict(HostKeyName("c.test"), key: ed25519) == .unknown)
    }

    @Test func garbageLines_loseNothingElse() {
        let hosts = hosts(
            "nonsense", "r0 ssh-ed25519 !!!", "r1 ssh-ed25519 \(ed25519.base64)\r", "|1|x ssh-ed25519 AAAA",
            "@unheard r1 ssh-ed25519 \(ed25519.base64)", "|2|x|y ssh-ed25519 \(ed25519.base64)", "   # a comment", "\t",
            "\u{FF}\u{0}\u{1} ssh-ed25519", "@revoked", "r2 ecdsa-sha2-nistp256 \(other.base64)")
        #expect(hosts.verdict(HostKeyName("r1"), key: ed25519) == .known)
        #expect(hosts.unreadable == [1, 2, 4, 5, 6, 9, 10].map { "known_hosts:\($0)" })
        // A key that is not of the type that its line names does not count.
        #expect(hosts.verdict(HostKeyName("r2"), key: other) == .unknown)
    }

    @Test func fingerprint_isThatOfSSHKeygen() {
        #expect(ed25519.type == "ssh-ed25519")
        #expect(ed25519.fingerprint == "SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4")
    }

    @Test func edit_removesKeysAndLeavesTheRestByteForByte() {
        let hashed = "|1|NkWPUBnj9k/5nPQRrMV/KC0jQQk=|9YHyRTcrVsX+fiPcKz0c1DUMG3U="
        let key = "ssh-ed25519 \(ed25519.base64)"
        let content = [
            "# mine", "  r1.example,r2  \(key)  kept comment ", "\(hashed) \(key)", "garbage", "r1.example \(key)", "*.example \(key)",
            "r1.example ssh-ed25519 \(other.base64)", "@revoked r1.example \(key)", "r2 \(key)",
        ].joined(separator: "\n")
        let edit = KnownHostsEdit(removed: [(HostKeyName("r1.example"), ed25519)], added: [(HostKeyName("r1.example"), SomeKey.ecdsa)])
        let result = edit.applied(to: Array(content.utf8))
        #expect(
            String(decoding: result.content, as: UTF8.self)
                == [
                    "# mine", "r2  \(key)  kept comment ", "garbage", "*.example \(key)", "r1.example ssh-ed25519 \(other.base64)",
                    "@revoked r1.example \(key)", "r2 \(key)", "r1.example ecdsa-sha2-nistp256 \(SomeKey.ecdsa.base64)", "",
                ].joined(separator: "\n"))
        #expect(result.kept == [6])
    }

    @Test func algorithmsOfAKnownType_areAskedForFirst() {
        func first(_ count: Int, _ types: [String]) -> [String] {
            AlgorithmPreferences.standard.preferring(hostKeyTypes: types).hostKey.split(separator: ",").prefix(count).map(String.init)
        }
        #expect(first(2, ["ssh-rsa"]) == ["rsa-sha2-512", "rsa-sha2-256"])
        #expect(first(1, ["ssh-ed25519"]) == ["ssh-ed25519"])
        #expect(Set(first(2, ["ssh-ed25519", "ecdsa-sha2-nistp521"])) == ["ssh-ed25519", "ecdsa-sha2-nistp521"])
        // Both known types go before the others, though one of them is the first anyway.
        #expect(first(3, ["ecdsa-sha2-nistp256", "ssh-rsa"]) == ["ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"])
        let all = AlgorithmPreferences.standard.hostKey.split(separator: ",").sorted()
        #expect(
            AlgorithmPreferences.standard.preferring(hostKeyTypes: ["ssh-rsa", "unheard"]).hostKey.split(separator: ",").sorted() == all)
        #expect(AlgorithmPreferences.standard.preferring(hostKeyTypes: []) == .standard)
        #expect(AlgorithmPreferences.standard.limited(toHostKeyType: "ssh-rsa").hostKey == "rsa-sha2-512,rsa-sha2-256,ssh-rsa")
        #expect(AlgorithmPreferences.standard.limited(toHostKeyType: "ssh-dss").hostKey == "ssh-dss")
    }
}
