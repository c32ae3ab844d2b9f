import MusterTransport
import Synchronization

/// The bastions of a run: one connection each, however many devices are behind it.
final class BastionPool: Sendable {
    /// Which connection it is: the same one for all whose way has led over the same hops, as the same users.
    private struct Way: Hashable {
        var hops: [String]

        init(_ route: some Collection<Device>) {
            hops = route.map { "\($0.user)@[\($0.address)]:\($0.port)" }
        }
    }

    private let bastions = Mutex<[Way: Bastion]>([:])
    private let wishes: AsyncStream<BastionLane>
    private let wish: AsyncStream<BastionLane>.Continuation

    /// How many channels each may carry at once.
    let channels: Int

    init(channels: Int) {
        self.channels = channels
        (wishes, wish) = AsyncStream.makeStream()
    }

    /// The last bastion of a route, or nil for an empty one.
    func bastion(for route: [Device]) -> Bastion? {
        guard !route.isEmpty else { return nil }
        return bastions.withLock { bastions in
            var last: Bastion?
            for end in route.indices {
                let way = Way(route[...end])
                var device = route[end]
                device.jump = Array(route[..<end])
                let bastion =
                    bastions[way]
                    ?? Bastion(device, through: last, on: last?.loop ?? Loops.next(), channels: channels) { [wish] in wish.yield($0) }
                bastions[way] = bastion
                last = bastion
            }
            return last
        }
    }

    /// The loop for a device: behind a bastion it is the bastion's, so that bytes go from one session to the other as plain calls.
    func loop(for device: Device) -> Loop {
        bastion(for: device.jump)?.loop ?? Loops.next()
    }

    /// Makes the connections that are wished for, and logs all of them out at the end; returns after `close`.
    ///
    /// They live here and not in the task of the device that was the first to need them, since they outlive it.
    func run(in environment: DeviceEnvironment) async {
        await withTaskGroup(of: Void.self) { group in
            for await lane in wishes {
                group.addTask(executorPreference: lane.bastion.loop.taskExecutor) { await lane.open(in: environment) }
            }
            group.cancelAll()
        }
        for bastion in bastions.withLock({ Array($0.values) }).sorted(by: { $0.depth > $1.depth }) { await bastion.close() }
    }

    /// Ends `run`: no device needs a bastion any more.
    func close() {
        wish.finish()
    }
}
