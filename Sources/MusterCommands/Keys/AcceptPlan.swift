import Muster
import MusterSSH

/// What is to be written to the known hosts file for devices' keys.
struct AcceptPlan {
    private(set) var added: [(name: HostKeyName, key: HostKey)] = []
    private(set) var removed: [(name: HostKeyName, key: HostKey)] = []
    /// What is left alone, and why.
    private(set) var notes: [String] = []
    /// Whether every device's key will be known.
    private(set) var isComplete = true
    private var devices = 0

    /// Makes the plan.
    ///
    /// - Parameters:
    ///   - reviews: The devices' keys.
    ///   - replaces: Whether known keys make room for others.
    init(_ reviews: [(device: Device, review: HostKeyReview)], replaces: Bool) {
        for (device, review) in reviews { add(device, review, replaces: replaces) }
    }

    private mutating func add(_ device: Device, _ review: HostKeyReview, replaces: Bool) {
        guard review.pins.isEmpty else {
            if review.status != .ok {
                isComplete = false
                leave(device, "the inventory's `host_key` decides, and the device shows another")
            }
            return
        }
        let name = device.hostKeyName
        switch review.status {
        case .revoked:
            isComplete = false
            return leave(device, "a key that is marked as revoked is never accepted")
        case .changed where !replaces:
            isComplete = false
            return leave(device, "its key has changed; --replace accepts that")
        case .ok, .unread, .new, .missing, .changed: break
        }
        let new = review.items.filter { $0.status == .new || $0.status == .changed }.compactMap(\.shown)
        let old = review.status == .changed ? review.items.filter { $0.status == .changed || $0.status == .missing }.flatMap(\.known) : []
        guard !new.isEmpty else { return }
        devices += 1
        added += new.map { (name, $0) }
        for entry in old where !removed.contains(where: { $0.name == name && $0.key == entry.key }) { removed.append((name, entry.key)) }
    }

    private mutating func leave(_ device: Device, _ why: String) {
        notes.append("\(device.name) is left alone: \(why)")
    }

    var isEmpty: Bool { added.isEmpty }

    /// The question to ask, up to the file's name.
    var question: String {
        "Add \(keys(added.count))" + (removed.isEmpty ? "" : " and remove \(removed.count)")
            + " of \(counted(devices, "device", "devices"))"
    }

    /// What was done, up to the file's name.
    var summary: String {
        "added \(keys(added.count))" + (removed.isEmpty ? "" : " and removed \(removed.count)")
            + " of \(counted(devices, "device", "devices"))"
    }

    private func keys(_ number: Int) -> String { counted(number, "key", "keys") }
}
