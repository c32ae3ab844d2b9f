import Dispatch

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A watch over signals, in force until `end`.
package protocol SignalWatch: AnyObject {
    /// Stops watching.
    func end()
}

/// A watch by Dispatch, which delivers signals on a thread of its own, where locks may be taken.
final class DispatchSignalWatch: SignalWatch {
    private let sources: [any DispatchSourceSignal]

    init(_ handler: @escaping @Sendable (StopSignal) -> Void) {
        let queue = DispatchQueue(label: "muster.signals")
        sources = [(SIGINT, StopSignal.interrupt), (SIGTERM, .terminate)].map { number, meaning in
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(meaning) }
            source.resume()
            return source
        }
    }

    func end() {
        for source in sources { source.cancel() }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}

/// Makes a write to a closed pipe an error of the write.
///
/// The handler does nothing; unlike SIG_IGN, it is not passed on to the commands that fetch secrets.
func survivePipeSignals() {
    signal(SIGPIPE) { _ in }
}
