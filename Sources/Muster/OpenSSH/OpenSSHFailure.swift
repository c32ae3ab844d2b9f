import MusterInventory

/// Why `ssh` did not get in, read from what it said.
struct OpenSSHFailure: Error, Sendable, Equatable {
    var code: MusterError.Code
    var phase: Phase
    var message: String
    var hint: String?
    /// Whether it was said before the device was there to say it: a bastion of ssh's own has refused.
    var isBastions = false

    /// - Parameters:
    ///   - log: All that ssh wrote to its standard error.
    ///   - status: Its exit status; 255 stands for ssh's own errors, any other is the remote shell's.
    init(log: OpenSSHLog, status: Int32?) {
        let said = Said(log: log)
        if let failure = said.early ?? said.late {
            self = failure.placed(at: log.phase)
            return
        }
        let shown = said.tail
        if log.phase == .resolve, status == 126 || status == 127 {
            // A shell that was to start it says so.
            self.init(
                .usage, .connect, "ssh cannot be run: \"\(shown)\"",
                hint: "the transport openssh needs the OpenSSH client, in the PATH")
            return
        }
        let ending = status.map { "ssh ended with status \($0)" } ?? "ssh was ended"
        self.init(
            Self.usualCode(log.phase), log.phase, shown.isEmpty ? "\(ending) and said nothing" : "\(ending): \"\(shown)\"",
            hint: "`ssh -v` with the same destination may tell more")
    }

    init(_ code: MusterError.Code, _ phase: Phase, _ message: String, hint: String? = nil) {
        self.code = code
        self.phase = phase
        self.message = message
        self.hint = hint
    }

    /// The failure, and whose it is: until the device has shown its host key, only a bastion can have asked or refused.
    ///
    /// - Parameter phase: How far ssh has come with the device.
    func placed(at phase: Phase) -> OpenSSHFailure {
        var failure = self
        let isBeforeTheDevice = [.resolve, .connect, .handshake].contains(phase)
        failure.isBastions = isBeforeTheDevice && [.authentication, .credential, .hostKey].contains(code)
        return failure
    }

    private static func usualCode(_ phase: Phase) -> MusterError.Code {
        switch phase {
        case .resolve, .connect: .connection
        case .handshake: .handshake
        case .hostKey: .hostKey
        case .authenticate: .authentication
        default: .connectionLost
        }
    }
}

/// What ssh said, looked through from its last line.
private struct Said {
    let log: OpenSSHLog

    /// The last lines, for people.
    var tail: String {
        log.lines.suffix(3).map { $0.escapedForMessage(limit: 300) }.joined(separator: " | ")
    }

    private var phase: Phase { log.phase }

    /// The last line that has `part` in it.
    private func line(_ part: String) -> String? {
        log.lines.last { $0.contains(part) }
    }

    /// What follows `part` in the last line that has it, fit for a message.
    private func rest(after part: String) -> String? {
        guard let line = line(part), let range = line.firstRange(of: part) else { return nil }
        return line[range.upperBound...].trimmed.escapedForMessage(limit: 300)
    }

    // MARK: Before the device could print anything

    var early: OpenSSHFailure? {
        configuration ?? (isEarly ? hostKey ?? unresolved ?? mismatch ?? bastion ?? unconnected : nil)
    }

    private var isEarly: Bool {
        switch phase {
        case .resolve, .connect, .handshake, .hostKey: true
        default: false
        }
    }

    /// ssh did not even begin.
    private var configuration: OpenSSHFailure? {
        guard phase == .resolve else { return nil }
        let signs = [
            "Bad configuration option", "Bad owner or permissions", "bad configuration options", "Bad SSH2", "Bad key types",
            "command-line", "unknown option", "illegal option", "keyword ", "unsupported option", "Can't open user config file",
        ]
        guard let sign = signs.lazy.compactMap({ line($0) }).first else { return nil }
        return OpenSSHFailure(
            .usage, .resolve, "ssh does not accept its configuration: \"\(sign.escapedForMessage(limit: 300))\"",
            hint: "mend ~/.ssh/config or the file that was named with -F")
    }

    private var hostKey: OpenSSHFailure? {
        let seen = log.hostKey.map { "\($0.type) \($0.fingerprint)" } ?? "another one"
        if line("REVOKED HOST KEY DETECTED") != nil {
            return OpenSSHFailure(.hostKey, .hostKey, "the host key is revoked: \(seen)", hint: "the device needs a new host key")
        }
        if line("REMOTE HOST IDENTIFICATION HAS CHANGED") != nil || line("host key for ")?.contains("has changed") == true {
            let origin = line("Offending ")?.split(separator: " ").last.map { " (\(String($0).escapedForMessage(limit: 300)))" } ?? ""
            return OpenSSHFailure(
                .hostKey, .hostKey, "the host key has changed: expected the known one\(origin), seen \(seen)",
                hint: "someone may be in between; if the device was replaced, remove the old key with `ssh-keygen -R`")
        }
        if line("host key is known for ") != nil {
            return OpenSSHFailure(
                .hostKey, .hostKey, "the host key is not known: \(seen)",
                hint: "compare the fingerprint with the device's and add the key to the known hosts, or use --host-keys accept-new once")
        }
        guard line("Host key verification failed") != nil else { return nil }
        return OpenSSHFailure(.hostKey, .hostKey, "ssh refused the host key \(seen): \"\(tail)\"")
    }

    private var unresolved: OpenSSHFailure? {
        guard let text = rest(after: "Could not resolve hostname ") else { return nil }
        return OpenSSHFailure(
            .unknownHost, .resolve, "no address for \(text)", hint: "check the spelling, or set `address` to an IP address")
    }

    private var mismatch: OpenSSHFailure? {
        guard let what = rest(after: "no matching "), let split = what.firstRange(of: " found. Their offer: ") else { return nil }
        let kind = what[..<split.lowerBound]
        return OpenSSHFailure(
            .noCommonAlgorithm, .handshake, "no common \(kind): the device offers \(what[split.upperBound...]), and ssh none of these",
            hint: "`legacy: true` offers what old devices speak")
    }

    /// The way through a bastion ended there.
    private var bastion: OpenSSHFailure? {
        guard line("stdio forwarding failed") != nil || line("Stdio forwarding request failed") != nil else { return nil }
        let why = rest(after: "open failed: ") ?? "the bastion refused the forward"
        return OpenSSHFailure(
            .connection, .connect, "no connection through the bastion: \(why)", hint: "is the device reachable from there?")
    }

    private var unconnected: OpenSSHFailure? {
        if let line = line(": Permission denied (") { return refused(line, phase: phase) }
        if let text = rest(after: "connect to host ") {
            let isLate = text.hasSuffix("timed out")
            return OpenSSHFailure(
                isLate ? .timeout : .connection, .connect, "no connection to \(text)",
                hint: isLate
                    ? "the device is down, or a firewall drops the packets; --connect-timeout sets the time"
                    : "check the address, the port, and that SSH is enabled")
        }
        if line("timed out during banner exchange") != nil || line(" timed out") != nil {
            return OpenSSHFailure(.timeout, .handshake, "the device did not answer in the handshake: \"\(tail)\"")
        }
        if let text = rest(after: "banner exchange: ") { return OpenSSHFailure(.handshake, .handshake, "no SSH server: \(text)") }
        return cutOff
    }

    // MARK: Afterwards

    var late: OpenSSHFailure? {
        if phase == .authenticate {
            if let line = line("Too many authentication failures") {
                return OpenSSHFailure(
                    .authentication, .authenticate, "the device allows no more tries: \"\(line.escapedForMessage(limit: 300))\"",
                    hint: "ssh offers each key of the agent; name one with `identity`, so that it offers no others")
            }
            if let line = line(": Permission denied (") { return refused(line, phase: .authenticate) }
        }
        if phase == .open || phase == .login {
            let refusals = ["PTY allocation request failed", "shell request failed", "open failed: "]
            if let line = refusals.lazy.compactMap({ self.line($0) }).first {
                return OpenSSHFailure(.channel, .open, "the device refused the session: \"\(line.escapedForMessage(limit: 300))\"")
            }
        }
        return isEarly ? nil : cutOff
    }

    private func refused(_ line: String, phase: Phase) -> OpenSSHFailure {
        let parts = line.split(separator: ": Permission denied (", maxSplits: 1)
        let methods = parts.count > 1 ? parts[1].prefix { $0 != ")" }.replacing(",", with: ", ") : ""
        let login = String(parts.first ?? "").escapedForMessage(limit: 200)
        return OpenSSHFailure(
            .authentication, phase,
            "\(login) was refused; accepted are \(methods.escapedForMessage(limit: 200))",
            hint: "check the user name and the password or key")
    }

    private var cutOff: OpenSSHFailure? {
        let signs = [
            "Timeout, server ", "Received disconnect from ", "Disconnected from ", "closed by remote host", "Connection closed by ",
            "Connection reset by ", "kex_exchange_identification", "ssh_exchange_identification", "Broken pipe", "ssh_dispatch_run_fatal",
        ]
        guard let line = signs.lazy.compactMap({ self.line($0) }).first else { return nil }
        let code: MusterError.Code = line.hasPrefix("Timeout, server ") ? .timeout : .connectionLost
        return OpenSSHFailure(
            code, phase, "the connection ended: \"\(line.escapedForMessage(limit: 300))\"",
            hint: phase == .handshake ? "the device may refuse this address, or have no free session" : nil)
    }
}

extension OpenSSHLog {
    /// What ssh said of the keys that it could not use.
    var keyTrouble: [String] {
        let signs = ["Load key ", "UNPROTECTED PRIVATE KEY", "sign_and_send_pubkey", "not accessible", "agent refused operation"]
        return lines.filter { line in signs.contains { line.contains($0) } }.map { $0.escapedForMessage(limit: 200) }
    }
}

extension StringProtocol {
    /// Without spaces at both ends.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
