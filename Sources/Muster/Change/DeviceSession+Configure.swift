import MusterConsole

extension DeviceSession {
    /// Changes the device's configuration.
    ///
    /// Enters the configuration, sends the lines one by one, and stops at the first that the device rejects. Then the change is committed or thrown away
    /// where the platform has a commit, and the configuration is left.
    ///
    /// ```swift
    /// let result = try await device.configure(ConfigurationChange(["ntp server 192.0.2.1"]))
    /// print(result.state, result.diff ?? "")
    /// ```
    ///
    /// - Parameters:
    ///   - change: The lines, and how they are brought in.
    ///   - timeout: How long to wait for each line's prompt; the scope's time for a command when left out. A commit has at least two minutes.
    /// - Returns: What holds on the device now, what came of each line, and in `error` why it is not as it was meant to be. A session that
    ///   was lost in the middle is a result too, with the state `unknown`.
    /// - Throws: `MusterError` with the code `usage` when the platform can't do what is asked; nothing has been sent then. `CancellationError`
    ///   when the task is cancelled, which ends the session: what holds on the device is unknown.
    public func configure(_ change: ConfigurationChange, timeout: Duration? = nil) async throws -> ChangeResult {
        let result = try await open.configure(change, timeout: timeout ?? self.timeout, in: environment)
        if result.error?.code == .cancelled || Task.isCancelled { throw CancellationError() }
        return result
    }
}

extension OpenDevice {
    /// Makes a change, or tries it.
    ///
    /// - Throws: `MusterError` when the platform can't do what is asked.
    func configure(
        _ change: ConfigurationChange, timeout: Duration, in environment: DeviceEnvironment
    ) async throws(MusterError) -> ChangeResult {
        let console = try await shell(timeout: timeout)
        let platform = await console.platform
        if let problem = device.problem(with: change, on: platform) { throw problem }
        if change.isDryRun, !ConfigurationChange.canBeTried(on: platform) { return ChangeResult(untried: change) }
        var runner = ChangeRunner(
            open: self, console: console, change: change, platform: platform, timeout: timeout, answers: environment.answers,
            logInAgain: { await self.logInAgain(in: environment, doing: $0, timeout: timeout) })
        return await runner.run()
    }

    /// Logs in a second time and out again: whether the device still lets anybody in, which an open session does not tell.
    private func logInAgain(
        in environment: DeviceEnvironment, doing instructions: [Instruction], timeout: Duration
    ) async -> MusterError? {
        let login = DeviceLogin(device: device, environment: environment, loop: loop)
        do throws(MusterError) {
            let second = try await login.run()
            let problem = await second.perform(instructions, timeout: timeout)
            await second.close()
            return problem
        } catch {
            return error
        }
    }

    /// Does instructions up to the first that goes wrong.
    private func perform(_ instructions: [Instruction], timeout: Duration) async -> MusterError? {
        guard !instructions.isEmpty else { return nil }
        do throws(MusterError) {
            let console = try await shell(timeout: timeout)
            for instruction in instructions {
                do throws(ConsoleError) {
                    guard let words = try await console.perform(instruction, timeout: timeout)?.failure else { continue }
                    return MusterError(.rejected, phase: .command, device: device.name, message: words)
                } catch {
                    return device.wrapped(error, phase: .command, timeout: timeout)
                }
            }
            return nil
        } catch {
            return error
        }
    }
}

extension ChangeResult {
    /// A change that the platform has no way to try.
    init(untried change: ConfigurationChange) {
        self.init(state: .untried, lines: change.lines.map { CommandResult(command: $0.text, status: .skipped) })
    }
}
