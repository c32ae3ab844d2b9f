/// Lines that came between the end of one answer and the next command's echo.
package struct StrayLines: Sendable, Equatable {
    /// The command that had been answered.
    package var command: String
    /// The first of the lines, as text.
    package var first: String
    package var count: Int
}

/// Seeing what belongs to no answer.
///
/// Mostly it is a message of the device, and no part of anything. But a line of an answer may have been the device's prompt to the letter, at the
/// very end of what had come: then the answer was taken for ended, and this is the rest of it. Nobody can tell, so it is said.
extension ConsoleMachine {
    /// The command that was answered last.
    struct Answered {
        var command: String
        /// The line with its prompt.
        var echoLine: [UInt8]
    }

    /// So many are kept.
    private static let mostStrays = 8

    /// Looks at what has come since the last answer.
    package mutating func lookForStrays() {
        if inFlight.isEmpty { noteStrays(screen.text[...]) }
    }

    /// Takes note of `bytes`, finished lines that are in no answer, unless they read like messages or are only prompts.
    mutating func noteStrays(_ bytes: ArraySlice<UInt8>) {
        guard let answered, let prompt, !bytes.isEmpty, strays.count < Self.mostStrays else { return }
        let typed = inFlight.first.map { keys($0.command) } ?? []
        var isFirst = true
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).compactMap { line -> ArraySlice<UInt8>? in
            var line = line
            // The first goes on where the prompt stands.
            if isFirst || line.trimmedAtEnd.elementsEqual(prompt.last.trimmedAtEnd), line.starts(with: prompt.last.trimmedAtEnd) {
                line = line.dropFirst(prompt.last.trimmedAtEnd.count)
            }
            isFirst = false
            line = line.trimmed
            let isPrompts = prompt.upper.split(separator: 0x0A).contains { $0.elementsEqual(line) }
            return line.isEmpty || isPrompts || line.elementsEqual(typed) ? nil : line
        }
        guard let first = lines.first else { return }
        // One that has been told of is enough.
        self.answered = nil
        guard !isMessage(first) else { return }
        let text = redacted(platform.encoding.text(Array(first.prefix(200))))
        strays.append(StrayLines(command: answered.command, first: text, count: lines.count))
    }

    /// Whether `line` is the echo of the command that was answered last: its answer was another's, or is still to come.
    func isEchoOfAnswered(_ line: ArraySlice<UInt8>, _ head: Step) -> Bool {
        guard let answered, !answered.command.isEmpty, answered.command != head.command else { return false }
        return line.trimmedAtEnd.elementsEqual(answered.echoLine.trimmedAtEnd)
    }
}
