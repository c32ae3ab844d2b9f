/// Reads what `ssh` writes to its standard error: bytes in, events out.
///
/// ssh's debug lines tell how far it is. A server can have lines of its own printed among them (a banner, a debug message) that look like
/// them, so they serve for what is shown to people, and for nothing else: ssh itself judges the host key and the login.
struct OpenSSHLog: Sendable {
    /// What a line told.
    enum Event: Sendable, Equatable {
        case phase(Phase)
        /// ssh has written an unknown key of the device to its known hosts.
        case pinned(keyType: String, fingerprint: String)
        /// Something that a person should know, such as that a security key waits to be touched.
        case notice(String)
        /// The session is open: what is typed goes to the device.
        case interactive
        /// A line that came after that.
        case said(String)
    }

    /// How far ssh is.
    private(set) var phase = Phase.resolve
    /// The key that the device showed.
    private(set) var hostKey: (type: String, fingerprint: String)?
    /// The algorithms that were agreed on.
    private(set) var agreed: [String] = []
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
        let said: [Event] = isInteractive ? [.said(line)] : []
        if line.hasPrefix("debug") { return isInteractive ? said : readDebugging(line) }
        if phase == .authenticate, line.hasPrefix("Authenticated to ") { return enter(.open) }
        guard !line.allSatisfy(\.isWhitespace) else { return [] }
        lines.append(line)
        if lines.count > Self.maximumLines { lines.removeFirst() }
        guard line.hasPrefix("Warning: Permanently added ") else { return said }
        // ssh says so right after it has told the key, and before the first encrypted packet.
        guard phase == .hostKey, let hostKey else { return said }
        return [.pinned(keyType: hostKey.type, fingerprint: hostKey.fingerprint)]
    }

    private mutating func readDebugging(_ line: String) -> [Event] {
        let text = line.drop { $0 != " " }.dropFirst()
        if phase == .handshake || phase == .hostKey, text.hasPrefix("Server host key: ") {
            let words = text.split(separator: " ")
            if words.count >= 5 { hostKey = (String(words[3]), String(words[4])) }
        }
        if phase == .handshake, text.hasPrefix("kex: ") { readAgreement(text.dropFirst(5)) }
        switch phase {
        case .resolve where text.hasPrefix("Connecting to ") || text.hasPrefix("Executing proxy command"): return enter(.connect)
        case .resolve, .connect:
            if text.hasPrefix("Connection established") || text.hasPrefix("Local version string") { return enter(.handshake) }
        case .handshake where text.hasPrefix("Server host key: "): return enter(.hostKey)
        case .hostKey where text.hasPrefix("SSH2_MSG_NEWKEYS sent"): return enter(.authenticate)
        case .authenticate where text.hasPrefix("Authenticated to "): return enter(.open)
        case .open where text.hasPrefix("Entering interactive session"):
            isInteractive = true
            return enter(.login) + [.interactive]
        default: break
        }
        return []
    }

    /// `algorithm: …`, `host key algorithm: …`, `server->client cipher: … MAC: … compression: …`.
    private mutating func readAgreement(_ text: Substring) {
        let words = text.split(separator: " ")
        for (label, name) in zip(words, words.dropFirst()) where ["algorithm:", "cipher:", "MAC:"].contains(label) {
            agreed.append(String(name))
        }
    }

    private mutating func enter(_ phase: Phase) -> [Event] {
        self.phase = phase
        return [.phase(phase)]
    }
}
