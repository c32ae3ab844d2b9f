public import MusterInventory

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

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
    /// Devices at once behind each bastion, 1 or more.
    ///
    /// Lowered for a bastion that refuses one more. Those that wait for their turn do not lose connect time.
    public var bastionChannels = 64
    /// The time for one command.
    public var commandTimeout: Duration = .seconds(30)
    /// Bytes of one command's output that are kept in memory, 64 KiB at the least.
    ///
    /// All of a longer output goes to a file, named in `CommandResult.outputFile`.
    public var outputLimit = 16 << 20
    /// The folder for the files of long outputs, made when the first is; a new one among the system's temporary files when nil.
    public var outputFolder: String?
    /// What is typed to questions that commands ask, before the answers of the platform's definition.
    ///
    /// A question that none of them answers ends the command, and the device is brought back to its prompt. Nothing is ever agreed to unasked.
    public var answers: [QuestionAnswer] = []
    /// The mode that commands run in, by the platform's name for it, such as `configuration`; the platform's default mode when nil.
    public var commandMode: String?
    /// Whether a device's further commands are skipped once it has rejected one.
    public var stopsOnFailure = false
    /// How the run spreads over the devices.
    public var rollout = Rollout()
    /// The time from the look-up of the name to the first prompt.
    public var connectTimeout: Duration = .seconds(15)
    /// The time between two signs of life on a connection; zero sends none.
    ///
    /// A peer that leaves three unanswered counts as gone. Over TCP the two systems see to that; behind a bastion or a program the device itself
    /// is asked, while nothing else comes from it.
    public var keepAlive: Duration = .seconds(15)
    /// The time for the whole run; what has not completed is cancelled and reported.
    public var deadline: Duration?
    /// What is done about host keys.
    public var hostKeys: HostKeyPolicy = .acceptNew
    /// How the system's `ssh` is run for devices with the transport `openssh` or `auto`.
    public var openSSH = OpenSSHOptions()
    /// How many devices in a row may refuse a credential before it is not offered to any other; 0 for any number.
    ///
    /// Devices that have no other credential are skipped. Until a device has taken the credential, no more than so many are offered it
    /// at the same time, so that a wrong password can't lock an account.
    public var maxAuthFailures = 3
    /// Asks a person for the one-time code that a device asks for, or the passphrase of a key file, once for all devices; nil when there is
    /// nobody.
    public var ask: (@Sendable (_ question: String) async throws -> Secret)?
    /// The Unix socket of the SSH agent for devices that name none, at first that of `$SSH_AUTH_SOCK`; nil for no agent.
    ///
    /// The system's `ssh` gets it too. A device that has no password and no key that it names is offered the agent's keys, as by ssh.
    public var agentSocket: String? = RunOptions.environmentSocket
    /// How long the agent may take for one answer.
    package var agentTimeout: Duration = .seconds(10)
    /// The known hosts files, of which the first is written; those that ssh reads when empty.
    public var knownHostsFiles: [String] = []
    /// Where the sessions are recorded, secrets left out; nil records nothing.
    public var recording: RecordingOptions?

    /// The platform definitions besides those that devices name by their path.
    public var platforms = PlatformDefinitions()

    /// Makes the default options.
    public init() {}

    private static var environmentSocket: String? {
        getenv("SSH_AUTH_SOCK").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
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
    // Kept apart, or every event would be as large, in the frame of each function that tells of one.
    indirect case finished(DeviceResult)
    /// An unknown host key was pinned.
    case pinned(host: String, keyType: String, fingerprint: String)
    /// Something that was found out about a device, for a log.
    case note(host: String, String)
    /// Something that the user should know; `host` is nil when it is about the run.
    case warning(host: String?, String)
}
