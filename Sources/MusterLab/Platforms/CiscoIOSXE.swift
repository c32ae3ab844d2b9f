/// A Cisco router with IOS-XE.
struct CiscoIOSXE: LabPersonality {
    let pager = LabPagerStyle.backspaces

    func greeting(_ state: LabShellState) -> String { "" }

    func prompt(_ state: LabShellState) -> String {
        switch state.mode {
        case .exec: "\(state.hostname)>"
        case .privileged: "\(state.hostname)#"
        case .configuration: "\(state.hostname)(\(state.context.last ?? "config"))#"
        }
    }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        let parsed = LabLine(line)
        switch Self.table.match(parsed.words, in: state.mode) {
        case .command(let command, let arguments): return command.run(&state, arguments).filtered(parsed.filter)
        case .unknown(let word):
            if state.mode == .exec, word == 0, parsed.words.count == 1, !line.contains(".") {
                return .text("Translating \"\(parsed.words[0])\"\n% Bad IP address or host name\n% Unknown command or computer name, or unable to find computer address\n")
            }
            let column = prompt(state).count + parsed.offset(of: word)
            return .text(String(repeating: " ", count: column) + "^\n% Invalid input detected at '^' marker.\n\n")
        case .ambiguous: return .text("% Ambiguous command:  \"\(line.trimmingSpaces)\"\n")
        case .incomplete: return .text("% Incomplete command.\n\n")
        }
    }
}
