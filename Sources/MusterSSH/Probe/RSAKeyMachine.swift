import CLibCrypto

/// Has a server show its RSA key and prove that it owns it, by a signature with SHA-2.
///
/// libssh2 1.10 knows only signatures with SHA-1, which current servers do not make. The key exchange ends where encryption would begin.
package struct RSAKeyMachine: ProbeMachine {
    /// Key exchanges that it knows (RFC 8731).
    private static let keyExchanges = ["curve25519-sha256", "curve25519-sha256@libssh.org"]

    private var packets = PlainPackets()
    private let exchange: CurveExchange
    /// Both sides' KEXINIT, once they are known.
    private var inits: (ours: [UInt8], theirs: [UInt8])?

    /// Makes a machine; `nil` when this system can't do the key exchange.
    package init?() {
        guard let exchange = CurveExchange() else { return nil }
        self.exchange = exchange
    }

    /// Whether a server with this offer can be asked.
    package static func suits(_ offer: ServerOffer) -> Bool {
        !Set(offer[.keyExchange]).isDisjoint(with: keyExchanges) && !Set(offer[.hostKey]).isDisjoint(with: RSASignature.algorithms)
    }

    package var greeting: [UInt8] { PlainPackets.ownVersion + Array("\r\n".utf8) }
    package var seen: String { packets.seen }

    package mutating func receive(_ bytes: UnsafeRawBufferPointer) -> ProbeStep<HostKey> {
        do throws(SSHError) {
            try packets.receive(bytes)
            var answer: [UInt8] = []
            while let payload = try packets.next() {
                switch (payload[0], inits) {
                case (20, nil): answer += try begin(payload)
                case (31, .some(let inits)): return .done(try key(in: payload, inits))
                default: throw PlainPackets.unusable("a packet of type \(payload[0]) came out of turn")
                }
            }
            return answer.isEmpty ? .wait : .send(answer)
        } catch {
            return .failed(error)
        }
    }

    /// Answers the server's KEXINIT with our own, and with the first step of the exchange.
    private mutating func begin(_ theirs: [UInt8]) throws(SSHError) -> [UInt8] {
        guard let offer = KeyExchangeInit(payload: theirs[...]) else { throw PlainPackets.unusable("its offer makes no sense") }
        var cookie = [UInt8](repeating: 0, count: 16)
        guard RAND_bytes(&cookie, Int32(cookie.count)) == 1 else { throw PlainPackets.unusable("this system has no randomness") }
        // Nothing is ever encrypted, so the server may have it as it likes.
        let lists =
            [Self.keyExchanges, RSASignature.algorithms]
            + [.cipherOut, .cipherIn, .macOut, .macIn].map { offer.lists[$0] ?? [] } + [
                ["none", "zlib@openssh.com", "zlib"], ["none", "zlib@openssh.com", "zlib"], [], [],
            ]
        let ours = [20] + cookie + lists.flatMap { WireBytes.string(Array($0.joined(separator: ",").utf8)) } + [0] + WireBytes.integer(0)
        inits = (ours, theirs)
        return PlainPackets.packet(ours) + PlainPackets.packet([30] + WireBytes.string(exchange.publicKey))
    }

    /// The key in the server's answer, once its signature has been verified.
    private func key(in payload: [UInt8], _ inits: (ours: [UInt8], theirs: [UInt8])) throws(SSHError) -> HostKey {
        var reader = PacketReader(bytes: payload[1...])
        guard let blob = reader.string(), let theirs = reader.string(), let proof = reader.string(), let signature = RSASignature(proof),
            let secret = exchange.sharedSecret(with: Array(theirs)), let version = packets.version
        else { throw PlainPackets.unusable("its answer makes no sense") }
        let key = HostKey(blob: Array(blob))
        let hashed =
            [PlainPackets.ownVersion, version, inits.ours, inits.theirs, key.blob, exchange.publicKey, Array(theirs)]
            .flatMap { WireBytes.string($0) } + WireBytes.number(secret)
        var hash = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        _ = SHA256(hashed, hashed.count, &hash)
        guard signature.isValid(by: key, for: hash) else { throw PlainPackets.unusable("the device does not own the key that it shows") }
        return key
    }
}
