import Dispatch
import Synchronization

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

/// Where the signal handler writes: a global, since a C function reaches nothing else, and lock-free, as a handler needs it.
private let wakeDescriptor = Atomic<Int32>(-1)

/// A watch by a handler that writes each signal to a pipe, and Dispatch, which reads it where locks may be taken.
///
/// Dispatch's own signal sources need every thread of the process to block the signal on Linux: one that does not loses it.
final class PipeSignalWatch: SignalWatch {
    private static let meanings: [Int32: StopSignal] = [SIGINT: .interrupt, SIGTERM: .terminate, SIGHUP: .hangUp]

    private let source: any DispatchSourceRead

    /// Starts to watch.
    ///
    /// - Returns: `nil` when the process has no descriptors left; the signals then do what they do by default.
    init?(_ handler: @escaping @Sendable (StopSignal) -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reader = ends[0]
        source = DispatchSource.makeReadSource(fileDescriptor: reader, queue: DispatchQueue(label: "muster.signals"))
        source.setEventHandler {
            // Readable, so this does not block.
            var bytes = [UInt8](repeating: 0, count: 16)
            let count = read(reader, &bytes, bytes.count)
            for number in bytes.prefix(max(0, count)) {
                if let meaning = PipeSignalWatch.meanings[Int32(number)] { handler(meaning) }
            }
        }
        source.resume()
        wakeDescriptor.store(ends[1], ordering: .sequentiallyConsistent)
        for number in PipeSignalWatch.meanings.keys {
            // Unlike SIG_IGN, a handler is not passed on to the commands that fetch secrets.
            let before = signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(wakeDescriptor.load(ordering: .sequentiallyConsistent), &byte, 1)
                errno = before
            }
            // A script's background job is started with interrupts ignored, what `nohup` starts with SIGHUP; they stay deaf to them.
            if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(number, SIG_IGN) }
        }
    }

    func end() {
        for number in PipeSignalWatch.meanings.keys { signal(number, SIG_DFL) }
        source.cancel()
        // The pipe stays open: on another thread a handler may be about to write to it.
    }
}

/// Makes a write to a closed pipe an error of the write.
///
/// The handler does nothing; unlike SIG_IGN, it is not passed on to the commands that fetch secrets.
func survivePipeSignals() {
    signal(SIGPIPE) { _ in }
}

/// Takes the places of standard streams that the process was started without, or its next file or socket would be one of them.
///
/// Each is open the wrong way round: to use it is the same error as before.
func occupyStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest that is free, so it is the one.
        _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}
