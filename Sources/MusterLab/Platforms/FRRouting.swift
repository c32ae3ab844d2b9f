/// FRRouting's shell, vtysh.
struct FRRouting: LabPersonality {
    let pager = LabPagerStyle.sequence

    func greeting(_ state: LabShellState) -> String {
        "\nHello, this is FRRouting (version 8.4.4).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n"
    }

    func prompt(_ state: LabShellState) -> String {
        switch state.mode {
        case .exec: "\(state.hostname)> "
        case .privileged: "\(state.hostname)# "
        case .configuration: "\(state.hostname)(\(state.context.last ?? "config"))# "
        }
    }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        Self.table.execute(line, &state) { problem, _ in
            switch problem {
            case .unknown: .text("% Unknown command: \(line.trimmingSpaces)\n")
            case .ambiguous: .text("% Ambiguous command: \(line.trimmingSpaces)\n")
            case .incomplete: .text("% Command incomplete: \(line.trimmingSpaces)\n")
            }
        }
    }

    private static let table = LabCommandTable([
        .enables("enable", refusal: "% Bad enable passwords, too many failures!\n"),
        LabCommand("disable", .privileged) { state, _ in
            state.mode = .exec
            return .nothing
        },
        .leaves("exit"), .leaves("quit"),
        .pageLength("terminal length <rows>", refusal: "% Unknown command: terminal length 0\n"),
        .accepts("terminal monitor"),
        LabCommand("terminal paging") { state, _ in
            state.pageRows = LabTerminal.usualRows
            return .nothing
        },
        LabCommand("no terminal paging") { state, _ in
            if !state.refusesPagerOff { state.pageRows = 0 }
            return .nothing
        },
        .configures("configure terminal"), .configures("configure"), .ends("end"), .ascends("exit"), .ascends("quit"),
        .names("hostname <name>"),
        .descends("interface <name>", "config-if"), .descends("router <line>", "config-router"),
        .accepts("description <line>", .configuration), .accepts("ip <line>", .configuration), .accepts("no <line>", .configuration),
        .accepts("neighbor <line>", .configuration), .accepts("network <line>", .configuration),
        LabCommand("write memory", .privileged) { state, _ in
            state.running.save()
            return .text(
                "Note: this version of vtysh never writes vtysh.conf\nBuilding Configuration...\nIntegrated configuration saved to /etc/frr/frr.conf\n[OK]\n"
            )
        },
        .version("show version") { state in
            """
            FRRouting 8.4.4 (\(state.hostname)) on Linux(6.1.0-18-amd64).
            Copyright 1996-2005 Kunihiro Ishiguro, et al.
            configured with:
                '--build=x86_64-linux-gnu' '--prefix=/usr' '--sysconfdir=/etc' '--localstatedir=/var' '--disable-option-checking' '--enable-exampledir=/usr/share/doc/frr/examples/'

            """
        },
        .shows("show interface brief") { state in
            "Interface       Status  VRF             Addresses\n---------       ------  ---             ---------\n"
                + String.rows(0..<4) { "eth\($0)            up      default         \(state.facts.interfaceAddress($0))/24\n" }
                + "lo              up      default         10.255.3.\(1 + state.facts.number(9, below: 250))/32\n\n"
        },
        .shows("show interface") { state in
            String.rows(0..<4) { port in
                "Interface eth\(port) is up, line protocol is up\n  Link ups:       \(1 + state.facts.number(port, below: 4))    last: \(state.facts.booted.date) \(state.facts.booted.time)\n  vrf: default\n  index \(port + 2) metric 0 mtu 1500 speed 1000\n  flags: <UP,BROADCAST,RUNNING,MULTICAST>\n  Type: Ethernet\n  HWaddr: \(state.facts.colonMAC(port))\n  inet \(state.facts.interfaceAddress(port))/24\n"
            }
        },
        .shows("show ip route", routes),
        .shows("show ip bgp summary", bgp), .shows("show bgp summary", bgp),
        .shows("show ip ospf neighbor") { state in
            "\nNeighbor ID     Pri State           Up Time         Dead Time Address         Interface\n"
                + String.rows(1..<4) {
                    "10.255.0.\($0)        1 Full/DR         2d0\($0)h11m           3\($0).120s 10.1.\($0).1        eth\($0):\(state.facts.interfaceAddress($0))\n"
                } + "\n"
        },
        .shows("show history") { _ in "  show version\n" },
        .shows("show daemons") { _ in " zebra ospfd bgpd watchfrr staticd\n" },
        .shows("show memory") { state in
            "Memory statistics for zebra:\nSystem allocator statistics:\n  Total heap allocated:  \(3000 + state.facts.number(5, below: 900)) KiB\n"
                + String.rows(0..<26) { "Type \($0)                         :       \($0 * 3)     variable      \($0 * 1200)\n" }
        },
        .shows("show users") { _ in "  vty[1] connected from 127.0.0.1.\n" },
        .shows("show logging") { _ in
            "Logging configuration for zebra\nSyslog logging: level informational, facility daemon\nStdout logging: disabled\nMonitor logging: level debugging\n"
        },
        .shows("show clock") { "\($0.facts.clock.date) \($0.facts.clock.time) UTC\n" },
        .shows("show running-config", in: .privileged) { state in
            state.withChanges(
                "Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\nfrr defaults traditional\nhostname \(state.hostname)\nlog syslog informational\nservice integrated-vtysh-config\n!\n"
                    + String.rows(0..<4) {
                        "interface eth\($0)\n description link \($0)\n ip address \(state.facts.interfaceAddress($0))/24\nexit\n!\n"
                    }
                    + "router bgp 65\(state.facts.number(6, below: 999).digits(3))\n neighbor 10.0.0.1 remote-as 65000\n !\n address-family ipv4 unicast\n  network 10.0.0.0/8\n exit-address-family\nexit\n!\nend\n"
            )
        },
    ])

    @Sendable private static func routes(_ state: LabShellState) -> String {
        "Codes: K - kernel route, C - connected, S - static, R - RIP,\n       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,\n       > - selected route, * - FIB route, q - queued, r - rejected, b - backup\n\n"
            + "K>* 0.0.0.0/0 [0/0] via 10.0.0.254, eth0, 2d03h11m\n"
            + String.rows(0..<4) { "C>* \(state.facts.interfaceAddress($0))/24 is directly connected, eth\($0), 2d03h11m\n" }
            + String.rows(1..<25) { "O>* 10.66.\($0).0/24 [110/\($0)] via 10.1.\($0 % 4).1, eth\($0 % 4), weight 1, 1d0\($0 % 9)h12m\n" }
    }

    @Sendable private static func bgp(_ state: LabShellState) -> String {
        "\nIPv4 Unicast Summary (VRF default):\nBGP router identifier 10.255.3.\(1 + state.facts.number(9, below: 250)), local AS number 65001 vrf-id 0\nBGP table version 24\nPeers 1, using 724 KiB of memory\n\n"
            + "Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc\n"
            + "10.0.0.1        4      65000   \((state.facts.uptime / 60).digits(7))   \((state.facts.uptime / 59).digits(7))        0    0    0 2d03h11m           24        3 N/A\n\nTotal number of neighbors 1\n"
    }
}
