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

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    init(device: Device, commands: [String], environment: DeviceEnvironment, loop: Loop) {
        self.device = device
        self.commands = commands
        self.environment = environment
        self.loop = loop
    }

    /// Logs in, runs the commands, logs out.
    func run() async -> DeviceResult {
        environment.events(.started(host: device.name))
        let began = loop.now
        var result = DeviceResult(
            host: device.name, address: device.address, port: device.port, platform: device.platform, status: .ok, started: Date())
        var login = DeviceLogin(device: device, environment: environment, loop: loop, sendsAtOnce: !commands.isEmpty)
        do throws(MusterError) {
            let open = try await login.run()
            result.platform = open.platform
            environment.events(.phase(host: device.name, .command))
            let start = loop.now
            result.error = await withTaskCancellationHandler {
                await run(on: open, into: &result.commands)
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

    private func run(on open: OpenDevice, into results: inout [CommandResult]) async -> MusterError? {
        for command in commands {
            let (result, error) = await open.run(command, timeout: environment.commandTimeout)
            results.append(result)
            guard let error else { continue }
            if Task.isCancelled {
                return MusterError(.cancelled, phase: .command, device: device.name, message: "cancelled while '\(command)' ran")
            }
            return error
        }
        return nil
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
