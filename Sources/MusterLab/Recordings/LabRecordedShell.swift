/// A device that answers as it did in a recording.
///
/// What was recorded comes back byte for byte, at once. Where the same was typed more than once at the same prompt, the answers follow each other as
/// recorded, from the beginning again after the last. What was never typed is rejected in the device's own words.
struct LabRecordedShell: LabShell {
    private let recording: LabRecording
    private let command: String?
    private var hasBegun = false
    private var hasEnded = false
    private var inputEnded = false
    private var input: ArraySlice<UInt8> = []
    private var afterReturn = false
    private var line: [UInt8] = []
    /// The unfinished line on the client's screen, without what is being typed.
    private var standing: [UInt8] = []
    /// The turn that was answered last.
    private var position = -1
    private var steps: ArraySlice<LabShellMachine.Step> = []

    /// - Parameter command: The single command to run, for a channel that is not a shell.
    init(_ recording: LabRecording, command: String? = nil) {
        self.recording = recording
        self.command = command
    }

    mutating func receive(_ bytes: some Sequence<UInt8>) { input += bytes }

    mutating func endInput() { inputEnded = true }

    mutating func resize(_ terminal: LabTerminal) {}

    mutating func next() -> LabShellMachine.Step? {
        while true {
            if let step = steps.popFirst() { return step }
            if hasEnded { return nil }
            if !hasBegun {
                begin()
                continue
            }
            if let reply = input.terminalReply {
                input = input[reply.endIndex...]
                if let index = turn(for: Array(reply), isKey: true) { play(index, wasEchoed: false) }
                continue
            }
            guard let byte = input.popFirst() else {
                guard inputEnded else { return nil }
                end(byClient: false)
                continue
            }
            take(byte)
        }
    }

    private mutating func begin() {
        hasBegun = true
        guard let command else {
            // It had no terminal, so there is nothing to show.
            guard recording.greeting.isEmpty, recording.turns.isEmpty, !recording.execs.isEmpty else { return show(recording.greeting) }
            return end(byClient: false)
        }
        let text = Array(command.utf8)
        if let exec = recording.execs.first(where: { $0.command == text }) {
            steps.append(.write(exec.output))
            hasEnded = true
            steps.append(.close(status: exec.status ?? 255, byClient: false))
            return
        }
        let turn = recording.turns.first { !$0.isKey && $0.text == text }
        // Without a terminal there is no echo, and no prompt after the answer.
        var body = turn?.answer[...] ?? (rejection(of: text) + [13, 10])[...]
        if let turn, turn.isEchoed { body = body.dropFirst(text.count).drop { $0 == 13 || $0 == 10 } }
        if turn != nil, let last = body.lastIndex(of: 10) { body = body[...last] }
        steps.append(.write(Array(body)))
        hasEnded = true
        steps.append(.close(status: turn == nil ? 1 : 0, byClient: false))
    }

    private mutating func take(_ byte: UInt8) {
        let afterReturn = self.afterReturn
        self.afterReturn = byte == 13
        if byte == 10, afterReturn { return }
        if line.isEmpty, let index = turn(for: [byte], isKey: true) { return play(index, wasEchoed: false) }
        switch byte {
        case 13, 10:
            let text = line
            line = []
            entered(text)
        case 0x03:
            line = []
            show(Array("^C\r\n".utf8) + prompt)
        case 0x08, 0x7F:
            guard line.popLast() != nil, echoes else { return }
            steps.append(.write([8, 32, 8]))
        // A pager waits for one of its keys.
        case _ where takesKeysOnly: return
        case 0x20...:
            line.append(byte)
            if echoes { steps.append(.write([byte])) }
        default: return
        }
    }

    private mutating func entered(_ text: [UInt8]) {
        let wasEchoed = echoes
        if !text.isEmpty { steps.append(.typed(String(decoding: text, as: UTF8.self))) }
        if let index = turn(for: text, isKey: false) { return play(index, wasEchoed: wasEchoed) }
        let echo = wasEchoed ? [] : text
        show(echo + [13, 10] + (text.isEmpty ? [] : rejection(of: text) + [13, 10]) + prompt)
    }

    /// The next turn after the last one in which this was typed here.
    private func turn(for text: [UInt8], isKey: Bool) -> Int? {
        let count = recording.turns.count
        for offset in 1...max(1, count) where count > 0 {
            let index = (position + offset) % count
            let turn = recording.turns[index]
            if turn.isKey == isKey, turn.standing == standing, turn.takes(text) { return index }
        }
        return nil
    }

    private mutating func play(_ index: Int, wasEchoed: Bool) {
        position = index
        let turn = recording.turns[index]
        show(wasEchoed && turn.isEchoed ? Array(turn.answer.dropFirst(turn.text.count)) : turn.answer)
        if turn.ends { end(byClient: true) }
    }

    /// Whether what is typed at this prompt is shown while it is typed.
    private var echoes: Bool {
        !recording.turns.contains { $0.standing == standing && !$0.isKey && !$0.isEchoed }
    }

    private var takesKeysOnly: Bool {
        let here = recording.turns.filter { $0.standing == standing && !$0.isReply }
        return !here.isEmpty && here.allSatisfy(\.isKey)
    }

    /// The prompt that stands here, with the lines above its last.
    private var prompt: [UInt8] {
        for prompt in recording.prompts {
            guard let end = prompt.lastIndex(of: 10), standing.contains(Array(prompt[(end + 1)...])) else { continue }
            return LabShellMachine.onTheWire(String(decoding: prompt[...end], as: UTF8.self)) + standing
        }
        return standing
    }

    /// How the device rejects what was never typed, without the line end.
    private func rejection(of text: [UInt8]) -> [UInt8] {
        guard let rejection = recording.rejection else {
            return Array("% Invalid input: '\(String(decoding: text, as: UTF8.self))' is not in the recording".utf8)
        }
        // Some name the command, or its first word.
        var output = String(decoding: rejection.output, as: UTF8.self)
        let (old, new) = (String(decoding: rejection.command, as: UTF8.self), String(decoding: text, as: UTF8.self))
        if output.contains(old) {
            output = output.replacing(old, with: new)
        } else if let oldWord = old.split(separator: " ").first, let newWord = new.split(separator: " ").first {
            output = output.replacing(oldWord, with: newWord)
        }
        return LabShellMachine.onTheWire(output)
    }

    private mutating func show(_ bytes: [UInt8]) {
        steps.append(.write(bytes))
        if let end = bytes.lastIndex(of: 10) { standing = Array(bytes[(end + 1)...]) } else { standing += bytes }
    }

    private mutating func end(byClient: Bool) {
        hasEnded = true
        steps.append(.close(status: 0, byClient: byClient))
    }
}
