import Muster
import MusterRendering
import MusterSSH

/// What a device offers, and what is weak about it.
struct CryptoOffer: Sendable {
    let offer: ServerOffer
    let weaknesses: [AlgorithmWeakness]

    init(_ offer: ServerOffer) {
        self.offer = offer
        weaknesses = AlgorithmWeakness.all(in: offer)
    }

    /// What came of one device.
    typealias Row = (Device, Result<CryptoOffer, MusterError>)

    private func reason(against algorithm: String, _ category: ServerOffer.Category) -> String? {
        weaknesses.first { $0.category == category && $0.algorithm == algorithm }?.reason
    }

    // MARK: For people

    /// A table of the weak algorithms, or of all.
    static func table(_ rows: [Row], all: Bool, palette: Palette) -> String {
        var table = Table(header: ["NAME", "SERVER", "KIND", "ALGORITHM", "WEAK"])
        var isEmpty = true
        for case (let device, .success(let seen)) in rows {
            for category in ServerOffer.Category.allCases {
                for algorithm in seen.offer[category] {
                    let reason = seen.reason(against: algorithm, category)
                    guard all || reason != nil else { continue }
                    table.append([device.name, seen.software, category.shown, algorithm, reason ?? ""])
                    isEmpty = false
                }
            }
        }
        return isEmpty ? "" : table.rendered(palette: palette)
    }

    /// The version line without its protocol.
    private var software: String {
        String(offer.banner.split(separator: "-", maxSplits: 2).last ?? "")
    }

    // MARK: For programs

    /// Writes one device's members.
    static func write(_ device: Device, _ result: Result<CryptoOffer, MusterError>, to json: inout JSONWriter) {
        json.member("schema", "muster.crypto/1")
        json.member("host", device.name)
        json.member("address", device.address)
        json.member("port", device.port)
        switch result {
        case .success(let seen):
            json.member("status", seen.weaknesses.isEmpty ? "ok" : "weak")
            json.member("banner", seen.offer.banner)
            for category in ServerOffer.Category.allCases {
                json.key(category.member)
                json.array(seen.offer[category]) { json, name in
                    json.object { json in
                        json.member("name", name)
                        json.member("weak", seen.reason(against: name, category))
                    }
                }
            }
            json.member("strict_kex", seen.offer.hasStrictKeyExchange)
            MusterError.write(nil, to: &json)
        case .failure(let error):
            json.member("status", error.surveyStatus)
            json.member("banner", nil)
            for category in ServerOffer.Category.allCases {
                json.key(category.member)
                json.array([Int]()) { _, _ in }
            }
            json.key("strict_kex")
            json.null()
            MusterError.write(error, to: &json)
        }
    }
}

extension ServerOffer.Category {
    /// For people.
    fileprivate var shown: String {
        switch self {
        case .keyExchange: "key exchange"
        case .hostKey: "host key"
        case .cipher: "cipher"
        case .mac: "MAC"
        }
    }

    /// The member's name in JSON.
    fileprivate var member: String {
        switch self {
        case .keyExchange: "key_exchange"
        case .hostKey: "host_key"
        case .cipher: "ciphers"
        case .mac: "macs"
        }
    }
}
