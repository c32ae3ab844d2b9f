#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A private key file as far as it can be read without its passphrase.
struct KeyContainer: Sendable {
    enum Form: Sendable {
        /// OpenSSH's own, not encrypted; what follows is its private half.
        case openSSH(section: [UInt8])
        /// OpenSSH's own, encrypted.
        case openSSHEncrypted
        /// PKCS #1, SEC1 or PKCS #8.
        case pem(isEncrypted: Bool)
    }

    let content: [UInt8]
    let form: Form
    /// OpenSSH's files have the public half in the clear.
    let publicKey: PublicKey?

    var isEncrypted: Bool {
        switch form {
        case .openSSH: false
        case .openSSHEncrypted: true
        case .pem(let isEncrypted): isEncrypted
        }
    }

    /// Ciphers that libssh decrypts; with AES-GCM and chacha20-poly1305 version 0.10.6 crashes.
    private static let ciphers: Set<String> = ["aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc", "aes192-cbc", "aes256-cbc"]

    /// Reads a file.
    ///
    /// - Throws: `KeyProblem`.
    init(_ content: [UInt8]) throws(KeyProblem) {
        self.content = content
        let lines = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("PRIVATE KEY-----") }) else {
            throw .notAKey
        }
        let end = lines[begin...].firstIndex { $0.hasPrefix("-----END ") } ?? lines.endIndex
        let body = lines[(begin + 1)..<end]
        guard lines[begin] == "-----BEGIN OPENSSH PRIVATE KEY-----" else {
            if lines[begin] == "-----BEGIN DSA PRIVATE KEY-----" { throw .unknownType("ssh-dss") }
            let isEncrypted =
                lines[begin] == "-----BEGIN ENCRYPTED PRIVATE KEY-----"
                || body.contains { $0.hasPrefix("Proc-Type:") && $0.contains("ENCRYPTED") }
            form = .pem(isEncrypted: isEncrypted)
            publicKey = nil
            return
        }
        guard let data = Data(base64Encoded: body.joined()) else { throw .damaged }
        (form, publicKey) = try Self.readOpenSSH([UInt8](data))
    }

    /// PROTOCOL.key of OpenSSH.
    private static func readOpenSSH(_ bytes: [UInt8]) throws(KeyProblem) -> (Form, PublicKey) {
        let magic = Array("openssh-key-v1\0".utf8)
        guard bytes.starts(with: magic) else { throw .damaged }
        var reader = PacketReader(bytes: bytes[magic.count...])
        guard let cipher = reader.text(), reader.text() != nil, reader.string() != nil, reader.integer() == 1,
            let blob = reader.string(), let section = reader.string()
        else { throw .damaged }
        let publicKey = PublicKey(blob: Array(blob))
        guard KeyAlgorithm(type: publicKey.type) != nil else {
            throw publicKey.type.isEmpty ? .damaged : .unknownType(publicKey.type.escapedForError)
        }
        if cipher == "none" { return (.openSSH(section: Array(section)), publicKey) }
        guard ciphers.contains(cipher) else { throw .unknownCipher(cipher.escapedForError) }
        return (.openSSHEncrypted, publicKey)
    }

    /// Gets the key out.
    ///
    /// - Parameter passphrase: What decrypts it; one that is not needed is not looked at.
    /// - Throws: `KeyProblem`.
    func unlock(passphrase: String?) throws(KeyProblem) -> UnlockedKey {
        switch form {
        case .openSSH(let section):
            return .key(try PrivateKey.decode(openSSH: section[...]))
        case .pem(isEncrypted: false):
            return .key(try PrivateKey.decode(pem: content, isEncrypted: false, passphrase: ""))
        case .pem(isEncrypted: true):
            guard let passphrase else { throw .needsPassphrase }
            return .key(try PrivateKey.decode(pem: content, isEncrypted: true, passphrase: passphrase))
        case .openSSHEncrypted:
            guard let passphrase else { throw .needsPassphrase }
            guard let plain = try OpenSSHDecryption.decrypt(content, passphrase: passphrase) else {
                return .sealed(SealedKey(content: content, passphrase: passphrase, publicKey: publicKey))
            }
            return try KeyContainer(plain).unlock(passphrase: nil)
        }
    }
}

extension String {
    /// Fit for a line of a message, whatever a file has in its place.
    fileprivate var escapedForError: String { PlainPackets.text(of: Array(utf8)[...]) }
}

/// A key that can be used.
package enum UnlockedKey: Sendable {
    case key(PrivateKey)
    /// libssh2 has to decrypt it, at each login anew.
    case sealed(SealedKey)
}

/// An encrypted key file with the passphrase that is known to be the right one.
///
/// Its description shows nothing of either.
package struct SealedKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let content: [UInt8]
    let passphrase: String
    package let publicKey: PublicKey?

    package var description: String { "encrypted key" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
