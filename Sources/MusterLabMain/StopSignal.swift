import Dispatch
import Foundation

/// SIGINT and SIGTERM as an event, so that what was made can be removed before the process ends.
final class StopSignal {
    private let sources: [any DispatchSourceSignal]
    private let arrivals: AsyncStream<Void>

    /// Takes the signals over from here on; one that comes before `wait` is not lost.
    init() {
        let (arrivals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        self.arrivals = arrivals
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
    }

    deinit { sources.forEach { $0.cancel() } }

    /// Returns when one of the signals has come.
    func wait() async {
        for await _ in arrivals { return }
    }
}
