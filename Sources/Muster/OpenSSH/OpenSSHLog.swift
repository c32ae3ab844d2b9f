/// Reads what `ssh` writes to its standard error: bytes in, events out.
///
/// ssh's debug lines tell how far it is. What a server may have printed (its banner) comes among them and can look like them, so nothing
/// that matters rests on a line that comes later than the server's first chance to print: the host key is judged before.
struct OpenSSHLog: Sendable {
    /// What a line told.
    enum Event: Sendable, Equatable {
        case phase(Phase)
        /// ssh has written an unknown key of the device to its known hosts.
        case pinned(keyType: String, fingerprint: String)
        /// The same for another machine on the way, in ssh's words.
        case notice(String)
        /// The session is open: what is typed goes to the device.
        case interactive
    }

    /// How far ssh is.
    private(set) var phase = Phase.resolve
    /// The key that the device showed.
    private(set) var hostKey: (type: String, fingerprint: String)?
    /// The last lines that are not debugging, without control characters at their ends.
    private(set) var lines: [String] = []
    private(set) var isInteractive = false
    private var partial: [UInt8] = []

    static let maximumLine = 2048
    static let maximumLines = 64

    mutating func receive(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                events += read(String(decoding: partial, as: UTF8.self))
                partial = []
            } else if byte != UInt8(ascii: "\r"), partial.count < Self.maximumLine {
                partial.append(byte)
            }
        }
        return events
    }

    /// Takes a last line that has no end.
    mutating func end() {
        guard !partial.isEmpty else { return }
        _ = read(String(decoding: partial, as: UTF8.self))
        partial = []
    }

    private mutating func read(_ line: String) -> [Event] {
        if line.hasPrefix("debug") { return readDebugging(line) }
        if phase == .authenticate, line.hasPrefix("Authenticated to ") { return enter(.open) }
        guard !line.allSatisfy(\.isWhitespace) else { return [] }
        lines.append(line)
        if lines.count > Self.maximumLines { lines.removeFirst() }
        guard line.hasPrefix("Warning: Permanently added ") else { return [] }
        // The device's own comes between its key and the first encrypted packet, and all others before.
        switch phase {
        case .hostKey: return hostKey.map { [.pinned(keyType: $0.type, fingerprint: $0.fingerprint)] } ?? []
        case .resolve, .connect, .handshake: return [.notice(String(line.dropFirst("Warning: ".count)))]
        default: return []
        }
    }

    private mutating func readDebugging(_ line: String) -> [Event] {
        let text = line.drop { $0 != " " }.dropFirst()
        switch phase {
        case .resolve where text.hasPrefix("Connecting to ") || text.hasPrefix("Executing proxy command"): return enter(.connect)
        case .resolve, .connect:
            if text.hasPrefix("Connection established") || text.hasPrefix("Local version string") { return enter(.handshake) }
        case .handshake where text.hasPrefix("Server host key: "):
            let words = text.split(separator: " ")
            if words.count >= 5 { hostKey = (String(words[3]), String(words[4])) }
            return enter(.hostKey)
        case .hostKey where text.hasPrefix("SSH2_MSG_NEWKEYS sent"): return enter(.authenticate)
        case .authenticate where text.hasPrefix("Authenticated to "): return enter(.open)
        case .open where text.hasPrefix("Entering interactive session"):
            isInteractive = true
            return enter(.login) + [.interactive]
        default: break
        }
        return []
    }

    private mutating func enter(_ phase: Phase) -> [Event] {
        self.phase = phase
        return [.phase(phase)]
    }
}
