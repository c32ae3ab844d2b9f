/// How a run goes about its devices.
public struct RunOptions: Sendable {
    /// The order and the number of the results.
    public enum Mode: Sendable, Hashable {
        /// In the order of the devices, when all are done.
        case gather
        /// Each as it completes.
        case asCompleted
        /// As they complete, until so many devices succeeded; the others are cancelled and reported as such.
        case first(Int)
    }

    /// The order and the number of the results.
    public var mode: Mode = .asCompleted
    /// Devices at once.
    ///
    /// Lowered, with a warning, to what the open-file limit allows.
    public var fanout = 100
    /// The time for one command.
    public var commandTimeout: Duration = .seconds(30)
    /// The time from the look-up of the name to the first prompt.
    public var connectTimeout: Duration = .seconds(15)
    /// The time between two signs of life on a connection; zero sends none.
    ///
    /// A peer that leaves three unanswered counts as gone. SSH's own messages want no answer; TCP's are answered by the other side's system.
    public var keepAlive: Duration = .seconds(15)
    /// The time for the whole run; what has not completed is cancelled and reported.
    public var deadline: Duration?
    /// What is done about host keys.
    public var hostKeys: HostKeyPolicy = .acceptNew
    /// The known hosts file; `~/.ssh/known_hosts` when `nil`.
    public var knownHostsFile: String?

    /// Makes the default options.
    public init() {}
}

/// What is done about the host key that a device shows.
public enum HostKeyPolicy: String, Sendable, CaseIterable {
    /// An unknown key is pinned and reported, a changed one refused.
    case acceptNew = "accept-new"
    /// An unknown key is refused, and so is a changed one.
    case strict
    /// No check.
    case off
}

/// What happens during a run, for progress and logs.
public enum RunEvent: Sendable {
    /// Work on a device began.
    case started(host: String)
    /// A device entered a phase.
    case phase(host: String, Phase)
    /// A device is done.
    case finished(DeviceResult)
    /// An unknown host key was pinned.
    case pinned(host: String, keyType: String, fingerprint: String)
    /// Something that the user should know; `host` is nil when it is about the run.
    case warning(host: String?, String)
}
