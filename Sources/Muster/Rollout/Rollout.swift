/// How a run spreads over its devices: a few first, then batch by batch, until too many have failed.
public struct Rollout: Sendable {
    /// A number of devices, or a part of them.
    public enum Share: Sendable, Hashable {
        /// So many.
        case count(Int)
        /// So many of a hundred.
        case percent(Int)

        /// How many of `total` it is when devices are chosen: a part of a device is a device.
        func rounded(up total: Int) -> Int {
            switch self {
            case .count(let count): count
            case .percent(let percent): (total * percent + 99) / 100
            }
        }

        /// How many of `total` it is when devices are tolerated: a part of a device is none.
        func rounded(down total: Int) -> Int {
            switch self {
            case .count(let count): count
            case .percent(let percent): total * percent / 100
            }
        }
    }

    /// A stop on the way, at which somebody decides.
    public struct Pause: Sendable, Hashable {
        /// How many devices are done.
        public var done: Int
        /// How many of them failed.
        public var failed: Int
        /// How many are left.
        public var left: Int

        /// Makes a pause.
        public init(done: Int, failed: Int, left: Int) {
            self.done = done
            self.failed = failed
            self.left = left
        }
    }

    /// How many devices go first, alone; 0 for none.
    public var canary = 0
    /// How many devices are done before the next are begun; all at once when nil.
    public var batch: Share?
    /// How many devices may fail before no more are begun; any number when nil.
    public var maxFailures: Share?
    /// Asked after the first devices, if all went well with them; goes on when nil.
    public var goesOn: (@Sendable (Pause) async -> Bool)?

    /// Makes a rollout to all devices at once.
    public init() {}
}
