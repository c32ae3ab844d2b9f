/// Decides which device of a run is begun next, and when none is any more.
struct RolloutMachine {
    /// What to do now.
    enum Step: Equatable {
        /// Begin the device at this index.
        case start(Int)
        /// Wait for devices under way.
        case wait
        /// Ask whether to go on.
        case ask(Rollout.Pause)
        /// Begin none any more: all are begun, or it was stopped.
        case end
    }

    private let total: Int
    private let canary: Int
    private let batch: Int
    private let mostFailures: Int?
    private let asks: Bool

    private var next = 0
    private var underWay = 0
    private(set) var done = 0
    private(set) var failed = 0
    /// The index at which the batch under way ends.
    private var end: Int
    private var isAsked = false
    /// Why no more devices are begun; nil when that is not so.
    private(set) var stopReason: String?

    /// - Parameters:
    ///   - total: How many devices there are.
    ///   - rollout: How it is to spread.
    init(total: Int, _ rollout: Rollout = Rollout()) {
        self.total = total
        canary = min(rollout.canary, total)
        batch = max(1, rollout.batch?.rounded(up: total) ?? total)
        mostFailures = rollout.maxFailures?.rounded(down: total)
        asks = rollout.goesOn != nil
        end = canary > 0 ? canary : min(total, batch)
    }

    /// What to do now; the runner asks again after each step.
    mutating func step() -> Step {
        if stopReason != nil || next == total { return .end }
        if next < end {
            defer {
                next += 1
                underWay += 1
            }
            return .start(next)
        }
        if underWay > 0 { return .wait }
        if end == canary, asks, !isAsked {
            isAsked = true
            return .ask(Rollout.Pause(done: done, failed: failed, left: total - next))
        }
        end = min(total, next + batch)
        return step()
    }

    /// A device is done.
    mutating func finished(succeeded: Bool) {
        underWay -= 1
        done += 1
        if !succeeded { failed += 1 }
        guard stopReason == nil else { return }
        if let mostFailures, failed > mostFailures {
            let limit = mostFailures == 0 ? "" : ", more than \(mostFailures)"
            stopReason = "the rollout was stopped: \(failed) of \(done) \(done == 1 ? "device" : "devices") failed\(limit)"
        }
    }

    /// Somebody decided at a pause.
    mutating func answered(_ goesOn: Bool) {
        if !goesOn { stopReason = "the rollout was not continued after the first \(done) \(done == 1 ? "device" : "devices")" }
    }
}
