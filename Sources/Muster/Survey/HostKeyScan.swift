package import MusterSSH

/// The host keys that a device showed.
package struct HostKeyScan: Sendable {
    /// A key that the device says it has and that could not be had.
    package struct Unread: Sendable, Hashable {
        package var type: String
        package var reason: String
    }

    /// What the device offers; nil when nobody asked it.
    package var offer: ServerOffer?
    /// Its keys, in the order of its offer.
    package var keys: [HostKey] = []
    /// Keys that could not be had.
    package var unread: [Unread] = []

    package init(offer: ServerOffer) {
        self.offer = offer
    }

    /// Takes keys from elsewhere for what the device would show.
    package init(keys: [HostKey]) {
        self.keys = keys
    }

    /// The types of the keys that the device says it has, in the order of its offer.
    package var types: [String] {
        var seen: Set<String> = []
        return (offer?[.hostKey] ?? []).compactMap(HostKeyType.type).filter { seen.insert($0).inserted }
    }
}
