import Foundation
import MusterTestSupport
import Testing

@testable import MusterSSH

/// What known hosts files say, compared with what OpenSSH reads in them.
struct KnownHostsCorpusTests {
    private static let key = "ssh-ed25519 \(SomeKey.ed25519.base64)"

    private static let corpus = [
        "plain \(key)", "comma-a,comma-b,10.0.0.1 \(key)", "[ported]:2222 \(key)", "*.wild.example \(key)", "?.one.example \(key)",
        "*.neg.example,!bad.neg.example \(key)", "!only.example \(key)", "*,!not.anywhere \(key)", "[*.ports.example]:22?? \(key)",
        "  indented \(key)", "tabbed\t\(key) with a comment", "#commented \(key)", "", "@revoked revoked \(key)",
        "@cert-authority *.ca.example \(key)", "@unheard unheard \(key)", "nonsense", "badkey ssh-ed25519 AAAA",
        "2001:db8::1 \(key)", "[2001:db8::2]:830 \(key)", "crlf \(key)\r", "a*b*c \(key)", "UPPER \(key)", "trailing, \(key)",
    ]

    private static let names = [
        "plain", "comma-a", "comma-b", "10.0.0.1", "[ported]:2222", "ported", "[ported]:22", "x.wild.example", "wild.example",
        "a.b.wild.example", "x.one.example", "xy.one.example", "good.neg.example", "bad.neg.example", "only.example", "not.anywhere",
        "[x.ports.example]:2222", "[x.ports.example]:222", "indented", "tabbed", "commented", "revoked", "x.ca.example", "unheard",
        "nonsense", "2001:db8::1", "[2001:db8::2]:830", "crlf", "abc", "axbxc", "axbx", "a", "upper", "trailing", "hidden.example",
        "[hidden.example]:2222", "nobody",
    ]

    /// The lines that `ssh-keygen -F` finds.
    private func found(_ name: String, in file: String, folder: String) async throws -> [Int] {
        // No shell sees the name: it stands in a file.
        try name.write(toFile: "\(folder)/name", atomically: true, encoding: .utf8)
        _ = await Program.runAsync([
            "/bin/sh", "-c", "ssh-keygen -F \"$(cat '\(folder)/name')\" -f '\(file)' > '\(folder)/found' 2>/dev/null",
        ])
        return try String(contentsOfFile: "\(folder)/found", encoding: .utf8).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("# Host \(name) found: line "), let word = line.split(separator: " ").dropFirst(5).first else {
                return nil
            }
            return Int(word)
        }
    }

    @Test func linesOfAName_areThoseThatSSHFinds() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/known_hosts"
            try "hidden.example \(Self.key)\n[hidden.example]:2222 \(Self.key)\n".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(await Program.runAsync(["/usr/bin/ssh-keygen", "-q", "-H", "-f", file]) == 0)
            let hashed = try String(contentsOfFile: file, encoding: .utf8)
            try (hashed + Self.corpus.joined(separator: "\n")).write(toFile: file, atomically: true, encoding: .utf8)
            var hosts = KnownHosts(Array(try Data(contentsOf: URL(fileURLWithPath: file))), file: "f")
            hosts.resolve(Self.names.map { HostKeyName(host: "", port: 22, alias: $0) })
            for name in Self.names {
                let ours = hosts.entries(HostKeyName(host: "", port: 22, alias: name)).compactMap { Int($0.origin.dropFirst(2)) }
                let theirs = try await found(name, in: file, folder: folder)
                #expect(ours == theirs, "\(name)")
            }
        }
    }

    /// Known hosts lines for a server at PORT whose keys are ED and EC.
    private static let cases: [(name: String, lines: String)] = [
        ("nothing", ""), ("its key", "[127.0.0.1]:PORT ED"), ("its other key", "[127.0.0.1]:PORT EC"),
        ("another key", "[127.0.0.1]:PORT OTHER"), ("its key without the port", "127.0.0.1 ED"),
        ("its other key without the port", "127.0.0.1 EC"), ("another key without the port", "127.0.0.1 OTHER"),
        ("a revoked key", "@revoked * ED\n@revoked * EC"), ("its key and a pattern's", "[127.0.0.1]:* OTHER\n[127.0.0.1]:PORT ED"),
        ("a negated name", "[127.0.0.1]:*,!* OTHER"), ("garbage", "garbage\n[127.0.0.1]:PORT ED"),
    ]

    @Test func verdictsAreThoseOfSSH_underAcceptNew() async throws {
        try await withOpenSSHServer { server in
            func key(_ type: String) throws -> String {
                let words = try String(contentsOfFile: "\(server.folder)/host_\(type).pub", encoding: .utf8).split(separator: " ")
                return "\(words[0]) \(words[1])"
            }
            for (name, lines) in Self.cases {
                let file = "\(server.folder)/known"
                let content =
                    try lines.replacing("ED", with: key("ed25519")).replacing("EC", with: key("ecdsa"))
                    .replacing("OTHER", with: "ssh-ed25519 \(SomeKey.other.base64)").replacing("PORT", with: "\(server.port)") + "\n"
                for strict in ["accept-new", "yes"] {
                    try content.write(toFile: file, atomically: true, encoding: .utf8)
                    let status = await Program.runAsync([
                        "/usr/bin/ssh", "-F", "none", "-o", "UserKnownHostsFile=\(file)", "-o", "GlobalKnownHostsFile=/dev/null", "-o",
                        "StrictHostKeyChecking=\(strict)", "-o", "BatchMode=yes", "-o", "UpdateHostKeys=no", "-o", "IdentitiesOnly=yes",
                        "-i",
                        server.userKey, "-p", "\(server.port)", "127.0.0.1", "true",
                    ])
                    let theirs = status == 0
                    let written = try String(contentsOfFile: file, encoding: .utf8) != content
                    // The one that the server shows: ssh asks by the type that is known for name and port, Muster by that for the name too.
                    let hosts = KnownHosts(Array(content.utf8), file: file)
                    let host = HostKeyName("127.0.0.1", port: server.port)
                    let types = hosts.types(HostKeyName(host: "", port: 22, alias: host.text))
                    let shown = types.contains("ecdsa-sha2-nistp256") && !types.contains("ssh-ed25519") ? "ecdsa" : "ed25519"
                    let verdict = hosts.verdict(host, key: try #require(HostKey(base64: key(shown).split(separator: " ")[1])))
                    let ours = verdict == .known || (verdict == .unknown && strict == "accept-new")
                    #expect(ours == theirs, "\(name), \(strict): \(verdict)")
                    #expect((ours && verdict == .unknown) == written, "\(name), \(strict): \(verdict)")
                }
            }
        }
    }

    @Test func keyOfATypeThatIsNotKnown_isRefusedBySSHToo_whenAnotherTypeIsKnown() async throws {
        try await withOpenSSHServer(configuration: ["HostKeyAlgorithms ssh-ed25519"]) { server in
            let known = try String(contentsOfFile: "\(server.folder)/host_ecdsa.pub", encoding: .utf8)
            let file = "\(server.folder)/known"
            try "[127.0.0.1]:\(server.port) \(known)".write(toFile: file, atomically: true, encoding: .utf8)
            for strict in ["accept-new", "yes"] {
                let status = await Program.runAsync([
                    "/usr/bin/ssh", "-F", "none", "-o", "UserKnownHostsFile=\(file)", "-o", "GlobalKnownHostsFile=/dev/null", "-o",
                    "StrictHostKeyChecking=\(strict)", "-o", "BatchMode=yes", "-i", server.userKey, "-p", "\(server.port)", "127.0.0.1",
                    "true",
                ])
                #expect(status == 255)
            }
        }
    }
}
