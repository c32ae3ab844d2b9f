import CLibCrypto

/// A user's private key, ready to sign.
///
/// It is made once in a run and signs for any number of devices, from any thread. Its description shows nothing of it.
package final class PrivateKey: @unchecked Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    // Unchecked: OpenSSL lets any number of threads sign with one EVP_PKEY as long as nobody changes it, and nobody does.
    private let key: OpaquePointer
    package let algorithm: KeyAlgorithm
    package let publicKey: PublicKey

    /// Takes over an OpenSSL key.
    ///
    /// - Throws: `KeyProblem.unknownType`, `.damaged`; the key is freed then.
    init(taking key: OpaquePointer) throws(KeyProblem) {
        self.key = key
        do throws(KeyProblem) {
            (algorithm, publicKey) = try Self.publicHalf(of: key)
        } catch {
            EVP_PKEY_free(key)
            throw error
        }
    }

    deinit {
        EVP_PKEY_free(key)
    }

    package var description: String { "private key \(publicKey.fingerprint)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Signs a message.
    ///
    /// - Parameter name: The signature's algorithm, such as `rsa-sha2-256`; for keys other than RSA it says nothing new.
    /// - Returns: What stands behind the algorithm's name in a signature (RFC 4253, RFC 5656, RFC 8332, RFC 8709); `nil` when OpenSSL cannot.
    package func signature(of message: [UInt8], algorithm name: String) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, digest(for: name), nil, key) == 1 else { return failed() }
        var length = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return failed() }
        signature.removeLast(signature.count - length)
        guard case .ecdsa = algorithm else { return signature }
        return Self.wireForm(ofECDSA: signature)
    }

    private func failed() -> [UInt8]? {
        // Nobody reads the queue of errors, which is the thread's.
        ERR_clear_error()
        return nil
    }

    private func digest(for name: String) -> OpaquePointer? {
        switch algorithm {
        case .ed25519: nil
        case .ecdsa(let bits): bits == 256 ? EVP_sha256() : bits == 384 ? EVP_sha384() : EVP_sha512()
        case .rsa: name.hasPrefix("rsa-sha2-512") ? EVP_sha512() : name.hasPrefix("rsa-sha2-256") ? EVP_sha256() : EVP_sha1()
        }
    }

    /// The numbers r and s of a signature that OpenSSL gives in DER.
    private static func wireForm(ofECDSA signature: [UInt8]) -> [UInt8]? {
        let parsed = signature.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return d2i_ECDSA_SIG(nil, &start, buffer.count)
        }
        guard let parsed else { return nil }
        defer { ECDSA_SIG_free(parsed) }
        return WireBytes.number(bytes(of: ECDSA_SIG_get0_r(parsed))) + WireBytes.number(bytes(of: ECDSA_SIG_get0_s(parsed)))
    }

    // MARK: The public half

    private static func publicHalf(of key: OpaquePointer) throws(KeyProblem) -> (KeyAlgorithm, PublicKey) {
        let algorithm: KeyAlgorithm
        let fields: [UInt8]
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_ED25519:
            algorithm = .ed25519
            var length = 32
            var raw = [UInt8](repeating: 0, count: length)
            guard EVP_PKEY_get_raw_public_key(key, &raw, &length) == 1, length == raw.count else { throw .damaged }
            fields = WireBytes.string(raw)
        case EVP_PKEY_EC:
            let bits = try curveBits(of: key)
            algorithm = .ecdsa(bits: bits)
            EVP_PKEY_set_utf8_string_param(key, "point-format", "uncompressed")
            var point: UnsafeMutablePointer<UInt8>?
            let length = EVP_PKEY_get1_encoded_public_key(key, &point)
            guard length > 1, let point else { throw .damaged }
            defer { CRYPTO_free(point, nil, 0) }
            fields = WireBytes.string(Array("nistp\(bits)".utf8)) + WireBytes.string(UnsafeBufferPointer(start: point, count: length))
        case EVP_PKEY_RSA:
            algorithm = .rsa
            fields = try WireBytes.number(number("e", of: key)) + WireBytes.number(number("n", of: key))
        case EVP_PKEY_DSA: throw .unknownType("ssh-dss")
        default: throw .unknownType(EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown")
        }
        return (algorithm, PublicKey(blob: WireBytes.string(Array(algorithm.type.utf8)) + fields))
    }

    private static func curveBits(of key: OpaquePointer) throws(KeyProblem) -> Int {
        var name = [CChar](repeating: 0, count: 64)
        guard EVP_PKEY_get_group_name(key, &name, name.count, nil) == 1 else { throw .damaged }
        let curve = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        switch curve {
        case "prime256v1", "P-256": return 256
        case "secp384r1", "P-384": return 384
        case "secp521r1", "P-521": return 521
        default: throw .unknownType("ecdsa on the curve \(curve)")
        }
    }

    private static func number(_ name: String, of key: OpaquePointer) throws(KeyProblem) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else { throw .damaged }
        defer { BN_free(number) }
        return bytes(of: number)
    }

    static func bytes(of number: OpaquePointer?) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(number)) + 7) / 8)
        _ = BN_bn2bin(number, &bytes)
        return bytes
    }
}
