/// Why two sides found no common algorithm: what each of them offered, as it went over the wire.
struct AlgorithmMismatch: Equatable {
    let category: KeyExchangeInit.Category
    let device: [String]
    let ours: [String]
    /// What else both sides share nothing of.
    private(set) var others: [AlgorithmMismatch] = []

    private init(category: KeyExchangeInit.Category, device: [String], ours: [String]) {
        self.category = category
        self.device = device
        self.ours = ours
    }

    /// The lists without a common name, the first of them foremost; `nil` when every list has one.
    init?(received: [UInt8], sent: [UInt8]) {
        guard let theirs = KeyExchangeInit(transcript: received), let ours = KeyExchangeInit(transcript: sent) else { return nil }
        // That is another mistake: see `PlainPackets.flaw`.
        guard theirs.lists.values.allSatisfy({ !$0.isEmpty }) else { return nil }
        var all: [AlgorithmMismatch] = []
        for category in KeyExchangeInit.Category.allCases {
            let offered = theirs.lists[category] ?? []
            let wanted = ours.lists[category] ?? []
            guard Set(offered).isDisjoint(with: wanted) else { continue }
            let next = AlgorithmMismatch(category: category, device: offered, ours: wanted.filter { !Self.isMarker($0) })
            // Both directions are mostly alike.
            if !all.contains(where: { $0.message == next.message }) { all.append(next) }
        }
        guard let first = all.first else { return nil }
        self = first
        others = Array(all.dropFirst())
    }

    var message: String {
        let own = "no common \(category.title): the device offers \(device.joined(separator: ", ")); Muster offers "
        return ([own + ours.joined(separator: ", ")] + others.map(\.message)).joined(separator: "; ")
    }

    /// What another client would need.
    var gap: SSHError.Gap {
        let kind: SSHError.AlgorithmKind =
            switch category {
            case .keyExchange: .keyExchange
            case .hostKey: .hostKey
            case .cipherOut, .cipherIn: .cipher
            case .macOut, .macIn: .mac
            }
        return .algorithms(kind, device: device.filter { !Self.isMarker($0) })
    }

    /// What the user can do, given the linked library's version.
    func hint(libraryVersion: String) -> String {
        // What helps with one of several lists only would be no help.
        let all = [self] + others
        let old = all.compactMap(\.old)
        var needs = all.filter { $0.old == nil }.map { $0.need(libraryVersion: libraryVersion) }
        if !old.isEmpty {
            needs.insert(
                "the device is of the old kind: `legacy: true` in the inventory, or --legacy, makes Muster offer "
                    + old.joined(separator: ", "),
                at: 0)
        }
        var seen: Set<String> = []
        return needs.filter { seen.insert($0).inserted }.joined(separator: "; and ")
    }

    /// What the setting `legacy` would add and the device has.
    private var old: String? {
        device.first { AlgorithmPreferences.isLegacy($0) && AlgorithmPreferences.canOffer($0) && !ours.contains($0) }
    }

    private func need(libraryVersion: String) -> String {
        let another = ", or use `transport: openssh` where the system's ssh has it (`transport: auto` sees to that)"
        let offers = { (part: String) in device.contains { $0.contains(part) } }
        if let left = device.first(where: { AlgorithmPreferences.isModern($0) && AlgorithmPreferences.canOffer($0) && !ours.contains($0) })
        {
            return "\(left) would do, and ssh_config leaves it out: mend it, or leave it aside with -F none"
        }
        switch category {
        case .hostKey where offers("rsa-sha2"):
            return "libssh2 \(libraryVersion) supports RSA host keys only with SHA-1 (ssh-rsa); use libssh2 1.11 or later, "
                + "or give the device an ECDSA or Ed25519 host key\(another)"
        case .macOut where offers("-etm@"), .macIn where offers("-etm@"):
            return
                "encrypt-then-MAC needs libssh2 1.11 or later (linked: \(libraryVersion)); or allow hmac-sha2-256 on the device\(another)"
        case .cipherOut where offers("gcm"), .cipherIn where offers("gcm"):
            return "AES-GCM needs libssh2 1.11 or later (linked: \(libraryVersion)); or allow aes256-ctr on the device\(another)"
        case .cipherOut where offers("chacha20"), .cipherIn where offers("chacha20"):
            return
                "chacha20-poly1305 needs libssh2 1.11.1 or later (linked: \(libraryVersion)); or allow aes256-ctr on the device\(another)"
        case .keyExchange where offers("sntrup") && device.allSatisfy { $0.contains("sntrup") || Self.isMarker($0) }:
            return "no libssh2 supports sntrup761; allow curve25519-sha256 on the device\(another)"
        default:
            return "allow one of Muster's \(category.title)s on the device (linked: libssh2 \(libraryVersion))\(another)"
        }
    }

    /// Names in the key exchange list that are no algorithms but announcements (RFC 8308, and OpenSSH's strict key exchange).
    static func isMarker(_ name: String) -> Bool {
        name.hasPrefix("ext-info-") || name.hasPrefix("kex-strict-")
    }
}
