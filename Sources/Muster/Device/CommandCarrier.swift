import MusterSSH
import MusterTransport

/// A connection on which commands are run over a channel of its own each, one after the other, all on one loop.
protocol CommandCarrier: ConsoleCarrier {
    nonisolated var loop: Loop { get }

    /// Runs a command to its end.
    ///
    /// - Parameter output: Gets what it prints, and is told when it may be running.
    /// - Throws: `SSHError` of kind `execRefused` when no commands are run that way.
    func run(_ command: String, into output: ExecOutput) async throws(SSHError) -> CommandExit

    /// Opens a shell beside them.
    func shell(terminal: TerminalSize, type: String) async throws(SSHError) -> any ByteTransport

    /// Ends everything; what waits gets `error`. On the loop.
    nonisolated func giveUp(_ error: SSHError)
}

extension SSHSession: CommandCarrier {
    func run(_ command: String, into output: ExecOutput) async throws(SSHError) -> CommandExit {
        let id = try await openExec()
        output.begins()
        let channel = try await start(command, on: id)
        _ = await output.gather(from: channel)
        let exit = try await exit(of: channel)
        channel.close()
        return exit
    }

    func shell(terminal: TerminalSize, type: String) async throws(SSHError) -> any ByteTransport {
        try await openShell(terminal: terminal, type: type)
    }

    nonisolated func giveUp(_ error: SSHError) {
        assumeIsolated { $0.abort(error) }
    }
}
