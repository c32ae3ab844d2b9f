#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What came of one device: exactly one per device and run, whatever happened.
public struct DeviceResult: Sendable, Hashable {
    /// How a device ended, in the words of the result's JSON.
    public enum Status: String, Sendable, Codable, CaseIterable {
        /// Every command succeeded.
        case ok
        /// The device answered and rejected a command.
        case failed
        /// The device could not be reached, refused the login, or dropped the connection.
        case unreachable
        /// A timeout ended it.
        case timeout
        /// The run was cancelled while it was under way.
        case cancelled
        /// The run stopped before its turn, or other devices refused the credentials that it would have been offered.
        case skipped
    }

    /// The device's name in the inventory.
    public var host: String
    /// The address that was connected to.
    public var address: String
    /// The TCP port.
    public var port: Int
    /// The platform's name; where it was to be found out, what was found.
    public var platform: String
    /// What else it might be, where its platform was to be found out and the answers fit several.
    public var platformAlternatives: [String] = []
    /// How it ended.
    public var status: Status
    /// When work on it began.
    public var started: Date
    /// From the beginning to the end, logout included.
    public var elapsed: Duration
    /// How many times it was tried.
    public var attempts: Int
    /// How long each phase took.
    public var phases: PhaseTimes
    /// One for each command of the run, in order.
    public var commands: [CommandResult]
    /// What a configuration change came to; nil in other runs, and where the device was not even begun.
    public var change: ChangeResult?
    /// The algorithms that were agreed on and that only old gear needs; empty for telnet.
    public var legacyAlgorithms: [String] = []
    /// What went on beside the commands that may matter: a set-up command that was rejected, pagers that were answered, a file that could not be
    /// written.
    public var warnings: [String] = []
    /// Why it is not `ok`, unless a command's failure says so.
    public var error: MusterError?

    /// Makes a result.
    public init(
        host: String, address: String, port: Int, platform: String, status: Status, started: Date, elapsed: Duration = .zero,
        attempts: Int = 1, phases: PhaseTimes = PhaseTimes(), commands: [CommandResult] = [], error: MusterError? = nil
    ) {
        self.host = host
        self.address = address
        self.port = port
        self.platform = platform
        self.status = status
        self.started = started
        self.elapsed = elapsed
        self.attempts = attempts
        self.phases = phases
        self.commands = commands
        self.error = error
    }
}

/// How long each phase of a device took; `nil` where it was not reached.
public struct PhaseTimes: Sendable, Hashable {
    /// Looking up the name.
    public var resolve: Duration?
    /// Making the TCP connection.
    public var connect: Duration?
    /// Version exchange, key exchange and host key check.
    public var handshake: Duration?
    /// Logging in.
    public var authenticate: Duration?
    /// Opening channel, terminal and shell.
    public var open: Duration?
    /// Waiting for the first prompt and learning it.
    public var login: Duration?
    /// All commands together.
    public var commands: Duration?

    /// Makes an empty set of times.
    public init() {}
}
