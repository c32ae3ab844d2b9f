import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run over many devices: a task group with a sliding limit, one child per device under way.
struct Fleet {
    let tasks: [DeviceTask]
    let options: RunOptions
    let control: RunControl
    let environment: DeviceEnvironment
    let fanout: Int

    /// What a child of the group came to.
    private enum Outcome: Sendable {
        case device(index: Int, DeviceResult)
        case stop(reason: String)
        case answer(goesOn: Bool)
        case watcherEnded
    }

    /// Runs all devices; `yield` gets exactly one result for each.
    ///
    /// When the task is cancelled, the devices under way are cancelled and everything that has no result gets one.
    func run(yield: (DeviceResult) -> Void) async {
        var gathered: [DeviceResult?] = Array(repeating: nil, count: options.mode == .gather ? tasks.count : 0)
        var isDone = Array(repeating: false, count: tasks.count)
        var rollout = RolloutMachine(total: tasks.count, options.rollout)
        var stopReason = "the run was cancelled"
        var isStopped = false
        func finish(_ index: Int, _ result: DeviceResult) {
            isDone[index] = true
            var result = result
            if result.attempts > 0, result.error?.code == .cancelled { result.error?.message += ": \(stopReason)" }
            environment.events(.finished(result))
            if options.mode == .gather { gathered[index] = result } else { yield(result) }
        }

        await withTaskGroup(of: Outcome.self) { group in
            addWatchers(to: &group)
            var underWay = 0
            var succeeded = 0
            var isAsking = false
            while true {
                starting: while underWay < fanout, !isAsking, !isStopped, control.level == .running, !Task.isCancelled {
                    switch rollout.step() {
                    case .start(let index):
                        let loop = environment.bastions.loop(for: tasks[index].device)
                        let worker = DeviceWorker(tasks[index], environment: environment, loop: loop)
                        group.addTask(executorPreference: loop.taskExecutor) { .device(index: index, await worker.run()) }
                        underWay += 1
                    case .ask(let pause):
                        isAsking = true
                        group.addTask { .answer(goesOn: await isContinued(at: pause)) }
                    case .wait, .end: break starting
                    }
                }
                guard underWay > 0 || isAsking, let outcome = await group.next() else { break }
                switch outcome {
                case .device(let index, let result):
                    underWay -= 1
                    if control.level == .cancelled { stopReason = "the run was interrupted" }
                    finish(index, result)
                    rollout.finished(succeeded: result.status == .ok)
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
                case .answer(let goesOn):
                    isAsking = false
                    rollout.answered(goesOn)
                case .watcherEnded:
                    break
                }
            }
            if control.level != .running { stopReason = "the run was interrupted" }
            group.cancelAll()
        }
        let heldBack = isStopped || control.level != .running || Task.isCancelled ? nil : rollout.stopReason
        for index in tasks.indices where !isDone[index] {
            finish(index, notStarted(tasks[index], heldBack == nil ? .cancelled : .skipped, heldBack ?? stopReason))
        }
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

    /// Asks whether to go on after the first devices; an interrupt is a no.
    private func isContinued(at pause: Rollout.Pause) async -> Bool {
        guard let goesOn = options.rollout.goesOn else { return true }
        let (levels, continuation) = AsyncStream.makeStream(of: RunControl.Level.self)
        control.observe { continuation.yield($0) }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await goesOn(pause) }
            group.addTask {
                for await _ in levels { return false }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func notStarted(_ task: DeviceTask, _ status: DeviceResult.Status, _ reason: String) -> DeviceResult {
        let device = task.device
        return DeviceResult(
            host: device.name, address: device.address, port: device.port, platform: device.platform, status: status, started: Date(),
            attempts: 0, commands: task.commands.map { CommandResult(command: $0, status: .skipped) },
            error: MusterError(
                status == .skipped ? .skipped : .cancelled, phase: .resolve, device: device.name, message: "not started: \(reason)"))
    }
}
