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
    private var result: DeviceResult

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    init(_ task: DeviceTask, environment: DeviceEnvironment, loop: Loop) {
        device = task.device
        work = task.work
        commands = task.commands
        self.environment = environment
        self.loop = loop
        result = DeviceResult(
            host: device.name, address: device.address, port: device.port, platform: device.platform, status: .ok, started: Date())
    }

    /// Logs in, runs the commands, logs out.
    ///
    /// The result is kept in the actor and not in the function, whose frame lasts as long as the session.
    func run() async -> DeviceResult {
        environment.events(.started(host: device.name))
        let began = loop.now
        let login = DeviceLogin(
            device: device, environment: environment, loop: loop, sendsAtOnce: !commands.isEmpty && environment.commandMode == nil,
            allowsExec: !work.isChange && environment.commandMode == nil, stopsAtVerdict: work.isDetection,
            needsUsualMode: work.isChange)
        do throws(MusterError) {
            if try isLeftAlone() { return result }
            let open = try await login.run()
            await use(open, phases: login.clock.times)
        } catch {
            login.finishClock()
            fail(error, phases: login.clock.times)
        }
        finish(login, elapsed: loop.now - began)
        return result
    }

    private func use(_ open: OpenDevice, phases: PhaseTimes) async {
        environment.events(.phase(host: device.name, .command))
        result.phases = phases
        let start = loop.now
        await withTaskCancellationHandler {
            await work(on: open)
        } onCancel: {
            open.abort()
        }
        result.phases.commands = loop.now - start
        environment.events(.phase(host: device.name, .close))
        await warnOfOutput(of: open)
        await open.close()
    }

    private func fail(_ error: MusterError, phases: PhaseTimes) {
        result.phases = phases
        result.error = error
        // It was not even connected to.
        if error.code == .skipped, phases.connect == nil { result.attempts = 0 }
    }

    private func finish(_ login: DeviceLogin, elapsed: Duration) {
        result.legacyAlgorithms = login.legacyAlgorithms
        result.warnings = login.warnings + result.warnings
        if let detected = login.detected {
            result.platform = detected.platform ?? result.platform
            result.platformAlternatives = detected.alternatives
        }
        for command in commands[result.commands.count...] {
            result.commands.append(CommandResult(command: command, status: .skipped))
        }
        result.status = Self.status(error: result.error, commands: result.commands)
        result.elapsed = elapsed
    }

    /// Whether there is nothing to connect for: the platform can't do what is asked, or can't try it.
    private func isLeftAlone() throws(MusterError) -> Bool {
        guard case .change(let change) = work, let platform = device.definition(in: environment.platforms) else { return false }
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

    /// Does what there is to do.
    private func work(on open: OpenDevice) async {
        guard case .change(let change) = work else {
            if let mode = environment.commandMode {
                do {
                    try await open.line.console?.enterMode(mode, timeout: environment.commandTimeout)
                } catch {
                    result.error = device.wrapped(error, phase: .privilege, timeout: environment.commandTimeout)
                    return
                }
            }
            return await run(on: open)
        }
        do throws(MusterError) {
            let outcome = try await open.configure(change, timeout: environment.commandTimeout, in: environment)
            result.commands = outcome.lines
            result.change = outcome
            result.error = outcome.error
            if Task.isCancelled, outcome.state == .unknown || outcome.state == .pending { result.error?.code = .cancelled }
        } catch {
            result.error = error
        }
    }

    /// Says what may be wrong with output that looks right.
    private func warnOfOutput(of open: OpenDevice) async {
        guard let console = await open.line.console else { return }
        for failure in await console.setUpFailures { warn("the device rejected a set-up command, its output may be paged: \(failure)") }
        let paged = result.commands.filter { $0.pages > 0 }
        if let first = paged.first {
            let more = paged.count > 1 ? " and \(paged.count - 1) more" : ""
            warn("paging is not off: the pager was answered in '\(first.command)'\(more); the output is complete")
        }
        for problem in await console.outputProblems { warn("long output: \(problem)") }
    }

    private func warn(_ text: String) {
        result.warnings.append(text)
        environment.events(.warning(host: device.name, text))
    }

    private func run(on open: OpenDevice) async {
        for command in commands {
            let (answer, error) = await open.run(
                command, timeout: environment.commandTimeout, answers: environment.answers, isBreakable: true)
            result.commands.append(answer)
            guard let error else {
                if environment.stopsOnFailure, answer.status == .failed { return }
                continue
            }
            // The device is back at its prompt: as after a command that it rejects, the next one has its turn.
            if error.code == .question || answer.status == .timeout, !Task.isCancelled, await open.line.console?.isBroken == false {
                result.error = result.error ?? error
                if environment.stopsOnFailure { return }
                continue
            }
            result.error =
                Task.isCancelled
                ? MusterError(.cancelled, phase: .command, device: device.name, message: "cancelled while '\(command)' ran") : error
            return
        }
    }

    /// The device's status in the contract's words.
    static func status(error: MusterError?, commands: [CommandResult]) -> DeviceResult.Status {
        switch error?.code {
        case nil: commands.contains { $0.status == .failed } ? .failed : .ok
        case .timeout, .prompt: .timeout
        case .cancelled: .cancelled
        case .skipped: .skipped
        // The device took the login and then refused what the commands needed.
        case .privilege, .question, .echo, .rejected: .failed
        case .usage where error?.phase == .command: .failed
        case .credential where error?.phase == .privilege: .failed
        default: .unreachable
        }
    }
}
