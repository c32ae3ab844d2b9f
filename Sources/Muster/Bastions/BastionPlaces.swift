/// How many channels a bastion may carry at once, and how many it does.
struct BastionPlaces: Sendable, Equatable {
    /// Lowered when the bastion refuses one more.
    private(set) var limit: Int
    /// Channels that are open or being opened.
    private(set) var taken = 0

    init(limit: Int = 64) {
        self.limit = max(1, limit)
    }

    var areLeft: Bool { taken < limit }

    mutating func take() { taken += 1 }

    mutating func giveBack() { taken -= 1 }

    /// Takes in that the bastion opens no further channel, after the place for it was given back.
    ///
    /// - Returns: Whether it is of use to ask again when one of the others has ended.
    mutating func refuse() -> Bool {
        guard taken > 0 else { return false }
        limit = taken
        return true
    }
}
