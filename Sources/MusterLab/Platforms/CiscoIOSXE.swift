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
        let mode = state.mode
        let promptLength = prompt(state).count
        return Self.table.execute(line, &state) { problem, parsed in
            switch problem {
            case .unknown(word: 0, _) where mode == .exec && parsed.words.count == 1:
                .text(
                    """
                    Translating "\(parsed.words[0])"
                    % Bad IP address or host name
                    % Unknown command or computer name, or unable to find computer address

                    """)
            case .unknown(_, let offset): .text(Self.caret(promptLength + offset))
            case .ambiguous: .text("% Ambiguous command:  \"\(line.trimmingSpaces)\"\n")
            case .incomplete: .text("% Incomplete command.\n\n")
            }
        }
    }

    static func caret(_ column: Int) -> String {
        String(repeating: " ", count: column) + "^\n% Invalid input detected at '^' marker.\n\n"
    }
}
