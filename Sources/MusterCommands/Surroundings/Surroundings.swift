package import Logging
package import Muster
package import MusterInventory
package import MusterSSHConfig

/// Has devices do their tasks and calls `each` for every result, in order: `withResults`, or a test's stand-in.
package typealias Runner =
    @Sendable (
        _ tasks: [DeviceTask], _ options: RunOptions, _ control: RunControl,
        _ events: @escaping @Sendable (RunEvent) -> Void, _ each: (DeviceResult) async throws -> Void
    ) async throws -> Void

/// What the commands touch of the world around them.
package struct Surroundings: Sendable {
    /// The environment variables.
    package var environment: [String: String]
    /// Standard output.
    package var output: OutputPort
    /// Standard error.
    package var errors: OutputPort
    /// Reads standard input to its end.
    package var input: @Sendable () throws -> [UInt8]
    /// Asks the person at the terminal; nil when there is none.
    package var ask: SecretResolver.Ask?
    /// Has devices do their tasks.
    package var runner: Runner
    /// Calls back at each of these signals, from now until the watch is dropped.
    package var watchSignals: @Sendable (_ handler: @escaping @Sendable (StopSignal) -> Void) -> (any SignalWatch)?
    /// Leaves the process at once.
    package var leave: @Sendable (_ status: Int32) -> Void
    /// Makes the handler of every logger of the library.
    package var startLogging: @Sendable (_ factory: @escaping @Sendable (String) -> any LogHandler) -> Void
    /// A steady clock's time since some beginning.
    package var now: @Sendable () -> Duration
    /// Waits.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// The local user's name.
    package var localUser: String?
    /// The path of the running program, which `ssh` can be told to ask for passwords.
    package var executable: String?
    /// Asks the person at the terminal a question that is answered with yes or no; nil when there is none.
    package var confirm: (@Sendable (_ question: String) async throws -> Bool)?
    /// What `ssh_config` may refer to of this side.
    package var sshFacts: LocalFacts
    /// How `ssh_config` and what it includes are read.
    package var sshConfigFiles: SSHConfigFiles

    package init(
        environment: [String: String], output: OutputPort, errors: OutputPort, input: @escaping @Sendable () throws -> [UInt8],
        ask: SecretResolver.Ask?, runner: @escaping Runner,
        watchSignals: @escaping @Sendable (@escaping @Sendable (StopSignal) -> Void) -> (any SignalWatch)?,
        leave: @escaping @Sendable (Int32) -> Void,
        startLogging: @escaping @Sendable (@escaping @Sendable (String) -> any LogHandler) -> Void,
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void, localUser: String?,
        sshFacts: LocalFacts, sshConfigFiles: SSHConfigFiles = .system
    ) {
        self.environment = environment
        self.output = output
        self.errors = errors
        self.input = input
        self.ask = ask
        self.runner = runner
        self.watchSignals = watchSignals
        self.leave = leave
        self.startLogging = startLogging
        self.now = now
        self.sleep = sleep
        self.localUser = localUser
        self.sshFacts = sshFacts
        self.sshConfigFiles = sshConfigFiles
    }
}
