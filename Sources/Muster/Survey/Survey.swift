import MusterTransport

/// Visits many devices side by side without logging in, to see what they offer.
///
/// Only bastions are logged in to, where devices are behind them.
package struct Survey: Sendable {
    /// The fan-out, the time for each connection, and what bastions' host keys are compared with.
    package var options: RunOptions
    /// Told of warnings and pinned host keys, from any thread.
    package var events: @Sendable (RunEvent) -> Void

    package init(options: RunOptions = RunOptions(), events: @escaping @Sendable (RunEvent) -> Void = { _ in }) {
        self.options = options
        self.events = events
    }

    /// Looks at each device once.
    ///
    /// - Parameters:
    ///   - devices: Where to look.
    ///   - control: Stops the survey from outside: what has not been seen by then is not looked at.
    ///   - look: Looks at one device, on its event loop.
    /// - Returns: What came of it, in the order of the devices; an error with code `cancelled` where the survey was stopped before.
    /// - Throws: `MusterError` with code `usage` when the known hosts files for bastions can't be read; `CancellationError` when the task was
    ///   cancelled.
    package func results<Seen: Sendable>(
        _ devices: [Device], control: RunControl = RunControl(), _ look: @escaping @Sendable (SurveyVisit) async throws(MusterError) -> Seen
    ) async throws -> [Result<Seen, MusterError>] {
        let environment = try await DeviceEnvironment.load(devices: devices.flatMap(\.jump), options: options, events: events)
        let atOnce = max(1, min(options.fanout, FileLimit.raise(filesPerDevice: devices.map(\.openFiles).max() ?? 1)))
        async let bastions: Void = environment.bastions.run(in: environment)
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        control.observe { if $0 > .running { stop.yield() } }
        let results = await withTaskGroup(of: (Int, Result<Seen, MusterError>)?.self) { group in
            var results: [Result<Seen, MusterError>?] = Array(repeating: nil, count: devices.count)
            var underWay = 0
            func takeNext() async {
                guard let outcome = await group.next() else { return }
                guard let (done, result) = outcome else { return group.cancelAll() }
                underWay -= 1
                results[done] = result
            }
            // Ends when the survey is stopped, and with it.
            group.addTask {
                for await _ in stops { break }
                return nil
            }
            for (index, device) in devices.enumerated() {
                while underWay >= atOnce { await takeNext() }
                guard control.level == .running, !Task.isCancelled else { break }
                underWay += 1
                let visit = SurveyVisit(device: device, environment: environment, loop: environment.bastions.loop(for: device))
                group.addTask(executorPreference: visit.loop.taskExecutor) {
                    do throws(MusterError) {
                        return (index, .success(try await look(visit)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            while underWay > 0 { await takeNext() }
            group.cancelAll()
            return zip(devices, results).map { device, result in
                result ?? .failure(MusterError(.cancelled, phase: .resolve, device: device.name, message: "not looked at"))
            }
        }
        environment.bastions.close()
        await bastions
        await environment.close()
        try Task.checkCancellation()
        return results
    }
}
