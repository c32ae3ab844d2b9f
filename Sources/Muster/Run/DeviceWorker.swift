import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Does one device of a run, on the event loop that owns its connection, and makes its one result.
actor DeviceWorker {
    private let device: Device
    private let commands: [String]
    private let environment: DeviceEnvironment
    private let loop: Loop
    private var result: DeviceResult

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    init(device: Device, commands: [String], environment: DeviceEnvironment, loop: Loop) {
        self.device = device
        self.commands = commands
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
        let login = DeviceLogin(device: device, environment: environment, loop: loop, sendsAtOnce: !commands.isEmpty)
        do throws(MusterError) {
            let open = try await login.run()
            await use(open, phases: login.clock.times)
        } catch {
            login.finishClock()
            fail(error, phases: login.clock.times)
        }
        finish(legacyAlgorithms: login.legacyAlgorithms, elapsed: loop.now - began)
        return result
    }

    private func use(_ open: OpenDevice, phases: PhaseTimes) async {
        environment.events(.phase(host: device.name, .command))
        result.phases = phases
        let start = loop.now
        await withTaskCancellationHandler {
            await run(on: open)
        } onCancel: {
            open.abort()
        }
        result.phases.commands = loop.now - start
        environment.events(.phase(host: device.name, .close))
        for failure in await open.console.setUpFailures {
            environment.events(.warning(host: device.name, "the device rejected a set-up command, its output may be paged: \(failure)"))
        }
        await open.close()
    }

    private func fail(_ error: MusterError, phases: PhaseTimes) {
        result.phases = phases
        result.error = error
        // It was not even connected to.
        if error.code == .skipped, phases.connect == nil { result.attempts = 0 }
    }

    private func finish(legacyAlgorithms: [String], elapsed: Duration) {
        result.legacyAlgorithms = legacyAlgorithms
        for command in commands[result.commands.count...] {
            result.commands.append(CommandResult(command: command, status: .skipped))
        }
        result.status = Self.status(error: result.error, commands: result.commands)
        result.elapsed = elapsed
    }

    private func run(on open: OpenDevice) async {
        for command in commands {
            let (answer, error) = await open.run(command, timeout: environment.commandTimeout)
            result.commands.append(answer)
            guard let error else { continue }
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
        case .privilege: .failed
        case .usage where error?.phase == .command: .failed
        default: .unreachable
        }
    }
}
