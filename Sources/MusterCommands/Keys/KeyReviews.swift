import Muster
import MusterRendering
import MusterSSH

/// Devices' host keys beside what is known of them.
struct KeyReviews {
    /// What came of one device.
    typealias Row = (device: Device, result: Result<HostKeyReview, MusterError>)

    var rows: [Row]

    init(_ devices: [Device], _ results: [Result<HostKeyScan, MusterError>], store: HostKeyStore) {
        rows = zip(devices, results).map { device, result in
            (device, result.map { HostKeyReview($0, pins: device.hostKeys, store: store, name: device.hostKeyName) })
        }
    }

    var failures: [(device: Device, error: MusterError)] { Array(rows.map(\.result), of: rows.map(\.device)) }

    /// The devices that were reached.
    var reviews: [(device: Device, review: HostKeyReview)] {
        rows.compactMap { row in
            if case .success(let review) = row.result { (row.device, review) } else { nil }
        }
    }

    /// How many devices are how, as `3 ok, 1 changed`.
    var summary: String {
        var parts: [String] = []
        for status in HostKeyReview.Status.allCases {
            let count = reviews.count { $0.review.status == status }
            if count > 0 { parts.append("\(count) \(status.rawValue)") }
        }
        parts += failures.counts
        return "\(counted(rows.count, "device", "devices")): \(parts.joined(separator: ", "))"
    }

    /// Why keys of known types could not be had.
    var notes: [String] {
        reviews.flatMap { device, review in
            review.items.filter { $0.status == .unread && !$0.known.isEmpty }.map { item in
                "note: \(device.name): its known \(item.type) key was not compared: \(item.note ?? "it could not be had")"
            }
        }
    }

    /// A table of the keys; of those that are as they should be only when all are wanted.
    func table(all: Bool, palette: Palette) -> String {
        var table = Table(header: ["NAME", "ADDRESS", "STATUS", "KEY", "TYPE", "SHOWN", "KNOWN"])
        var isEmpty = true
        for (device, review) in reviews where all || review.status != .ok {
            for item in review.items where all || item.status != .ok {
                let known =
                    review.pins.isEmpty
                    ? item.known.map { "\($0.key.fingerprint) (\($0.origin))" } : review.pins.map { "\($0.shown) (inventory)" }
                table.append([
                    device.name, device.hostKeyName.text, review.status.rawValue, item.status.rawValue, item.type,
                    item.shown?.fingerprint ?? "-",
                    item.status == .ok && !all ? "" : known.joined(separator: ", "),
                ])
                isEmpty = false
            }
        }
        return isEmpty ? "" : table.rendered(palette: palette)
    }

    /// Writes one device's members.
    static func write(_ row: Row, to json: inout JSONWriter) {
        json.member("schema", "muster.keycheck/1")
        json.member("host", row.device.name)
        json.member("address", row.device.address)
        json.member("port", row.device.port)
        switch row.result {
        case .success(let review):
            json.member("status", review.status.rawValue)
            json.key("keys")
            json.array(review.items) { json, item in json.object { write(item, pins: review.pins.map(\.shown), to: &$0) } }
            MusterError.write(nil, to: &json)
        case .failure(let error):
            json.member("status", error.surveyStatus)
            json.key("keys")
            json.array([Int]()) { _, _ in }
            MusterError.write(error, to: &json)
        }
    }

    private static func write(_ item: HostKeyReview.Item, pins: [String], to json: inout JSONWriter) {
        json.member("type", item.type)
        json.member("status", item.status.rawValue)
        json.member("fingerprint", item.shown?.fingerprint)
        json.key("known")
        json.array(item.known) { json, entry in
            json.object { json in
                json.member("fingerprint", entry.key.fingerprint)
                json.member("origin", entry.origin)
            }
        }
        json.key("pins")
        json.array(pins) { $0.string($1) }
        json.member("note", item.note)
    }
}
