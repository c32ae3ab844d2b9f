extension CiscoIOSXE {
    static let table = LabCommandTable(sessionCommands + configurationCommands + showCommands)

    private static let sessionCommands: [LabCommand] = [
        .enables("enable", refusal: "% Bad secrets\n\n"),
        LabCommand("disable", .privileged) { state, _ in
            state.mode = .exec
            return .nothing
        },
        .leaves("exit"), .leaves("logout"), .leaves("quit"),
        .pageLength("terminal length <rows>", refusal: "% Authorization failed.\n\n"),
        .accepts("terminal width <columns>"),
        .accepts("terminal monitor", .privileged),
        .accepts("terminal no monitor", .privileged),
        LabCommand("write memory", .privileged) { state, _ in
            state.running.save()
            return .text("Building configuration...\n[OK]\n")
        },
        LabCommand("copy running-config startup-config", .privileged) { _, _ in
            .ask("Destination filename [startup-config]? ", .line) { _, _ in .text("Building configuration...\n[OK]\n") }
        },
        LabCommand("reload", .privileged) { _, _ in
            .ask("Proceed with reload? [confirm]", .key) { key, _ in key.isEmpty || key.lowercased() == "y" ? .close : .nothing }
        },
        LabCommand("clear counters", .privileged) { _, _ in
            .ask("Clear \"show interface\" counters on all interfaces [confirm]", .key) { _, _ in .nothing }
        },
        LabCommand("ping <host>") { _, arguments in
            .text(
                """
                Type escape sequence to abort.
                Sending 5, 100-byte ICMP Echos to \(arguments[0]), timeout is 2 seconds:
                !!!!!
                Success rate is 100 percent (5/5), round-trip min/avg/max = 1/2/4 ms

                """)
        },
    ]

    private static let configurationCommands: [LabCommand] = [
        .configures("configure terminal", "Enter configuration commands, one per line.  End with CNTL/Z.\n"),
        .ends("end"), .ascends("exit"), .names("hostname <name>"),
        .descends("interface <line>", "config-if"),
        .descends("router <line>", "config-router"),
        .descends("line <line>", "config-line"),
        .descends("vlan <number>", "config-vlan"),
        .readsText("banner <kind>"),
        .descends("crypto pki certificate chain <name>", "config-cert-chain"),
        .readsText(
            "certificate <kind> [line]", upTo: "quit", saying: "Enter the certificate in hexadecimal representation...."),
        .accepts("description <line>", .configuration),
        .accepts("ip <line>", .configuration),
        .accepts("no <line>", .configuration),
        .accepts("shutdown", .configuration),
        .accepts("logging <line>", .configuration),
        .accepts("ntp <line>", .configuration),
        .accepts("snmp-server <line>", .configuration),
        .accepts("username <line>", .configuration),
        LabCommand("do <line>", .configuration) { state, arguments in
            var inner = state
            inner.mode = .privileged
            return CiscoIOSXE().execute(arguments.joined(separator: " "), &inner)
        },
    ]
}
