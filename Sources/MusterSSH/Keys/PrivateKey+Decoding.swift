import CLibCrypto

extension PrivateKey {
    /// Decodes a key in PEM: PKCS #1, SEC1, PKCS #8, encrypted or not.
    ///
    /// - Throws: `KeyProblem.wrongPassphrase`, `.damaged`, `.unknownType`.
    static func decode(pem text: [UInt8], isEncrypted: Bool, passphrase: String) throws(KeyProblem) -> PrivateKey {
        guard let source = BIO_new_mem_buf(text, Int32(clamping: text.count)) else { throw .damaged }
        defer {
            BIO_free(source)
            ERR_clear_error()
        }
        // Always given something: with nothing to go by OpenSSL would ask on the terminal.
        let key = passphrase.withCString { PEM_read_bio_PrivateKey(source, nil, nil, UnsafeMutableRawPointer(mutating: $0)) }
        guard let key else { throw isEncrypted ? .wrongPassphrase : .damaged }
        return try PrivateKey(taking: key)
    }

    /// Decodes the private half of an `openssh-key-v1` file (PROTOCOL.key of OpenSSH), decrypted.
    ///
    /// - Throws: `KeyProblem.damaged`, `.unknownType`.
    static func decode(openSSH section: ArraySlice<UInt8>) throws(KeyProblem) -> PrivateKey {
        var reader = PacketReader(bytes: section)
        // The same number twice: with the wrong passphrase they would differ.
        guard let first = reader.integer(), let second = reader.integer(), first == second, let type = reader.text() else { throw .damaged }
        switch KeyAlgorithm(type: type) {
        case .ed25519:
            // The seed, and behind it the public half once more.
            guard reader.string() != nil, let secret = reader.string(), secret.count == 64 else { throw .damaged }
            let seed = Array(secret.prefix(32))
            guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else { throw .damaged }
            return try PrivateKey(taking: key)
        case .ecdsa(let bits):
            guard reader.string() != nil, let point = reader.string(), let secret = reader.string() else { throw .damaged }
            return try decode(der: DER.ellipticCurveKey(bits: bits, secret: Array(secret), point: Array(point)))
        case .rsa:
            guard let modulus = reader.string(), let exponent = reader.string(), let secret = reader.string(),
                let inverse = reader.string(), let p = reader.string(), let q = reader.string(),
                let remainders = remainders(of: secret, by: [p, q])
            else { throw .damaged }
            return try decode(
                der: DER.sequence(
                    [[0], Array(modulus), Array(exponent), Array(secret), Array(p), Array(q)] + remainders + [Array(inverse)]))
        case nil:
            throw .unknownType(type)
        }
    }

    private static func decode(der: [UInt8]) throws(KeyProblem) -> PrivateKey {
        defer { ERR_clear_error() }
        let key = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return d2i_AutoPrivateKey(nil, &start, buffer.count)
        }
        guard let key else { throw .damaged }
        return try PrivateKey(taking: key)
    }

    /// The secret exponent modulo each prime less one, which PKCS #1 has and OpenSSH's files leave out.
    private static func remainders(of secret: ArraySlice<UInt8>, by primes: [ArraySlice<UInt8>]) -> [[UInt8]]? {
        guard let context = BN_CTX_secure_new() else { return nil }
        defer { BN_CTX_free(context) }
        func number(_ bytes: ArraySlice<UInt8>) -> OpaquePointer? { BN_bin2bn(Array(bytes), Int32(bytes.count), nil) }
        let exponent = number(secret)
        defer { BN_clear_free(exponent) }
        return primes.reduce(into: [[UInt8]]?.some([])) { results, prime in
            let divisor = number(prime)
            let remainder = BN_new()
            defer {
                BN_clear_free(divisor)
                BN_clear_free(remainder)
            }
            guard let divisor, let exponent, let remainder, BN_sub_word(divisor, 1) == 1, BN_is_zero(divisor) == 0,
                BN_div(nil, remainder, exponent, divisor, context) == 1
            else { return results = nil }
            // A leading zero keeps it a positive number in DER.
            results?.append([0] + bytes(of: remainder))
        }
    }
}

/// As much of DER (X.690) as private keys take.
enum DER {
    /// A sequence of numbers, each given as two's complement from its highest byte on.
    static func sequence(_ numbers: [[UInt8]]) -> [UInt8] {
        element(0x30, numbers.flatMap { element(0x02, shortest($0)) })
    }

    /// RFC 5915's ECPrivateKey on a NIST curve.
    static func ellipticCurveKey(bits: Int, secret: [UInt8], point: [UInt8]) -> [UInt8] {
        let size = (bits + 7) / 8
        let digits = Array(secret.drop { $0 == 0 })
        let padded = Array(repeating: 0, count: max(0, size - digits.count)) + digits
        let curve: [UInt8] =
            switch bits {
            case 256: [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
            case 384: [0x2B, 0x81, 0x04, 0x00, 0x22]
            default: [0x2B, 0x81, 0x04, 0x00, 0x23]
            }
        return element(
            0x30,
            element(0x02, [1]) + element(0x04, padded) + element(0xA0, element(0x06, curve)) + element(0xA1, element(0x03, [0] + point)))
    }

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 128 ? [UInt8(count)] : count < 256 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8 & 255), UInt8(count & 255)]
        return [tag] + length + content
    }

    /// A positive number without zeros that say nothing.
    private static func shortest(_ number: [UInt8]) -> [UInt8] {
        let digits = number.drop { $0 == 0 }
        return (digits.first ?? 128) > 127 ? [0] + Array(digits) : Array(digits)
    }
}
