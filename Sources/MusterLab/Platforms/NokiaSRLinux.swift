/// A Nokia router with SR Linux, whose prompt has two lines.
struct NokiaSRLinux: LabPersonality {
    let pager = LabPagerStyle.sequence

    func greeting(_ state: LabShellState) -> String {
        "Using configuration file(s): []\nWelcome to the srlinux CLI.\nType 'help' (and press <ENTER>) if you need any help using this.\n\n"
    }

    func prompt(_ state: LabShellState) -> String {
        let mode =
            switch state.mode {
            case .exec, .privileged: "running"
            case .configuration: state.candidate.isEmpty ? "candidate shared default" : "* candidate shared default"
            }
        let here = state.context.isEmpty ? "" : state.context.joined(separator: " ")
        return "--{ \(mode) }--[ \(here) ]--\r\nA:\(state.hostname)# "
    }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        Self.table.execute(line, &state) { problem, parsed in
            switch problem {
            case .unknown(let word, _):
                .text(
                    "Parsing error: Unknown token '\(parsed.words[word])'. Options are ['enter', 'environment', 'exit', 'info', 'quit', 'show']\n"
                )
            case .ambiguous: .text("Parsing error: Ambiguous token '\(parsed.words.last ?? "")'.\n")
            case .incomplete: .text("Parsing error: Unexpected end of line\n")
            }
        }
    }

    private static let table = LabCommandTable([
        .leaves("quit", .all), .leaves("exit"), .leaves("logout"),
        LabCommand("environment cli-engine type <type>", .all) { state, arguments in
            guard !state.refusesPagerOff else { return .text("Error: not authorized\n") }
            state.pageRows = arguments[0] == "basic" ? 0 : LabTerminal.usualRows
            return .nothing
        },
        .accepts("environment complete-on-space <value>", .all), .accepts("environment <line>", .all),
        LabCommand("enter candidate [line]", .all) { state, _ in
            state.mode = .configuration
            return .nothing
        },
        LabCommand("enter running", .all) { state, _ in
            state.mode = .privileged
            return .nothing
        },
        LabCommand("set <line>", .configuration) { state, arguments in
            state.configure("set " + arguments.filter { $0 != "/" }.joined(separator: " "))
            return .nothing
        },
        LabCommand("delete <line>", .configuration) { state, arguments in
            state.configure("delete " + arguments.filter { $0 != "/" }.joined(separator: " "))
            return .nothing
        },
        LabCommand("diff", .configuration) { state, _ in
            .text(
                state.differences.map { old, new in
                    (old.map { "-     \($0.split(separator: " ").dropFirst().joined(separator: " "))\n" } ?? "")
                        + "+     \(new.split(separator: " ").dropFirst().joined(separator: " "))\n"
                }.joined())
        },
        LabCommand("commit validate", .configuration) { state, _ in
            state.candidate.contains { $0.contains(LabShellState.failingWord) } ? .text(refusal) : .nothing
        },
        LabCommand("commit confirmed timeout <seconds>", .configuration) { state, arguments in
            guard state.commit(confirmedWithin: UInt64(arguments[0]) ?? 600) else { return .text(refusal) }
            state.mode = .privileged
            return .text(
                "INFO: Starting confirmed timer of \(arguments[0]) seconds\nAll changes have been committed. Leaving candidate mode.\n")
        },
        LabCommand("tools system configuration confirmed-accept", .all) { state, _ in
            .text(state.running.confirm() ? "/system/configuration:\n    Commit confirmed\n" : "Error: there is no commit to confirm\n")
        },
        LabCommand("save startup", .all) { state, _ in
            state.running.save()
            return .text("/system:\n    Saved current running configuration as initial (startup) configuration\n")
        },
        LabCommand("commit stay", .configuration) { state, _ in
            .text(state.commit() ? "All changes have been committed. Starting new transaction.\n" : refusal)
        },
        LabCommand("commit now", .configuration) { state, _ in
            guard state.commit() else { return .text(refusal) }
            state.mode = .privileged
            return .text("All changes have been committed. Leaving candidate mode.\n")
        },
        LabCommand("discard now", .configuration) { state, _ in
            state.candidate = []
            state.mode = .privileged
            return .text("All changes have been discarded. Leaving candidate mode.\n")
        },
        LabCommand("interface <name>", .configuration) { state, arguments in
            state.context = ["interface", arguments[0]]
            return .nothing
        },
        LabCommand("exit [line]", .configuration) { state, _ in
            state.context = []
            return .nothing
        },
        .version("show version", in: .all, version),
        .shows("show platform chassis", in: .all) { state in
            "--------------------------------------------------------------------\n  Type             : 7220 IXR-D3\n  HW MAC address   : \(state.facts.colonMAC(0).uppercased())\n  Slots            : 1\n  Oper Status      : up\n  Last booted      : \(state.facts.booted.date)T\(state.facts.booted.time).000Z\n  Serial number    : \(state.facts.serial("NK", 0))\n--------------------------------------------------------------------\n"
        },
        .shows("show interface brief", in: .all) { state in
            let rule = "+---------------------+--------------------------+--------------------------+\n"
            return rule + "|        Port         |       Admin State        |        Oper State        |\n" + rule.replacingDashes
                + String.rows(1..<35) {
                    "| \("ethernet-1/\($0)".padded(19)) | \((state.facts.number($0, below: 3) > 0 ? "enable" : "disable").padded(24)) | \((state.facts.number($0, below: 3) > 0 ? "up" : "down").padded(24)) |\n"
                } + "| mgmt0               | enable                   | up                       |\n" + rule
        },
        .shows("show interface", in: .all) { state in
            let rule = String(repeating: "=", count: 80)
            return rule + "\n"
                + String.rows(1..<9) {
                    "ethernet-1/\($0) is up, speed 25G, type None\n  ethernet-1/\($0).0 is up\n    Network-instances:\n      * Name: default (default)\n    Encapsulation   : null\n    Type            : routed\n    IPv4 addr    : \(state.facts.interfaceAddress($0))/31 (static, preferred)\n"
                        + String(repeating: "-", count: 80) + "\n"
                } + rule + "\nSummary\n  0 loopback interfaces configured\n  8 ethernet interfaces are up\n" + rule + "\n"
        },
        .shows("show network-instance summary", in: .all) { _ in
            "+-----------+------+-------------+------------+\n|   Name    | Type | Admin state | Oper state |\n+===========+======+=============+============+\n| default   | defa | enable      | up         |\n| mgmt      | ip-v | enable      | up         |\n+-----------+------+-------------+------------+\n"
        },
        .shows("show network-instance default route-table", in: .all) { state in
            "IPv4 unicast route table of network instance default\n"
                + String.rows(1..<31) {
                    "| 10.55.\($0).0/24 | 0 | bgp | bgp_mgr | True | 0 | 170 | 10.0.\($0 % 4).1 | ethernet-1/\($0 % 8 + 1).0 |\n"
                }
                + "IPv4 routes total: 30 on \(state.hostname)\n"
        },
        .shows("show system lldp neighbor", in: .all) { state in
            "| ethernet-1/1 | \(state.facts.colonMAC(88).uppercased()) | spine-01 | ethernet-1/\(1 + state.facts.number(2, below: 30)) |\n| ethernet-1/2 | \(state.facts.colonMAC(89).uppercased()) | spine-02 | ethernet-1/1 |\n"
        },
        .shows("show system application", in: .all) { _ in
            [
                "aaa_mgr", "arp_nd_mgr", "bfd_mgr", "bgp_mgr", "chassis_mgr", "dev_mgr", "fib_mgr", "idb_server", "linux_mgr", "lldp_mgr",
                "mgmt_server", "net_inst_mgr",
            ]
            .enumerated().map { "| \($1.padded(14)) | \(1200 + $0) | running | v23.10.1 |\n" }.joined()
        },
        .shows("show system uptime", in: .all) { "Uptime : \($0.facts.uptime) seconds\n" },
        .shows("show system users", in: .all) { "| \($0.user) | ssh | 192.0.2.7 |\n" },
        .shows("show system clock", in: .all) { "\($0.facts.clock.date)T\($0.facts.clock.time).000Z\n" },
        LabCommand("info [line]", .all) { state, _ in .text(configuration(state)) },
    ])

    private static let refusal = "Error: Validation failed\n/system/name/host-name: the value is not allowed\n"

    @Sendable private static func version(_ state: LabShellState) -> String {
        let facts = state.facts
        let rule = String(repeating: "-", count: 52)
        return """
            \(rule)
            Hostname             : \(state.hostname)
            Chassis Type         : 7220 IXR-D3
            Part Number          : 3HE16081AARA01
            Serial Number        : \(facts.serial("NK", 0))
            System HW MAC Address: \(facts.colonMAC(0).uppercased())
            OS                   : SR Linux
            Software Version     : v23.10.1
            Build Number         : 218-ga3fc1bea5a
            Architecture         : x86_64
            Last Booted          : \(facts.booted.date)T\(facts.booted.time).000Z
            Total Memory         : 24052875 kB
            Free Memory          : \(16_000_000 + facts.number(33, below: 900_000)) kB
            \(rule)

            """
    }

    @Sendable private static func configuration(_ state: LabShellState) -> String {
        String.rows(1..<9) {
            "    interface ethernet-1/\($0) {\n        admin-state enable\n        subinterface 0 {\n            ipv4 {\n                address \(state.facts.interfaceAddress($0))/31 {\n                }\n            }\n        }\n    }\n"
        } + "    system {\n        name {\n            host-name \(state.hostname)\n        }\n    }\n"
            + state.changedLines.map { "    \($0)\n" }.joined()
    }
}
