/// Counts how many devices in a row refused one credential, and says who may offer it next; without I/O.
///
/// Until a device has taken it, it may be wrong: then offers under way and refusals together never pass the limit, so that no account
/// gets more wrong attempts than that, however many devices are worked on at once. When a device has taken it the way is free, and
/// only refusals in a row count.
struct RefusalCount: Sendable {
    /// What becomes of a request.
    enum Answer: Sendable, Equatable {
        case granted
        case waits
        case withheld
    }

    /// The refusals after which it is not offered any more.
    let limit: Int
    /// Refusals since a device took it.
    private(set) var refusals = 0
    /// Offers without an outcome.
    private(set) var underWay = 0
    /// A device has taken it, or it has been shown to do no harm.
    private(set) var isFree = false
    private(set) var waiting: [Int] = []

    init(limit: Int) {
        self.limit = limit
    }

    var isBroken: Bool { refusals >= limit }

    /// Asks to offer it; whoever has to wait is named by `id` later.
    mutating func request(_ id: Int) -> Answer {
        if isBroken { return .withheld }
        guard isFree || underWay + refusals < limit else {
            waiting.append(id)
            return .waits
        }
        underWay += 1
        return .granted
    }

    /// Takes back a request that waits; false when it has its answer already.
    mutating func withdraw(_ id: Int) -> Bool {
        guard let place = waiting.firstIndex(of: id) else { return false }
        waiting.remove(at: place)
        return true
    }

    /// Takes in the outcome of an offer.
    ///
    /// - Returns: Those who need not wait any longer, and what they get.
    mutating func settle(_ outcome: Outcome) -> [(id: Int, answer: Answer)] {
        underWay -= 1
        switch outcome {
        case .accepted:
            refusals = 0
            isFree = true
        case .refused: refusals += 1
        case .undecided: break
        }
        return admitted()
    }

    enum Outcome: Sendable {
        case accepted, refused, undecided
    }

    /// Counts a refusal that became certain after its offer was settled.
    mutating func addRefusal() -> [(id: Int, answer: Answer)] {
        refusals += 1
        return admitted()
    }

    /// Lets everyone offer it: it was refused, and the device let its user in all the same.
    mutating func free() -> [(id: Int, answer: Answer)] {
        isFree = true
        return admitted()
    }

    private mutating func admitted() -> [(id: Int, answer: Answer)] {
        if isBroken {
            defer { waiting = [] }
            return waiting.map { ($0, .withheld) }
        }
        let room = isFree ? waiting.count : min(waiting.count, limit - refusals - underWay)
        guard room > 0 else { return [] }
        let next = waiting.prefix(room)
        waiting.removeFirst(room)
        underWay += room
        return next.map { ($0, .granted) }
    }
}
