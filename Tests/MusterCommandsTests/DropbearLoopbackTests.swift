import Foundation
import MusterTestSupport
import Testing

@testable import MusterCommands

/// What is found out about dropbear without logging in.
@Suite(.timeLimit(.minutes(5)), .enabled(if: DropbearServer.isAvailable)) struct DropbearLoopbackTests {
    @Test func keysAreScanned() async throws {
        try await withDropbearServer { server in
            let world = World()
            #expect(await world.muster("keys", "scan", "-w", "127.0.0.1:\(server.port)") == 0)
            let lines = world.output.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(lines.allSatisfy { $0.first == "[127.0.0.1]:\(server.port)" }, "\(world.output)")
            #expect(Set(lines.map { $0[1] }) == ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
        }
    }

    @Test func cryptoIsAudited() async throws {
        try await withDropbearServer { server in
            let world = World()
            let status = await world.muster("audit", "crypto", "--all", "-w", "127.0.0.1:\(server.port)", "-o", "json")
            #expect(status == 0 || status == 1, "\(world.errors)")
            let all = try #require(try JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [[String: Any]])
            let object = try #require(all.first)
            #expect((object["banner"] as? String)?.hasPrefix("SSH-2.0-dropbear") == true)
            let offered = (object["key_exchange"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
            #expect(offered.contains("curve25519-sha256"), "\(world.output)")
            let ciphers = (object["ciphers"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
            #expect(ciphers.contains("aes128-ctr"), "\(world.output)")
        }
    }
}
