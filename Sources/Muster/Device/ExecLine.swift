import MusterConsole
import MusterSSH
import MusterTransport

/// A device's commands, each over an exec channel of its own, one after the other.
///
/// Where the server runs none that way, or a mode is wanted, a shell is opened on the same connection, and all that follows goes through it.
actor ExecLine {
    private let device: Device
    private let platform: Platform
    private let session: any CommandCarrier
    private nonisolated let loop: Loop
    private let environment: DeviceEnvironment
    private let recorder: SessionRecorder?
    private var nextID = 1
    /// The shell, once there is one.
    private(set) var console: Console?
    private let turns = Turns()

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    /// - Parameter recorder: takes the session down; the caller ends it.
    init(
        device: Device, platform: Platform, session: any CommandCarrier, environment: DeviceEnvironment, recorder: SessionRecorder? = nil
    ) {
        self.recorder = recorder
        self.device = device
        self.platform = platform
        self.session = session
        self.environment = environment
        loop = session.loop
    }

    /// Runs one command; the error is what ended the session, if it did.
    func run(
        _ command: String, timeout: Duration, answers: [AnsweredQuestion]
    ) async -> (result: CommandResult, error: MusterError?) {
        await turns.take()
        defer { turns.end() }
        if let console { return await device.run(command, on: console, timeout: timeout, answers: answers) }
        let began = loop.now
        let number = nextID
        nextID += 1
        let output = ExecOutput(
            loop: loop, limit: environment.outputLimit, folder: environment.outputFolder, name: device.name, recorder: recorder,
            mark: .exec(id: number, command))
        var result = CommandResult(command: command, status: .skipped)
        do throws(SSHError) {
            let session = session
            let timer = loop.schedule(at: began + timeout) {
                session.giveUp(SSHError(.timedOut, stage: .open, "expected the command's end, and it did not come"))
            }
            defer { timer.cancel() }
            let exit = try await session.run(command, into: output)
            result.status = .failed
            switch exit {
            case .status(let status):
                result.exitStatus = status
                if status == 0 { result.status = .ok } else { result.failure = "exit status \(status)" }
            // The system's ssh does not say which.
            case .signal(let name): result.failure = name.isEmpty ? "ended by a signal" : "ended by signal \(name)"
            }
        } catch {
            if output.mayHaveRun {
                result.status = .failed
                recorder?.mark(.failed(id: number, kind: error.recordedKind), at: loop.now)
            }
            if error.kind == .execRefused { return await runInShell(command, timeout: timeout, answers: answers) }
            await take(output, into: &result)
            result.elapsed = loop.now - began
            return explained(result, error, timeout: timeout)
        }
        result.elapsed = loop.now - began
        await take(output, into: &result)
        if let recorder { recorder.mark(.result(RecordedResult(id: number, result, printed: await output.printed)), at: loop.now) }
        return (result, nil)
    }

    private func take(_ output: ExecOutput, into result: inout CommandResult) async {
        result.output = await output.text
        result.truncated = await output.truncated
        switch await output.endFile() {
        case .success(let path): result.outputFile = path
        case .failure(let problem): environment.events(.warning(host: device.name, "long output: \(problem.text)"))
        case nil: break
        }
    }

    private func explained(_ result: CommandResult, _ error: SSHError, timeout: Duration) -> (CommandResult, MusterError) {
        var result = result
        switch error.kind {
        case .timedOut: result.status = .timeout
        case .cancelled where result.status == .failed: result.failure = "cancelled while it ran"
        case _ where result.status == .failed: result.failure = "the connection ended while it ran"
        default: break
        }
        let isOverdue = error.kind == .timedOut
        let when = isOverdue ? " within \(timeout.shown)" : " (after \(result.elapsed.shown))"
        let hint =
            isOverdue
            ? "--timeout sets the time; a command that asks for something gets no answer without a terminal, which `channel: shell` gives it"
            : error.hint
        return (result, MusterError(error.code, phase: .command, device: device.name, message: error.message + when, hint: hint))
    }

    // MARK: The shell

    private func runInShell(
        _ command: String, timeout: Duration, answers: [AnsweredQuestion]
    ) async -> (result: CommandResult, error: MusterError?) {
        let warning = "it runs no command without a shell, so its commands go through one, and their exit status stays unknown"
        environment.events(.warning(host: device.name, warning))
        do throws(MusterError) {
            return await device.run(command, on: try await openShell(timeout: timeout), timeout: timeout, answers: answers)
        } catch {
            return (CommandResult(command: command, status: .skipped), error)
        }
    }

    /// The shell, which is opened at the first call.
    ///
    /// - Parameter timeout: the time until its first prompt.
    func shell(timeout: Duration) async throws(MusterError) -> Console {
        await turns.take()
        defer { turns.end() }
        return try await openShell(timeout: timeout)
    }

    private func openShell(timeout: Duration) async throws(MusterError) -> Console {
        if let console { return console }
        let deadline = loop.now + timeout
        let session = session
        let timer = loop.schedule(at: deadline) {
            session.giveUp(SSHError(.timedOut, stage: .open, "expected a shell, and none was opened"))
        }
        let channel: any ByteTransport
        do {
            defer { timer.cancel() }
            let terminal = TerminalSize(columns: platform.pty.columns, rows: platform.pty.rows)
            channel = try await session.shell(terminal: terminal, type: platform.pty.term)
        } catch {
            let when = error.kind == .timedOut ? " within \(timeout.shown)" : ""
            throw MusterError(error.code, phase: .open, device: device.name, message: error.message + when, hint: error.hint)
        }
        let console = device.console(over: channel, platform: platform, in: environment, recorder: recorder)
        try await open(console, deadline: deadline, timeout: timeout)
        self.console = console
        return console
    }

    private func open(_ console: Console, deadline: Instant, timeout: Duration) async throws(MusterError) {
        let credentials = device.terminalLogin(on: platform, isExpected: false)
        let password = credentials.flatMap { login in
            login.password.map { TerminalPassword($0, of: login.user, breaker: environment.breaker) }
        }
        do {
            if let password, let credentials {
                try await password.open(console, timer: LoginTimer(loop: loop, deadline: deadline), credentials: credentials)
                password.settle(.accepted)
            } else {
                try await console.open(deadline: deadline, credentials: credentials)
            }
        } catch {
            let error = device.wrapped(error, phase: .login, timeout: timeout)
            let hasTyped = await console.hasTypedPassword
            password?.settle(error.code == .authentication || error.code == .connectionLost && hasTyped ? .refused : .undecided)
            throw error
        }
    }

    /// Types what the definition wants typed in the shell before the end, if there is one.
    func sayGoodbye() {
        guard let console else { return recorder?.mark(.closing, at: loop.now) ?? () }
        console.assumeIsolated { $0.close() }
    }
}

extension RecordedResult {
    fileprivate init(id: Int, _ result: CommandResult, printed: [UInt8]) {
        self.init(
            id: id, command: result.command, output: .whole(printed), failure: result.failure, exitStatus: result.exitStatus)
    }
}

extension SSHError {
    /// What a recording calls it.
    fileprivate var recordedKind: String {
        switch kind {
        case .timedOut: "command_timeout"
        case .cancelled: "cancelled"
        case .execRefused: "exec_refused"
        default: "ended"
        }
    }
}
