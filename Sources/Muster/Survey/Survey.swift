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
    ///   - look: Looks at one device, on its event loop.
    /// - Returns: What came of it, in the order of the devices.
    /// - Throws: `MusterError` with code `usage` when the known hosts files for bastions can't be read; `CancellationError` when the task was
    ///   cancelled.
    package func results<Seen: Sendable>(
        _ devices: [Device], _ look: @escaping @Sendable (SurveyVisit) async throws(MusterError) -> Seen
    ) async throws -> [Result<Seen, MusterError>] {
        let environment = try await DeviceEnvironment.load(devices: devices.flatMap(\.jump), options: options, events: events)
        let atOnce = max(1, min(options.fanout, FileLimit.raise(filesPerDevice: devices.contains(where: \.startsPrograms) ? 6 : 1)))
        async let bastions: Void = environment.bastions.run(in: environment)
        let results = await withTaskGroup(of: (Int, Result<Seen, MusterError>).self) { group in
            var results: [Result<Seen, MusterError>?] = Array(repeating: nil, count: devices.count)
            for (index, device) in devices.enumerated() {
                if index >= atOnce, let (done, result) = await group.next() { results[done] = result }
                let visit = SurveyVisit(device: device, environment: environment, loop: environment.bastions.loop(for: device))
                group.addTask(executorPreference: visit.loop.taskExecutor) {
                    do throws(MusterError) {
                        return (index, .success(try await look(visit)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for await (done, result) in group { results[done] = result }
            return results
        }
        environment.bastions.close()
        await bastions
        await environment.close()
        try Task.checkCancellation()
        return results.compactMap { $0 }
    }
}
