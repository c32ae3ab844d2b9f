/// Why two sides found no common algorithm: what each of them offered, as it went over the wire.
struct AlgorithmMismatch: Equatable {
    let category: KeyExchangeInit.Category
    let device: [String]
    let ours: [String]

    /// The first list without a common name; `nil` when every list has one.
    init?(received: [UInt8], sent: [UInt8]) {
        guard let theirs = KeyExchangeInit(transcript: received), let ours = KeyExchangeInit(transcript: sent) else { return nil }
        for category in KeyExchangeInit.Category.allCases {
            let offered = theirs.lists[category] ?? []
            let wanted = ours.lists[category] ?? []
            if Set(offered).isDisjoint(with: wanted) {
                self.category = category
                device = offered
                self.ours = wanted.filter { !Self.isMarker($0) }
                return
            }
        }
        return nil
    }

    var message: String {
        "no common \(category.title): the device offers \(device.joined(separator: ", ")); Muster offers \(ours.joined(separator: ", "))"
    }

    /// What the user can do, given the linked library's version.
    func hint(libraryVersion: String) -> String {
        let offers = { (part: String) in device.contains { $0.contains(part) } }
        if let old = device.first(where: { AlgorithmPreferences.isLegacy($0) && !ours.contains($0) }) {
            return "the device is of the old kind: `legacy: true` in the inventory, or --legacy, makes Muster offer \(old)"
        }
        switch category {
        case .hostKey where offers("rsa-sha2"):
            return "libssh2 \(libraryVersion) supports RSA host keys only with SHA-1 (ssh-rsa); use libssh2 1.11 or later, "
                + "or give the device an ECDSA or Ed25519 host key"
        case .macOut where offers("-etm@"), .macIn where offers("-etm@"):
            return "encrypt-then-MAC needs libssh2 1.11 or later (linked: \(libraryVersion)); or allow hmac-sha2-256 on the device"
        case .cipherOut where offers("gcm"), .cipherIn where offers("gcm"):
            return "AES-GCM needs libssh2 1.11 or later (linked: \(libraryVersion)); or allow aes256-ctr on the device"
        case .cipherOut where offers("chacha20"), .cipherIn where offers("chacha20"):
            return "chacha20-poly1305 needs libssh2 1.11.1 or later (linked: \(libraryVersion)); or allow aes256-ctr on the device"
        case .keyExchange where offers("sntrup") && device.allSatisfy { $0.contains("sntrup") || Self.isMarker($0) }:
            return "no libssh2 supports sntrup761; allow curve25519-sha256 on the device"
        default:
            return "allow one of Muster's \(category.title)s on the device (linked: libssh2 \(libraryVersion))"
        }
    }

    /// Names in the key exchange list that are no algorithms but announcements (RFC 8308, and OpenSSH's strict key exchange).
    private static func isMarker(_ name: String) -> Bool {
        name.hasPrefix("ext-info-") || name.hasPrefix("kex-strict-")
    }
}
