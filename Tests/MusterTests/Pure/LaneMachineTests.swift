import Testing

@testable import Muster

/// Which connection to a bastion opens which channel.
struct LaneMachineTests {
    @Test func oneConnectionServesAll_oneChannelAfterTheOther() {
        var machine = LaneMachine(channels: 64)
        #expect(machine.ask(1) == [.connect(lane: 1)])
        #expect(machine.ask(2) == [])
        #expect(machine.connected(1, capacity: 1) == [.pause(request: 2), .open(request: 1, lane: 1)])
        let (isWanted, actions) = machine.opened(1, on: 1)
        #expect(isWanted)
        #expect(actions == [.resume(request: 2), .open(request: 2, lane: 1)])
        #expect(machine.laneCount == 1)
    }

    @Test func severalAreOpenedAtOnce_whereTheConnectionCan() {
        var machine = LaneMachine(channels: 64)
        for request in 1...3 { _ = machine.ask(request) }
        #expect(machine.connected(1, capacity: 2) == [.pause(request: 3), .open(request: 1, lane: 1), .open(request: 2, lane: 1)])
        #expect(machine.opened(2, on: 1).actions == [.resume(request: 3), .open(request: 3, lane: 1)])
    }

    @Test func anotherConnectionIsMade_whenTheOnlyOneWaitsLong() {
        var machine = LaneMachine(channels: 64)
        _ = machine.ask(1)
        _ = machine.connected(1, capacity: 1)
        #expect(machine.ask(2) == [.pause(request: 2)])
        #expect(machine.isLate(1, on: 1) == [.connect(lane: 2)])
        #expect(machine.connected(2, capacity: 1) == [.resume(request: 2), .open(request: 2, lane: 2)])
    }

    @Test func connectionEndsAtOnce_whenItWaitsForNobody() {
        var machine = LaneMachine(channels: 64)
        _ = machine.ask(1)
        _ = machine.connected(1, capacity: 1)
        #expect(machine.giveUp(1) == [.end(lane: 1)])
        #expect(machine.laneCount == 0)
        #expect(machine.ask(2) == [.connect(lane: 2)])
        // What comes late is of no use.
        #expect(machine.opened(1, on: 1).isWanted == false)
    }

    @Test func connectionEndsWithItsLastChannel_whenItWaitsForNobody() {
        var machine = LaneMachine(channels: 64)
        _ = machine.ask(1)
        _ = machine.connected(1, capacity: 1)
        _ = machine.opened(1, on: 1)
        _ = machine.ask(2)
        #expect(machine.giveUp(2) == [])
        #expect(machine.laneCount == 1)
        #expect(machine.released(on: 1) == [.end(lane: 1)])
        #expect(machine.laneCount == 0)
        #expect(machine.places.taken == 0)
    }

    @Test func connectionGoesOn_whenTheBastionHasGivenUpTheDeviceToo() {
        var machine = LaneMachine(channels: 64)
        _ = machine.ask(1)
        _ = machine.connected(1, capacity: 1)
        _ = machine.opened(1, on: 1)
        _ = machine.ask(2)
        _ = machine.giveUp(2)
        _ = machine.ask(3)
        let (refusal, actions) = machine.refused(2, on: 1, isShortage: false)
        #expect(refusal == .stale)
        #expect(actions == [.resume(request: 3), .open(request: 3, lane: 1)])
    }

    @Test func requestsGoToTheNextConnection_whenOneIsLost() {
        var machine = LaneMachine(channels: 64)
        _ = machine.ask(1)
        _ = machine.ask(2)
        _ = machine.connected(1, capacity: 2)
        #expect(machine.lost(1) == [.connect(lane: 2)])
        #expect(machine.places.taken == 0)
        #expect(machine.connected(2, capacity: 1) == [.pause(request: 2), .open(request: 1, lane: 2)])
        #expect(machine.lost(2) == [])
        #expect(machine.isGivenUp)
        #expect(machine.close() == [.resume(request: 2)])
    }

    @Test func limitIsKept_andLoweredByARefusal() {
        var machine = LaneMachine(channels: 2)
        for request in 1...3 { _ = machine.ask(request) }
        #expect(machine.connected(1, capacity: 8).count == 3)
        _ = machine.opened(1, on: 1)
        let (refusal, actions) = machine.refused(2, on: 1, isShortage: true)
        #expect(refusal == .again)
        #expect(machine.places.limit == 1)
        #expect(actions == [.pause(request: 2)])
        #expect(machine.released(on: 1) == [.resume(request: 2), .open(request: 2, lane: 1)])
    }

    @Test func failureIsTold_whenNoOtherConnectionIsThere() {
        var machine = LaneMachine(channels: 2)
        _ = machine.ask(1)
        #expect(machine.failed(1) == nil)
        #expect(machine.close() == [])
        #expect(machine.giveUp(1) == [])
    }

    @Test func noFurtherConnectionIsTried_whenTheBastionLetsNoneIn() {
        var machine = LaneMachine(channels: 64)
        _ = machine.ask(1)
        _ = machine.connected(1, capacity: 1)
        _ = machine.ask(2)
        #expect(machine.isLate(1, on: 1) == [.connect(lane: 2)])
        #expect(machine.failed(2) == [])
        #expect(machine.ask(3) == [.pause(request: 3)])
        // The one that waits in vain makes room.
        #expect(machine.giveUp(1) == [.end(lane: 1), .resume(request: 2), .resume(request: 3), .connect(lane: 3)])
    }

    @Test func oneMoreTryIsMade_whenABastionThatWorkedCannotBeConnectedTo() {
        var machine = LaneMachine(channels: 64)
        _ = machine.ask(1)
        _ = machine.connected(1, capacity: 1)
        _ = machine.giveUp(1)
        #expect(machine.ask(2) == [.connect(lane: 2)])
        #expect(machine.failed(2) == [.connect(lane: 3)])
        #expect(machine.failed(3) == nil)
    }

    /// A bastion that goes on trying for two minutes, and devices half of which are silent.
    @Test(arguments: [1, 128]) func allComeToAnEnd_whenEveryOtherDeviceIsSilent(capacity: Int) {
        var world = World(devices: 400, capacity: capacity)
        world.run()
        #expect(world.opened == Set((0..<400).filter { !$0.isMultiple(of: 2) }))
        #expect(world.timedOut == Set((0..<400).filter { $0.isMultiple(of: 2) }))
        #expect(world.mostLanes <= LaneMachine.maximumLanes)
        // Eight at a time, each for its own time and that of those before it: no one waits for the bastion's two minutes.
        #expect(world.lastAnswer < (capacity == 1 ? 25 * (World.limit + World.session) : 10 * World.limit), "\(world.lastAnswer) s")
        #expect(world.placesTaken == 0)
    }

    /// Time, devices, and a bastion, in seconds.
    private struct World {
        static let limit = 15.0
        static let bastionsOwnLimit = 127.0
        static let session = 20.0

        private enum Event {
            case connected(Int), late(Int, Int), answered(Int, Int), released(Int), expired(Int)
        }

        private var machine = LaneMachine(channels: 64)
        private let capacity: Int
        private var events: [(at: Double, event: Event)] = []
        private var now = 0.0
        private(set) var lastAnswer = 0.0
        private(set) var opened: Set<Int> = []
        private(set) var timedOut: Set<Int> = []
        private(set) var mostLanes = 0
        /// What is left of each request's time, and since when it runs.
        private var clocks: [Int: (left: Double, since: Double?)] = [:]
        private var ended: Set<Int> = []

        var placesTaken: Int { machine.places.taken }

        init(devices: Int, capacity: Int) {
            self.capacity = capacity
            for device in 0..<devices {
                clocks[device] = (Self.limit, 0)
                plan(.expired(device), in: Self.limit)
                perform(machine.ask(device))
            }
        }

        private mutating func plan(_ event: Event, in delay: Double) {
            let index = events.firstIndex { $0.at > now + delay } ?? events.endIndex
            events.insert((now + delay, event), at: index)
        }

        mutating func run() {
            while !events.isEmpty {
                let (at, event) = events.removeFirst()
                now = at
                let answers = opened.count + timedOut.count
                handle(event)
                if opened.count + timedOut.count > answers { lastAnswer = now }
                mostLanes = max(mostLanes, machine.laneCount)
            }
        }

        private mutating func handle(_ event: Event) {
            switch event {
            case .connected(let lane): perform(machine.connected(lane, capacity: capacity))
            case .late(let request, let lane): perform(machine.isLate(request, on: lane))
            case .released(let lane): perform(machine.released(on: lane))
            case .answered(let request, let lane):
                guard !request.isMultiple(of: 2) else { return perform(machine.refused(request, on: lane, isShortage: false).actions) }
                let (isWanted, actions) = machine.opened(request, on: lane)
                if isWanted {
                    opened.insert(request)
                    // Each has much to say.
                    plan(.released(lane), in: Self.session)
                }
                perform(actions)
            case .expired(let request):
                guard !opened.contains(request), !timedOut.contains(request), let (left, since) = clocks[request], let since,
                    now - since >= left - 0.001
                else { return }
                timedOut.insert(request)
                perform(machine.giveUp(request))
            }
        }

        private mutating func perform(_ actions: [LaneMachine.Action]) {
            for action in actions {
                switch action {
                case .connect(let lane): plan(.connected(lane), in: 0.1)
                case .open(let request, let lane):
                    #expect(!ended.contains(lane))
                    plan(.late(request, lane), in: 2)
                    plan(.answered(request, lane), in: request.isMultiple(of: 2) ? Self.bastionsOwnLimit : 0.005)
                case .end(let lane): ended.insert(lane)
                case .pause(let request):
                    guard case (let left, let since?)? = clocks[request] else { continue }
                    clocks[request] = (left - (now - since), nil)
                case .resume(let request):
                    guard case (let left, nil)? = clocks[request] else { continue }
                    clocks[request] = (left, now)
                    plan(.expired(request), in: left)
                }
            }
        }
    }
}
