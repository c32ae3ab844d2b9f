/// Why an algorithm that a server offers had better not be used.
package struct AlgorithmWeakness: Sendable, Hashable {
    /// The kind of the algorithm.
    package var category: ServerOffer.Category
    /// Its name on the wire.
    package var algorithm: String
    /// What is wrong with it.
    package var reason: String

    /// The weak ones of an offer, in its order.
    package static func all(in offer: ServerOffer) -> [AlgorithmWeakness] {
        let terrapin = offer.hasStrictKeyExchange ? [] : terrapinCiphers(offer)
        return ServerOffer.Category.allCases.flatMap { category in
            offer[category].compactMap { name in
                var reasons = reasons(against: name, category)
                if category == .cipher, terrapin.contains(name) { reasons.append("open to Terrapin: no strict key exchange") }
                guard !reasons.isEmpty else { return nil }
                return AlgorithmWeakness(category: category, algorithm: name, reason: reasons.joined(separator: "; "))
            }
        }
    }

    /// The ciphers under which packets can be cut off unnoticed at the start (CVE-2023-48795): chacha20-poly1305, and CBC with a MAC over
    /// the ciphertext.
    private static func terrapinCiphers(_ offer: ServerOffer) -> Set<String> {
        let hasEncryptThenMAC = offer[.mac].contains { $0.contains("-etm@") }
        return Set(offer[.cipher].filter { $0.hasPrefix("chacha20-poly1305") || ($0.contains("-cbc") && hasEncryptThenMAC) })
    }

    private static func reasons(against name: String, _ category: ServerOffer.Category) -> [String] {
        if name == "none" || name == "null" { return [category == .mac ? "no protection against changes" : "no protection at all"] }
        return switch category {
        case .keyExchange: keyExchange(name)
        case .hostKey: hostKey(name)
        case .cipher: cipher(name)
        case .mac: mac(name)
        }
    }

    private static func keyExchange(_ name: String) -> [String] {
        var reasons: [String] = []
        // With GSSAPI the names go on behind the hash.
        if name.hasPrefix("diffie-hellman-group1-") || name.hasPrefix("gss-group1-") { reasons.append("a group of 1024 bits (Logjam)") }
        if name.hasPrefix("rsa1024-") { reasons.append("an RSA key of 1024 bits") }
        if name.contains("-sha1") { reasons.append("SHA-1") }
        return reasons
    }

    private static func hostKey(_ name: String) -> [String] {
        let plain = name.split(separator: "@").first.map(String.init) ?? name
        let base = plain.components(before: "-cert-v0")
        switch base {
        case "ssh-rsa", "x509v3-ssh-rsa", "x509v3-sign-rsa": return ["signs with SHA-1"]
        case "ssh-dss", "x509v3-ssh-dss", "x509v3-sign-dss": return ["DSA of 1024 bits, signs with SHA-1"]
        default: return []
        }
    }

    private static func cipher(_ name: String) -> [String] {
        var reasons: [String] = []
        if name.hasPrefix("arcfour") { reasons.append("RC4 is broken") }
        if name.hasPrefix("des-") { reasons.append("a key of 56 bits") }
        if ["3des", "blowfish", "cast128", "idea"].contains(where: { name.hasPrefix("\($0)-") }) {
            reasons.append("blocks of 64 bits (Sweet32)")
        }
        if name.contains("-cbc") { reasons.append("CBC mode, which leaks plaintext in SSH") }
        return reasons
    }

    private static func mac(_ name: String) -> [String] {
        var reasons: [String] = []
        if name.contains("md5") { reasons.append("MD5") }
        if name.contains("sha1") { reasons.append("SHA-1") }
        if name.hasPrefix("umac-64") { reasons.append("a tag of 64 bits") }
        if name.split(separator: "@").first?.hasSuffix("-96") == true || name.contains("-96-etm@") { reasons.append("a tag of 96 bits") }
        return reasons
    }
}

extension String {
    /// What stands before the first `part`; all of it when there is none.
    fileprivate func components(before part: String) -> String {
        guard let range = Array(utf8).firstRange(of: Array(part.utf8)) else { return self }
        return String(decoding: Array(utf8)[..<range.lowerBound], as: UTF8.self)
    }
}
