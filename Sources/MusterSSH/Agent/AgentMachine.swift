import MusterTransport

/// A conversation with an agent: one question at a time, in the order asked, each with a time limit; without I/O.
///
/// An agent that once was silent for too long, or made no sense, is not asked again.
struct AgentMachine {
    /// What is to be done now.
    enum Action: Equatable {
        case connect
        case send([UInt8])
        case complete(id: Int, Result<AgentReply, AgentProblem>)
        case close
    }

    private enum Link {
        case none, connecting, open
    }

    /// The time for one answer.
    private let limit: Duration
    private var link = Link.none
    private var waiting: [(id: Int, request: AgentRequest)] = []
    /// Whether the first of those who wait has been asked for.
    private var isAsking = false
    private var inbound: [UInt8] = []
    private(set) var failure: AgentProblem?
    /// When the answer under way is late.
    private(set) var deadline: Instant?

    /// The longest answer; OpenSSH's limit.
    private static let messageLimit = 256 * 1024

    init(limit: Duration) {
        self.limit = limit
    }

    /// Asks something.
    mutating func ask(_ request: AgentRequest, id: Int, now: Instant) -> [Action] {
        if let failure { return [.complete(id: id, .failure(failure))] }
        waiting.append((id, request))
        return proceed(now)
    }

    /// Takes a question back, unless the agent has it: then its answer is waited for, so that the next one is told from it.
    mutating func withdraw(_ id: Int) {
        guard let place = waiting.firstIndex(where: { $0.id == id }), place > 0 || !isAsking else { return }
        waiting.remove(at: place)
    }

    /// The connection is there.
    mutating func connected(now: Instant) -> [Action] {
        guard link == .connecting else { return [.close] }
        link = .open
        deadline = nil
        return proceed(now)
    }

    /// There is no connection.
    mutating func cannotConnect(_ problem: AgentProblem) -> [Action] {
        link = .none
        return fail(problem)
    }

    /// Takes bytes that arrived.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) -> [Action] {
        guard link == .open else { return [] }
        inbound.append(contentsOf: bytes)
        var actions: [Action] = []
        while failure == nil, let payload = nextMessage() {
            guard isAsking, let first = waiting.first, let reply = AgentReply(payload[...], to: first.request) else {
                return actions + fail(.garbled)
            }
            waiting.removeFirst()
            isAsking = false
            deadline = nil
            actions.append(.complete(id: first.id, .success(reply)))
            actions += proceed(now)
        }
        return failure == nil ? actions : actions + fail(.garbled)
    }

    /// The connection has ended.
    mutating func ended() -> [Action] {
        guard link == .open else { return [] }
        link = .none
        inbound = []
        // Some agents let an idle connection go; the next question gets another one.
        return waiting.isEmpty ? [] : fail(.closed)
    }

    /// Looks at the clock.
    mutating func tick(now: Instant) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        return fail(.silent(seconds: max(1, limit.components.seconds)))
    }

    /// Asks nothing any more.
    mutating func close() -> [Action] {
        fail(.cancelled)
    }

    private mutating func proceed(_ now: Instant) -> [Action] {
        guard !isAsking, let first = waiting.first else { return [] }
        switch link {
        case .none:
            link = .connecting
            deadline = now + limit
            return [.connect]
        case .connecting: return []
        case .open:
            isAsking = true
            deadline = now + limit
            return [.send(first.request.bytes)]
        }
    }

    private mutating func fail(_ problem: AgentProblem) -> [Action] {
        if failure == nil { failure = problem }
        deadline = nil
        isAsking = false
        let isOpen = link == .open
        link = .none
        defer { waiting = [] }
        return waiting.map { .complete(id: $0.id, .failure(problem)) } + (isOpen ? [.close] : [])
    }

    /// A whole message off the front of what came; sets `failure` for one that is too long.
    private mutating func nextMessage() -> [UInt8]? {
        var reader = PacketReader(bytes: inbound[...])
        guard let length = reader.integer() else { return nil }
        guard length <= Self.messageLimit, length > 0 else {
            failure = .garbled
            return nil
        }
        guard inbound.count >= 4 + length else { return nil }
        defer { inbound.removeFirst(4 + length) }
        return Array(inbound[4..<(4 + length)])
    }
}
