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
        /// ssh has accepted an unknown key of the device, and could not write it.
        case notPinned(keyType: String, fingerprint: String, reason: String)
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
        if !isInteractive, line.hasPrefix("Authenticated to ") { return enter(.open) }
        guard !line.allSatisfy(\.isWhitespace), !Self.isStatistics(line) else { return said }
        lines.append(line)
        if lines.count > Self.maximumLines { lines.removeFirst() }
        // ssh says so right after it has told the key, and before the first encrypted packet.
        guard phase == .hostKey, let hostKey else { return said }
        if line.hasPrefix("Warning: Permanently added ") { return [.pinned(keyType: hostKey.type, fingerprint: hostKey.fingerprint)] }
        if line.hasPrefix(Self.unwritten) {
            let file = line.dropFirst(Self.unwritten.count).drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
            return [
                .notPinned(
                    keyType: hostKey.type, fingerprint: hostKey.fingerprint,
                    reason: file.isEmpty ? "ssh could not write it" : "ssh could not write \(file)")
            ]
        }
        return said
    }

    private static let unwritten = "Failed to add the host to the list of known hosts"

    /// What ssh adds to all that is said of a session's end, and nobody has asked for.
    private static func isStatistics(_ line: String) -> Bool {
        line.hasPrefix("Transferred: sent ") || line.hasPrefix("Bytes per second: sent ")
    }

    private mutating func readDebugging(_ line: String) -> [Event] {
        let text = line.drop { $0 != " " }.dropFirst()
        // A certificate is shown in place of the key that it is about, and has the same fingerprint.
        if isBefore(.authenticate), text.hasPrefix("Server host key: ") || text.hasPrefix("Server host certificate: ") {
            let words = text.split(separator: " ")
            if words.count >= 5 {
                let type = words[3].hasSuffix("-cert-v01@openssh.com") ? words[3].dropLast(21) : words[3]
                hostKey = (String(type), String(words[4].prefix { $0 != "," }))
            }
            return enter(.hostKey)
        }
        if phase == .handshake, text.hasPrefix("kex: ") { readAgreement(text.dropFirst(5)) }
        if text.hasPrefix("Connecting to ") || text.hasPrefix("Executing proxy command") { return enter(.connect) }
        if text.hasPrefix("Connection established") || text.hasPrefix("Local version string") { return enter(.handshake) }
        if text.hasPrefix("SSH2_MSG_NEWKEYS sent") { return enter(.authenticate) }
        if text.hasPrefix("Authenticated to ") { return enter(.open) }
        if text.hasPrefix("Entering interactive session") {
            let events = enter(.login)
            isInteractive = true
            return events + [.interactive]
        }
        return []
    }

    /// The phases in their order.
    // ssh may leave a line out: where Kerberos does the key exchange, there is no host key.
    private static let order: [Phase] = [.resolve, .connect, .handshake, .hostKey, .authenticate, .open, .login]

    private func isBefore(_ phase: Phase) -> Bool {
        guard let now = Self.order.firstIndex(of: self.phase), let other = Self.order.firstIndex(of: phase) else { return false }
        return now < other
    }

    /// `algorithm: …`, `host key algorithm: …`, `server->client cipher: … MAC: … compression: …`.
    private mutating func readAgreement(_ text: Substring) {
        let words = text.split(separator: " ")
        for (label, name) in zip(words, words.dropFirst()) where ["algorithm:", "cipher:", "MAC:"].contains(label) {
            agreed.append(String(name))
        }
    }

    /// Goes on to a phase, through all that lie before it; back to none.
    private mutating func enter(_ phase: Phase) -> [Event] {
        guard isBefore(phase), let now = Self.order.firstIndex(of: self.phase), let last = Self.order.firstIndex(of: phase) else {
            return []
        }
        self.phase = phase
        return Self.order[(now + 1)...last].map { .phase($0) }
    }
}
