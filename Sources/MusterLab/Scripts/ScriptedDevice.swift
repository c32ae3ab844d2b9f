/// A device that does what a script says.
struct ScriptedDevice: LabPersonality {
    let script: LabScript
    let pager = LabPagerStyle.backspaces

    func greeting(_ state: LabShellState) -> String { script.dialogue == nil ? shown(script.greeting, state) : "" }

    func prompt(_ state: LabShellState) -> String {
        // A prompt of several lines begins each at the left edge.
        String(decoding: LabShellMachine.onTheWire(shown(mode(state)?.prompt ?? "", state)), as: UTF8.self)
    }

    func dialogue(_ state: LabShellState) -> LabReply? {
        guard let dialogue = script.dialogue else { return nil }
        guard let user = dialogue.user else { return password(dialogue) }
        return .ask(user, .line) { _, _ in password(dialogue) ?? welcome() }
    }

    private func password(_ dialogue: LabScript.Dialogue) -> LabReply? {
        guard let question = dialogue.password else { return nil }
        return .ask(question, .secret) { answer, state in
            if answer == state.password { return .text(shown(script.greeting, state)) }
            var reply = self.dialogue(state) ?? .close
            reply.output = .text(dialogue.wrong)
            return reply
        }
    }

    private func welcome() -> LabReply { LabReply(output: script.greeting.isEmpty ? .none : .text(script.greeting)) }

    func execute(_ line: String, _ state: inout LabShellState) -> LabReply {
        let words = line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        guard let command = mode(state)?.commands[words] ?? script.commands[words] else {
            return .text(script.unknown.replacing("{line}", with: words))
        }
        guard let question = command.asks else { return carryOut(command, &state) }
        return .ask(question, command.wants == nil ? .line : .secret) { answer, state in
            switch command.wants {
            case .enable where answer != state.enableSecret, .password where answer != state.password: .text(command.wrong)
            default: carryOut(command, &state)
            }
        }
    }

    private func carryOut(_ command: LabScript.Command, _ state: inout LabShellState) -> LabReply {
        if let target = command.to { state.place = target }
        var reply = LabReply.text(shown(command.says, state))
        if command.ends { reply.next = .close }
        return reply
    }

    private func mode(_ state: LabShellState) -> LabScript.Mode? { script.modes[state.place.isEmpty ? script.login : state.place] }

    private func shown(_ text: String, _ state: LabShellState) -> String {
        text.replacing("{host}", with: state.facts.name).replacing("{user}", with: state.user)
    }
}
