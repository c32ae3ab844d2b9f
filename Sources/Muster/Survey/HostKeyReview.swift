package import MusterInventory
package import MusterSSH

/// What a device's host keys are worth, compared with what is known of it.
package struct HostKeyReview: Sendable {
    /// The device as a whole, the worst last.
    package enum Status: String, Sendable, CaseIterable, Comparable {
        /// A key is the known one, and none contradicts.
        case ok
        /// Only keys that could not be had are known.
        case unread
        /// Nothing is known of the device.
        case new
        /// A known key is gone, and the device has another known one.
        case missing
        /// No key is a known one, or one of a known type is another.
        case changed
        /// A key is marked as revoked.
        case revoked

        package static func < (left: Status, right: Status) -> Bool {
            allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
        }
    }

    /// One key of the device, or one that is known of it.
    package struct Item: Sendable {
        package enum Status: String, Sendable {
            /// Known.
            case ok
            /// Not known yet.
            case new
            /// Known, and not shown by the device any more.
            case missing
            /// Shown instead of a known one of its type.
            case changed
            case revoked
            /// The device has a key of this type that could not be had.
            case unread
        }

        package var status: Status
        package var type: String
        /// The key that the device showed.
        package var shown: HostKey?
        /// What is known instead, or as well.
        package var known: [KnownHosts.Entry] = []
        /// Why a key could not be had.
        package var note: String?
    }

    package var status: Status
    package var items: [Item] = []
    /// The pins of the inventory when it is they that decide.
    package var pins: [HostKeyPin] = []

    /// Compares.
    ///
    /// - Parameters:
    ///   - scan: What the device showed.
    ///   - pins: What the inventory says; it outranks `store`.
    ///   - store: The known hosts files.
    ///   - name: The device's name in them.
    package init(_ scan: HostKeyScan, pins: [HostKeyPin], store: HostKeyStore, name: HostKeyName) {
        let entries = store.entries(name)
        let known = entries.filter { $0.marker == .none }
        let revoked = entries.filter { $0.marker == .revoked }
        self.pins = pins
        for key in scan.keys {
            let ofType = known.filter { $0.key.type == key.type }
            let status: Item.Status =
                if revoked.contains(where: { $0.key == key }) {
                    .revoked
                } else if pins.isEmpty ? store.verdict(name, key: key) == .known : pins.contains(where: { $0.matches(key) }) {
                    .ok
                } else if pins.isEmpty ? !ofType.isEmpty : pins.contains(where: { $0.type == key.type }) {
                    .changed
                } else {
                    .new
                }
            items.append(Item(status: status, type: key.type, shown: key, known: ofType))
        }
        for unread in scan.unread {
            items.append(Item(status: .unread, type: unread.type, known: known.filter { $0.key.type == unread.type }, note: unread.reason))
        }
        if pins.isEmpty {
            let types = Set(items.map(\.type))
            for entry in known where !types.contains(entry.key.type) {
                items.append(Item(status: .missing, type: entry.key.type, known: [entry]))
            }
        }
        status = Self.status(items, isKnown: !known.isEmpty || !pins.isEmpty)
    }

    private static func status(_ items: [Item], isKnown: Bool) -> Status {
        func any(_ status: Item.Status) -> Bool { items.contains { $0.status == status } }
        if any(.revoked) { return .revoked }
        if any(.changed) { return .changed }
        if any(.ok) { return any(.missing) ? .missing : .ok }
        if items.contains(where: { $0.status == .unread && !$0.known.isEmpty }) { return .unread }
        return isKnown ? .changed : .new
    }
}
