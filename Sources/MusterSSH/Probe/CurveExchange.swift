import CLibCrypto

/// One side of a key exchange over Curve25519 (RFC 8731).
struct CurveExchange: Sendable {
    private let secret: [UInt8]
    /// What the other side gets.
    let publicKey: [UInt8]

    /// The length of both keys.
    private static let length = 32

    /// Makes a key; `nil` when the system has no randomness or OpenSSL no curve.
    init?() {
        var secret = [UInt8](repeating: 0, count: Self.length)
        guard RAND_bytes(&secret, Int32(secret.count)) == 1 else { return nil }
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, secret, secret.count) else { return nil }
        defer { EVP_PKEY_free(key) }
        var publicKey = [UInt8](repeating: 0, count: Self.length)
        var length = publicKey.count
        guard EVP_PKEY_get_raw_public_key(key, &publicKey, &length) == 1, length == Self.length else { return nil }
        (self.secret, self.publicKey) = (secret, publicKey)
    }

    /// What both sides have in common; `nil` for a public key that is none.
    func sharedSecret(with other: [UInt8]) -> [UInt8]? {
        guard other.count == Self.length, let own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, secret, secret.count) else {
            return nil
        }
        defer { EVP_PKEY_free(own) }
        guard let peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, other, other.count) else { return nil }
        defer { EVP_PKEY_free(peer) }
        guard let context = EVP_PKEY_CTX_new(own, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var shared = [UInt8](repeating: 0, count: Self.length)
        var length = shared.count
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, peer) == 1,
            EVP_PKEY_derive(context, &shared, &length) == 1, length == Self.length
        else { return nil }
        return shared
    }
}
