import Foundation
import MusterTestSupport
import MusterTransport
import Testing

@testable import MusterSSH

struct RSAKeyMachineTests {
    private func key(of server: OpenSSHServer) throws -> HostKey {
        let text = try String(contentsOfFile: "\(server.folder)/host_rsa.pub", encoding: .utf8)
        return try #require(HostKey(base64: text.split(separator: " ")[1]))
    }

    private func probe(port: Int) async throws -> HostKey {
        let loop = Loops.next()
        let deadline = loop.now + .seconds(60)
        let addresses = try await TCP.resolve(host: "127.0.0.1", port: port, on: loop, deadline: deadline)
        let connection = try await TCP.connect(to: addresses, on: loop, deadline: deadline)
        let machine = try #require(RSAKeyMachine())
        return try await Probe(machine, over: connection).run(deadline: deadline)
    }

    @Test(arguments: ["rsa-sha2-512", "rsa-sha2-256"])
    func keyIsRead_whenItsOwnerProvesIt(algorithm: String) async throws {
        try await withOpenSSHServer(hostKeyTypes: ["rsa"], configuration: ["HostKeyAlgorithms \(algorithm)"]) { server in
            let shown = try await probe(port: server.port)
            #expect(try shown == key(of: server))
        }
    }

    @Test func failureIsTold_whenTheServerHasNoSuchKey() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["ed25519"]) { server in
            let error = await #expect(throws: SSHError.self) { _ = try await probe(port: server.port) }
            #expect(error?.kind == .connectionLost)
        }
    }

    @Test func signature_isOfTheKeyAndTheMessage() async throws {
        try await withTemporaryFolder { folder in
            for name in ["one", "two"] {
                #expect(
                    await Program.runAsync([
                        "/usr/bin/ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", "\(folder)/\(name)",
                    ])
                        == 0)
            }
            func key(_ name: String) throws -> HostKey {
                let text = try String(contentsOfFile: "\(folder)/\(name).pub", encoding: .utf8)
                return try #require(HostKey(base64: text.split(separator: " ")[1]))
            }
            try "message".write(toFile: "\(folder)/message", atomically: true, encoding: .utf8)
            for (algorithm, digest) in [("rsa-sha2-256", "-sha256"), ("rsa-sha2-512", "-sha512")] {
                let arguments = ["dgst", digest, "-sign", "\(folder)/one", "-out", "\(folder)/signature", "\(folder)/message"]
                #expect(await Program.runAsync(["/usr/bin/openssl"] + arguments) == 0)
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/signature")))
                let blob = WireBytes.string(Array(algorithm.utf8)) + WireBytes.string(bytes)
                let signature = try #require(RSASignature(blob[...]))
                #expect(signature.isValid(by: try key("one"), for: Array("message".utf8)))
                #expect(!signature.isValid(by: try key("two"), for: Array("message".utf8)))
                #expect(!signature.isValid(by: try key("one"), for: Array("massage".utf8)))
                #expect(!signature.isValid(by: SomeKey.ed25519, for: Array("message".utf8)))
            }
            #expect(RSASignature((WireBytes.string(Array("ssh-rsa".utf8)) + WireBytes.string([1, 2]))[...]) == nil)
        }
    }

    @Test func nonsense_isRefused() throws {
        let version = Array("SSH-2.0-x\r\n".utf8)
        let answers: [[UInt8]] = [[31], [31] + WireBytes.string([1, 2, 3]), [31, 255, 255, 255, 255], [21]]
        for answer in answers {
            var machine = try #require(RSAKeyMachine())
            let hello = ServerHello.bytes(hostKey: "rsa-sha2-512")
            guard case .send = hello.withUnsafeBytes({ machine.receive($0) }) else {
                Issue.record("expected an answer")
                return
            }
            guard case .failed(let error) = PlainPackets.packet(answer).withUnsafeBytes({ machine.receive($0) }) else {
                Issue.record("expected a failure")
                return
            }
            #expect(error.kind == .keyExchange)
        }
        var early = try #require(RSAKeyMachine())
        guard case .failed = (version + PlainPackets.packet([31])).withUnsafeBytes({ early.receive($0) }) else {
            Issue.record("expected a failure")
            return
        }
    }
}
