import CLibCrypto
import Foundation
import MusterTestSupport
import Testing

@testable import MusterSSH

/// Key files as ssh-keygen and openssl write them.
struct PrivateKeyTests {
    struct Format: Sendable, CustomTestStringConvertible {
        var type: String
        var options: [String]
        var passphrase = ""
        var testDescription: String { ([type] + options + [passphrase]).joined(separator: " ") }
    }

    static let types: [(String, [String])] = [
        ("ed25519", []), ("ecdsa", ["-b", "256"]), ("ecdsa", ["-b", "384"]), ("ecdsa", ["-b", "521"]), ("rsa", ["-b", "2048"]),
    ]

    static let formats: [Format] = types.flatMap { type, bits -> [Format] in
        var formats = [Format(type: type, options: bits)]
        if type != "ed25519" {
            for form in ["PEM", "PKCS8"] {
                formats.append(Format(type: type, options: bits + ["-m", form]))
                formats.append(Format(type: type, options: bits + ["-m", form], passphrase: "let me in"))
            }
        }
        if type != "rsa" {
            for cipher in ["aes256-ctr", "aes256-cbc", "aes128-ctr"] {
                formats.append(Format(type: type, options: bits + ["-Z", cipher], passphrase: "let me in"))
            }
        }
        return formats
    }

    @Test(arguments: formats) func everyFormat_isDecoded_andSigns(format: Format) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/key"
            try await makeKey(type: format.type, path: path, passphrase: format.passphrase, options: format.options)
            let file = KeyFile.read(path: path)
            #expect(file.problem == nil)
            #expect(file.isEncrypted == !format.passphrase.isEmpty)
            guard case .key(let key) = try await file.unlock(passphrase: format.passphrase.isEmpty ? nil : format.passphrase) else {
                Issue.record("expected a key")
                return
            }
            let line = try String(contentsOfFile: "\(path).pub", encoding: .utf8)
            #expect(key.publicKey.blob == PublicKey(line: line)?.blob)
            try await verify(key, line: line, folder: folder)
        }
    }

    /// Has ssh-keygen verify a signature in its own form (PROTOCOL.sshsig).
    private func verify(_ key: PrivateKey, line: String, folder: String) async throws {
        let message = Array("what is signed".utf8)
        let algorithm = key.algorithm == .rsa ? "rsa-sha2-512" : key.algorithm.type
        // PROTOCOL.sshsig signs the hash, and ssh-keygen makes it of the file again.
        let digest = sha512(message)
        let signed =
            Array("SSHSIG".utf8) + ["muster", "", "sha512"].flatMap { WireBytes.string(Array($0.utf8)) } + WireBytes.string(digest)
        let signature = try #require(key.signature(of: signed, algorithm: algorithm))
        let blob =
            Array("SSHSIG".utf8) + WireBytes.integer(1) + WireBytes.string(key.publicKey.blob)
            + ["muster", "", "sha512"].flatMap { WireBytes.string(Array($0.utf8)) }
            + WireBytes.string(WireBytes.string(Array(algorithm.utf8)) + WireBytes.string(signature))
        let text =
            "-----BEGIN SSH SIGNATURE-----\n" + Data(blob).base64EncodedString(options: .lineLength76Characters)
            + "\n-----END SSH SIGNATURE-----\n"
        try text.replacingOccurrences(of: "\r\n", with: "\n").write(toFile: "\(folder)/sig", atomically: true, encoding: .utf8)
        try "me \(line)".write(toFile: "\(folder)/signers", atomically: true, encoding: .utf8)
        try Data(message).write(to: URL(fileURLWithPath: "\(folder)/message"))
        let status = await Program.runAsync([
            "/bin/sh", "-c",
            "ssh-keygen -Y verify -f \(folder)/signers -I me -n muster -s \(folder)/sig < \(folder)/message",
        ])
        #expect(status == 0, "ssh-keygen does not accept the signature")
    }

    @Test(arguments: ["ed25519", "rsa:2048"]) func pkcs8OfOpenSSL_isDecoded(kind: String) async throws {
        try await withTemporaryFolder { folder in
            let options = kind == "ed25519" ? ["-algorithm", "ED25519"] : ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
            for (name, encryption) in [("key", []), ("locked", ["-aes-256-cbc", "-pass", "pass:let me in"])] {
                let status = await Program.runAsync(["/usr/bin/openssl", "genpkey", "-out", "\(folder)/\(name)"] + options + encryption)
                #expect(status == 0)
                chmod("\(folder)/\(name)", 0o600)
                let file = KeyFile.read(path: "\(folder)/\(name)")
                #expect(file.isEncrypted == !encryption.isEmpty)
                guard case .key(let key) = try await file.unlock(passphrase: encryption.isEmpty ? nil : "let me in") else { return }
                #expect(key.signature(of: [1], algorithm: "rsa-sha2-256") != nil)
            }
        }
    }

    /// libssh decrypts it and cannot give it away, so that libssh2 has to.
    @Test func encryptedRSAKeyOfOpenSSHsForm_isLeftToLibSSH2() async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "rsa", path: "\(folder)/key", passphrase: "let me in")
            let file = KeyFile.read(path: "\(folder)/key")
            let unlocked = try await file.unlock(passphrase: "let me in")
            switch unlocked {
            case .sealed(let key): #expect(key.publicKey?.type == "ssh-rsa")
            case .key(let key): #expect(key.algorithm == .rsa)
            }
            #expect(!"\(unlocked)".contains("let me in"))
            await #expect(throws: KeyProblem.wrongPassphrase) { try await file.unlock(passphrase: "wrong") }
        }
    }

    @Test func certificate_isAboutItsKey() async throws {
        try await withTemporaryFolder { folder in
            try await makeKey(type: "ed25519", path: "\(folder)/ca")
            for (type, bits) in Self.types {
                let name = "\(folder)/\(type)\(bits.last ?? "")"
                try await makeKey(type: type, path: name, options: bits)
                let status = await Program.runAsync([
                    "/usr/bin/ssh-keygen", "-q", "-s", "\(folder)/ca", "-I", "test", "-n", "me", "\(name).pub",
                ])
                #expect(status == 0)
                let file = KeyFile.read(path: name)
                let certificate = try #require(file.certificate)
                #expect(certificate.isCertificate)
                #expect(certificate.plain?.blob == file.publicKey?.blob)
            }
        }
    }
}

private func sha512(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA512_DIGEST_LENGTH))
    _ = SHA512(bytes, bytes.count, &digest)
    return digest
}
