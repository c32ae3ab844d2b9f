/// What one command on one device came to.
public struct CommandResult: Sendable, Hashable {
    /// How a command ended.
    public enum Status: String, Sendable, Codable {
        /// The device answered.
        case ok
        /// The device rejected the command, or the connection ended while it ran.
        case failed
        /// No prompt came within the command's time; what came is in `output`.
        case timeout
        /// The command was not sent.
        case skipped
    }

    /// The command as it was sent.
    public var command: String
    /// How it ended.
    public var status: Status
    /// What the device printed between the echo and the prompt, as UTF-8 with replacement, lines ended by `\n`.
    public var output: String
    /// Seconds from the send to the prompt.
    public var elapsed: Duration
    /// The privilege level after the command, by the platform's name for it.
    public var mode: String?
    /// The prompt after the command.
    public var prompt: String?
    /// The line by which the device rejected the command, or how it ended where that was no success: `exit status 3`.
    public var failure: String?
    /// The exit status, where the command went over an exec channel and ended by itself; nil elsewhere.
    public var exitStatus: Int?
    /// Whether `output` is only the beginning, because the output is longer than `RunOptions.outputLimit`.
    public var truncated: Bool
    /// The file that has all of an output that is longer than `RunOptions.outputLimit`.
    public var outputFile: String?
    /// How often a pager had to be answered: paging could not be turned off.
    public var pages = 0

    /// Makes a result.
    public init(
        command: String, status: Status, output: String = "", elapsed: Duration = .zero, mode: String? = nil, prompt: String? = nil,
        failure: String? = nil, exitStatus: Int? = nil, truncated: Bool = false
    ) {
        self.command = command
        self.status = status
        self.output = output
        self.elapsed = elapsed
        self.mode = mode
        self.prompt = prompt
        self.failure = failure
        self.exitStatus = exitStatus
        self.truncated = truncated
    }
}
