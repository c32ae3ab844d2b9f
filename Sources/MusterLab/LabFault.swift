/// Something that is wrong with a device.
///
/// Every fault but `gate` has a text form, `name` or `name=value`, for flags and inventories.
package enum LabFault: Sendable {
    /// The moments of a connection at which a device can drop it or fall silent.
    package enum Phase: String, CaseIterable, Sendable {
        /// Before a byte was sent.
        case accept
        /// After the server's SSH banner.
        case banner
        /// In the middle of the key exchange.
        case kex
        /// When the client offers its first credential.
        case auth
        /// When the client opens a channel.
        case open
        /// When the client asks for a terminal.
        case pty
        /// When the client asks for a shell.
        case shell
        /// After the shell was granted, before the first prompt.
        case login
    }

    /// Waits before the output of each command.
    case latency(Duration)
    /// Refuses every password.
    case refusePassword
    /// Grants a shell and never says a word.
    case neverPrompts
    /// Drops the connection in the middle of the first command's output.
    case dropMidCommand
    /// Sends one byte at a time, with a pause in between.
    case trickle(Duration)
    /// `show version` (on Linux `uname -a`) prints this many bytes.
    case huge(bytes: Int)
    /// Every command's output starts with NUL, invalid UTF-8 and ANSI colours.
    case junk
    /// Shows another host key from the second connection on.
    case changedHostKey
    /// Accepts the command that turns paging off, and pages on.
    case pagerAlways
    /// Refuses the command that turns paging off, and pages on.
    case pagerRefused
    /// Lands in the unprivileged mode, so that `enable` is needed.
    case loginExec
    /// Drops the connection at a moment.
    case dropAt(Phase)
    /// Keeps the connection at a moment and says nothing more.
    case stallAt(Phase)
    /// Prints lines before the first prompt.
    case banner(String)
    /// Does not echo what is typed.
    case noEcho
    /// Offers keyboard-interactive authentication and no password.
    case keyboardInteractive
    /// Takes a key for one half of the login and then asks for a one-time code.
    case keyThenCode
    /// Asks for the password and a one-time code, by keyboard-interactive alone.
    case oneTimeCode
    /// Asks this question by keyboard-interactive, and takes no answer.
    case question(String)
    /// Disconnects after so many refused credentials.
    case loginTries(Int)
    /// Sends a banner of so many bytes before the login.
    case loginBanner(bytes: Int)
    /// Sends so many bytes of text before its SSH version line.
    case versionLines(bytes: Int)
    /// Takes the empty password, and no other.
    case emptyPassword
    /// Lets everyone in without a credential.
    case noLogin
    /// Ends the shell, but keeps the connection, when this many commands have run.
    case exitAfter(Int)
    /// Does not run a command that begins so, and prints this.
    case says(String, to: String)
    /// Runs no command without a shell.
    case noExec
    /// Something about the telnet server.
    case telnet(LabTelnetFault)
    /// Holds the output of a command until a test lets it go.
    case gate(LabGate)
}

extension LabFault {
    /// The names of the faults that have a text form, with what each does, for help texts.
    package static let catalogue: [(form: String, summary: String)] = [
        ("latency=DURATION", "waits before the output of each command"),
        ("refuse-password", "refuses every password"),
        ("never-prompts", "grants a shell and never says a word"),
        ("drop-mid-command", "drops the connection in the middle of the first output"),
        ("trickle[=DURATION]", "sends one byte at a time, with a pause between"),
        ("huge=BYTES", "show version (uname -a) prints this many bytes"),
        ("junk", "NUL, invalid UTF-8 and ANSI colours before each output"),
        ("changed-host-key", "another host key from the second connection on"),
        ("pager-always", "accepts turning the pager off, and pages on"),
        ("pager-refused", "refuses turning the pager off, and pages on"),
        ("login-exec", "lands in the unprivileged mode"),
        ("drop-at=PHASE", "drops at accept, banner, kex, auth, open, pty, shell, login"),
        ("stall-at=PHASE", "says nothing more from that phase on"),
        ("banner=TEXT", "lines before the first prompt; \\n ends a line"),
        ("no-echo", "does not echo what is typed"),
        ("keyboard-interactive", "offers keyboard-interactive and no password"),
        ("key-then-code", "takes a key for half of the login, then asks for a code"),
        ("one-time-code", "asks for the password and a code, interactively"),
        ("question=TEXT", "asks that interactively, and takes no answer"),
        ("login-tries=COUNT", "disconnects after so many refused credentials"),
        ("login-banner=BYTES", "sends that much before the login"),
        ("version-lines=BYTES", "sends that much before its SSH version line"),
        ("empty-password", "takes the empty password, and no other"),
        ("no-login", "lets everyone in without a credential"),
        ("exit-after=COUNT", "ends the session after so many commands"),
        ("says=COMMAND => TEXT", "prints that to a command that begins so; \\n ends a line"),
        ("no-exec", "runs no command without a shell"),
        ("telnet=WHAT", LabTelnetFault.allCases.map(\.rawValue).joined(separator: ", ")),
    ]

    /// Reads a text form.
    ///
    /// - Parameter text: `name` or `name=value`; a duration is `500ms`, `2s`, `1m` or a number of seconds.
    /// - Throws: `LabError.fault` when the name or the value is not known.
    package init(_ text: String) throws(LabError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let value = parts.count > 1 ? String(parts[1]) : nil
        switch (name, value) {
        case ("latency", .some(let value)): self = .latency(try Self.duration(value, in: text))
        case ("refuse-password", nil): self = .refusePassword
        case ("never-prompts", nil): self = .neverPrompts
        case ("drop-mid-command", nil): self = .dropMidCommand
        case ("trickle", nil): self = .trickle(.zero)
        case ("trickle", .some(let value)): self = .trickle(try Self.duration(value, in: text))
        case ("huge", .some(let value)):
            self = .huge(bytes: try Self.count(value, in: text, expected: "huge=BYTES"))
        case ("junk", nil): self = .junk
        case ("changed-host-key", nil): self = .changedHostKey
        case ("pager-always", nil): self = .pagerAlways
        case ("pager-refused", nil): self = .pagerRefused
        case ("login-exec", nil): self = .loginExec
        case ("drop-at", .some(let value)): self = .dropAt(try Self.phase(value, in: text))
        case ("stall-at", .some(let value)): self = .stallAt(try Self.phase(value, in: text))
        case ("banner", .some(let value)):
            self = .banner(value.split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n"))
        case ("no-echo", nil): self = .noEcho
        case ("keyboard-interactive", nil): self = .keyboardInteractive
        case ("key-then-code", nil): self = .keyThenCode
        case ("one-time-code", nil): self = .oneTimeCode
        case ("question", .some(let value)): self = .question(value)
        case ("login-tries", .some(let value)): self = .loginTries(try Self.count(value, in: text, expected: "login-tries=COUNT"))
        case ("login-banner", .some(let value)):
            self = .loginBanner(bytes: try Self.count(value, in: text, expected: "login-banner=BYTES"))
        case ("version-lines", .some(let value)):
            self = .versionLines(bytes: try Self.count(value, in: text, expected: "version-lines=BYTES"))
        case ("empty-password", nil): self = .emptyPassword
        case ("no-login", nil): self = .noLogin
        case ("exit-after", .some(let value)): self = .exitAfter(try Self.count(value, in: text, expected: "exit-after=COUNT"))
        case ("says", .some(let value)):
            guard let arrow = value.firstRange(of: " => "), arrow.lowerBound > value.startIndex else {
                throw .fault(text, expected: "says=COMMAND => TEXT")
            }
            let lines = value[arrow.upperBound...].split(separator: "\\n", omittingEmptySubsequences: false)
            self = .says(lines.joined(separator: "\n"), to: String(value[..<arrow.lowerBound]))
        case ("no-exec", nil): self = .noExec
        case ("telnet", .some(let value)):
            guard let fault = LabTelnetFault(rawValue: value) else {
                throw .fault(text, expected: "telnet= and one of \(LabTelnetFault.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self = .telnet(fault)
        default:
            let form = Self.catalogue.first { $0.form.prefix { $0 != "=" && $0 != "[" } == name }?.form
            throw .fault(text, expected: form ?? "one of " + Self.catalogue.map(\.form).joined(separator: ", "))
        }
    }

    /// The text form, nil for a gate.
    package var text: String? {
        switch self {
        case .latency(let duration): "latency=\(Self.text(duration))"
        case .refusePassword: "refuse-password"
        case .neverPrompts: "never-prompts"
        case .dropMidCommand: "drop-mid-command"
        case .trickle(let duration): duration == .zero ? "trickle" : "trickle=\(Self.text(duration))"
        case .huge(let bytes): "huge=\(bytes)"
        case .junk: "junk"
        case .changedHostKey: "changed-host-key"
        case .pagerAlways: "pager-always"
        case .pagerRefused: "pager-refused"
        case .loginExec: "login-exec"
        case .dropAt(let phase): "drop-at=\(phase.rawValue)"
        case .stallAt(let phase): "stall-at=\(phase.rawValue)"
        case .banner(let text): "banner=" + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
        case .noEcho: "no-echo"
        case .keyboardInteractive: "keyboard-interactive"
        case .keyThenCode: "key-then-code"
        case .oneTimeCode: "one-time-code"
        case .question(let text): "question=\(text)"
        case .loginTries(let count): "login-tries=\(count)"
        case .loginBanner(let bytes): "login-banner=\(bytes)"
        case .versionLines(let bytes): "version-lines=\(bytes)"
        case .emptyPassword: "empty-password"
        case .noLogin: "no-login"
        case .exitAfter(let count): "exit-after=\(count)"
        case .says(let text, let command):
            "says=\(command) => " + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
        case .noExec: "no-exec"
        case .telnet(let fault): "telnet=\(fault.rawValue)"
        case .gate: nil
        }
    }

    private static func phase(_ value: String, in text: String) throws(LabError) -> Phase {
        guard let phase = Phase(rawValue: value) else {
            throw .fault(text, expected: "one of the phases " + Phase.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return phase
    }

    private static func count(_ value: String, in text: String, expected: String) throws(LabError) -> Int {
        guard let count = Int(value), count > 0 else { throw .fault(text, expected: expected) }
        return count
    }

    private static func duration(_ value: String, in text: String) throws(LabError) -> Duration {
        guard let duration = Duration(labText: value) else { throw .fault(text, expected: "a duration such as 500ms, 2s or 1m") }
        return duration
    }

    private static func text(_ duration: Duration) -> String { "\(duration.labMilliseconds)ms" }
}

extension Duration {
    /// Reads `500ms`, `30` (seconds), `2s`, `1m`, `1h`.
    package init?(labText text: String) {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number), value.isFinite else { return nil }
        switch text.dropFirst(number.count) {
        case "ms": self = .milliseconds(value)
        case "", "s": self = .seconds(value)
        case "m": self = .seconds(value * 60)
        case "h": self = .seconds(value * 3600)
        default: return nil
        }
    }

    var labMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
