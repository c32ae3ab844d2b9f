import MusterInventory
import MusterSSH
import MusterTransport

/// Commands on the connection of an `ssh` that shares it: for each there is one more `ssh`, with a channel of its own on that connection.
actor OpenSSHExec: CommandCarrier {
    nonisolated let loop: Loop
    private let session: OpenSSHSession
    private let socket: String
    private let command: OpenSSHCommand
    private let environment: [String: String]

    private var log = ExecLog()
    /// The command's ssh.
    private var child: ChildTransport?
    private var shell: ChildTransport?
    /// Why nothing more can be run.
    private var failure: SSHError?
    private var waiting: CheckedContinuation<Void, Never>?
    /// Whether the end of the shared ssh is waited for, and not its next word.
    private var awaitsEnd = false

    /// How long the end of the shared ssh may lag behind that of a channel.
    private static let lag: Duration = .milliseconds(500)

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameters:
    ///   - session: An ssh that is logged in.
    ///   - command: What it was told, its control socket among it.
    ///   - environment: The variables of its like.
    init(_ session: OpenSSHSession, socket: String, command: OpenSSHCommand, environment: [String: String]) {
        loop = session.loop
        self.session = session
        self.socket = socket
        self.command = command
        self.environment = environment
    }

    /// Takes a line that the shared ssh wrote.
    func heard(_ line: String) {
        log.read(line)
        if log.outcome != nil, !awaitsEnd { stopWaiting() }
    }

    /// The shared ssh has ended.
    func ended(because reason: OpenSSHFailure?) {
        if failure == nil { failure = SSHError(.connectionLost, stage: .open, reason?.message ?? "ssh has ended", hint: reason?.hint) }
        child?.terminate()
        stopWaiting()
    }

    private func waitForEnd() async {
        guard failure == nil else { return }
        awaitsEnd = true
        defer { awaitsEnd = false }
        let timer = loop.schedule(at: loop.now + Self.lag) { [weak self] in self?.assumeIsolated { $0.stopWaiting() } }
        defer { timer.cancel() }
        await withCheckedContinuation { waiting = $0 }
    }

    private func stopWaiting() {
        waiting?.resume()
        waiting = nil
    }

    // MARK: Commands

    func run(_ command: String, into output: ExecOutput) async throws(SSHError) -> CommandExit {
        log = ExecLog()
        var program = ChildCommand(
            program: self.command.program, arguments: self.command.sharing(socket, running: command), environment: environment)
        program.mergesErrors = true
        if let failure { throw failure }
        // It may have run by the time that the start is known.
        output.begins()
        let child = try await start(program)
        self.child = child
        _ = await output.gather(from: child)
        let exit = await child.waitForExit()
        self.child = nil
        child.close()
        if let failure { throw failure }
        switch exit {
        case .exited(255): return try await ending()
        case .exited(let status): return .status(Int(status))
        case .signalled, .unknown: throw SSHError(.channel, stage: .open, "the ssh of the command was ended")
        }
    }

    private func start(_ program: ChildCommand) async throws(SSHError) -> ChildTransport {
        if let failure { throw failure }
        let child: ChildTransport
        do {
            child = try await ChildTransport.start(program, on: loop)
        } catch {
            switch error {
            case .cancelled: throw SSHError(.cancelled, stage: .open, "cancelled")
            case .failed(let name, let text):
                throw SSHError(.channel, stage: .open, "\(name.escapedForMessage()) cannot be run: \(text)")
            }
        }
        guard let failure else { return child }
        // While it was started.
        child.terminate()
        _ = await child.waitForExit()
        throw failure
    }

    /// What a status of 255 stands for.
    private func ending() async throws(SSHError) -> CommandExit {
        if log.outcome == nil, failure == nil { await withCheckedContinuation { waiting = $0 } }
        switch log.outcome {
        case .status: return .status(255)
        case .signal: return .signal("")
        case .refused: throw SSHError(.execRefused, stage: .open, "the device refused to run a command without a shell")
        case .unopened(let why):
            throw SSHError(
                .channel, stage: .open, "the device refused a session channel: \(why.escapedForMessage(limit: 200))",
                hint: "it may have no free session")
        case .untold:
            // Where the connection broke, the shared ssh is about to end as well, and says why.
            await waitForEnd()
            if let failure { throw failure }
            throw SSHError(.channel, stage: .open, "the device did not say how the command ended")
        case nil: throw failure ?? SSHError(.connectionLost, stage: .open, "ssh has ended")
        }
    }

    // MARK: The shell

    func shell(terminal: TerminalSize, type: String) async throws(SSHError) -> any ByteTransport {
        var environment = environment
        environment["TERM"] = type
        var shell = ChildCommand(
            program: command.program, arguments: command.sharing(socket, running: nil), environment: environment,
            terminal: .init(columns: terminal.columns, rows: terminal.rows))
        shell.endsWithThisProcess = true
        let child = try await start(shell)
        self.shell = child
        return child
    }

    // MARK: The end

    nonisolated func giveUp(_ error: SSHError) {
        assumeIsolated { exec in
            if exec.failure == nil { exec.failure = error }
            exec.child?.terminate()
            exec.shell?.terminate()
            exec.session.cancel()
            exec.stopWaiting()
        }
    }

    nonisolated func cancel() {
        loop.execute { self.giveUp(SSHError(.cancelled, stage: .open, "cancelled")) }
    }

    func close(after lastWords: @Sendable () -> Void) async {
        if let shell {
            if failure == nil { lastWords() }
            shell.close()
            _ = await shell.waitForExit()
        }
        if failure == nil { failure = SSHError(.connectionLost, stage: .open, "the session was closed here") }
        await session.close()
    }
}
