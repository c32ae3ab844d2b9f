/// What a server offers before anyone has logged in: its version line and its KEXINIT.
package struct ServerOffer: Sendable, Equatable {
    /// The kinds of algorithms that a KEXINIT lists.
    package enum Category: String, Sendable, CaseIterable {
        case keyExchange, hostKey, cipher, mac
    }

    /// The version line, such as `SSH-2.0-OpenSSH_9.2`, escaped.
    package var banner: String
    /// The lines before it, escaped.
    package var linesBefore: [String]
    /// The algorithms of each kind, in the server's order; those of both directions once.
    package var algorithms: [Category: [String]]
    /// Announcements among the key exchange algorithms that are none (RFC 8308, and OpenSSH's strict key exchange).
    package var announcements: [String]

    init(banner: String, linesBefore: [String], lists: KeyExchangeInit) {
        func union(_ categories: KeyExchangeInit.Category...) -> [String] {
            var seen: Set<String> = []
            return categories.flatMap { lists.lists[$0] ?? [] }.filter { seen.insert($0).inserted }
        }
        self.banner = banner
        self.linesBefore = linesBefore
        let exchange = union(.keyExchange)
        announcements = exchange.filter(AlgorithmMismatch.isMarker)
        algorithms = [
            .keyExchange: exchange.filter { !AlgorithmMismatch.isMarker($0) }, .hostKey: union(.hostKey),
            .cipher: union(.cipherOut, .cipherIn), .mac: union(.macOut, .macIn),
        ]
    }

    /// The algorithms of one kind.
    package subscript(category: Category) -> [String] { algorithms[category] ?? [] }

    /// Whether the server's key exchange resists the cutting of packets that Terrapin does (CVE-2023-48795).
    package var hasStrictKeyExchange: Bool { announcements.contains("kex-strict-s-v00@openssh.com") }
}
