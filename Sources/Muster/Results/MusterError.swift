/// Why a device could not be reached, or why a run could not start.
///
/// The message says what was expected, what was seen and how long it took; the hint says what to do. Secrets never enter it.
public struct MusterError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// What went wrong, for programs.
    ///
    /// New codes may come; a switch over them wants a default.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
        /// The code's text, as it stands in JSON.
        public var rawValue: String

        /// Makes a code from its text.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The code's text.
        public var description: String { rawValue }

        /// The name has no address.
        public static let unknownHost = Code(rawValue: "unknown_host")
        /// No connection was made: refused, or no route.
        public static let connection = Code(rawValue: "connection")
        /// The other side is not an SSH server, or its key exchange failed.
        public static let handshake = Code(rawValue: "handshake")
        /// Both sides share no algorithm.
        public static let noCommonAlgorithm = Code(rawValue: "no_common_algorithm")
        /// The host key is not the known one, or is unknown under the strict policy.
        public static let hostKey = Code(rawValue: "host_key")
        /// The device refused the login.
        public static let authentication = Code(rawValue: "authentication")
        /// A credential could not be used: no password, an unreadable key file, a wrong passphrase.
        public static let credential = Code(rawValue: "credential")
        /// The device refused the channel, the terminal or the shell.
        public static let channel = Code(rawValue: "channel")
        /// No prompt came.
        public static let prompt = Code(rawValue: "prompt")
        /// The device did not print back what was typed, so whose answer came is not known.
        public static let echo = Code(rawValue: "echo")
        /// A command asked a question that nobody has an answer to; see `RunOptions.answers`.
        public static let question = Code(rawValue: "question")
        /// A line of a configuration change, its commit or its confirmation was rejected; the message says what is in effect.
        public static let rejected = Code(rawValue: "rejected")
        /// Another privilege level could not be entered.
        public static let privilege = Code(rawValue: "privilege")
        /// A command ended the session, as `exit` does, and others were to follow it.
        public static let sessionEnded = Code(rawValue: "session_ended")
        /// The device closed the connection in mid-work.
        public static let connectionLost = Code(rawValue: "connection_lost")
        /// The time set for a phase, a command or the run was over.
        public static let timeout = Code(rawValue: "timeout")
        /// The run was cancelled before the device was done.
        public static let cancelled = Code(rawValue: "cancelled")
        /// The device was left out: the run stopped before its turn, or other devices refused the credentials that it would have been offered.
        public static let skipped = Code(rawValue: "skipped")
        /// A platform definition can't be read.
        public static let definition = Code(rawValue: "definition")
        /// What the caller asked for makes no sense.
        public static let usage = Code(rawValue: "usage")
    }

    /// What went wrong.
    public var code: Code
    /// Where it went wrong.
    public var phase: Phase
    /// The device's name in the inventory.
    public var device: String
    /// Expected, seen, elapsed.
    public var message: String
    /// What to do about it.
    public var hint: String?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: What went wrong.
    ///   - phase: Where it went wrong.
    ///   - device: The device's name in the inventory.
    ///   - message: Expected, seen, elapsed. No secret.
    ///   - hint: What to do about it.
    public init(_ code: Code, phase: Phase, device: String, message: String, hint: String? = nil) {
        self.code = code
        self.phase = phase
        self.device = device
        self.message = message
        self.hint = hint
    }

    /// One line: device, phase, message, hint; the first two only where it is about a device.
    public var description: String {
        (device.isEmpty ? "" : "\(device): \(phase.rawValue): ") + message + (hint.map { " (\($0))" } ?? "")
    }
}
