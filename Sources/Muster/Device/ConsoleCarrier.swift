import MusterSSH
import MusterTransport

/// What carries a device's console and is ended with it: an SSH session, a telnet connection, a child process.
protocol ConsoleCarrier: Sendable {
    /// Logs out and frees everything; never fails and waits no longer than a moment for the device.
    ///
    /// - Parameter lastWords: Sends what the device is to read before the end.
    func close(after lastWords: @Sendable () -> Void) async

    /// Ends it at once, from any thread; what waits is resumed.
    func cancel()
}

extension SSHSession: ConsoleCarrier {}
