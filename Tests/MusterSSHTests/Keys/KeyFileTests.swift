import Foundation
import MusterTestSupport
import Testing

@testable import MusterSSH

struct KeyFileTests {
    private func withFile<R>(_ text: String, mode: mode_t = 0o600, _ body: (KeyFile) async throws -> R) async throws -> R {
        try await withTemporaryFolder { folder in
            try text.write(toFile: "\(folder)/key", atomically: true, encoding: .utf8)
            chmod("\(folder)/key", mode)
            return try await body(KeyFile.read(path: "\(folder)/key"))
        }
    }

    /// An `openssh-key-v1` file of one key, as far as its public half.
    private func file(type: String, cipher: String = "none") -> String {
        let kdf = cipher == "none" ? "none" : "bcrypt"
        let blob = WireBytes.string(Array(type.utf8)) + WireBytes.string([1, 2, 3])
        let bytes =
            Array("openssh-key-v1\0".utf8) + WireBytes.string(Array(cipher.utf8)) + WireBytes.string(Array(kdf.utf8))
            + WireBytes.string([]) + WireBytes.integer(1) + WireBytes.string(blob) + WireBytes.string([0, 0, 0, 1, 0, 0, 0, 1])
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n\(Data(bytes).base64EncodedString())\n-----END OPENSSH PRIVATE KEY-----\n"
    }

    @Test func missingFile_isToldApart() {
        #expect(KeyFile.read(path: "/nowhere/key").problem == .missing)
    }

    @Test func fileThatOthersCanRead_isRefused() async throws {
        try await withFile(file(type: "ssh-ed25519"), mode: 0o644) { file in
            #expect(file.problem == .openToOthers(mode: 0o644))
            #expect(file.problem?.message.contains("0644") == true)
            #expect(file.problem?.hint(path: "/k") == "chmod 600 /k")
        }
    }

    @Test func fileWithoutAKey_isToldApart() async throws {
        try await withFile("hello\n") { #expect($0.problem == .notAKey) }
        try await withFile("") { #expect($0.problem == .notAKey) }
    }

    @Test(arguments: ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-dss", "ssh-xmss@openssh.com"])
    func unknownType_isNamed(type: String) async throws {
        try await withFile(file(type: type)) { file in
            #expect(file.problem == .unknownType(type))
            #expect(file.problem?.hint(path: "/k")?.contains("openssh") == type.hasPrefix("sk-"))
        }
    }

    @Test(arguments: ["aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"])
    func cipherThatCrashesLibSSH_isNotTried(cipher: String) async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ed25519", path: "\(folder)/key", passphrase: "let me in", options: ["-Z", cipher])
            let file = KeyFile.read(path: "\(folder)/key")
            #expect(file.problem == .unknownCipher(cipher))
            #expect(file.problem?.hint(path: "/k") == "ssh-keygen -p -Z aes256-ctr -f /k")
            await #expect(throws: KeyProblem.unknownCipher(cipher)) { try await file.unlock(passphrase: "let me in") }
        }
    }

    @Test(arguments: [[], ["-m", "PEM"], ["-m", "PKCS8"]])
    func wrongPassphrase_isToldApart(options: [String]) async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ecdsa", path: "\(folder)/key", passphrase: "let me in", options: options)
            let file = KeyFile.read(path: "\(folder)/key")
            await #expect(throws: KeyProblem.wrongPassphrase) { try await file.unlock(passphrase: "wrong") }
            await #expect(throws: KeyProblem.wrongPassphrase) { try await file.unlock(passphrase: "") }
            await #expect(throws: KeyProblem.needsPassphrase) { try await file.unlock(passphrase: nil) }
            _ = try await file.unlock(passphrase: "let me in")
        }
    }

    @Test func manyAtOnce_costOneDecryption() async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ed25519", path: "\(folder)/key", passphrase: "let me in")
            let file = KeyFile.read(path: "\(folder)/key")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<500 { group.addTask { _ = try await file.unlock(passphrase: "let me in") } }
                try await group.waitForAll()
            }
            #expect(file.decryptions == 1)
        }
    }

    @Test func passphrase_isInNoDescription() async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ed25519", path: "\(folder)/key", passphrase: "hush-hush")
            let file = KeyFile.read(path: "\(folder)/key")
            guard case .key(let key) = try await file.unlock(passphrase: "hush-hush") else { return }
            file.answer = "hush-hush"
            var dumped = ""
            dump(file, to: &dumped)
            dump(key, to: &dumped)
            dump(UnlockedKey.key(key), to: &dumped)
            #expect(!(dumped + "\(file) \(key)" + String(reflecting: file)).contains("hush"))
        }
    }

    @Test func publicHalfAlone_isKnown() async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ed25519", path: "\(folder)/key")
            try FileManager.default.removeItem(atPath: "\(folder)/key")
            for path in ["\(folder)/key", "\(folder)/key.pub"] {
                let file = KeyFile.read(path: path)
                #expect(file.problem == .missing)
                #expect(file.publicKey?.type == "ssh-ed25519")
            }
        }
    }

    /// What may stand in a file is anybody's guess.
    @Test func damagedFiles_areErrors() async throws {
        try await withTemporaryFolder { folder in
            for (type, options) in [("ed25519", []), ("rsa", ["-m", "PEM"]), ("ecdsa", ["-m", "PKCS8"]), ("rsa", [String]())] {
                let path = "\(folder)/\(type)\(options.count)"
                try await makeKey(type: type, path: path, options: options)
                var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                for position in stride(from: 40, to: bytes.count - 40, by: 97) { bytes[position] ^= 0x15 }
                for content in [bytes, Array(bytes.prefix(bytes.count / 2))] {
                    guard let container = try? KeyContainer(content) else { continue }
                    _ = try? container.unlock(passphrase: "x")
                }
            }
        }
    }
}
