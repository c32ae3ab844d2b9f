package import MusterTransport

/// Visits many devices side by side without logging in, to see what they offer.
package struct Survey: Sendable {
    /// Makes the connection to a device.
    package typealias Dial = @Sendable (_ device: Device, _ loop: Loop, _ deadline: Instant) async throws(MusterError) -> any ByteTransport

    /// Devices at once.
    package var fanout = 100
    /// The time for one connection, from the look-up of the name to what was asked for.
    package var connectTimeout = Duration.seconds(15)
    /// How connections are made: directly, unless told otherwise.
    package var dial: Dial = Survey.dialDirectly

    package init() {}

    /// Looks at each device once.
    ///
    /// - Parameters:
    ///   - devices: Where to look.
    ///   - look: Looks at one device, on its event loop.
    /// - Returns: What came of it, in the order of the devices.
    /// - Throws: `CancellationError` when the task was cancelled.
    package func results<Seen: Sendable>(
        _ devices: [Device], _ look: @escaping @Sendable (SurveyVisit) async throws(MusterError) -> Seen
    ) async throws -> [Result<Seen, MusterError>] {
        var results: [Result<Seen, MusterError>?] = Array(repeating: nil, count: devices.count)
        let atOnce = max(1, min(fanout, FileLimit.raise()))
        await withTaskGroup(of: (Int, Result<Seen, MusterError>).self) { group in
            for (index, device) in devices.enumerated() {
                if index >= atOnce, let (done, result) = await group.next() { results[done] = result }
                let visit = SurveyVisit(device: device, survey: self, loop: Loops.next())
                group.addTask(executorPreference: visit.loop.taskExecutor) {
                    do throws(MusterError) {
                        return (index, .success(try await look(visit)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for await (done, result) in group { results[done] = result }
        }
        try Task.checkCancellation()
        return results.compactMap { $0 }
    }
}
