/// A recorded session, taken apart into what was typed and what the device answered.
///
/// It is read by the description of the format, `Documentation/Recordings.md`.
package struct LabRecording: Sendable {
    /// Something that was typed, and what the device printed until the next.
    struct Turn: Sendable {
        /// The unfinished line at which it was typed, as the device had printed it.
        var standing: [UInt8]
        /// Without its line end.
        var text: [UInt8]
        /// Whether there was no line end: a key.
        var isKey: Bool
        /// Whether it was typed before the device's prompt was known.
        var isLogin: Bool
        var answer: [UInt8] = []
        /// Whether the session ends with it.
        var ends = false

        /// Whether `typed` may be what was typed: secrets are not in a recording, and whoever logs in has a name of his own.
        func takes(_ typed: [UInt8]) -> Bool {
            if typed == text { return true }
            // Where the cursor is depends on who answers.
            if isReply { return typed.first == 0x1B && typed.last == text.last }
            if text.contains(LabRecording.redaction) { return true }
            return isLogin && standing.last { $0 != 0x20 } == UInt8(ascii: ":")
        }

        /// Whether it is no key, but what a terminal answers when the device asks it something.
        var isReply: Bool { isKey && text.count > 2 && text.starts(with: [0x1B, 0x5B]) }

        /// Whether the answer begins with what was typed.
        var isEchoed: Bool { answer.starts(with: text) }
    }

    /// A command that the device rejected.
    struct Rejection: Sendable {
        var command: [UInt8]
        var output: [UInt8]
    }

    /// A command that was run over an exec channel.
    struct Exec: Sendable {
        var command: [UInt8]
        var output: [UInt8] = []
        var status: Int32?
    }

    private static let redaction = Array("REDACTED".utf8)

    /// The device's name.
    package var host: String
    /// What it is, by the name that Muster has for it.
    package var platform: String
    /// Whether it was reached by telnet.
    package var usesTelnet: Bool
    /// What the device printed before anything was typed.
    var greeting: [UInt8] = []
    var turns: [Turn] = []
    var execs: [Exec] = []
    /// The device's prompts, of all their lines.
    var prompts: [[UInt8]] = []
    var rejection: Rejection?

    /// Reads the bytes of a file.
    ///
    /// - Parameter path: what it is called in errors.
    /// - Throws: `LabError.recording`.
    package init(_ bytes: [UInt8], path: String) throws(LabError) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(), let header = LabJSON(first), case .number(1)? = header["muster_recording"],
            let host = header["host"]?.string, let platform = header["platform"]?.string
        else { throw .recording(path: path, line: 1, reason: "expected the first line of a recording of version 1") }
        self.host = host
        self.platform = platform
        usesTelnet = header["transport"]?.string == "telnet"
        var reader = Reader()
        for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
            guard let event = LabJSON(line) else {
                // The last line may be cut off.
                if index == lines.count - 1 { break }
                throw .recording(path: path, line: index + 2, reason: "expected a line of JSON")
            }
            if let mark = event["mark"]?.string {
                take(mark, event, &reader)
            } else if let bytes = event["b"]?.bytes, reader.isExec {
                execs[execs.count - 1].output += bytes
            } else if let bytes = event["b"]?.bytes {
                reader.take(bytes, isTyped: event["d"]?.string == "out", &self)
            }
        }
        reader.endGroup(&self)
    }

    private mutating func take(_ mark: String, _ event: LabJSON, _ reader: inout Reader) {
        if let prompt = event["prompt"]?.bytes, !prompts.contains(prompt) { prompts.append(prompt) }
        switch mark {
        case "exec":
            reader.isExec = true
            execs.append(Exec(command: event["command"]?.bytes ?? []))
        case "result" where reader.isExec:
            reader.isExec = false
            // Without one it was ended by a signal.
            execs[execs.count - 1].status = if case .number(let status)? = event["status"] { Int32(clamping: Int(status)) } else { 255 }
        case "failed" where reader.isExec:
            reader.isExec = false
            // What did not come to its end is not known.
            execs.removeLast()
        case "opened": reader.isLogin = false
        case "platform": platform = event["name"]?.string ?? platform
        case "closing": reader.isClosing = true
        case "ended" where event["how"]?.string == "closed_by_peer":
            reader.endGroup(&self)
            if !turns.isEmpty { turns[turns.count - 1].ends = true }
        case "result" where rejection == nil && event["failure"]?.bytes != nil:
            rejection = Rejection(command: event["command"]?.bytes ?? [], output: event["output"]?.bytes ?? [])
        default: break
        }
    }

    /// The bytes' way into turns.
    private struct Reader {
        var isLogin = true
        var isClosing = false
        /// Whether what comes is a command's over an exec channel.
        var isExec = false
        /// The unfinished line.
        var standing: [UInt8] = []
        /// What was typed together, and what came since.
        var group: [Turn] = []
        var answer: [UInt8] = []

        mutating func take(_ bytes: [UInt8], isTyped: Bool, _ recording: inout LabRecording) {
            guard isTyped else {
                if group.isEmpty { recording.greeting += bytes } else { answer += bytes }
                follow(bytes)
                return
            }
            endGroup(&recording)
            var rest = bytes[...]
            while !rest.isEmpty {
                if let reply = rest.terminalReply {
                    group.append(Turn(standing: standing, text: Array(reply), isKey: true, isLogin: isLogin))
                    rest = rest[reply.endIndex...]
                    continue
                }
                let end = rest.firstIndex { $0 == 0x0A || $0 == 0x0D }
                var turn = Turn(standing: standing, text: Array(rest[..<(end ?? rest.endIndex)]), isKey: end == nil, isLogin: isLogin)
                turn.ends = isClosing
                rest = end.map { rest[($0 + 1)...] } ?? []
                // CR LF is one line end.
                if let end, bytes[end] == 0x0D, rest.first == 0x0A { rest = rest.dropFirst() }
                group.append(turn)
            }
        }

        /// Shares out what came since a group was typed.
        ///
        /// Each answer begins with the echo of what was typed, and the prompt before an echo is what stood there.
        mutating func endGroup(_ recording: inout LabRecording) {
            var start = answer.startIndex
            for index in group.indices {
                // What was typed behind a reply gets what came after both.
                if group[index].isReply, index + 1 < group.count { continue }
                let next = index + 1 < group.count ? answer[start...].echo(of: group[index + 1].text, after: group[index].text.count) : nil
                let end = next ?? answer.endIndex
                group[index].answer = Array(answer[start..<end])
                if index + 1 < group.count {
                    let lineStart = answer[start..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? start
                    group[index + 1].standing = Array(answer[lineStart..<end])
                }
                start = end
            }
            recording.turns += group
            group = []
            answer = []
        }

        private mutating func follow(_ bytes: [UInt8]) {
            if let end = bytes.lastIndex(of: 0x0A) { standing = Array(bytes[(end + 1)...]) } else { standing += bytes }
        }
    }
}

extension ArraySlice<UInt8> {
    /// What a terminal answers to a question (`ESC [ 1 ; 5 R`), where these bytes begin with it.
    var terminalReply: ArraySlice<UInt8>? {
        guard starts(with: [0x1B, 0x5B]) else { return nil }
        let end = dropFirst(2).firstIndex { !(0x20...0x3F).contains($0) }
        guard let end, [UInt8(ascii: "R"), UInt8(ascii: "n"), UInt8(ascii: "c")].contains(self[end]) else { return nil }
        return self[...end]
    }

    /// Where `text` stands with a line end behind it, at least `offset` bytes on.
    fileprivate func echo(of text: [UInt8], after offset: Int) -> Int? {
        guard let first = text.first else { return nil }
        var index = Swift.min(startIndex + offset, endIndex)
        while let found = self[index...].firstIndex(of: first) {
            let end = found + text.count
            if end < endIndex, self[found..<end].elementsEqual(text), self[end] == 0x0D || self[end] == 0x0A { return found }
            index = found + 1
        }
        return nil
    }
}

extension [UInt8] {
    func contains(_ part: [UInt8]) -> Bool {
        guard part.count <= count else { return false }
        return (0...(count - part.count)).contains { self[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
