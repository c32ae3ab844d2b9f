import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run over many devices: a task group with a sliding limit, one child per device under way.
struct Fleet {
    let devices: [Device]
    let commands: [String]
    let options: RunOptions
    let control: RunControl
    let environment: DeviceEnvironment
    let fanout: Int

    /// What a child of the group came to.
    private enum Outcome: Sendable {
        case device(index: Int, DeviceResult)
        case stop(reason: String)
        case watcherEnded
    }

    /// Runs all devices; `yield` gets exactly one result for each.
    ///
    /// When the task is cancelled, the devices under way are cancelled and everything that has no result gets one.
    func run(yield: (DeviceResult) -> Void) async {
        var gathered: [DeviceResult?] = Array(repeating: nil, count: options.mode == .gather ? devices.count : 0)
        var isDone = Array(repeating: false, count: devices.count)
        var stopReason = "the run was cancelled"
        func finish(_ index: Int, _ result: DeviceResult) {
            isDone[index] = true
            var result = result
            if result.attempts > 0, result.error?.code == .cancelled { result.error?.message += ": \(stopReason)" }
            environment.events(.finished(result))
            if options.mode == .gather { gathered[index] = result } else { yield(result) }
        }

        await withTaskGroup(of: Outcome.self) { group in
            addWatchers(to: &group)
            var next = 0
            var underWay = 0
            var succeeded = 0
            var isStopped = false
            while true {
                while underWay < fanout, next < devices.count, !isStopped, control.level == .running, !Task.isCancelled {
                    let index = next
                    let loop = environment.bastions.loop(for: devices[index])
                    let worker = DeviceWorker(device: devices[index], commands: commands, environment: environment, loop: loop)
                    group.addTask(executorPreference: loop.taskExecutor) { .device(index: index, await worker.run()) }
                    next += 1
                    underWay += 1
                }
                guard underWay > 0, let outcome = await group.next() else { break }
                switch outcome {
                case .device(let index, let result):
                    underWay -= 1
                    if control.level == .cancelled { stopReason = "the run was interrupted" }
                    finish(index, result)
                    if result.status == .ok { succeeded += 1 }
                    if case .first(let wanted) = options.mode, succeeded >= wanted, !isStopped {
                        stopReason = "enough devices succeeded"
                        isStopped = true
                        group.cancelAll()
                    }
                case .stop(let reason):
                    if !isStopped { stopReason = reason }
                    isStopped = true
                    group.cancelAll()
                case .watcherEnded:
                    break
                }
            }
            if control.level != .running { stopReason = "the run was interrupted" }
            group.cancelAll()
        }
        for index in devices.indices where !isDone[index] { finish(index, notStarted(devices[index], reason: stopReason)) }
        for case let result? in gathered { yield(result) }
    }

    /// Children that wait for what stops the run from outside: the second interrupt, and the deadline.
    private func addWatchers(to group: inout TaskGroup<Outcome>) {
        let (levels, continuation) = AsyncStream.makeStream(of: RunControl.Level.self)
        control.observe { continuation.yield($0) }
        group.addTask {
            for await level in levels where level == .cancelled { return .stop(reason: "the run was interrupted") }
            return .watcherEnded
        }
        guard let deadline = options.deadline else { return }
        group.addTask {
            do {
                try await Task.sleep(for: deadline)
                return .stop(reason: "the run's deadline of \(deadline.shown) was over")
            } catch {
                return .watcherEnded
            }
        }
    }

    private func notStarted(_ device: Device, reason: String) -> DeviceResult {
        DeviceResult(
            host: device.name, address: device.address, port: device.port, platform: device.platform, status: .cancelled, started: Date(),
            attempts: 0, commands: commands.map { CommandResult(command: $0, status: .skipped) },
            error: MusterError(.cancelled, phase: .resolve, device: device.name, message: "not started: \(reason)"))
    }
}
