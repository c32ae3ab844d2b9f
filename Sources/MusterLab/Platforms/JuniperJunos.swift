/// A Juniper router with Junos.
struct JuniperJunos: LabPersonality {
    let pager = LabPagerStyle(
        more: { $0 < 5 ? "---(more)---" : "---(more \($0)%)---" }, erase: "\r" + String(repeating: " ", count: 40) + "\r")

    func greeting(_ state: LabShellState) -> String {
        "--- JUNOS 21.4R3-S5.4 Kernel 64-bit XEN  JNPR-12.1-20231004.9b3f8a5_buil\n"
    }

    func prompt(_ state: LabShellState) -> String {
        switch state.mode {
        case .exec, .privileged: "\(state.user)@\(state.hostname)> "
        case .configuration: "\n[edit\(state.context.map { " " + $0 }.joined())]\n\(state.user)@\(state.hostname)# "
        }
    }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        let promptLength = prompt(state).split(separator: "\n").last?.count ?? 0
        let isConfiguring = state.mode == .configuration
        // Not a filter over the configuration, as other words behind a pipe are.
        if isConfiguring, line.split(whereSeparator: { $0 == " " || $0 == "|" }).map(String.init) == ["show", "compare"] {
            return .text(JunosText.differences(state))
        }
        var reply = Self.table.execute(line, &state) { problem, parsed in
            switch problem {
            case .unknown(let word, let offset):
                .text(
                    String(repeating: " ", count: promptLength + offset) + "^\n"
                        + (word == 0 || isConfiguring ? "unknown command.\n" : "syntax error, expecting <command>.\n"))
            case .ambiguous:
                .text(String(repeating: " ", count: promptLength) + "^\n'\(parsed.words[0])' is ambiguous.\n")
            case .incomplete(let offset):
                .text(String(repeating: " ", count: promptLength + offset) + "^\nsyntax error, expecting <command>.\n")
            }
        }
        // Operational output is followed by a blank line in front of the prompt.
        if state.mode != .configuration, !isConfiguring, state.isInteractive {
            switch reply.output {
            case .none: if case .prompt = reply.next { reply.output = .text("\n") }
            case .text(let text): reply.output = .text(text + (text.hasSuffix("\n") ? "\n" : "\n\n"))
            case .raw, .numbered: break
            }
        }
        return reply
    }

    private static let table = LabCommandTable([
        .leaves("exit"), .leaves("quit"),
        LabCommand("set cli screen-length <rows>") { state, arguments in
            guard let rows = Int(arguments[0]), rows == 0 || (24...100_000).contains(rows) else {
                return .text("error: invalid screen length\n")
            }
            guard !state.refusesPagerOff else { return .text("error: permission denied: screen-length\n") }
            state.pageRows = rows
            return .text("Screen length set to \(rows)\n")
        },
        LabCommand("set cli screen-width <columns>") { state, arguments in
            state.columns = Int(arguments[0]) ?? state.columns
            return .text("Screen width set to \(arguments[0])\n")
        },
        LabCommand("set cli complete-on-space <switch>") { _, arguments in
            .text(arguments[0] == "off" ? "Disabling complete-on-space\n" : "Enabling complete-on-space\n")
        },
        LabCommand("request system reboot") { _, _ in
            .ask("Reboot the system ? [yes,no] (no) ", .line) { answer, _ in answer == "yes" ? .close : .nothing }
        },
        .configures("configure", "Entering configuration mode\n"), .configures("edit", "Entering configuration mode\n"),
        .configures("configure exclusive", "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n"),
        .configures("configure private", "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n"),
        changes("set <line>"), changes("delete <line>"),
        LabCommand("edit <line>", .configuration) { state, arguments in
            state.context += arguments
            return .nothing
        },
        LabCommand("top", .configuration) { state, _ in
            state.context = []
            return .nothing
        },
        LabCommand("up", .configuration) { state, _ in
            _ = state.context.popLast()
            return .nothing
        },
        LabCommand("rollback [line]", .configuration) { state, _ in
            state.candidate = []
            return .text("load complete\n")
        },
        LabCommand("commit check", .configuration) { state, _ in
            .text(
                state.candidate.contains { $0.contains(LabShellState.failingWord) } ? JunosText.refusal : "configuration check succeeds\n")
        },
        LabCommand("commit confirmed <minutes>", .configuration) { state, arguments in
            guard state.commit(confirmedWithin: (UInt64(arguments[0]) ?? 10) * 60) else { return .text(JunosText.refusal) }
            return .text(
                "commit confirmed will be automatically rolled back in \(arguments[0]) minutes unless confirmed\ncommit complete\n\n"
                    + "# commit confirmed will be rolled back in \(arguments[0]) minutes\n")
        },
        LabCommand("commit", .configuration) { state, _ in
            .text(state.commit() ? "commit complete\n" : JunosText.refusal)
        },
        LabCommand("commit and-quit", .configuration) { state, _ in
            guard state.commit() else { return .text(JunosText.refusal) }
            state.context = []
            state.mode = .privileged
            return .text("commit complete\nExiting configuration mode\n")
        },
        LabCommand("exit [line]", .configuration, leave), LabCommand("quit", .configuration, leave),
        LabCommand("run <line>", .configuration) { state, arguments in
            var inner = state
            inner.mode = .privileged
            return JuniperJunos().execute(arguments.joined(separator: " "), &inner)
        },
        LabCommand("show", .configuration) { state, _ in .text(JunosText.configuration(state)) },
        .version("show version", JunosText.version),
        .shows("show system uptime", JunosText.uptime),
        .shows("show chassis hardware", JunosText.hardware),
        .shows("show chassis alarms") { _ in "No alarms currently active\n" },
        .shows("show interfaces terse", JunosText.terse),
        .shows("show interfaces descriptions") { state in
            "Interface       Admin Link Description\n"
                + String.rows(0..<8) { "ge-0/0/\($0)        up    up   to pe-\(state.facts.number($0, below: 40).digits(2))\n" }
        },
        .shows("show route", JunosText.routes),
        .shows("show lldp neighbors") { state in
            "Local Interface    Parent Interface    Chassis Id          Port info          System Name\n"
                + String.rows(0..<4) {
                    "ge-0/0/\($0)           -                   \(state.facts.colonMAC($0 + 90))   ge-0/0/\($0 + 4)           pe-\($0.digits(2))\n"
                }
        },
        .shows("show arp") { state in
            "MAC Address       Address         Name                      Interface               Flags\n"
                + String.rows(0..<4) {
                    "\(state.facts.colonMAC($0)) \(state.facts.interfaceAddress($0).padded(15)) pe-\($0.digits(2)).example.net         ge-0/0/\($0).0              none\n"
                } + "Total entries: 4\n"
        },
        .shows("show bgp summary") { state in
            "Threading mode: BGP I/O\nGroups: 1 Peers: 2 Down peers: 0\nPeer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...\n"
                + "10.0.0.1              65000     \(state.facts.uptime / 30)     \(state.facts.uptime / 29)       0       1     3w2d1h Establ\n"
        },
        .shows("show configuration", JunosText.configuration),
        .shows("show system users") { state in
            "\(state.facts.clock.time.prefix(5))  up \(state.facts.uptime / 86_400) days, 1 user, load averages: 0.31, 0.28, 0.25\nUSER     TTY      FROM                              LOGIN@  IDLE WHAT\n\(state.user.padded(9))pts/0    192.0.2.7                        \(state.facts.clock.time.prefix(5))       - -cli (cli)\n"
        },
        .shows("show log messages") { state in
            String.rows(0..<40) { entry in
                let moment = LabClock(seconds: state.facts.clock.seconds - UInt64(40 - entry) * 71)
                return
                    "\(moment.monthName) \(moment.day.aligned(2)) \(moment.time)  \(state.hostname) mib2d[11634]: SNMP_TRAP_LINK_UP: ifIndex \(510 + entry), ifName ge-0/0/\(entry % 8)\n"
            }
        },
    ])

    private static let sections: Set<String> = [
        "system", "interfaces", "protocols", "routing-options", "policy-options", "routing-instances", "snmp", "groups", "apply-groups",
        "firewall",
        "security", "vlans", "chassis", "class-of-service", "forwarding-options",
    ]

    /// A line of the candidate, if it begins with a part of the configuration that there is.
    private static func changes(_ pattern: String) -> LabCommand {
        let verb = String(pattern.split(separator: " ")[0])
        return LabCommand(pattern, .configuration) { state, arguments in
            guard !state.context.isEmpty || sections.contains(arguments[0]) else {
                return .text(String(repeating: " ", count: state.user.count + state.hostname.count + verb.count + 4) + "^\nsyntax error.\n")
            }
            state.configure("\(verb) " + (state.context + arguments).joined(separator: " "))
            return .nothing
        }
    }

    @Sendable private static func leave(_ state: inout LabShellState, _ arguments: [String]) -> LabReply {
        if state.context.popLast() != nil { return .nothing }
        guard !state.candidate.isEmpty else {
            state.mode = .privileged
            return .text("Exiting configuration mode\n\n")
        }
        return .ask("The configuration has been changed but not committed\nExit with uncommitted changes? [yes,no] (yes) ", .line) {
            answer, state in
            guard answer.isEmpty || answer.hasPrefix("y") else { return .nothing }
            state.candidate = []
            state.mode = .privileged
            return .text("Exiting configuration mode\n\n")
        }
    }
}
