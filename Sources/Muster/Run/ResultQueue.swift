import Synchronization

/// The results on their way from the run to its reader.
///
/// Unlike an `AsyncStream`, which drops everything once its reader is cancelled, it hands out all results: a cancelled run still has one for
/// each device.
final class ResultQueue: Sendable {
    private struct State {
        var results: [DeviceResult] = []
        var isFinished = false
        var readers: [CheckedContinuation<DeviceResult?, Never>] = []
    }

    private let state = Mutex(State())

    /// Adds a result.
    func append(_ result: DeviceResult) {
        let reader = state.withLock { state -> CheckedContinuation<DeviceResult?, Never>? in
            if state.readers.isEmpty {
                state.results.append(result)
                return nil
            }
            return state.readers.removeFirst()
        }
        reader?.resume(returning: result)
    }

    /// No more results come.
    func finish() {
        let readers = state.withLock { state in
            state.isFinished = true
            defer { state.readers = [] }
            return state.readers
        }
        for reader in readers { reader.resume(returning: nil) }
    }

    /// The next result; `nil` when all have been handed out.
    func next() async -> DeviceResult? {
        await withCheckedContinuation { continuation in
            let (isReady, result) = state.withLock { state -> (Bool, DeviceResult?) in
                if !state.results.isEmpty { return (true, state.results.removeFirst()) }
                if !state.isFinished { state.readers.append(continuation) }
                return (state.isFinished, nil)
            }
            if isReady { continuation.resume(returning: result) }
        }
    }
}
