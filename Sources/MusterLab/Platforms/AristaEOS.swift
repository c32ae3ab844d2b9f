/// An Arista switch with EOS.
struct AristaEOS: LabPersonality {
    let pager = LabPagerStyle(more: { _ in " --More-- " }, erase: "\r\u{1B}[K")

    func greeting(_ state: LabShellState) -> String { "" }

    func prompt(_ state: LabShellState) -> String {
        switch state.mode {
        case .exec: "\(state.hostname)>"
        case .privileged: "\(state.hostname)#"
        case .configuration:
            "\(state.hostname)(config\(state.session.map { "-s-\($0.prefix(6))" } ?? "")\(state.context.last.map { $0.dropFirst(6) } ?? ""))#"
        }
    }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        let mode = state.mode
        return Self.table.execute(line, &state) { problem, parsed in
            switch problem {
            case .unknown where mode == .exec && Self.table.knows(parsed.words, in: .privileged):
                .text("% Invalid input (privileged mode required)\n")
            case .unknown(let word, _):
                .text(word == 0 ? "% Invalid input\n" : "% Invalid input (at token \(word): '\(parsed.words[word])')\n")
            case .ambiguous: .text("% Ambiguous command\n")
            case .incomplete: .text("% Incomplete command\n")
            }
        }
    }

    private static let table = LabCommandTable([
        .enables("enable", refusal: "% Bad secret\n"),
        LabCommand("disable", .privileged) { state, _ in
            state.mode = .exec
            return .nothing
        },
        .leaves("exit"), .leaves("logout"), .leaves("quit"),
        LabCommand("terminal length <rows>") { state, arguments in
            guard let rows = Int(arguments[0]) else { return .text("% Invalid input\n") }
            guard !state.refusesPagerOff else { return .text("% Authorization denied for command 'terminal length \(rows)'\n") }
            state.pageRows = rows
            return .text(rows == 0 ? "Pagination disabled.\n" : "Pagination set to \(rows) lines.\n")
        },
        LabCommand("terminal width <columns>") { _, arguments in .text("Width set to \(arguments[0]) columns.\n") },
        .configures("configure"), .configures("configure terminal"),
        LabCommand("configure session <name> commit", .privileged) { state, _ in
            state.running.confirm() ? .nothing : .text("% Cannot commit session: it is not pending\n")
        },
        LabCommand("configure session <name> abort", .privileged) { _, _ in .nothing },
        LabCommand("configure session [line]", .privileged) { state, arguments in
            state.mode = .configuration
            state.context = []
            state.candidate = []
            state.session = arguments.first ?? "sess-1"
            return .nothing
        },
        LabCommand("show session-config diffs", .configuration) { state, _ in
            let changes = state.differences
            guard state.session != nil, !changes.isEmpty else { return .nothing }
            return .text(
                "--- system:/running-config\n+++ session:/\(state.session ?? "")-session-config\n@@ -5,7 +5,7 @@\n"
                    + changes.map { ($0.old.map { "-\($0)\n" } ?? "") + "+\($0.new)\n" }.joined())
        },
        LabCommand("commit timer <time>", .configuration) { state, arguments in
            let parts = arguments[0].split(separator: ":").compactMap { UInt64($0) }
            guard parts.count == 3 else { return .text("% Invalid input\n") }
            return commit(&state, within: parts[0] * 3600 + parts[1] * 60 + parts[2])
        },
        LabCommand("commit", .configuration) { state, _ in commit(&state, within: nil) },
        LabCommand("end", .configuration) { state, _ in leave(&state) }, LabCommand("abort", .configuration) { state, _ in leave(&state) },
        LabCommand("do <line>", .configuration) { state, arguments in
            var inner = state
            inner.mode = .privileged
            return AristaEOS().execute(arguments.joined(separator: " "), &inner)
        },
        .ascends("exit"), .names("hostname <name>"),
        .descends("interface <line>", "config-if"), .descends("router bgp <as>", "config-router-bgp"),
        .descends("vlan <number>", "config-vlan"),
        .readsText("banner <kind>", upTo: "EOF", saying: "Enter TEXT message. Type 'EOF' on its own line to end."),
        .accepts("description <line>", .configuration), .accepts("no <line>", .configuration), .accepts("ip <line>", .configuration),
        .accepts("ntp <line>", .configuration), .accepts("switchport <line>", .configuration), .accepts("shutdown", .configuration),
        LabCommand("write memory", .privileged) { state, _ in
            state.running.save()
            return .text("Copy completed successfully.\n")
        },
        LabCommand("copy running-config startup-config", .privileged) { _, _ in .text("Copy completed successfully.\n") },
        LabCommand("reload", .privileged) { _, _ in
            .ask("Proceed with reload? [confirm]", .key) { key, _ in key.isEmpty || key.lowercased() == "y" ? .close : .nothing }
        },
        .version("show version", version),
        .shows("show clock") { state in
            let clock = state.facts.clock
            return
                "\(clock.weekday) \(clock.monthName) \(clock.day.aligned(2)) \(clock.time) \(clock.year)\nTimezone: UTC\nClock source: NTP server\n"
        },
        .shows("show hostname") { "Hostname: \($0.hostname)\nFQDN:     \($0.hostname).example.net\n" },
        .shows("show inventory", inventory),
        .shows("show interfaces status", status),
        .shows("show interfaces description") { state in
            "Interface                      Status         Protocol           Description\n"
                + ports(state).map {
                    "\($0.short.padded(31))\(($0.isUp ? "up" : "down").padded(15))\(($0.isUp ? "up" : "down").padded(19))\($0.description)\n"
                }
                .joined() + "Ma1                            up             up                 out of band\n"
        },
        .shows("show ip interface brief") { state in
            "                                                                          Address\n"
                + "Interface         IP Address            Status       Protocol         MTU Owner  \n"
                + "----------------- --------------------- ------------ -------------- ---- -------\n"
                + "Loopback0         10.255.1.\(1 + state.facts.number(9, below: 250))/32".padded(40) + "up           up            65535\n"
                + "Management1       \(state.facts.interfaceAddress(0))/24".padded(40) + "up           up             1500\n"
        },
        .shows("show ip route") { state in
            """

            VRF: default
            Codes: C - connected, S - static, K - kernel,
                   O - OSPF, B - Other BGP Routes, B I - iBGP, B E - eBGP

            Gateway of last resort:
             S        0.0.0.0/0 [1/0] via 10.\(state.facts.number(3, below: 200)).0.254, Management1

            \(String.rows(1..<25) { " B E      10.99.\($0).0/24 [200/0] via 10.0.\($0 % 4).1, Ethernet\($0 % 4 + 1)\n" })
            """
        },
        .shows("show lldp neighbors") { state in
            """
            Last table change time   : 2 days, 4:12:09 ago
            Number of table inserts  : 4
            Number of table deletes  : 0

            Port          Neighbor Device ID       Neighbor Port ID    TTL
            ---------- ------------------------ ---------------------- ---
            Et1           spine-01                 Ethernet\(1 + state.facts.number(12, below: 32))           120
            Et2           spine-02                 Ethernet\(1 + state.facts.number(12, below: 32))           120

            """
        },
        .shows("show vlan") { _ in
            "VLAN  Name                             Status    Ports\n----- -------------------------------- --------- -------------------------------\n"
                + "1     default                          active    Et9, Et10\n10    servers                          active    Cpu, Et3, Et4\n\n"
        },
        .shows("show users") { state in
            "    Line      User        Host(s)       Idle        Location\n*   1 vty 3  \(state.user.padded(12))idle          00:00:00    192.0.2.7\n"
        },
        .shows("show running-config", in: .privileged, configuration),
        .shows("show startup-config", in: .privileged, configuration),
        .shows("show logging", in: .privileged) { state in
            String.rows(0..<30) { entry in
                let moment = LabClock(seconds: state.facts.clock.seconds - UInt64(30 - entry) * 421)
                return "\(moment.monthName) \(moment.day.aligned(2)) \(moment.time) \(state.hostname) Ebra: %LINEPROTO-5-UPDOWN: "
                    + "Line protocol on Interface Ethernet\(entry % 4 + 1), changed state to \(entry % 2 == 0 ? "down" : "up")\n"
            }
        },
    ])

    private static func leave(_ state: inout LabShellState) -> LabReply {
        state.mode = .privileged
        state.context = []
        state.candidate = []
        state.session = nil
        return .nothing
    }

    private static func commit(_ state: inout LabShellState, within seconds: UInt64?) -> LabReply {
        guard state.session != nil else { return .text("% Invalid input\n") }
        guard state.commit(confirmedWithin: seconds) else { return .text("% Cannot commit session: a value is not allowed\n") }
        return leave(&state)
    }

    private struct Port {
        let short: String
        let description: String
        let isUp: Bool
    }

    private static func ports(_ state: LabShellState) -> [Port] {
        (1...10).map { index in
            Port(
                short: "Et\(index)", description: index < 3 ? "spine-\(index.digits(2))" : "server-\(index.digits(2))",
                isUp: state.facts.number(UInt64(index) + 40, below: 4) > 0)
        }
    }

    private static func version(_ state: LabShellState) -> String {
        let facts = state.facts
        return """
            Arista DCS-7050SX3-48YC8-F
            Hardware version: 11.04
            Serial number: \(facts.serial("JPE", 0))
            Hardware MAC address: \(facts.dottedMAC(0))
            System MAC address: \(facts.dottedMAC(0))

            Software image version: 4.30.4M
            Architecture: i686
            Internal build version: 4.30.4M-34150493.4304M
            Internal build ID: 6b2c5b7e-0000-4d6c-9c0e-lab000000000
            Image format version: 3.0
            Image optimization: Strata-4GB

            Uptime: \(facts.uptimeInWords.replacingLast(", ", with: " and "))
            Total memory: 8098984 kB
            Free memory: \(5_400_000 + facts.number(80, below: 300_000)) kB

            """
    }

    private static func inventory(_ state: LabShellState) -> String {
        """
        System information
            Model                    Description
            ------------------------ ----------------------------------------------------
            DCS-7050SX3-48YC8        48 25GbE SFP & 8 100GbE QSFP port switch

            HW Version  Serial Number  Mfg Date   Epoch
            ----------- -------------- ---------- -----
            11.04       \(state.facts.serial("JPE", 0))    2022-03-14 01.00

        System has 2 power supply slots
            Slot Model            Serial Number
            ---- ---------------- ----------------
            1    PWR-500AC-F      \(state.facts.serial("K192", 1))
            2    PWR-500AC-F      \(state.facts.serial("K192", 2))

        System has 56 switched ports


        """
    }

    private static func status(_ state: LabShellState) -> String {
        "Port       Name           Status       Vlan     Duplex Speed  Type            Flags Encapsulation\n"
            + ports(state).map { port in
                port.short.padded(11) + port.description.padded(15) + (port.isUp ? "connected" : "notconnect").padded(13)
                    + "routed   full   25G    25GBASE-CR\n"
            }.joined() + "Ma1                       connected    routed   a-full a-1G   10/100/1000\n"
    }

    private static func configuration(_ state: LabShellState) -> String {
        state.withChanges(
            "! Command: show running-config\n! device: \(state.hostname) (DCS-7050SX3-48YC8, EOS-4.30.4M)\n!\n! boot system flash:/EOS-4.30.4M.swi\n!\n"
                + "no aaa root\n!\nusername \(state.user) privilege 15 secret sha512 $6$lab$notarealhash\n!\n"
                + "transceiver qsfp default-mode 4x10G\n!\nservice routing protocols model multi-agent\n!\nhostname \(state.hostname)\n!\n"
                + "ntp server 192.0.2.123\n!\nspanning-tree mode mstp\n!\n"
                + ports(state).map { "interface Ethernet\($0.short.dropFirst(2))\n   description \($0.description)\n   no switchport\n!\n" }
                .joined()
                + "interface Loopback0\n   ip address 10.255.1.\(1 + state.facts.number(9, below: 250))/32\n!\n"
                + "interface Management1\n   ip address \(state.facts.interfaceAddress(0))/24\n!\nip routing\n!\nend\n")
    }
}
