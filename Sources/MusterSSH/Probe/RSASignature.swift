import CLibCrypto

/// A signature by an RSA host key with SHA-2 (RFC 8332).
struct RSASignature {
    private let isSHA512: Bool
    private let bytes: [UInt8]

    /// The host key algorithms whose signatures these are, best first.
    static let algorithms = ["rsa-sha2-512", "rsa-sha2-256"]

    /// Reads the encoding; `nil` for another algorithm's.
    init?(_ blob: ArraySlice<UInt8>) {
        var reader = PacketReader(bytes: blob)
        guard let algorithm = reader.text(), Self.algorithms.contains(algorithm), let bytes = reader.string() else { return nil }
        isSHA512 = algorithm == Self.algorithms[0]
        self.bytes = Array(bytes)
    }

    /// Whether the owner of a host key has signed a message.
    func isValid(by key: HostKey, for message: [UInt8]) -> Bool {
        var reader = PacketReader(bytes: key.blob[...])
        guard reader.text() == "ssh-rsa", let exponent = reader.string(), let modulus = reader.string() else { return false }
        // PKCS #1's RSAPublicKey: SSH's numbers are encoded like those of DER.
        let encoded = DER.sequence([Array(modulus), Array(exponent)])
        let publicKey = encoded.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return d2i_PublicKey(EVP_PKEY_RSA, nil, &start, buffer.count)
        }
        guard let publicKey, let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(publicKey)
        }
        // Some servers leave out leading zeros.
        let size = Int(EVP_PKEY_get_size(publicKey))
        let signature = Array(repeating: 0, count: max(0, size - bytes.count)) + bytes
        return EVP_DigestVerifyInit(context, nil, isSHA512 ? EVP_sha512() : EVP_sha256(), nil, publicKey) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
