/// Which connection to a bastion opens which channel: what happens goes in, what is to be done comes out.
///
/// A connection can wait for a few answers at once, with libssh2 for one alone, and a bastion may try for minutes to reach a device that is
/// silent. While all wait, there is a further connection, up to a limit. One that waits for nothing but devices that nobody wants any more
/// ends with its last channel, and makes room for the next.
struct LaneMachine: Sendable {
    /// How many connections there may be, those that end with their last channel included.
    static let maximumLanes = 8

    enum Action: Sendable, Equatable {
        /// A connection is to be made.
        case connect(lane: Int)
        /// A channel is to be opened for a request.
        case open(request: Int, lane: Int)
        /// A connection is of no use any more.
        case end(lane: Int)
        /// The request waits for nothing but its turn: its time stands still, neither the device nor the bastion is to blame.
        case pause(request: Int)
        /// It goes on.
        case resume(request: Int)
    }

    /// What becomes of a request whose channel the bastion refused.
    enum Refusal: Sendable, Equatable {
        /// It fails.
        case final
        /// The bastion is asked again when another channel has ended.
        case again
        /// Nobody waits for it any more.
        case stale
    }

    /// How far a request is.
    enum Progress: Sendable, Equatable {
        case unconnected, waiting, opening
    }

    private struct Lane {
        let number: Int
        /// How many channels it can be opening at once; nil while it is being connected.
        var capacity: Int?
        var openings: [Int: Opening] = [:]
        /// Channels that are open.
        var channels = 0

        var hasRoom: Bool { openings.count < capacity ?? 0 }
        /// Whether all that it could do waits for devices that take long.
        var isStuck: Bool { capacity != nil && !hasRoom && openings.values.allSatisfy { $0.isLate || $0.isAbandoned } }
        /// Whether it waits for devices that nobody wants any more, and does nothing else.
        var isDead: Bool { capacity != nil && !hasRoom && channels == 0 && openings.values.allSatisfy(\.isAbandoned) }
    }

    private struct Opening {
        /// Whether it takes longer than it should.
        var isLate = false
        /// Whether nobody waits for it any more, and the bastion's answer is still to come.
        var isAbandoned = false
    }

    private struct Request {
        let id: Int
        /// The lane that opens its channel.
        var lane: Int?
        var isPaused = false
    }

    private(set) var places: BastionPlaces
    private var lanes: [Lane] = []
    private var requests: [Request] = []
    private var nextLane = 1
    private var losses = 0
    /// Lowered when the bastion lets no further connection in.
    private var limit = Self.maximumLanes
    /// Connections that could not be made, one after the other.
    private var failures = 0
    private var hasConnected = false
    private var isClosed = false

    init(channels: Int) {
        places = BastionPlaces(limit: channels)
    }

    /// How many connections there are or are being made.
    var laneCount: Int { lanes.count }

    /// Whether the connection was lost again after it had been made once more, and none is left.
    var isGivenUp: Bool { losses > 1 && lanes.isEmpty }

    func progress(of request: Int) -> Progress {
        if requests.contains(where: { $0.id == request && $0.lane != nil }) { return .opening }
        return lanes.contains { $0.capacity != nil } ? .waiting : .unconnected
    }

    // MARK: Requests

    /// Somebody wants a channel.
    mutating func ask(_ id: Int) -> [Action] {
        requests.append(Request(id: id))
        return serve()
    }

    /// Somebody who wanted one does not any more.
    mutating func giveUp(_ id: Int) -> [Action] {
        guard let request = take(id) else { return [] }
        var actions = request.isPaused ? [Action.resume(request: id)] : []
        if let lane = lanes.firstIndex(where: { $0.number == request.lane }) {
            lanes[lane].openings[id]?.isAbandoned = true
            places.giveBack()
        }
        actions += endDead()
        return actions + serve()
    }

    private mutating func take(_ id: Int) -> Request? {
        requests.firstIndex { $0.id == id }.map { requests.remove(at: $0) }
    }

    private mutating func requeue(_ id: Int) {
        if let index = requests.firstIndex(where: { $0.id == id }) { requests[index].lane = nil }
    }

    // MARK: Lanes

    /// A connection has been made.
    ///
    /// - Parameter capacity: How many channels it can be opening at once.
    mutating func connected(_ number: Int, capacity: Int) -> [Action] {
        guard let lane = lanes.firstIndex(where: { $0.number == number }) else { return [] }
        lanes[lane].capacity = max(1, capacity)
        hasConnected = true
        failures = 0
        return serve()
    }

    /// A connection can't be made.
    ///
    /// With others at work it goes on, more slowly; without, a bastion that could be connected to before is tried once more.
    ///
    /// - Returns: What is to be done; nil when there is nothing left to try.
    mutating func failed(_ number: Int) -> [Action]? {
        lanes.removeAll { $0.number == number }
        failures += 1
        guard lanes.isEmpty else {
            limit = lanes.count
            return settleClocks()
        }
        return hasConnected && failures == 1 ? serve() : nil
    }

    /// A connection has ended by itself: what it was to open, another one will, and it is made anew once.
    mutating func lost(_ number: Int) -> [Action] {
        guard let index = lanes.firstIndex(where: { $0.number == number }) else { return [] }
        for (request, opening) in lanes.remove(at: index).openings where !opening.isAbandoned {
            places.giveBack()
            requeue(request)
        }
        losses += 1
        return isGivenUp ? [] : serve()
    }

    /// Nothing is opened any more, and nobody waits.
    mutating func close() -> [Action] {
        isClosed = true
        lanes = []
        defer { requests = [] }
        return requests.filter(\.isPaused).map { .resume(request: $0.id) }
    }

    private mutating func widen() -> Action? {
        guard lanes.allSatisfy(\.isStuck), lanes.count < limit else { return nil }
        lanes.append(Lane(number: nextLane))
        defer { nextLane += 1 }
        return .connect(lane: nextLane)
    }

    private mutating func endDead() -> [Action] {
        let dead = lanes.filter(\.isDead).map(\.number)
        lanes.removeAll { dead.contains($0.number) }
        return dead.map { .end(lane: $0) }
    }

    // MARK: Channels

    /// A channel is taking longer than it should.
    mutating func isLate(_ request: Int, on number: Int) -> [Action] {
        guard let lane = lanes.firstIndex(where: { $0.number == number }) else { return [] }
        lanes[lane].openings[request]?.isLate = true
        return serve()
    }

    /// A channel is open.
    ///
    /// - Returns: Whether somebody still wants it, and what is to be done.
    mutating func opened(_ request: Int, on number: Int) -> (isWanted: Bool, actions: [Action]) {
        guard let (lane, opening) = answered(request, on: number) else { return (false, []) }
        guard !opening.isAbandoned, take(request) != nil else { return (false, serve()) }
        lanes[lane].channels += 1
        return (true, serve())
    }

    /// The bastion refused a channel.
    ///
    /// - Parameter isShortage: Whether it has as many as it wants.
    mutating func refused(_ request: Int, on number: Int, isShortage: Bool) -> (refusal: Refusal, actions: [Action]) {
        guard let (_, opening) = answered(request, on: number) else { return (.stale, []) }
        guard !opening.isAbandoned else { return (.stale, serve()) }
        places.giveBack()
        if isShortage, places.refuse() {
            requeue(request)
            return (.again, serve())
        }
        _ = take(request)
        return (.final, serve())
    }

    private mutating func answered(_ request: Int, on number: Int) -> (lane: Int, Opening)? {
        guard let lane = lanes.firstIndex(where: { $0.number == number }),
            let opening = lanes[lane].openings.removeValue(forKey: request)
        else { return nil }
        return (lane, opening)
    }

    /// An open channel has ended.
    mutating func released(on number: Int) -> [Action] {
        places.giveBack()
        if let lane = lanes.firstIndex(where: { $0.number == number }) { lanes[lane].channels -= 1 }
        return endDead() + serve()
    }

    // MARK: Turns

    /// Starts what can be started.
    private mutating func serve() -> [Action] {
        guard !isClosed else { return [] }
        var actions: [Action] = []
        while places.areLeft, let next = requests.firstIndex(where: { $0.lane == nil }) {
            guard let lane = lanes.firstIndex(where: \.hasRoom) else {
                if let action = widen() { actions.append(action) }
                break
            }
            requests[next].lane = lanes[lane].number
            lanes[lane].openings[requests[next].id] = Opening()
            places.take()
            actions.append(.open(request: requests[next].id, lane: lanes[lane].number))
        }
        return settleClocks() + actions
    }

    private mutating func settleClocks() -> [Action] {
        let isConnected = lanes.contains { $0.capacity != nil }
        var actions: [Action] = []
        for index in requests.indices {
            let waits = isConnected && requests[index].lane == nil
            guard requests[index].isPaused != waits else { continue }
            requests[index].isPaused = waits
            actions.append(waits ? .pause(request: requests[index].id) : .resume(request: requests[index].id))
        }
        return actions
    }
}
