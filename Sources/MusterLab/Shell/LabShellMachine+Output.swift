extension LabShellMachine {
    private static let chunk = 32 * 1024
    private static let junk: [UInt8] =
        [0, 0, 0x07] + Array("\u{1B}[31;1mred\u{1B}[0m \u{1B}[2J\u{1B}[1;1H".utf8) + [0xC3, 0x28, 0xFF, 0xFE, 0x80, 0xF0, 0x9F]
        + Array("junk\r\n".utf8)

    /// Runs a line that was entered.
    mutating func run(_ text: String) {
        let trimmed = text.trimmingSpaces
        guard !trimmed.isEmpty else {
            show(.nothing)
            return
        }
        steps.append(.typed(trimmed))
        commands += 1
        if let answer = faults.answers.first(where: { trimmed.hasPrefix($0.command) }) { return show(.text(answer.text)) }
        var reply = LabTestCommands.reply(to: trimmed, prompt: personality.prompt(state)) ?? personality.execute(text, &state)
        if let exitAfter = faults.exitAfter, commands >= exitAfter {
            state.status = 0
            if case .text(let text) = reply.output { write(Self.onTheWire(text)) }
            end(byClient: false)
            return
        }
        if faults.latency > .zero { steps.append(.pause(faults.latency)) }
        for gate in faults.gates where trimmed.hasPrefix(gate.prefix) { steps.append(.hold(gate)) }
        if reply.pause > .zero { steps.append(.pause(reply.pause)) }
        if let bytes = faults.huge, reply.isVersion, case .text(let text) = reply.output {
            reply.output = .numbered(bytes: max(0, bytes - text.utf8.count), then: text)
        }
        if faults.junk { write(Self.junk) }
        show(reply)
    }

    mutating func show(_ reply: LabReply) {
        switch reply.output {
        case .none: proceed(reply.next)
        case .raw(let bytes):
            write(bytes)
            proceed(reply.next)
        case .text(let text): show(LabOutputSource(text), text, reply.next)
        case .numbered(let bytes, let then): show(LabOutputSource(numbered: bytes, then: then), nil, reply.next)
        }
    }

    private mutating func show(_ source: LabOutputSource, _ text: String?, _ next: LabReply.Next) {
        if faults.dropMidCommand {
            var bytes: [UInt8] = []
            var rest = source
            while bytes.count < 4096, rest.appendLine(to: &bytes) {}
            write(Array(bytes.prefix(bytes.count / 2)))
            steps.append(.drop)
            activity = .ended
            return
        }
        let rows = pageRows
        if rows > 0, source.exceeds(rows: rows - 1) {
            activity = .paging(LabPager(source: source, linesLeft: rows - 1), next)
        } else if let text {
            write(endsLines(text))
            proceed(next)
        } else {
            activity = .printing(source, next)
        }
    }

    /// Rows of a page; 0 when nothing is paged.
    private var pageRows: Int {
        faults.pagerAlways && state.isInteractive && state.pageRows == 0 ? LabTerminal.usualRows : state.pageRows
    }

    /// Without a terminal nothing translates a server's line feeds.
    private func endsLines(_ text: String) -> [UInt8] {
        let ended = text.hasSuffix("\n") ? text : text + "\n"
        return state.isInteractive || state.platform != .linux ? Self.onTheWire(ended) : Array(ended.utf8)
    }

    mutating func print(_ source: LabOutputSource, _ next: LabReply.Next) {
        var source = source
        if interrupted() {
            write("^C\r\n")
            proceed(.prompt)
            return
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.chunk + 256)
        while bytes.count < Self.chunk, source.appendLine(to: &bytes) {}
        write(bytes)
        activity = .printing(source, next)
        if source.isEmpty { proceed(next) }
    }

    /// Shows lines, or takes the key at the end of a page.
    ///
    /// Returns false while that key is missing.
    mutating func page(_ pager: LabPager, _ next: LabReply.Next) -> Bool {
        var pager = pager
        if pager.waits {
            guard let key = key() else { return false }
            switch key {
            case UInt8(ascii: " "): pager.linesLeft = max(1, pageRows - 1)
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"): pager.linesLeft = 1
            case UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x03:
                write(personality.pager.erase)
                proceed(next)
                return true
            default: return true
            }
            pager.waits = false
            write(personality.pager.erase)
        }
        var bytes: [UInt8] = []
        while pager.linesLeft > 0, pager.source.appendLine(to: &bytes) { pager.linesLeft -= 1 }
        write(bytes)
        if pager.source.isEmpty {
            proceed(next)
            return true
        }
        write(personality.pager.more(pager.source.percent))
        pager.waits = true
        activity = .paging(pager, next)
        return true
    }

    private mutating func proceed(_ next: LabReply.Next) {
        switch next {
        case .prompt:
            guard state.isInteractive else {
                end(byClient: false)
                return
            }
            activity = .reading
            write(personality.prompt(state))
        case .ask(let prompt, let answer, let then):
            write(Self.onTheWire(prompt))
            activity = .asking(answer, then)
        case .close: end(byClient: true)
        case .forever: activity = .forever
        }
    }
}
