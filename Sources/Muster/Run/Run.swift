import MusterTransport

/// Runs commands on devices and hands their results to `body` as they come.
///
/// Every device gets exactly one result, whatever happens to it: its trouble is data, in `status` and `error`. Leaving the scope early
/// cancels the devices that are under way and logs them out.
///
/// ```swift
/// try await withResults(of: ["show version"], on: devices) { results in
///     for await result in results { print(result.host, result.status) }
/// }
/// ```
///
/// - Parameters:
///   - commands: Command lines, sent in order to each device; one that a device rejects does not stop the next, unless
///     `RunOptions.stopsOnFailure` is set.
///   - devices: Where to run them.
///   - options: Fan-out, order, timeouts, host keys.
///   - control: Stops the run from outside.
///   - events: Told of starts, phases, ends and warnings, from any thread.
///   - body: Iterates over the results.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `MusterError` with code `usage` when the run cannot begin. When the task is cancelled, the devices
///   under way are cancelled too, and their results say so.
public func withResults<R: Sendable>(
    of commands: [String], on devices: [Device], options: RunOptions = RunOptions(), control: RunControl = RunControl(),
    events: @escaping @Sendable (RunEvent) -> Void = { _ in }, _ body: (DeviceResults) async throws -> R
) async throws -> R {
    try await withResults(
        of: devices.map { DeviceTask($0, commands: commands) }, options: options, control: control, events: events, body)
}

/// Has each device do what is its own to do, and hands the results to `body` as they come.
///
/// As `withResults(of:on:)`, with commands or a configuration change for each device:
///
/// ```swift
/// let tasks = devices.map { DeviceTask($0, change: ConfigurationChange(["ntp server \(nearest(to: $0))"])) }
/// try await withResults(of: tasks) { results in
///     for await result in results { print(result.host, result.change?.state ?? .unchanged) }
/// }
/// ```
///
/// - Parameters:
///   - tasks: The devices, and what each is to do.
///   - options: Fan-out, order, timeouts, host keys, and how the run spreads over the devices.
///   - control: Stops the run from outside.
///   - events: Told of starts, phases, ends and warnings, from any thread.
///   - body: Iterates over the results.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `MusterError` with code `usage` when the run cannot begin. When the task is cancelled, the devices
///   under way are cancelled too, and their results say so.
public func withResults<R: Sendable>(
    of tasks: [DeviceTask], options: RunOptions = RunOptions(), control: RunControl = RunControl(),
    events: @escaping @Sendable (RunEvent) -> Void = { _ in }, _ body: (DeviceResults) async throws -> R
) async throws -> R {
    let devices = tasks.map(\.device)
    guard options.fanout > 0 else {
        throw MusterError(.usage, phase: .resolve, device: "", message: "expected a fan-out of 1 or more, found \(options.fanout)")
    }
    let environment = try await DeviceEnvironment.load(devices: devices, options: options, events: events)
    let fanout = min(options.fanout, FileLimit.raise(filesPerDevice: devices.map(\.openFiles).max() ?? 1))
    if fanout < min(options.fanout, devices.count) {
        events(
            .warning(
                host: nil,
                "the open-file limit allows \(fanout) device\(fanout == 1 ? "" : "s") at once, not \(options.fanout); raise it with ulimit -n"
            ))
    }
    let fleet = Fleet(
        tasks: tasks, options: options, control: control, environment: environment, fanout: fanout)
    let queue = ResultQueue()
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await environment.bastions.run(in: environment) }
        group.addTask(executorPreference: Loops.next().taskExecutor) {
            await fleet.run { queue.append($0) }
            environment.bastions.close()
            await environment.close()
            queue.finish()
        }
        do {
            let value = try await body(DeviceResults(queue: queue))
            group.cancelAll()
            try await group.waitForAll()
            return value
        } catch {
            group.cancelAll()
            throw error
        }
    }
}

/// Runs commands on devices and returns all results, in the order of the devices.
///
/// - Parameters:
///   - commands: Command lines, sent in order to each device.
///   - devices: Where to run them.
///   - options: Fan-out, timeouts, host keys; its `mode` is taken as `gather`.
/// - Returns: One result per device.
/// - Throws: `MusterError` with code `usage` when the run cannot begin; `CancellationError` when the task was cancelled.
public func gather(_ commands: [String], on devices: [Device], options: RunOptions = RunOptions()) async throws -> [DeviceResult] {
    var options = options
    options.mode = .gather
    return try await withResults(of: commands, on: devices, options: options) { results in
        var all: [DeviceResult] = []
        for await result in results { all.append(result) }
        try Task.checkCancellation()
        return all
    }
}

/// Changes the configuration of devices and returns all results, in the order of the devices.
///
/// A device that rejects a line keeps what it had where its platform has a commit; elsewhere the result's error says which lines are in effect.
///
/// - Parameters:
///   - change: The lines, and how they are brought in.
///   - devices: What to change.
///   - options: Fan-out, timeouts, host keys, and how the change spreads; its `mode` is taken as `gather`.
/// - Returns: One result per device, with what came of the change in `change`.
/// - Throws: `MusterError` with code `usage` when the run cannot begin; `CancellationError` when the task was cancelled: what devices have the
///   change is then unknown, which `withResults(of:)` tells.
public func configure(
    _ change: ConfigurationChange, on devices: [Device], options: RunOptions = RunOptions()
) async throws -> [DeviceResult] {
    var options = options
    options.mode = .gather
    return try await withResults(of: devices.map { DeviceTask($0, change: change) }, options: options) { results in
        var all: [DeviceResult] = []
        for await result in results { all.append(result) }
        try Task.checkCancellation()
        return all
    }
}

/// The results of a run, in the order that its mode sets.
public struct DeviceResults: AsyncSequence, Sendable {
    /// The element is one device's result.
    public typealias Element = DeviceResult
    /// Results come without errors: trouble is in the result.
    public typealias Failure = Never

    let queue: ResultQueue

    /// Makes the iterator.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(queue: queue)
    }

    /// Hands out the results, one reader's each once.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let queue: ResultQueue

        /// The next result, or `nil` at the end of the run.
        ///
        /// A cancelled task still gets all results: those of the devices that were cancelled come soon.
        public mutating func next() async -> DeviceResult? {
            await queue.next()
        }
    }
}
