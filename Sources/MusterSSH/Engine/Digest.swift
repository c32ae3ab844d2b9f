import CLibCrypto

/// Digests for what is no secret: names of files that ssh makes of a connection's parts.
package enum Digest {
    /// SHA-1, 20 bytes.
    package static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        _ = SHA1(bytes, bytes.count, &digest)
        return digest
    }
}
