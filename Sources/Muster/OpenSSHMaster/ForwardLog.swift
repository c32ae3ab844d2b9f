/// Reads why connections through a bastion did not come about, from what `ssh` writes meanwhile: its answer to who asked does not say.
///
/// ```
/// debug1: channel_connect_stdio_fwd: 192.0.2.7:22
/// debug1: channel 3: new stdio-forward [stdio-forward] (inactive timeout: 0)
/// channel 3: open failed: connect failed: Connection refused
/// ```
struct ForwardLog: Sendable {
    /// What was asked for, before its channel has a number.
    private var asked: String?
    private var targets: [Int: String] = [:]

    /// Takes a line.
    ///
    /// - Returns: The host and port that a connection was refused to, as `host:port`, and the bastion's reason.
    mutating func read(_ line: String) -> (target: String, reason: String)? {
        if line.hasPrefix("debug"), let range = line.firstRange(of: "channel_connect_stdio_fwd") {
            asked = String(line[range.upperBound...].drop { $0 == ":" || $0 == " " })
            return nil
        }
        let text = line.hasPrefix("debug") ? line.drop { $0 != " " }.dropFirst() : line[...]
        guard text.hasPrefix("channel "), let colon = text.firstIndex(of: ":"),
            let number = Int(text[..<colon].dropFirst("channel ".count))
        else { return nil }
        let what = text[colon...].dropFirst(2)
        if let target = asked, what.hasPrefix("new ") {
            asked = nil
            targets[number] = target
        } else if what.hasPrefix("free") {
            targets[number] = nil
        } else if what.hasPrefix("open failed: "), let target = targets.removeValue(forKey: number) {
            return (target, String(what.dropFirst("open failed: ".count)))
        }
        return nil
    }
}
