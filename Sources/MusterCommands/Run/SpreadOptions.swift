import ArgumentParser
import Muster
import MusterRendering

/// How a run spreads over the devices.
struct SpreadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Devices that are done before the next are begun: a number, or a part such as 10%. (default: no batches)", valueName: "n|p%"),
        transform: ArgumentText.share)
    var batch: Rollout.Share?

    @Option(
        help: ArgumentHelp(
            "Devices that may fail before no more are begun: a number, or a part of all such as 5%. (default: 0 with --canary or --batch, else any)",
            valueName: "n|p%"),
        transform: ArgumentText.tolerance)
    var maxFailures: Rollout.Share?

    /// The rollout that they make.
    var rollout: Rollout {
        var rollout = Rollout()
        rollout.batch = batch
        rollout.maxFailures = maxFailures ?? (batch == nil ? nil : .count(0))
        return rollout
    }
}

extension ArgumentText {
    /// Reads a number of devices from 1, or a part of them from 1% to 100%.
    @Sendable static func share(_ text: String) throws -> Rollout.Share {
        let share = try tolerance(text)
        switch share {
        case .count(0), .percent(0): throw ValidationError("'\(text.oneLine)' of the devices would never begin one; give 1 or more")
        default: return share
        }
    }

    /// Reads a number of devices, or a part of them.
    @Sendable static func tolerance(_ text: String) throws -> Rollout.Share {
        if text.hasSuffix("%"), let percent = Int(text.dropLast()), (0...100).contains(percent) { return .percent(percent) }
        if let count = Int(text), count >= 0 { return .count(count) }
        throw ValidationError("'\(text.oneLine)' is no number of devices; expected one such as 10, or a part of them such as 10%")
    }
}
