import MusterTransport

/// What `ssh` is told on its command line to reach a device; no secret is among it.
struct OpenSSHCommand: Sendable, Equatable {
    /// One machine on the way, or the last.
    struct Hop: Sendable, Equatable {
        /// Where to connect to.
        var host: String
        /// What ssh is given as if it were typed, where that is another name.
        var alias: String?
        var port: Int?
        var user: String?
        /// Private key files.
        var identities: [String] = []
        /// How many passwords there are to be told.
        var passwords = 1
        /// What is done about its key; the command's policy when `nil`.
        var hostKeys: HostKeyPolicy?
        /// Its known hosts files; the command's when empty.
        var knownHostsFiles: [String] = []
        /// The name that its key has in them.
        var hostKeyAlias: String?
        /// A known hosts file with the only keys that are right.
        var pinFile: String?
        /// What else is said of it; of a keyword that is there twice the first counts.
        var settings: [Setting] = []
        /// The configuration files that ssh reads for it; the command's when `nil`.
        var configuration: Configuration?
        /// The command that connects to it, where no bastion does.
        var proxyCommand: String?
    }

    /// A keyword of ssh_config(5) and its value.
    struct Setting: Sendable, Equatable {
        var keyword: String
        var value: String
    }

    /// Which configuration files ssh reads.
    enum Configuration: Sendable, Equatable {
        /// The user's and the system's.
        case standard
        case none
        case file(String)
    }

    var target: Hop
    /// The bastions, outermost first.
    var bastions: [Hop] = []
    var hostKeys: HostKeyPolicy
    /// The known hosts files; ssh's own choice when empty.
    var knownHostsFiles: [String] = []
    var connectTimeout: Duration
    /// How often the device is asked for a sign of life, and how often in vain before it is taken for dead.
    var keepAlive: KeepAlive?
    var configuration = Configuration.standard
    /// Whether nobody answers ssh's questions.
    var asksNothing = false
    /// Where others ask it for channels of the connection, which it opens no session on then.
    var controlSocket: String?
    /// How much ssh says: phases, and what becomes of channels, are read off its log.
    var logLevel = "DEBUG1"
    /// The program.
    var program = "ssh"

    /// The arguments after the program's name.
    ///
    /// Options of the command line go before those of configuration files, so nothing there can put another ssh, a forward or a command
    /// of its own in between.
    var arguments: [String] {
        files(for: target) + use
            + options([
                ("RemoteCommand", "none"), ("EscapeChar", "none"),
                ("LogLevel", logLevel), ("ClearAllForwardings", "yes"), ("ForwardAgent", "no"), ("ForwardX11", "no"),
            ]) + common(to: target) + way(to: target) + ["--", target.destination]
    }

    /// What the connection is for.
    private var use: [String] {
        guard let controlSocket else { return ["-tt"] + options([("RequestTTY", "force")]) }
        // It goes before what is said of sharing connections below, and stays in the foreground.
        return ["-M", "-N", "-S", Self.percentDoubled(controlSocket)] + options([("RequestTTY", "no"), ("ControlPersist", "no")])
    }

    /// The arguments of one more ssh, which has a channel of its own on the connection that this one shares.
    ///
    /// - Parameter command: What it runs, without a terminal and with nothing to read; a shell in a terminal for nil.
    func sharing(_ socket: String, running command: String?) -> [String] {
        files(for: target) + (command == nil ? ["-tt"] : ["-T", "-n"]) + ["-S", Self.percentDoubled(socket)]
            + options([
                // Where there is no connection to share any more, none is made.
                ("ControlMaster", "no"), ("ProxyCommand", "false"), ("BatchMode", "yes"),
                // Its words would be among those of the command.
                ("LogLevel", "QUIET"), ("RequestTTY", command == nil ? "force" : "no"), ("RemoteCommand", "none"), ("EscapeChar", "none"),
                ("ClearAllForwardings", "yes"), ("ForwardAgent", "no"), ("ForwardX11", "no"), ("PermitLocalCommand", "no"),
            ]) + ["--", target.destination] + (command.map { [$0] } ?? [])
    }

    /// What both the way to the device and the way to its bastions need.
    private func common(to hop: Hop) -> [String] {
        var list: [(String, String)] = [
            ("BatchMode", asksNothing ? "yes" : "no"), ("NumberOfPasswordPrompts", String(max(1, hop.passwords))),
            ("ControlMaster", "no"), ("ControlPath", "none"),
            ("PermitLocalCommand", "no"), ("UpdateHostKeys", "no"), ("VisualHostKey", "no"),
            ("ConnectTimeout", String(wholeSeconds(connectTimeout))),
        ]
        if hop.destination != hop.host { list.append(("HostName", Self.percentDoubled(hop.host))) }
        list += hostKeyOptions(of: hop)
        if let alias = hop.hostKeyAlias { list.append(("HostKeyAlias", Self.quoted(alias))) }
        if let keepAlive {
            list += [("ServerAliveInterval", String(wholeSeconds(keepAlive.interval))), ("ServerAliveCountMax", String(keepAlive.count))]
        }
        list += hop.settings.map { ($0.keyword, $0.value) }
        list += hop.identities.map { ("IdentityFile", Self.path($0)) }
        var arguments = options(list)
        if let port = hop.port { arguments += ["-p", String(port)] }
        if let user = hop.user { arguments += ["-l", user] }
        return arguments
    }

    /// What decides about a hop's host key.
    private func hostKeyOptions(of hop: Hop) -> [(String, String)] {
        var list: [(String, String)] = []
        let policy = hop.hostKeys ?? hostKeys
        if policy != .off, let pins = hop.pinFile {
            return [
                ("StrictHostKeyChecking", "yes"), ("UserKnownHostsFile", Self.path(pins)), ("GlobalKnownHostsFile", "/dev/null"),
                // Nothing else that ssh might be told of keys counts; OpenSSH before 8.5 does not know the last of them.
                ("VerifyHostKeyDNS", "no"), ("CheckHostIP", "no"), ("NoHostAuthenticationForLocalhost", "no"),
                ("IgnoreUnknown", "KnownHostsCommand"), ("KnownHostsCommand", "none"),
            ]
        }
        switch policy {
        case .acceptNew: list.append(("StrictHostKeyChecking", "accept-new"))
        case .strict: list.append(("StrictHostKeyChecking", "yes"))
        case .off: list += [("StrictHostKeyChecking", "no"), ("UserKnownHostsFile", "/dev/null"), ("GlobalKnownHostsFile", "/dev/null")]
        }
        let files = hop.knownHostsFiles.isEmpty ? knownHostsFiles : hop.knownHostsFiles
        if policy != .off, !files.isEmpty {
            list += [("UserKnownHostsFile", files.map(Self.path).joined(separator: " ")), ("GlobalKnownHostsFile", "/dev/null")]
        }
        return list
    }

    /// What connects to a hop: the bastions before it, or the command that `ssh_config` has for the first machine on the way.
    private func way(to hop: Hop) -> [String] {
        if let proxy { return options([("ProxyCommand", proxy), ("ProxyUseFdpass", "no")]) }
        return hop.proxyCommand.map { options([("ProxyCommand", Self.percentDoubled($0))]) } ?? []
    }

    /// The command that connects through the bastions; ssh runs it in the user's shell.
    ///
    /// `-J` would do for plain cases, but hands none of the options on: a bastion's key would be checked against other known hosts. Of what
    /// these say only errors are shown: a bastion's banner could pass for what ssh says of the device.
    private var proxy: String? {
        guard let last = bastions.last else { return nil }
        var inner = self
        inner.bastions = bastions.dropLast()
        let words =
            [program] + files(for: last) + options([("LogLevel", "ERROR"), ("RemoteCommand", "none"), ("RequestTTY", "no")])
            + common(to: last) + inner.way(to: last) + ["-W", "[%h]:%p", "--", last.destination]
        // ssh replaces what begins with a per cent sign: only -W's are meant to be.
        return words.map { $0 == "[%h]:%p" ? "'[%h]:%p'" : Self.shellQuoted(Self.percentDoubled($0)) }.joined(separator: " ")
    }

    private func files(for hop: Hop) -> [String] {
        switch hop.configuration ?? configuration {
        case .standard: []
        case .none: ["-F", "none"]
        case .file(let path): ["-F", path]
        }
    }

    private func options(_ list: [(String, String)]) -> [String] {
        list.flatMap { ["-o", "\($0)=\($1)"] }
    }

    private func wholeSeconds(_ duration: Duration) -> Int64 {
        max(1, duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0))
    }

    /// A path as ssh_config(5) wants it, with nothing in it taken for a token.
    static func path(_ path: String) -> String {
        quoted(percentDoubled(path))
    }

    /// An argument as ssh_config(5) wants it: in double quotes, since it may have a space.
    static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    static func percentDoubled(_ text: String) -> String {
        text.replacing("%", with: "%%")
    }

    /// A word that a shell leaves alone.
    static func shellQuoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}

extension OpenSSHCommand.Hop {
    /// What ssh is given as if it were typed.
    ///
    /// ssh takes an alias apart at `@`, takes one with `://` for an address of the web's kind, and refuses what means something to a shell.
    var destination: String {
        guard let alias, let first = alias.first, first != "-" else { return host }
        let isPlain = alias.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", ":", "%", "+", ",", "~", "^", "=": true
            default: scalar.value > 0x9F
            }
        }
        return isPlain ? alias : host
    }
}

extension OpenSSHCommand {
    /// Variables of this process that ssh has a use for; the others, which may hold secrets, are kept from it.
    static let inheritedNames: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS",
        "WAYLAND_DISPLAY", "XAUTHORITY", "SSH_AUTH_SOCK", "SSH_SK_HELPER", "SSH_SK_PROVIDER", "SSH_PKCS11_HELPER", "GSSAPI_OPENSSH_CONFIG",
    ]

    /// The environment of the child.
    ///
    /// - Parameters:
    ///   - inherited: This process's variables.
    ///   - term: The terminal's type, which ssh tells the device.
    static func environment(inherited: [String: String], term: String) -> [String: String] {
        var environment = inherited.filter { name, _ in
            inheritedNames.contains(name) || name.hasPrefix("LC_") || name.hasPrefix("KRB5")
        }
        environment["TERM"] = term
        // ssh before 8.4 knows no SSH_ASKPASS_REQUIRE, and asks its helper only where it believes that there is a display.
        environment["DISPLAY"] = inherited["DISPLAY"] ?? ":0"
        return environment
    }
}
