/// Reads how a command ended that ran over a shared connection, from what the `ssh` writes that shares it: the one that ran the command ends
/// with 255 whenever something is out of the ordinary, and that may be the command's own status as well.
///
/// ```
/// debug1: Sending command: kill -KILL $$
/// debug2: channel_input_status_confirm: type 99 id 2
/// debug1: client_input_channel_req: channel 2 rtype exit-signal reply 0
/// debug1: channel 2: free: client-session, nchannels 3
/// ```
struct ExecLog: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        case status
        case signal
        /// The server runs no commands.
        case refused
        /// The server opens no channel; the reason is its own.
        case unopened(String)
        /// The channel was closed without a word.
        case untold
    }

    /// The level of ssh's log that has all of that.
    static let level = "DEBUG2"

    /// Nil until it is known.
    private(set) var outcome: Outcome?

    /// Takes a line.
    mutating func read(_ line: String) {
        guard outcome == nil else { return }
        let text = line.hasPrefix("debug") ? line.drop { $0 != " " }.dropFirst() : line[...]
        if text.hasPrefix("client_input_channel_req: channel ") {
            if text.contains(" rtype exit-status ") { outcome = .status }
            if text.contains(" rtype exit-signal ") { outcome = .signal }
        } else if text.hasPrefix("channel_input_status_confirm: type 100 ") {
            // The request for the command is the one that wants an answer (RFC 4254, 6.5).
            outcome = .refused
        } else if text.hasPrefix("channel "), let end = text.firstRange(of: ": ") {
            let what = text[end.upperBound...]
            if what.hasPrefix("open failed: ") { outcome = .unopened(String(what.dropFirst("open failed: ".count))) }
            if what.hasPrefix("free: client-session,") { outcome = .untold }
        }
    }
}
