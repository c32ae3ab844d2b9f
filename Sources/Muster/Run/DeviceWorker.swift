import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Does one device of a run, on the event loop that owns its connection, and makes its one result.
actor DeviceWorker {
    private let device: Device
    private let work: DeviceTask.Work
    private let commands: [String]
    private let environment: DeviceEnvironment
    private let loop: Loop

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    init(_ task: DeviceTask, environment: DeviceEnvironment, loop: Loop) {
        device = task.device
        work = task.work
        commands = task.commands
        self.environment = environment
        self.loop = loop
    }

    /// Logs in, runs the commands, logs out.
    func run() async -> DeviceResult {
        environment.events(.started(host: device.name))
        let began = loop.now
        var result = DeviceResult(
            host: device.name, address: device.address, port: device.port, platform: device.platform, status: .ok, started: Date())
        var login = DeviceLogin(
            device: device, environment: environment, loop: loop, sendsAtOnce: !commands.isEmpty && environment.commandMode == nil)
        do throws(MusterError) {
            if try isLeftAlone(&result) { return result }
            let open = try await login.run()
            environment.events(.phase(host: device.name, .command))
            let start = loop.now
            result.error = await withTaskCancellationHandler {
                await work(on: open, into: &result)
            } onCancel: {
                open.abort()
            }
            result.phases = login.clock.times
            result.phases.commands = loop.now - start
            environment.events(.phase(host: device.name, .close))
            for failure in await open.console.setUpFailures {
                environment.events(.warning(host: device.name, "the device rejected a set-up command, its output may be paged: \(failure)"))
            }
            await open.close()
        } catch {
            login.finishClock()
            result.phases = login.clock.times
            result.error = error
            // It was not even connected to.
            if error.code == .skipped, result.phases.connect == nil { result.attempts = 0 }
        }
        result.legacyAlgorithms = login.legacyAlgorithms
        for command in commands[result.commands.count...] {
            result.commands.append(CommandResult(command: command, status: .skipped))
        }
        result.status = Self.status(error: result.error, commands: result.commands)
        result.elapsed = loop.now - began
        return result
    }

    /// Whether there is nothing to connect for: the platform can't do what is asked, or can't try it.
    private func isLeftAlone(_ result: inout DeviceResult) throws(MusterError) -> Bool {
        guard case .change(let change) = work, let platform = device.definition else { return false }
        if let problem = device.problem(with: change, on: platform) {
            result.attempts = 0
            throw problem
        }
        guard change.isDryRun, !ConfigurationChange.canBeTried(on: platform) else { return false }
        let untried = ChangeResult(untried: change)
        result.attempts = 0
        result.commands = untried.lines
        result.change = untried
        return true
    }

    /// Does what there is to do; the error is what went wrong beside the commands' own failures.
    private func work(on open: OpenDevice, into result: inout DeviceResult) async -> MusterError? {
        guard case .change(let change) = work else {
            if let mode = environment.commandMode {
                do {
                    try await open.console.enterMode(mode, timeout: environment.commandTimeout)
                } catch {
                    return device.wrapped(error, phase: .privilege, timeout: environment.commandTimeout)
                }
            }
            return await run(on: open, into: &result.commands)
        }
        do throws(MusterError) {
            let outcome = try await open.configure(change, timeout: environment.commandTimeout, in: environment)
            result.commands = outcome.lines
            result.change = outcome
            guard var error = outcome.error, Task.isCancelled, outcome.state == .unknown || outcome.state == .pending else {
                return outcome.error
            }
            error.code = .cancelled
            return error
        } catch {
            return error
        }
    }

    private func run(on open: OpenDevice, into results: inout [CommandResult]) async -> MusterError? {
        var question: MusterError?
        for command in commands {
            let (result, error) = await open.run(command, timeout: environment.commandTimeout, answers: environment.answers)
            results.append(result)
            guard let error else {
                if environment.stopsOnFailure, result.status == .failed { return nil }
                continue
            }
            // The device is back at its prompt: as after a command that it rejects, the next one has its turn.
            if error.code == .question, await !open.console.isBroken {
                question = question ?? error
                if environment.stopsOnFailure { return error }
                continue
            }
            if Task.isCancelled {
                return MusterError(.cancelled, phase: .command, device: device.name, message: "cancelled while '\(command)' ran")
            }
            return error
        }
        return question
    }

    /// The device's status in the contract's words.
    static func status(error: MusterError?, commands: [CommandResult]) -> DeviceResult.Status {
        switch error?.code {
        case nil: commands.contains { $0.status == .failed } ? .failed : .ok
        case .timeout, .prompt: .timeout
        case .cancelled: .cancelled
        case .skipped: .skipped
        // The device took the login and then refused what the commands needed.
        case .privilege, .question, .rejected: .failed
        case .usage where error?.phase == .command: .failed
        default: .unreachable
        }
    }
}
