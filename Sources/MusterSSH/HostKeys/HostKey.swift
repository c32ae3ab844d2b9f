import CLibCrypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A server's public key, as it stands on the wire (RFC 4253, 6.6).
package struct HostKey: Sendable, Hashable {
    /// The key's encoding.
    package let blob: [UInt8]

    package init(blob: [UInt8]) {
        self.blob = blob
    }

    /// Makes a key of its base64 text; `nil` when that is none.
    package init?(base64: some StringProtocol) {
        guard let data = Data(base64Encoded: String(base64)), data.count > 4 else { return nil }
        self.init(blob: [UInt8](data))
    }

    /// The type that the encoding names, such as `ssh-ed25519`.
    package var type: String {
        guard blob.count > 4 else { return "unknown" }
        let length = blob[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, length <= blob.count - 4 else { return "unknown" }
        return String(decoding: blob[4..<4 + length], as: UTF8.self)
    }

    /// As in a known hosts file.
    package var base64: String {
        Data(blob).base64EncodedString()
    }

    /// As ssh shows it: `SHA256:` and the hash in base64 without padding.
    package var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        _ = SHA256(blob, blob.count, &digest)
        return "SHA256:" + Data(digest).base64EncodedString().filter { $0 != "=" }
    }
}

/// The types of host keys and the algorithms that show them: one for each, but for RSA (RFC 8332).
package enum HostKeyType {
    /// The algorithms by which a server shows its key of a type, best first.
    package static func algorithms(of type: String) -> [String] {
        type == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type]
    }

    /// The type of the key that an algorithm shows; `nil` for a certificate's, which shows no key of its own.
    package static func type(of algorithm: String) -> String? {
        if algorithm.contains("-cert-v0") || algorithm.hasPrefix("x509v3-") || algorithm == "null" { return nil }
        return algorithm == "rsa-sha2-512" || algorithm == "rsa-sha2-256" ? "ssh-rsa" : algorithm
    }
}
