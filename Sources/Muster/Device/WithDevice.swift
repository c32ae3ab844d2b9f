import MusterConsole
import MusterTransport

/// Logs in to a device, runs `body`, and logs out, however `body` ends.
///
/// ```swift
/// let version = try await withDevice(device) { device in
///     try await device.send("show version").output
/// }
/// ```
///
/// - Parameters:
///   - device: Where to log in.
///   - options: Time limits and host keys; what concerns many devices is left aside.
///   - events: Told of phases and pinned host keys, from any thread.
///   - body: Uses the session, which is of no use after it returns.
/// - Returns: What `body` returns.
/// - Throws: `MusterError` when the login fails; what `body` throws. When the task is cancelled, the session is ended at once and what
///   was waited for throws `CancellationError`.
public func withDevice<R>(
    _ device: Device, options: RunOptions = RunOptions(), events: @escaping @Sendable (RunEvent) -> Void = { _ in },
    _ body: (DeviceSession) async throws -> R
) async throws -> R {
    let environment = try await DeviceEnvironment.load(devices: [device], options: options, events: events)
    async let bastions: Void = environment.bastions.run(in: environment)
    let login = DeviceLogin(device: device, environment: environment, loop: environment.bastions.loop(for: device), allowsExec: true)
    let open: OpenDevice
    do {
        open = try await login.run()
    } catch {
        environment.bastions.close()
        await bastions
        await environment.close()
        if error.code == .cancelled { throw CancellationError() }
        throw error
    }
    let result: Result<R, any Error>
    do {
        let session = DeviceSession(open: open, environment: environment)
        result = .success(
            try await withTaskCancellationHandler {
                try await body(session)
            } onCancel: {
                open.abort()
            })
    } catch {
        result = .failure(error)
    }
    await open.close()
    environment.bastions.close()
    await bastions
    await environment.close()
    return try result.get()
}

/// A device that is logged in to, inside the scope of `withDevice`.
public struct DeviceSession: Sendable {
    let open: OpenDevice
    let environment: DeviceEnvironment

    /// The device.
    public var device: Device { open.device }
    var timeout: Duration { environment.commandTimeout }
    var answers: [AnsweredQuestion] { environment.answers }

    /// Runs one command and returns what the device answered.
    ///
    /// A command that the device rejects is a result, with `status` `failed` and the reason in `failure`.
    ///
    /// - Parameters:
    ///   - command: One line, without its end.
    ///   - timeout: How long to wait for the prompt; the scope's time for a command when left out.
    ///   - answers: What is typed to questions that the command asks, before `RunOptions.answers` and those of the platform's definition.
    /// - Returns: The device's answer.
    /// - Throws: `MusterError` with the code `question` when the command asks what none of the answers is for; the device is back at its
    ///   prompt, and the session goes on. With the code `timeout` when the prompt does not come in time: the command is broken off, and the session
    ///   goes on where that brings the prompt back. `MusterError` when the connection is lost; the session is of no use then.
    ///   `CancellationError` when the task is cancelled, which ends the session: nobody knows where in its answer the device is.
    public func send(_ command: String, timeout: Duration? = nil, answers: [QuestionAnswer] = []) async throws -> CommandResult {
        let rules = answers.map(\.rule) + self.answers
        let (result, error) = await open.run(command, timeout: timeout ?? self.timeout, answers: rules, isBreakable: true)
        guard let error else { return result }
        if error.code == .cancelled || Task.isCancelled { throw CancellationError() }
        throw error
    }

    /// Goes to another privilege level, by the platform's name for it, such as `configuration`.
    ///
    /// A device whose commands go over exec channels gets a shell first, and the commands after this go through it.
    ///
    /// - Parameters:
    ///   - mode: The level's name.
    ///   - timeout: How long to wait for each step.
    /// - Throws: `MusterError` with code `privilege` or `credential` when the device refuses; `CancellationError` as `send`.
    public func enter(mode: String, timeout: Duration? = nil) async throws {
        let console = try await open.shell(timeout: timeout ?? self.timeout)
        do {
            try await console.enterMode(mode, timeout: timeout ?? self.timeout)
        } catch {
            if error.kind == .cancelled || Task.isCancelled { throw CancellationError() }
            throw device.wrapped(error, phase: .privilege, timeout: timeout ?? self.timeout)
        }
    }

    /// The prompt that the device shows now; empty while its commands go over exec channels.
    public var prompt: String {
        get async { await open.line.console?.prompt ?? "" }
    }

    /// The privilege level that the prompt tells, by the platform's name for it; empty while its commands go over exec channels.
    public var mode: String {
        get async { await open.line.console?.mode ?? "" }
    }
}
