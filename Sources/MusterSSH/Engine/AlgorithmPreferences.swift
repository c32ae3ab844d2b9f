import CLibSSH2

/// The algorithms that a session offers, best first.
///
/// libssh2 drops the names that it does not know, so one list serves all its versions. What is broken or crashes is never offered:
/// arcfour, blowfish and cast fail under OpenSSL 3, and libssh2 crashes on a server that has nothing else.
package struct AlgorithmPreferences: Sendable, Hashable {
    /// Each list as libssh2 takes it: names separated by commas.
    package var keyExchange: String
    package var hostKey: String
    package var cipher: String
    package var mac: String
    /// Whether compression is asked for.
    package var compresses = false

    init(keyExchange: [String], hostKey: [String], cipher: [String], mac: [String]) {
        self.keyExchange = keyExchange.joined(separator: ",")
        self.hostKey = hostKey.joined(separator: ",")
        self.cipher = cipher.joined(separator: ",")
        self.mac = mac.joined(separator: ",")
    }

    /// P-256 first where it is the cheapest: with OpenSSL it takes a fifth less CPU per login than Curve25519, which adds up over a fleet.
    ///
    /// From 1.11.1 on libssh2 leaks 2.4 KB for each exchange over a NIST curve, and there Curve25519 comes first.
    private static let ellipticCurves: [String] =
        if LibSSH2.version.hasPrefix("1.10.") || LibSSH2.version == "1.11.0" {
            ["ecdh-sha2-nistp256", "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"]
        } else {
            ["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"]
        }

    private static let modernKeyExchange =
        ellipticCurves + ["diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "diffie-hellman-group-exchange-sha256"]
    private static let modernHostKey = [
        "ecdsa-sha2-nistp256", "ssh-ed25519", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256",
    ]
    private static let modernCipher = ["aes128-ctr", "aes256-ctr", "aes192-ctr", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com"]
    private static let modernMAC = [
        "hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
    ]
    /// Without it, newer libssh2 versions do not learn that the server takes RSA keys with SHA-2 (RFC 8308).
    private static let extensionInfo = ["ext-info-c"]

    private static let legacyKeyExchange = [
        "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1",
    ]
    private static let legacyHostKey = ["ssh-rsa", "ssh-dss"]
    private static let legacyCipher = ["aes128-cbc", "aes256-cbc", "aes192-cbc", "3des-cbc"]
    private static let legacyMAC = ["hmac-sha1"]
    private static let legacyNames = Set(legacyKeyExchange + legacyHostKey + legacyCipher + legacyMAC)

    /// What is offered by default: nothing with SHA-1 or CBC.
    package static let standard = AlgorithmPreferences(
        keyExchange: modernKeyExchange + extensionInfo, hostKey: modernHostKey, cipher: modernCipher, mac: modernMAC)

    /// The same first, and then what old gear is limited to: SHA-1, CBC, 3DES, DSA.
    package static let legacy = AlgorithmPreferences(
        keyExchange: modernKeyExchange + legacyKeyExchange + extensionInfo, hostKey: modernHostKey + legacyHostKey,
        cipher: modernCipher + legacyCipher, mac: modernMAC + legacyMAC)

    /// Whether an algorithm may be offered when the user names it.
    ///
    /// Only what the linked libssh2 has: told of nothing that it knows, it would offer its own defaults. And never one with which libssh2
    /// fails or crashes, or that encrypts nothing.
    package static func canOffer(_ name: String) -> Bool {
        supported.contains(name) && name != "none" && !["arcfour", "blowfish", "cast128"].contains { name.hasPrefix($0) }
    }

    /// All that the linked libssh2 has, of every kind.
    private static let supported: Set<String> = {
        guard LibSSH2.isInitialised, let session = libssh2_session_init_ex(nil, nil, nil, nil) else { return [] }
        defer { libssh2_session_free(session) }
        var names: Set<String> = []
        for type in [LIBSSH2_METHOD_KEX, LIBSSH2_METHOD_HOSTKEY, LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_MAC_CS] {
            var list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
            let count = libssh2_session_supported_algs(session, type, &list)
            guard count > 0, let list else { continue }
            for index in 0..<Int(count) {
                if let name = list[index] { names.insert(String(cString: name)) }
            }
            libssh2_free(session, list)
        }
        return names
    }()

    /// Whether an algorithm is one that only `legacy` offers.
    package static func isLegacy(_ name: String) -> Bool { legacyNames.contains(name) }

    /// Whether an algorithm is one of those that are offered by default.
    static func isModern(_ name: String) -> Bool { modernNames.contains(name) }

    private static let modernNames = Set(modernKeyExchange + modernHostKey + modernCipher + modernMAC)

    /// The same list with the host key algorithms of `keyTypes` first.
    ///
    /// A device whose key is known by one type must be asked for that type, or it shows another one that looks unknown.
    package func preferring(hostKeyTypes keyTypes: [String]) -> AlgorithmPreferences {
        guard let first = keyTypes.first else { return self }
        // The usual case, and the only one that thousands of devices meet: the known type is the first already.
        if keyTypes.count == 1, hostKey.hasPrefix("\(first),") { return self }
        let wanted = Set(keyTypes.flatMap(HostKeyType.algorithms))
        let names = hostKey.split(separator: ",").map(String.init)
        var copy = self
        copy.hostKey = (names.filter(wanted.contains) + names.filter { !wanted.contains($0) }).joined(separator: ",")
        return copy
    }

    /// The same list with the host key algorithms of `keyTypes` last.
    package func avoiding(hostKeyTypes keyTypes: [String]) -> AlgorithmPreferences {
        guard !keyTypes.isEmpty else { return self }
        let unwanted = Set(keyTypes.flatMap(HostKeyType.algorithms))
        let names = hostKey.split(separator: ",").map(String.init)
        var copy = self
        copy.hostKey = (names.filter { !unwanted.contains($0) } + names.filter(unwanted.contains)).joined(separator: ",")
        return copy
    }

    /// The same list with no host key algorithms but those of one type, even one that is not in it.
    package func limited(toHostKeyType type: String) -> AlgorithmPreferences {
        var copy = self
        copy.hostKey = HostKeyType.algorithms(of: type).joined(separator: ",")
        return copy
    }

    /// Each list with libssh2's number for it.
    var methods: [(type: Int32, names: String)] {
        [
            (LIBSSH2_METHOD_KEX, keyExchange), (LIBSSH2_METHOD_HOSTKEY, hostKey),
            (LIBSSH2_METHOD_CRYPT_CS, cipher), (LIBSSH2_METHOD_CRYPT_SC, cipher),
            (LIBSSH2_METHOD_MAC_CS, mac), (LIBSSH2_METHOD_MAC_SC, mac),
        ]
    }
}
