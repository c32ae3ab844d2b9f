/// A Cisco router with IOS-XR: a location in the prompt, a date before each output, and a configuration that is committed.
struct CiscoIOSXR: LabPersonality {
    let pager = LabPagerStyle(more: { _ in " --More-- " }, erase: "\r          \r")

    func greeting(_ state: LabShellState) -> String { "\n\n" }

    func prompt(_ state: LabShellState) -> String {
        switch state.mode {
        case .exec, .privileged: "RP/0/RP0/CPU0:\(state.hostname)#"
        case .configuration: "RP/0/RP0/CPU0:\(state.hostname)(\(state.context.last ?? "config"))#"
        }
    }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        let promptLength = prompt(state).count
        let wasConfiguring = state.mode == .configuration
        var reply = Self.table.execute(line, &state) { problem, _ in
            switch problem {
            case .unknown(_, let offset): .text(CiscoIOSXE.caret(promptLength + offset).dropLastLine)
            case .ambiguous: .text("% Ambiguous command:  \"\(line.trimmingSpaces)\"\n")
            case .incomplete: .text("% Incomplete command.\n")
            }
        }
        // `show` is preceded by the date, whatever becomes of it later.
        if case .text(let text) = reply.output, !wasConfiguring, line.trimmingSpaces.hasPrefix("sh"), !text.contains("% ") {
            reply.output = .text("\n\(Self.date(state))\n\(text)")
        }
        return reply
    }

    private static func date(_ state: LabShellState) -> String {
        let clock = state.facts.clock
        return
            "\(clock.weekday) \(clock.monthName) \(clock.day.aligned(2)) \(clock.time).\(state.facts.number(20, below: 1000).digits(3)) UTC"
    }

    private static func leaveConfiguration(_ state: inout LabShellState, _ done: @escaping @Sendable (inout LabShellState) -> Void)
        -> LabReply
    {
        guard !state.candidate.isEmpty else {
            done(&state)
            return .nothing
        }
        return .ask("Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:", .line) { answer, state in
            guard answer.hasPrefix("y") || answer.hasPrefix("n") else { return .nothing }
            if answer.hasPrefix("y") { _ = state.commit() }
            state.candidate = []
            done(&state)
            return .nothing
        }
    }

    private static func commit(_ state: inout LabShellState, within seconds: UInt64?) -> LabReply {
        if state.pendingLines.isEmpty {
            state.candidate = []
            if seconds == nil, state.running.confirm() { return .text("% Confirming commit for trial session.\n") }
            return .text("% No configuration changes to commit.\n")
        }
        guard state.commit(confirmedWithin: seconds) else {
            return .text(
                "\n% Failed to commit one or more configuration items during a pseudo-atomic operation. All changes made have been reverted. "
                    + "Please issue 'show configuration failed [inheritance]' from this session to view the errors\n")
        }
        return .nothing
    }

    private static func adds(_ pattern: String, _ context: String? = nil) -> LabCommand {
        LabCommand(pattern, .configuration) { state, arguments in
            state.configure(pattern.split(separator: " ")[0] + " " + arguments.joined(separator: " "))
            if let context { state.context = [context] }
            return .nothing
        }
    }

    private static let table = LabCommandTable([
        .leaves("exit"), .leaves("logout"), .leaves("quit"),
        .pageLength("terminal length <rows>", refusal: "% This command is not authorized\n"),
        .accepts("terminal width <columns>"), .accepts("terminal monitor"), .accepts("terminal exec prompt no-timestamp"),
        .configures("configure terminal"), .configures("configure"), .configures("configure exclusive"),
        LabCommand("commit confirmed minutes <minutes>", .configuration) { state, arguments in
            commit(&state, within: (UInt64(arguments[0]) ?? 10) * 60)
        },
        LabCommand("commit [line]", .configuration) { state, _ in commit(&state, within: nil) },
        LabCommand("show configuration failed", .configuration) { state, _ in
            .text(
                "!! SEMANTIC ERRORS: This configuration was rejected by\n!! the system due to semantic errors.\n"
                    + state.candidate.filter { $0.contains(LabShellState.failingWord) }.map { "\($0)\n!!% The value is not allowed\n" }
                    .joined() + "!\nend\n\n")
        },
        LabCommand("abort", .configuration) { state, _ in
            state.candidate = []
            state.mode = .privileged
            state.context = []
            return .nothing
        },
        LabCommand("end", .configuration) { state, _ in
            leaveConfiguration(&state) { state in
                state.mode = .privileged
                state.context = []
            }
        },
        LabCommand("exit", .configuration) { state, _ in
            if state.context.popLast() != nil { return .nothing }
            return leaveConfiguration(&state) { $0.mode = .privileged }
        },
        LabCommand("show configuration", .configuration) { state, _ in
            .text("Building configuration...\n!! IOS XR Configuration 7.5.2\n" + state.pendingLines.map { $0 + "\n" }.joined() + "end\n\n")
        },
        .readsText("banner <kind>"),
        LabCommand("hostname <name>", .configuration) { state, arguments in
            state.configure("hostname \(arguments[0])")
            return .nothing
        },
        adds("interface <line>", "config-if"), adds("router <line>", "config-router"), adds("description <line>"), adds("no <line>"),
        adds("ipv4 <line>"), adds("ntp <line>"), adds("shutdown [line]"),
        .version("show version") { state in
            """
            Cisco IOS XR Software, Version 7.5.2 LNT
            Copyright (c) 2013-2022 by Cisco Systems, Inc.

            Build Information:
             Built By     : ingunawa
             Built On     : Tue Apr 26 16:04:51 UTC 2022
             Build Host   : iox-ucs-060
             Workspace    : /auto/srcarchive14/prod/7.5.2/xrd-control-plane/ws
             Version      : 7.5.2
             Label        : 7.5.2

            cisco IOS-XRv 9000 () processor
            System uptime is \(state.facts.uptimeInWords)

            """
        },
        .shows("show clock") { "\(date($0).prefix { $0 != "." })\n" },
        .shows("show platform") { _ in
            """
            Node              Type                       State             Config state
            --------------------------------------------------------------------------------
            0/RP0/CPU0        R-IOSXRV9000-RP(Active)    IOS XR RUN        NSHUT
            0/0/CPU0          R-IOSXRV9000-LC            IOS XR RUN        NSHUT

            """
        },
        .shows("show inventory") { state in
            "NAME: \"Rack 0\", DESCR: \"Cisco IOS-XRv 9000 Centralized Virtual Router\"\nPID: R-IOSXRV9000-CC   , VID: V01, SN: \(state.facts.serial)\n\n"
                + "NAME: \"0/0\", DESCR: \"Cisco IOS-XRv 9000 Centralized Line Card\"\nPID: R-IOSXRV9000-LC   , VID: V01, SN: \(state.facts.serial("FOC", 1))\n\n"
        },
        .shows("show ip interface brief", brief), .shows("show ipv4 interface brief", brief),
        .shows("show interfaces brief") { state in
            "               Intf       Intf        LineP              Encap  MTU        BW\n               Name       State       State               Type (byte)    (Kbps)\n"
                + String(repeating: "-", count: 80) + "\n"
                + String.rows(0..<6) { "         Gi0/0/0/\($0)          up          up               ARPA  1514    1000000\n" }
        },
        .shows("show interfaces description") { state in
            "\nInterface          Status      Protocol    Description\n" + String(repeating: "-", count: 80) + "\n"
                + String.rows(0..<6) {
                    "Gi0/0/0/\($0)          up          up          to pe-\(state.facts.number($0, below: 40).digits(2))\n"
                }
        },
        .shows("show route") { state in
            "Codes: C - connected, S - static, R - RIP, B - BGP, (>) - Diversion path\n       O - OSPF, IA - OSPF inter area, i - ISIS, L - local\n\n"
                + "Gateway of last resort is 10.0.0.254 to network 0.0.0.0\n\nS*   0.0.0.0/0 [1/0] via 10.0.0.254, 3w2d\n"
                + String.rows(1..<29) {
                    "i L2 10.\(state.facts.number(3, below: 200)).\($0).0/24 [115/\($0 * 10)] via 10.1.\($0 % 4).2, 2d0\($0 % 9)h, GigabitEthernet0/0/0/\($0 % 6)\n"
                }
        },
        .shows("show lldp neighbors") { state in
            "Capability codes:\n        (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n\nDevice ID       Local Intf               Hold-time  Capability      Port ID\n"
                + "pe-01           GigabitEthernet0/0/0/0   120        R               Gi0/0/0/\(state.facts.number(12, below: 9))\n\nTotal entries displayed: 1\n\n"
        },
        .shows("show users") { state in
            "   Line            User                 Service  Conns   Idle        Location\n*  vty0            \(state.user.padded(20)) ssh          0  00:00:00    192.0.2.7\n"
        },
        .shows("show processes cpu") { state in
            "CPU utilization for one minute: \(state.facts.number(70, below: 30))%; five minutes: 4%; fifteen minutes: 4%\n \nPID    1Min    5Min    15Min Process\n1        0%      0%       0% init\n"
        },
        .shows("show running-config") { state in
            state.withChanges(
                "Building configuration...\n!! IOS XR Configuration 7.5.2\n!! Last configuration change at \(state.facts.booted.weekday) \(state.facts.booted.monthName) "
                    + "\(state.facts.booted.day) \(state.facts.booted.time) \(state.facts.booted.year) by \(state.user)\n!\nhostname \(state.hostname)\n"
                    + "username \(state.user)\n group root-lr\n secret 10 $6$lab$notarealhash\n!\n"
                    + String.rows(0..<6) {
                        "interface GigabitEthernet0/0/0/\($0)\n description to pe-\(state.facts.number($0, below: 40).digits(2))\n ipv4 address \(state.facts.interfaceAddress($0)) 255.255.255.0\n!\n"
                    }
                    + "router isis CORE\n is-type level-2-only\n net 49.0001.0000.0000.\(state.facts.number(6, below: 9999).digits(4)).00\n!\nssh server v2\nend\n\n"
            )
        },
        .shows("show logging") { state in
            "Syslog logging: enabled (0 messages dropped, 0 flushes, 0 overruns)\n\nLog Buffer (2097152 bytes):\n\n"
                + String.rows(0..<24) {
                    "RP/0/RP0/CPU0:\(LabClock(seconds: state.facts.clock.seconds - UInt64(24 - $0) * 97).time) UTC: ifmgr[257]: %PKT_INFRA-LINK-3-UPDOWN : Interface GigabitEthernet0/0/0/\($0 % 6), changed state to Up\n"
                }
        },
    ])

    private static func brief(_ state: LabShellState) -> String {
        "\nInterface                      IP-Address      Status          Protocol Vrf-Name\n"
            + "Loopback0                      10.255.9.\(1 + state.facts.number(9, below: 250))".padded(47)
            + "Up              Up       default \n"
            + String.rows(0..<6) {
                "GigabitEthernet0/0/0/\($0)".padded(31) + state.facts.interfaceAddress($0).padded(16)
                    + "Up              Up       default \n"
            }
    }
}
