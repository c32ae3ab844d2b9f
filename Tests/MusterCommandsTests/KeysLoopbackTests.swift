import Foundation
import MusterLab
import MusterTestSupport
import Synchronization
import Testing

@testable import MusterCommands

/// `muster keys` against simulated devices and sshd.
@Suite(.timeLimit(.minutes(5))) struct KeysLoopbackTests {
    private let a = LabDevice("a", address: "127.1.0.1")
    private let b = LabDevice("b", address: "127.1.0.2")

    private func inventory(_ lab: Lab, _ more: String = "") -> String {
        """
        defaults: {port: \(lab.port)}
        hosts:
          a: {address: 127.1.0.1}
          b: {address: 127.1.0.2}
        \(more)
        """
    }

    private func key(_ type: String, of lab: Lab) throws -> LabHostKey { try #require(lab.hostKeys.first { $0.algorithm == type }) }

    /// Objects of JSON lines, by host.
    private func objects(_ text: String) throws -> [String: [String: Any]] {
        var objects: [String: [String: Any]] = [:]
        for line in text.split(separator: "\n") {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            objects[try #require(object["host"] as? String)] = object
        }
        return objects
    }

    /// The statuses of a device's keys, by type.
    private func keys(_ object: [String: Any]?) -> [String: String] {
        var statuses: [String: String] = [:]
        for key in object?["keys"] as? [[String: Any]] ?? [] { statuses[key["type"] as? String ?? ""] = key["status"] as? String }
        return statuses
    }

    @Test func scan_writesLinesThatARunAndSSHTake() async throws {
        try await withLab(LabConfiguration(devices: [a, b])) { lab in
            try await withFiles(["lab.yaml": inventory(lab)]) { folder in
                let world = World()
                #expect(await world.muster("keys", "scan", "-i", "\(folder)/lab.yaml") == 0)
                let expected = [1, 2].flatMap { number in
                    lab.hostKeys.map { "[127.1.0.\(number)]:\(lab.port) \($0.algorithm) \($0.base64)" }
                }
                #expect(world.output.split(separator: "\n").map(String.init).sorted() == expected.sorted())
                #expect(world.errors == "4 keys of 2 devices\n")
                // Nobody has logged in, and no devices are still connected.
                #expect(lab.counts.sessionsTotal == 0)
                try await lab.waitUntil { $0.connectionsOpen == 0 }
                try world.output.write(toFile: "\(folder)/known", atomically: true, encoding: .utf8)
                #expect(await world.muster("keys", "check", "-i", "\(folder)/lab.yaml", "--known-hosts", "\(folder)/known") == 0)
                #expect(await Program.runAsync(["/usr/bin/ssh-keygen", "-q", "-l", "-f", "\(folder)/known"]) == 0)
            }
        }
    }

    @Test(arguments: [
        ["keys", "scan", "-o", "jsonl"], ["keys", "check", "-o", "jsonl"], ["keys", "accept", "--yes"], ["audit", "crypto", "-o", "jsonl"],
    ])
    func signal_endsItAndWhatIsKnownIsPrinted(arguments: [String]) async throws {
        let reached = Mutex<CheckedContinuation<Void, Never>?>(nil)
        try await withLab(LabConfiguration(devices: [a, b])) { lab in
            // A device that takes the connection and says nothing: by then the others have answered.
            try await withLoopbackServer { connection in
                reached.withLock { $0 }?.resume()
                readToEnd(of: connection)
            } _: { silent in
                let more = "  zz-silent: {address: 127.0.0.1, port: \(silent.port)}"
                try await withFiles(["lab.yaml": inventory(lab, more)]) { folder in
                    let world = World()
                    let rest = ["-i", "\(folder)/lab.yaml", "-f", "1", "--known-hosts", "\(folder)/known"]
                    async let status = MusterTool.run(arguments + (arguments[0] == "audit" ? Array(rest.prefix(4)) : rest), in: world.all)
                    await withCheckedContinuation { continuation in reached.withLock { $0 = continuation } }
                    world.send(.interrupt)
                    #expect(await status == 130)
                    #expect(world.watches == 0)
                    #expect(world.errors.contains("interrupted: 1 device was not looked at"), "\(world.errors)")
                    #expect(!FileManager.default.fileExists(atPath: "\(folder)/known"))
                    guard arguments.contains("jsonl") else { return }
                    let objects = try objects(world.output)
                    #expect(objects["zz-silent"]?["status"] as? String == "cancelled")
                    #expect(["ok", "new", "weak"].contains(objects["a"]?["status"] as? String))
                }
            }
        }
    }

    @Test func scan_reportsWhatCannotBeReached() async throws {
        try await withLab(LabConfiguration(devices: [a])) { lab in
            try await withFiles(["lab.yaml": inventory(lab, "  gone: {address: 127.1.0.1, port: 1}")]) { folder in
                let world = World()
                #expect(await world.muster("keys", "scan", "-i", "\(folder)/lab.yaml", "-x", "b", "-o", "jsonl") == 2)
                let objects = try objects(world.output)
                #expect(objects["a"]?["schema"] as? String == "muster.keys/1")
                #expect(objects["a"]?["status"] as? String == "ok")
                #expect((objects["a"]?["keys"] as? [[String: Any]])?.count == 2)
                #expect((objects["a"]?["banner"] as? String)?.hasPrefix("SSH-2.0-") == true)
                #expect(objects["gone"]?["status"] as? String == "unreachable")
                #expect((objects["gone"]?["error"] as? [String: Any])?["code"] as? String == "connection")
                #expect(world.errors.contains("gone: connect: no connection to 127.1.0.1:1"), "\(world.errors)")
                #expect(world.errors.contains("2 keys of 1 device, 1 unreachable"), "\(world.errors)")
            }
        }
    }

    @Test func scan_hasAllTypes() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["ed25519", "ecdsa", "rsa"]) { server in
            let world = World()
            #expect(await world.muster("keys", "scan", "-w", "127.0.0.1:\(server.port)", "-o", "jsonl") == 0)
            let object = try #require(try objects(world.output).values.first)
            let read = (object["keys"] as? [[String: Any]] ?? []).compactMap { $0["key"] as? String }
            let expected = try ["ed25519", "ecdsa", "rsa"].map { type in
                String(try String(contentsOfFile: "\(server.folder)/host_\(type).pub", encoding: .utf8).split(separator: " ")[1])
            }
            #expect(Set(read) == Set(expected))
            #expect((object["unread"] as? [[String: Any]])?.isEmpty == true)
        }
    }

    @Test func scan_saysWhichKeysCannotBeHad() async throws {
        // No exchange that Muster has without libssh2; where libssh2 knows RSA with SHA-2, there is nothing to say.
        let configuration = ["KexAlgorithms ecdh-sha2-nistp256"]
        try await withOpenSSHServer(hostKeyTypes: ["ed25519", "rsa"], configuration: configuration) { server in
            let world = World()
            #expect(await world.muster("keys", "scan", "-w", "127.0.0.1:\(server.port)", "-o", "jsonl") == 0)
            let object = try #require(try objects(world.output).values.first)
            let read = (object["keys"] as? [[String: Any]] ?? []).compactMap { $0["type"] as? String }
            let unread = (object["unread"] as? [[String: Any]] ?? []).compactMap { $0["type"] as? String }
            #expect(Set(read + unread) == ["ssh-ed25519", "ssh-rsa"])
            #expect(unread.isEmpty || world.errors.contains("its ssh-rsa key could not be had: offered by rsa-sha2-512, rsa-sha2-256"))
        }
    }

    @Test func check_tellsNewChangedMissingAndRevoked() async throws {
        let names = ["new", "fine", "changed", "missing", "gone", "revoked", "pinned", "mispinned"]
        let devices = names.enumerated().map { LabDevice($1, address: "127.1.0.\($0 + 1)") }
        try await withLab(LabConfiguration(devices: devices)) { lab in
            let ed25519 = try key("ssh-ed25519", of: lab)
            let ecdsa = try key("ecdsa-sha2-nistp256", of: lab)
            let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
            let dsa = "ssh-dss AAAAB3NzaC1kc3MAAACBAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
            func line(_ name: String, _ key: String) -> String { "[127.1.0.\(names.firstIndex(of: name)! + 1)]:\(lab.port) \(key)\n" }
            let known =
                line("fine", "ssh-ed25519 \(ed25519.base64)") + line("changed", other) + line("missing", dsa)
                + line("missing", "ecdsa-sha2-nistp256 \(ecdsa.base64)") + line("gone", dsa) + "@revoked "
                + line("revoked", "ssh-ed25519 \(ed25519.base64)")
            var text = "defaults: {port: \(lab.port)}\nhosts:\n"
            for (number, name) in names.enumerated() {
                let pin = name == "pinned" ? ", host_key: \"\(ecdsa.fingerprint)\"" : name == "mispinned" ? ", host_key: \(other)" : ""
                text += "  \(name): {address: 127.1.0.\(number + 1)\(pin)}\n"
            }
            try await withFiles(["lab.yaml": text, "known": known]) { folder in
                let world = World()
                let files = ["-i", "\(folder)/lab.yaml", "--known-hosts", "\(folder)/known"]
                #expect(await MusterTool.run(["keys", "check", "-o", "jsonl"] + files, in: world.all) == 1)
                let objects = try objects(world.output)
                let statuses = objects.mapValues { $0["status"] as? String ?? "" }
                #expect(
                    statuses == [
                        "new": "new", "fine": "ok", "changed": "changed", "missing": "missing", "gone": "changed", "revoked": "revoked",
                        "pinned": "ok", "mispinned": "changed",
                    ])
                #expect(keys(objects["fine"]) == ["ssh-ed25519": "ok", "ecdsa-sha2-nistp256": "new"])
                #expect(keys(objects["changed"]) == ["ssh-ed25519": "changed", "ecdsa-sha2-nistp256": "new"])
                #expect(keys(objects["missing"]) == ["ssh-ed25519": "new", "ecdsa-sha2-nistp256": "ok", "ssh-dss": "missing"])
                #expect(keys(objects["revoked"])["ssh-ed25519"] == "revoked")
                #expect(world.errors.hasSuffix("8 devices: 2 ok, 1 new, 1 missing, 3 changed, 1 revoked\n"), "\(world.errors)")

                let people = World()
                #expect(await MusterTool.run(["keys", "check", "-w", "changed,fine"] + files, in: people.all) == 1)
                #expect(people.output.contains("changed"))
                #expect(people.output.contains(ed25519.fingerprint))
                #expect(people.output.contains("\(folder)/known:2"))
                #expect(!people.output.contains("fine"))
                let quiet = World()
                #expect(await MusterTool.run(["keys", "check", "-q", "-w", "fine"] + files, in: quiet.all) == 0)
                #expect(quiet.output == "")
                #expect(quiet.errors == "")
            }
        }
    }

    @Test func accept_asksAndWrites() async throws {
        try await withLab(LabConfiguration(devices: [a, b])) { lab in
            try await withFiles(["lab.yaml": inventory(lab)]) { folder in
                let files = ["-i", "\(folder)/lab.yaml", "--known-hosts", "\(folder)/known"]
                // Nobody to ask.
                let alone = World()
                #expect(await MusterTool.run(["keys", "accept"] + files, in: alone.all) == 64)
                #expect(lab.counts.connectionsTotal == 0)

                let declining = World()
                var surroundings = declining.all
                surroundings.confirm = { question in
                    #expect(question == "Add 4 keys of 2 devices in \(folder)/known?")
                    return false
                }
                #expect(await MusterTool.run(["keys", "accept"] + files, in: surroundings) == 1)
                #expect(declining.errors.contains("new"))
                #expect(lab.hostKeys.allSatisfy { declining.errors.contains($0.fingerprint) })
                #expect(declining.errors.hasSuffix("nothing was written\n"))
                #expect(!FileManager.default.fileExists(atPath: "\(folder)/known"))

                let agreeing = World()
                surroundings = agreeing.all
                surroundings.confirm = { _ in true }
                #expect(await MusterTool.run(["keys", "accept", "-w", "a"] + files, in: surroundings) == 0)
                #expect(agreeing.errors.hasSuffix("added 2 keys of 1 device in \(folder)/known\n"), "\(agreeing.errors)")
                let text = try String(contentsOfFile: "\(folder)/known", encoding: .utf8)
                #expect(Set(text.split(separator: "\n")).count == 2)
                #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("[127.1.0.1]:\(lab.port) ") })
                // Nothing is left to do for it, and no question asked.
                surroundings.confirm = { _ in
                    Issue.record("asked for nothing")
                    return false
                }
                #expect(await MusterTool.run(["keys", "accept", "-w", "a"] + files, in: surroundings) == 0)
                #expect(await MusterTool.run(["keys", "accept", "--yes"] + files, in: World().all) == 0)
                #expect(await MusterTool.run(["keys", "check"] + files, in: World().all) == 0)
            }
        }
    }

    @Test func accept_replacesChangedKeysOnlyWhenToldSo() async throws {
        try await withLab(LabConfiguration(devices: [a, b])) { lab in
            let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
            let known = "# mine\n[127.1.0.1]:\(lab.port),someone \(other)\n"
            try await withFiles(["lab.yaml": inventory(lab), "known": known]) { folder in
                let arguments = ["keys", "accept", "--yes", "-w", "a", "-i", "\(folder)/lab.yaml", "--known-hosts", "\(folder)/known"]
                let world = World()
                #expect(await MusterTool.run(arguments, in: world.all) == 1)
                #expect(world.errors.contains("a is left alone: its key has changed; --replace accepts that"), "\(world.errors)")
                #expect(try String(contentsOfFile: "\(folder)/known", encoding: .utf8) == known)

                let second = World()
                #expect(await MusterTool.run(arguments + ["--replace"], in: second.all) == 0)
                #expect(second.errors.hasSuffix("added 2 keys and removed 1 of 1 device in \(folder)/known\n"), "\(second.errors)")
                let text = try String(contentsOfFile: "\(folder)/known", encoding: .utf8)
                #expect(text.hasPrefix("# mine\nsomeone \(other)\n"))
                #expect(text.split(separator: "\n").count == 4)
                #expect(lab.hostKeys.allSatisfy { text.contains("[127.1.0.1]:\(lab.port) \($0.algorithm) \($0.base64)\n") })
            }
        }
    }

    @Test func accept_takesKeysFromAFile() async throws {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
        let files = ["lab.yaml": "hosts: {r1: , r2: }", "scanned": "r1 \(key)\nr3 \(key)\n"]
        try await withFiles(files) { folder in
            let world = World()
            let status = await world.muster(
                "keys", "accept", "--yes", "--file", "\(folder)/scanned", "-i", "\(folder)/lab.yaml", "--known-hosts", "\(folder)/known")
            #expect(status == 2)
            let known = try String(contentsOfFile: "\(folder)/known", encoding: .utf8)
            #expect(known == "r1 \(key)\n")
            #expect(world.errors.contains("r2: host_key: \(folder)/scanned has no key of r2"), "\(world.errors)")
            #expect(await world.muster("keys", "accept", "--yes", "--file", "\(folder)/none", "-i", "\(folder)/lab.yaml") == 64)
        }
    }

    @Test func keyThatChangesBetweenTwoLooks_isChanged() async throws {
        let shifty = LabDevice("a", address: "127.1.0.1", faults: [.changedHostKey])
        try await withLab(LabConfiguration(devices: [shifty])) { lab in
            try await withFiles(["lab.yaml": inventory(lab)]) { folder in
                // The first connection, which sees the usual key.
                let known = lab.hostKeys.map { "[127.1.0.1]:\(lab.port) \($0.algorithm) \($0.base64)\n" }.joined()
                try known.write(toFile: "\(folder)/known", atomically: true, encoding: .utf8)
                let world = World()
                let status = await world.muster(
                    "keys", "check", "-w", "a", "-i", "\(folder)/lab.yaml", "--known-hosts", "\(folder)/known", "-o", "jsonl")
                #expect(status == 1)
                #expect(try objects(world.output)["a"]?["status"] as? String == "changed")
            }
        }
    }

    /// The program that was built beside the tests.
    private static let muster = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "muster").path

    @Test(arguments: ["ssh", "openssh"]) func devicesBehindABastion_areLookedAtThroughIt(transport: String) async throws {
        let bastion = LabDevice("bastion", address: "127.1.0.9", platform: .linux)
        try await withLab(LabConfiguration(devices: [a, b, bastion])) { lab in
            let text = """
                defaults: {port: \(lab.port), user: admin, password: admin}
                hosts:
                  a: {address: 127.1.0.1, jump: bastion}
                  b: {address: 127.1.0.2, jump: bastion}
                  bastion: {address: 127.1.0.9, platform: linux, transport: \(transport)}
                """
            try await withFiles(["lab.yaml": text]) { folder in
                let files = ["-i", "\(folder)/lab.yaml", "--known-hosts", "\(folder)/known", "-w", "a,b", "-F", "none"]
                let world = World()
                var surroundings = world.all
                surroundings.executable = Self.muster
                #expect(await MusterTool.run(["keys", "scan"] + files, in: surroundings) == 0, "\(world.errors)")
                let expected = [1, 2].flatMap { number in
                    lab.hostKeys.map { "[127.1.0.\(number)]:\(lab.port) \($0.algorithm) \($0.base64)" }
                }
                #expect(world.output.split(separator: "\n").map(String.init).sorted() == expected.sorted())
                #expect(world.errors.contains("host key of bastion, SHA256:"), "\(world.errors)")
                #expect(lab.counts(at: "127.1.0.9").sessionsTotal == 1)
                let text = try String(contentsOfFile: "\(folder)/known", encoding: .utf8)
                #expect(text.split(separator: "\n").count == 1)
                #expect(text.hasPrefix("[127.1.0.9]:\(lab.port) "))
                let audit = World()
                surroundings = audit.all
                surroundings.executable = Self.muster
                #expect(await MusterTool.run(["audit", "crypto", "-o", "jsonl"] + files, in: surroundings) != 2, "\(audit.errors)")
                #expect(audit.output.split(separator: "\n").count == 2)
                try await lab.waitUntil { $0.connectionsOpen == 0 }
            }
        }
    }
}
