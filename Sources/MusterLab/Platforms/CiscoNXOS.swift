/// A Cisco switch with NX-OS.
struct CiscoNXOS: LabPersonality {
    let pager = LabPagerStyle(more: { _ in "--More--" }, erase: "\r\u{1B}[K")

    func greeting(_ state: LabShellState) -> String {
        """
        Cisco Nexus Operating System (NX-OS) Software
        TAC support: http://www.cisco.com/tac
        Copyright (C) 2002-2023, Cisco and/or its affiliates.
        All rights reserved.

        """
    }

    func prompt(_ state: LabShellState) -> String {
        switch state.mode {
        case .exec: "\(state.hostname)> "
        case .privileged: "\(state.hostname)# "
        case .configuration: "\(state.hostname)(\(state.context.last ?? "config"))# "
        }
    }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        let promptLength = prompt(state).count
        return Self.table.execute(line, &state) { problem, _ in
            switch problem {
            case .unknown(_, let offset):
                .text(String(repeating: " ", count: promptLength + offset) + "^\n% Invalid command at '^' marker.\n")
            case .ambiguous: .text("% Ambiguous command at '^' marker.\n")
            case .incomplete: .text("% Incomplete command at '^' marker.\n")
            }
        }
    }

    private static let table = LabCommandTable([
        .enables("enable", refusal: "% Access denied\n"),
        LabCommand("disable", .privileged) { state, _ in
            state.mode = .exec
            return .nothing
        },
        .leaves("exit"), .leaves("logout"),
        .pageLength("terminal length <rows>", refusal: "% Permission denied for the role\n"),
        .accepts("terminal width <columns>"), .accepts("terminal session-timeout <minutes>"), .accepts("terminal monitor"),
        .configures("configure terminal", "Enter configuration commands, one per line. End with CNTL/Z.\n"),
        .configures("configure", "Enter configuration commands, one per line. End with CNTL/Z.\n"),
        .ends("end"), .ascends("exit"), .names("hostname <name>"), .names("switchname <name>"),
        .descends("interface <line>", "config-if"), .descends("router <line>", "config-router"), .descends("vlan <number>", "config-vlan"),
        .readsText("banner <kind>"),
        .accepts("description <line>", .configuration), .accepts("no <line>", .configuration), .accepts("feature <name>", .configuration),
        .accepts("ip <line>", .configuration), .accepts("ntp <line>", .configuration), .accepts("shutdown", .configuration),
        LabCommand("copy running-config startup-config", .all) { state, _ in
            state.running.save()
            return .text("[########################################] 100%\nCopy complete.\n")
        },
        LabCommand("reload", .privileged) { _, _ in
            .ask("This command will reboot the system. (y/n)?  [n] ", .line) { answer, _ in answer.hasPrefix("y") ? .close : .nothing }
        },
        .version("show version", version),
        .shows("show clock") { state in
            let clock = state.facts.clock
            return
                "Time source is NTP\n\(clock.time).\(state.facts.number(20, below: 1000).digits(3)) UTC \(clock.weekday) \(clock.monthName) "
                + "\(clock.day.digits(2)) \(clock.year)\n"
        },
        .shows("show hostname") { "\($0.hostname)\n" },
        .shows("show inventory") { state in
            """
            NAME: "Chassis",  DESCR: "Nexus9000 C93180YC-FX Chassis"
            PID: N9K-C93180YC-FX     ,  VID: V04 ,  SN: \(state.facts.serial)

            NAME: "Slot 1",  DESCR: "48x10/25G + 6x40/100G Ethernet Module"
            PID: N9K-C93180YC-FX     ,  VID: V04 ,  SN: \(state.facts.serial)

            NAME: "Power Supply 1",  DESCR: "Nexus9000 C93180YC-FX Chassis Power Supply"
            PID: NXA-PAC-500W-PE     ,  VID: V01 ,  SN: \(state.facts.serial("LIT", 2))


            """
        },
        .shows("show interface status", status), .shows("show interfaces status", status),
        .shows("show interface description") { state in
            "\n" + String(repeating: "-", count: 79) + "\nPort          Type   Speed   Description\n" + String(repeating: "-", count: 79)
                + "\n"
                + String.rows(1..<13) { "Eth1/\($0)".padded(14) + "eth    10G     to server-\($0.digits(2))\n" }
        },
        .shows("show interface brief", status),
        .shows("show ip interface brief") { state in
            "\nIP Interface Status for VRF \"default\"(1)\nInterface            IP Address      Interface Status\n"
                + String.rows(1..<4) {
                    "Vlan\($0 * 10)".padded(21) + state.facts.interfaceAddress($0).padded(16) + "protocol-up/link-up/admin-up\n"
                }
        },
        .shows("show ip route") { state in
            "IP Route Table for VRF \"default\"\n'*' denotes best ucast next-hop\n'**' denotes best mcast next-hop\n'[x/y]' denotes [preference/metric]\n\n"
                + String.rows(1..<21) {
                    "10.77.\($0).0/24, ubest/mbest: 1/0\n    *via 10.1.\($0 % 3).1, Eth1/\($0), [110/\($0 * 4)], "
                        + "\(state.facts.number($0, below: 9))w\($0 % 7)d, ospf-1, intra\n"
                }
        },
        .shows("show cdp neighbors", neighbours), .shows("show lldp neighbors", neighbours),
        .shows("show vlan brief") { _ in
            "\nVLAN Name                             Status    Ports\n---- -------------------------------- --------- -------------------------------\n"
                + "1    default                          active    Eth1/13, Eth1/14\n10   servers                          active    Eth1/1, Eth1/2\n"
        },
        .shows("show users") {
            "NAME     LINE         TIME         IDLE          PID COMMENT\n\($0.user.padded(9))pts/0        Jan 31 12:00   .           9121 (192.0.2.7) *\n"
        },
        .shows("show running-config", configuration), .shows("show startup-config", configuration),
        .shows("show logging") { state in
            String.rows(0..<30) { entry in
                let moment = LabClock(seconds: state.facts.clock.seconds - UInt64(30 - entry) * 311)
                return "\(moment.year) \(moment.monthName) \(moment.day.aligned(2)) \(moment.time) \(state.hostname) %ETHPORT-5-IF_UP: "
                    + "Interface Ethernet1/\(entry % 12 + 1) is up in mode access\n"
            }
        },
    ])

    private static func version(_ state: LabShellState) -> String {
        let facts = state.facts
        let uptime = facts.uptime
        return """
            Cisco Nexus Operating System (NX-OS) Software
            TAC support: http://www.cisco.com/tac
            Documents: http://www.cisco.com/en/US/products/ps9372/tsd_products_support_series_home.html
            Copyright (c) 2002-2023, Cisco Systems, Inc. All rights reserved.

            Software
              BIOS: version 07.69
              NXOS: version 9.3(12)
              BIOS compile time:  04/08/2021
              NXOS image file is: bootflash:///nxos.9.3.12.bin
              NXOS compile time:  6/22/2023 12:00:00 [06/22/2023 18:08:37]

            Hardware
              cisco Nexus9000 C93180YC-FX Chassis
              Intel(R) Xeon(R) CPU D-1528 @ 1.90GHz with 24570632 kB of memory.
              Processor Board ID \(facts.serial)

              Device name: \(state.hostname)
              bootflash:  115805708 kB
            Kernel uptime is \(uptime / 86_400) day(s), \(uptime / 3600 % 24) hour(s), \(uptime / 60 % 60) minute(s), \(uptime % 60) second(s)

            Last reset at \(facts.number(90, below: 999_999)) usecs after \(facts.booted.weekday) \(facts.booted.monthName) \(facts.booted.day) \(facts.booted.time) \(facts.booted.year)
              Reason: Reset Requested by CLI command reload
              System version: 9.3(10)
              Service:

            plugin
              Core Plugin, Ethernet Plugin

            Active Package(s):


            """
    }

    private static func status(_ state: LabShellState) -> String {
        let rule = String(repeating: "-", count: 80)
        return "\n\(rule)\nPort          Name               Status    Vlan      Duplex  Speed   Type\n\(rule)\n"
            + "mgmt0         --                 connected routed    full    1000    --\n"
            + String.rows(1..<13) { index in
                "Eth1/\(index)".padded(14) + "server-\(index.digits(2))".padded(19)
                    + (state.facts.number(UInt64(index) + 40, below: 4) > 0 ? "connected " : "notconnec ")
                    + "10        full    10G     10Gbase-SR\n"
            }
    }

    private static func neighbours(_ state: LabShellState) -> String {
        "Capability Codes: R - Router, T - Trans-Bridge, B - Source-Route-Bridge\n                  S - Switch, H - Host, I - IGMP, r - Repeater\n\n"
            + "Device-ID          Local Intrfce  Hldtme Capability  Platform      Port ID\n"
            + "spine-01           Eth1/49        \(120 + state.facts.clock.seconds % 60)    R S I s   N9K-C9336C-FX Eth1/\(1 + state.facts.number(12, below: 36))\n"
            + "spine-02           Eth1/50        \(120 + state.facts.clock.seconds % 60)    R S I s   N9K-C9336C-FX Eth1/\(1 + state.facts.number(12, below: 36))\n\nTotal entries displayed: 2\n"
    }

    private static func configuration(_ state: LabShellState) -> String {
        state.withChanges(
            "\n!Command: show running-config\n!Time: \(state.facts.clock.weekday) \(state.facts.clock.monthName) \(state.facts.clock.day) \(state.facts.clock.time) \(state.facts.clock.year)\n\n"
                + "version 9.3(12) Bios:version 07.69\nhostname \(state.hostname)\nvdc \(state.hostname) id 1\n  limit-resource vlan minimum 16 maximum 4094\n\n"
                + "feature ospf\nfeature interface-vlan\nfeature lldp\n\nno password strength-check\nusername \(state.user) password 5 $5$LAB$notarealhash  role network-admin\n\n"
                + "vlan 1,10,20\nvlan 10\n  name servers\nvlan 20\n  name storage\n\n"
                + String.rows(1..<13) {
                    "interface Ethernet1/\($0)\n  description to server-\($0.digits(2))\n  switchport access vlan 10\n\n"
                }
                + "interface mgmt0\n  vrf member management\n  ip address \(state.facts.interfaceAddress(0))/24\nline console\nline vty\nrouter ospf 1\n\n"
        )
    }
}
