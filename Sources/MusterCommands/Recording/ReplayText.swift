import MusterConsole
import MusterRendering

/// What of a recording is shown, event by event.
struct ReplayText {
    let isRaw: Bool
    let showsTyped: Bool
    /// The beginning of a character whose rest is still to come, or a return that may belong to a line end.
    private var carried: [UInt8] = []
    private var isAtLineStart = true

    init(isRaw: Bool, showsTyped: Bool) {
        self.isRaw = isRaw
        self.showsTyped = showsTyped
    }

    mutating func bytes(for event: RecordingEvent) -> [UInt8] {
        switch event.kind {
        case .received(let bytes): return isRaw ? bytes : safe(bytes)
        case .typed(let bytes) where showsTyped:
            let text = String(decoding: bytes, as: UTF8.self).terminalSafe
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let shown = (text.hasSuffix("\n") ? lines.dropLast() : lines[...]).map { ">>> \($0)\n" }.joined()
            defer { isAtLineStart = true }
            return end() + (isAtLineStart ? [] : [0x0A]) + Array(shown.utf8)
        case .mark(.gap(let count)): return isRaw ? [] : end() + Array("\n[\(count) bytes are missing here]\n".utf8)
        case .mark(.exec(_, let command)): return isRaw ? [] : ownLine("$ \(command.terminalSafe)")
        case .mark(.result(let result)):
            guard let failure = result.failure, result.prompt.isEmpty, !isRaw else { return [] }
            return ownLine("[\(failure.terminalSafe)]")
        case .typed, .mark: return []
        }
    }

    private mutating func ownLine(_ text: String) -> [UInt8] {
        defer { isAtLineStart = true }
        return end() + (isAtLineStart ? [] : [0x0A]) + Array((text + "\n").utf8)
    }

    /// What is left at the end.
    mutating func end() -> [UInt8] {
        defer { carried = [] }
        let rest = carried.filter { $0 != 0x0D }
        return Array(String(decoding: rest, as: UTF8.self).utf8)
    }

    /// The text with what could steer a terminal made visible; line ends as the terminal's own.
    private mutating func safe(_ bytes: [UInt8]) -> [UInt8] {
        var all = carried + bytes
        carried = []
        let open = all.count - all.openTail
        carried = Array(all[open...])
        all.removeSubrange(open...)
        guard !all.isEmpty else { return [] }
        isAtLineStart = all.last == 0x0A
        var text: [UInt8] = []
        text.reserveCapacity(all.count)
        for (index, byte) in all.enumerated() {
            // Several returns before a line feed are one line end, as terminals have it.
            if byte == 0x0D, all[index...].first(where: { $0 != 0x0D }) == 0x0A { continue }
            text.append(byte)
        }
        return Array(String(decoding: text, as: UTF8.self).terminalSafe.utf8)
    }
}

extension [UInt8] {
    /// How many bytes at the end belong to something that is not all there: a character of UTF-8, or returns before a line feed.
    fileprivate var openTail: Int {
        let returns = reversed().prefix { $0 == 0x0D }.count
        if returns > 0 { return returns }
        for length in 1...3 where length <= count {
            let byte = self[count - length]
            if byte & 0xC0 == 0x80 { continue }
            let whole = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return whole > length ? length : 0
        }
        return 0
    }
}
