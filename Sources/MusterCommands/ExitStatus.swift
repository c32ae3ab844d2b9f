package import Muster

/// The exit statuses of the contract, and how results make one.
package enum ExitStatus {
    /// Every command on every device succeeded.
    package static let success: Int32 = 0
    /// A device rejected a command.
    package static let rejected: Int32 = 1
    /// A device was unreachable, refused the login, timed out, or was not done when the run's time was over.
    package static let unreachable: Int32 = 2
    /// Wrong usage; EX_USAGE of sysexits.h.
    package static let usage: Int32 = 64
    /// A bad inventory or definition; EX_DATAERR of sysexits.h.
    package static let badData: Int32 = 65
    /// The program is at fault; EX_SOFTWARE of sysexits.h.
    package static let defect: Int32 = 70
    /// The results could not be written, to a full disk for one; EX_IOERR of sysexits.h.
    package static let outputFailed: Int32 = 74
    /// SIGHUP.
    package static let hungUp: Int32 = 129
    /// Ctrl-C.
    package static let interrupted: Int32 = 130
    /// The reader of standard output has gone: what a shell reports for a tool that SIGPIPE ended, which `muster` would be without its clean-up.
    package static let outputClosed: Int32 = 141
    /// SIGTERM.
    package static let terminated: Int32 = 143

    /// The status of a run.
    ///
    /// Devices that were cancelled or never started count as not reached, but for those that `first` left out once it had its successes, and
    /// those that a rollout left out because others had rejected what it brought.
    ///
    /// - Parameters:
    ///   - counts: How many devices ended in which way.
    ///   - mode: The run's mode.
    ///   - interruptions: The signals that came.
    package static func of(
        _ counts: [DeviceResult.Status: Int], mode: RunOptions.Mode, interruptions: Interruptions = Interruptions()
    ) -> Int32 {
        if let status = interruptions.exitStatus { return status }
        func any(_ statuses: DeviceResult.Status...) -> Bool { statuses.contains { counts[$0, default: 0] > 0 } }
        if any(.unreachable, .timeout) { return unreachable }
        let hasEnough = if case .first(let wanted) = mode { counts[.ok, default: 0] >= wanted } else { false }
        let hasTooFew = if case .first = mode { !hasEnough } else { false }
        if !hasEnough, any(.cancelled) { return unreachable }
        // What a rollout left out after failures says no more than those.
        if any(.failed) { return rejected }
        return hasTooFew || !hasEnough && any(.skipped) ? unreachable : success
    }
}

/// Why a command can't go on; printed on standard error after `muster: `.
struct CommandFailure: Error, Equatable {
    var status: Int32
    var message: String

    static func usage(_ message: String) -> CommandFailure { CommandFailure(status: ExitStatus.usage, message: message) }
    static func badData(_ message: String) -> CommandFailure { CommandFailure(status: ExitStatus.badData, message: message) }
}
