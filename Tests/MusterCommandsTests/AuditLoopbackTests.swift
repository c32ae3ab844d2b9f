import Foundation
import MusterLab
import MusterTestSupport
import Testing

@testable import MusterCommands

/// `muster audit crypto` against simulated devices and sshd.
@Suite(.timeLimit(.minutes(5))) struct AuditLoopbackTests {
    private func names(_ object: [String: Any], _ list: String) -> [String: String?] {
        var names: [String: String?] = [:]
        for entry in object[list] as? [[String: Any]] ?? [] { names[entry["name"] as? String ?? ""] = entry["weak"] as? String }
        return names
    }

    @Test func weakAlgorithms_areFlagged() async throws {
        try await withOpenSSHServer(configuration: [
            "KexAlgorithms curve25519-sha256,diffie-hellman-group1-sha1", "Ciphers aes128-ctr,3des-cbc", "MACs hmac-sha2-256,hmac-md5",
            "HostKeyAlgorithms ssh-ed25519",
        ]) { server in
            let world = World()
            #expect(await world.muster("audit", "crypto", "-w", "127.0.0.1:\(server.port)") == 1)
            let rows = world.output.split(separator: "\n").dropFirst()
            #expect(rows.count == 3, "\(world.output)")
            #expect(rows.contains { $0.contains("diffie-hellman-group1-sha1") && $0.hasSuffix("a group of 1024 bits (Logjam); SHA-1") })
            #expect(rows.contains { $0.contains("3des-cbc") && $0.contains("Sweet32") })
            #expect(rows.contains { $0.contains("hmac-md5") && $0.hasSuffix("MD5") })
            #expect(rows.allSatisfy { $0.contains("OpenSSH_") })
            #expect(world.errors == "1 device: 1 with weak algorithms\n")

            let machine = World()
            #expect(await machine.muster("audit", "crypto", "-w", "127.0.0.1:\(server.port)", "-o", "json") == 1)
            let all = try #require(try JSONSerialization.jsonObject(with: Data(machine.output.utf8)) as? [[String: Any]])
            let object = try #require(all.first)
            #expect(object["schema"] as? String == "muster.crypto/1")
            #expect(object["status"] as? String == "weak")
            #expect((object["banner"] as? String)?.hasPrefix("SSH-2.0-OpenSSH_") == true)
            #expect(
                names(object, "ciphers") == [
                    "aes128-ctr": nil, "3des-cbc": "blocks of 64 bits (Sweet32); CBC mode, which leaks plaintext in SSH",
                ])
            #expect(names(object, "macs") == ["hmac-sha2-256": nil, "hmac-md5": "MD5"])
            #expect(names(object, "host_key") == ["ssh-ed25519": nil])
            #expect(Set(names(object, "key_exchange").keys) == ["curve25519-sha256", "diffie-hellman-group1-sha1"])
        }
    }

    @Test func nothingIsFlagged_whenAllIsGood() async throws {
        try await withOpenSSHServer(configuration: [
            "KexAlgorithms curve25519-sha256", "Ciphers aes128-ctr", "MACs hmac-sha2-256", "HostKeyAlgorithms ssh-ed25519",
        ]) { server in
            let world = World()
            #expect(await world.muster("audit", "crypto", "-w", "127.0.0.1:\(server.port)") == 0)
            #expect(world.output == "")
            #expect(world.errors == "1 device: 1 without weak algorithms; --all lists what they offer\n")
            let full = World()
            #expect(await full.muster("audit", "crypto", "--all", "-w", "127.0.0.1:\(server.port)") == 0)
            #expect(full.output.split(separator: "\n").count == 5, "\(full.output)")
        }
    }

    @Test func eachDeviceIsTold_whateverTheOthersDo() async throws {
        let devices = [
            LabDevice("fine", address: "127.1.0.1"), LabDevice("mute", address: "127.1.0.2", faults: [.stallAt(.accept)]),
            LabDevice("dropping", address: "127.1.0.3", faults: [.dropAt(.accept)]),
        ]
        try await withLab(LabConfiguration(devices: devices)) { lab in
            try await withLoopbackServer { connection in
                write([0xFF, 0xFD, 1], to: connection)
                readToEnd(of: connection)
            } _: { telnet in
                let text = """
                    defaults: {port: \(lab.port)}
                    hosts:
                      fine: {address: 127.1.0.1}
                      mute: {address: 127.1.0.2}
                      dropping: {address: 127.1.0.3}
                      telnet: {address: 127.0.0.1, port: \(telnet.port)}
                    """
                try await withFiles(["lab.yaml": text]) { folder in
                    let world = World()
                    let status = await world.muster(
                        "audit", "crypto", "-i", "\(folder)/lab.yaml", "-o", "jsonl", "--connect-timeout", "5s")
                    #expect(status == 2)
                    var codes: [String: String] = [:]
                    for line in world.output.split(separator: "\n") {
                        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                        let error = object["error"] as? [String: Any]
                        codes[object["host"] as? String ?? ""] = error.map { $0["code"] as? String ?? "" } ?? (object["status"] as? String)
                    }
                    #expect(
                        codes == [
                            "fine": codes["fine"] == "ok" ? "ok" : "weak", "mute": "timeout", "dropping": "connection_lost",
                            "telnet": "handshake",
                        ])
                    #expect(world.errors.contains("telnet: handshake: expected an SSH version line"), "\(world.errors)")
                    #expect(world.errors.contains("this port speaks telnet"), "\(world.errors)")
                    #expect(world.errors.contains("3 unreachable"), "\(world.errors)")
                    #expect(lab.counts.sessionsTotal == 0)
                }
            }
        }
    }
}
