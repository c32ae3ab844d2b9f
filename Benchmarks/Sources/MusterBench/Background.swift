import Foundation
import Synchronization

/// A program that runs beside the measured ones, until it is stopped.
final class Background {
    /// Those that run now, for the signal handlers.
    private static let running = Mutex<Set<pid_t>>([])

    private let process = Process()

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: The executable.
    ///   - arguments: Its arguments.
    ///   - log: The file that gets its standard output and error.
    init(_ program: URL, _ arguments: [String], log: URL) throws {
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let file = try FileHandle(forWritingTo: log)
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        try process.run()
        let pid = process.processIdentifier
        Self.running.withLock { _ = $0.insert(pid) }
    }

    var isRunning: Bool { process.isRunning }

    /// Ends the program and returns when it is gone; kills it when it takes longer than 5 s.
    func stop() {
        process.terminate()
        let deadline = ContinuousClock.now + .seconds(5)
        while process.isRunning && ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.01) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        Self.running.withLock { _ = $0.remove(process.processIdentifier) }
    }

    /// Ends whatever still runs when the runner is interrupted; each is in a process group of its own, which a terminal's Ctrl-C does not reach.
    ///
    /// - Parameter folder: Removed as well.
    static func stopAllOnSignals(removing folder: URL) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                running.withLock { for pid in $0 { kill(pid, SIGTERM) } }
                try? FileManager.default.removeItem(at: folder)
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    /// Registers a program that is waited for elsewhere, so that an interrupt ends it as well.
    static func whileRegistered<Result>(_ pid: pid_t, _ body: () throws -> Result) rethrows -> Result {
        running.withLock { _ = $0.insert(pid) }
        defer { running.withLock { _ = $0.remove(pid) } }
        return try body()
    }
}
