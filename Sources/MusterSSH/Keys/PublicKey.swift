#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A user's public key or certificate, as it stands on the wire (RFC 4253, 6.6).
package struct PublicKey: Sendable, Hashable {
    /// The encoding.
    package let blob: [UInt8]
    /// What its owner calls it.
    package let comment: String

    package init(blob: [UInt8], comment: String = "") {
        self.blob = blob
        self.comment = comment
    }

    /// Reads the line of a `.pub` file: type, base64, comment.
    ///
    /// - Returns: `nil` for anything else.
    package init?(line: String) {
        let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard words.count >= 2, let data = Data(base64Encoded: String(words[1])) else { return nil }
        self.init(blob: [UInt8](data), comment: words.count > 2 ? words[2].trimmingCharacters(in: .whitespacesAndNewlines) : "")
        guard type == words[0] else { return nil }
    }

    /// The type that the encoding names, such as `ssh-ed25519`; a certificate's too.
    package var type: String {
        var reader = PacketReader(bytes: blob[...])
        return reader.text() ?? ""
    }

    /// Whether it is a certificate (PROTOCOL.certkeys of OpenSSH).
    package var isCertificate: Bool { type.hasSuffix(Self.certificateSuffix) }

    /// The key that a certificate is about; the key itself where it is none.
    package var plain: PublicKey? {
        guard isCertificate else { return self }
        let plainType = String(type.dropLast(Self.certificateSuffix.count))
        var reader = PacketReader(bytes: blob[...])
        // The type, the nonce, and then what the plain key has.
        guard reader.string() != nil, reader.string() != nil, let algorithm = KeyAlgorithm(type: plainType) else { return nil }
        var fields: [UInt8] = []
        for _ in 0..<algorithm.publicFieldCount {
            guard let field = reader.string() else { return nil }
            fields += WireBytes.string(field)
        }
        return PublicKey(blob: WireBytes.string(Array(plainType.utf8)) + fields, comment: comment)
    }

    /// As ssh shows it.
    package var fingerprint: String { HostKey(blob: blob).fingerprint }

    private static let certificateSuffix = "-cert-v01@openssh.com"
}

/// The kinds of keys that can sign here.
package enum KeyAlgorithm: Sendable, Hashable {
    case ed25519
    /// On the NIST curve of so many bits.
    case ecdsa(bits: Int)
    case rsa

    /// The kind of a key whose type is named so on the wire; `nil` for others.
    package init?(type: String) {
        switch type {
        case "ssh-ed25519": self = .ed25519
        case "ecdsa-sha2-nistp256": self = .ecdsa(bits: 256)
        case "ecdsa-sha2-nistp384": self = .ecdsa(bits: 384)
        case "ecdsa-sha2-nistp521": self = .ecdsa(bits: 521)
        case "ssh-rsa": self = .rsa
        default: return nil
        }
    }

    /// The type's name on the wire.
    package var type: String {
        switch self {
        case .ed25519: "ssh-ed25519"
        case .ecdsa(let bits): "ecdsa-sha2-nistp\(bits)"
        case .rsa: "ssh-rsa"
        }
    }

    /// The names of its signatures, best first (RFC 8332).
    package var signatureAlgorithms: [String] {
        self == .rsa ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type]
    }

    /// The fields that follow the type in a public key.
    fileprivate var publicFieldCount: Int {
        self == .ed25519 ? 1 : 2
    }
}
