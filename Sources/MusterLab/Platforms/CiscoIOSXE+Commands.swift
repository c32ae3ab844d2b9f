extension CiscoIOSXE {
    static let table = LabCommandTable(
        sessionCommands + configurationCommands + showCommands
    )

    private static let sessionCommands: [LabCommand] = [
        LabCommand("enable") { state, _ in
            guard state.mode == .exec else { return .nothing }
            return askSecret(attempt: 1)
        },
        LabCommand("disable", .privileged) { state, _ in
            state.mode = .exec
            return .nothing
        },
        LabCommand("exit") { _, _ in .close },
        LabCommand("logout") { _, _ in .close },
        LabCommand("quit") { _, _ in .close },
        LabCommand("terminal length <rows>") { state, arguments in setLength(arguments[0], &state) },
        LabCommand("terminal no length") { state, _ in setLength("24", &state) },
        LabCommand("terminal width <columns>") { state, arguments in
            state.columns = Int(arguments[0]) ?? state.columns
            return .nothing
        },
        LabCommand("terminal monitor", .privileged) { _, _ in .nothing },
        LabCommand("terminal no monitor", .privileged) { _, _ in .nothing },
        LabCommand("write memory", .privileged) { _, _ in .text("Building configuration...\n[OK]\n") },
        LabCommand("copy running-config startup-config", .privileged) { _, _ in
            .ask("Destination filename [startup-config]? ", .line) { _, _ in .text("Building configuration...\n[OK]\n") }
        },
        LabCommand("reload", .privileged) { _, _ in
            .ask("Proceed with reload? [confirm]", .key) { key, _ in
                key.isEmpty || key.lowercased() == "y" ? .close : .nothing
            }
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
        LabCommand("configure terminal", .privileged) { state, _ in
            state.mode = .configuration
            state.context = []
            return .text("Enter configuration commands, one per line.  End with CNTL/Z.\n")
        },
        LabCommand("end", .configuration) { state, _ in
            state.mode = .privileged
            state.context = []
            return .nothing
        },
        LabCommand("exit", .configuration) { state, _ in
            if state.context.popLast() == nil { state.mode = .privileged }
            return .nothing
        },
        LabCommand("hostname <name>", .configuration) { state, arguments in
            state.hostname = arguments[0]
            return .nothing
        },
        LabCommand("interface <line>", .configuration) { state, _ in down(&state, "config-if") },
        LabCommand("router <line>", .configuration) { state, _ in down(&state, "config-router") },
        LabCommand("line <line>", .configuration) { state, _ in down(&state, "config-line") },
        LabCommand("vlan <number>", .configuration) { state, _ in down(&state, "config-vlan") },
        LabCommand("description <line>", .configuration) { _, _ in .nothing },
        LabCommand("ip <line>", .configuration) { _, _ in .nothing },
        LabCommand("no <line>", .configuration) { _, _ in .nothing },
        LabCommand("shutdown", .configuration) { _, _ in .nothing },
        LabCommand("logging <line>", .configuration) { _, _ in .nothing },
        LabCommand("ntp <line>", .configuration) { _, _ in .nothing },
        LabCommand("snmp-server <line>", .configuration) { _, _ in .nothing },
        LabCommand("username <line>", .configuration) { _, _ in .nothing },
        LabCommand("banner <line>", .configuration) { _, _ in .nothing },
        LabCommand("do <line>", .configuration) { state, arguments in
            var inner = state
            inner.mode = .privileged
            return CiscoIOSXE().execute(arguments.joined(separator: " "), &inner)
        },
    ]

    private static func askSecret(attempt: Int) -> LabReply {
        .ask("Password: ", .secret) { secret, state in
            if secret == state.enableSecret {
                state.mode = .privileged
                return .nothing
            }
            return attempt < 3 ? askSecret(attempt: attempt + 1) : .text("% Bad secrets\n\n")
        }
    }

    private static func setLength(_ text: String, _ state: inout LabShellState) -> LabReply {
        guard let rows = Int(text), (0...512).contains(rows) else { return .text("% Invalid input detected at '^' marker.\n\n") }
        if state.refusesPagerOff { return .text("% Authorization failed.\n\n") }
        state.pageRows = rows
        return .nothing
    }

    private static func down(_ state: inout LabShellState, _ context: String) -> LabReply {
        state.context = [context]
        return .nothing
    }
}
