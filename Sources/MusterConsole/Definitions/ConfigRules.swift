/// How a platform's configuration is changed: what is typed to begin, to look, to make it count, to take it back.
///
/// The inputs may hold `{minutes}`, `{seconds}`, `{time}` (hh:mm:ss) and `{session}`, which the caller fills in.
package struct ConfigRules: Sendable {
    /// What can be typed to one end.
    package enum Part: String, Sendable, CaseIterable {
        /// Begins.
        case enter
        /// Prints what the pending change is.
        case diff
        /// Has the device validate the change without a commit.
        case check
        /// Makes the change count.
        case commit
        /// Makes the change count, to be taken back by the device itself unless it is confirmed in time.
        case commitConfirmed = "commit_confirmed"
        /// Makes such a commit permanent.
        case confirm
        /// Prints why a commit has failed.
        case explain
        /// Throws the pending change away.
        case abort
        /// Throws it away from outside of the configuration, where a line that leaves it or a lost session keep it on the device.
        case abandon
        /// Ends.
        case exit

        /// Those by which a change takes effect.
        package static let committing: [Part] = [.commit, .commitConfirmed, .confirm]
    }

    /// The parts that the platform has; an empty one is not there.
    package var parts: [Part: [Instruction]]
    /// What a commit prints when there was nothing to change, matched against one line.
    package var unchanged: [Pattern]
    /// Whether nothing takes effect before the commit.
    package var isAtomic: Bool
    /// The mode that lines are typed in; nil where the definition does not say, or `enter` goes there by its name.
    package var mode: String?
    /// The parts after which the device is out of the configuration by itself.
    package var leaving: Set<Part> = []
    /// What rejects a line, a commit or a save beside what rejects any command, matched against one line.
    package var failurePatterns: [Pattern] = []
    /// Lines that those match, and that are only information.
    package var failureExcludes: [Pattern] = []
    /// Lines that a difference has beside the difference.
    package var diffExcludes: [Pattern] = []
    /// Whether a line that is taken prints nothing.
    package var isSilent = true

    package init(parts: [Part: [Instruction]], unchanged: [Pattern] = [], isAtomic: Bool? = nil) {
        self.parts = parts.filter { !$0.value.isEmpty }
        self.unchanged = unchanged
        self.isAtomic = isAtomic ?? (self.parts[.commit] != nil)
    }

    /// The mode that `enter` goes to by its name.
    package var enteredMode: String? {
        guard case .enterMode(let name)? = instructions(.enter).last else { return nil }
        return name
    }

    /// A difference without the lines that a device prints around it.
    package func difference(_ output: String) -> String {
        guard !diffExcludes.isEmpty else { return output }
        return output.split(separator: "\n", omittingEmptySubsequences: false).filter { !diffExcludes.match(Array($0.utf8)) }
            .joined(separator: "\n")
    }

    /// What is typed for a part; empty where the platform has none.
    package func instructions(_ part: Part) -> [Instruction] { parts[part] ?? [] }

    /// Whether the platform has a part.
    package func has(_ part: Part) -> Bool { parts[part] != nil }

    /// Whether a commit has said that there was nothing to change.
    package func saysUnchanged(_ output: String) -> Bool { unchanged.matchLine(of: output) }
}

extension Platform {
    /// The words by which a line of configuration, a commit or a save was rejected, though not by what rejects any command.
    ///
    /// Behind a line with nothing but a marker (`^`), it is the next one.
    package func configRejection(in output: String) -> String? {
        guard let config, !config.failurePatterns.isEmpty else { return nil }
        let lines = answerLines(of: output)
        guard
            let index = lines.firstIndex(where: {
                config.failurePatterns.match($0) && !config.failureExcludes.match($0) && !config.unchanged.match($0)
            })
        else { return nil }
        let isMarker = !lines[index].contains { $0 >= 0x30 && $0 != 0x5E }
        return encoding.text((isMarker && index + 1 < lines.count ? lines[index + 1] : lines[index])[...].trimmed)
    }

    /// What a device had to say to a line that it did not reject, where it is usually silent: the first line of it.
    package func configRemark(in output: String) -> String? {
        guard config?.isSilent ?? false else { return nil }
        return answerLines(of: output).first.map { encoding.text($0[...].trimmed) }
    }

    /// The lines of an answer that are not blank and no log message that came between.
    private func answerLines(of output: String) -> [[UInt8]] {
        Array(output.utf8).edgeLines(50).map { Array($0) }.filter { !failureExcludes.match($0) && !ConfigRules.logs.match($0) }
    }

    /// Whether lines that are typed in a mode wait for a commit, as they do in the configuration's.
    package func needsCommit(afterLinesIn name: String) -> Bool {
        guard let config, config.has(.commit), let entered = config.enteredMode, entered != defaultMode else { return false }
        // Some modes have one prompt and differ by how they are entered.
        return entered == name || mode(named: entered)?.prompt.isEqual(to: mode(named: name)?.prompt ?? PromptRule(pattern: nil)) ?? false
    }

    /// Whether a save has said that it was done; true where the definition knows no such words.
    package func saysSaved(_ output: String) -> Bool { saved.isEmpty || saved.matchLine(of: output) }
}

extension ConfigRules {
    /// Messages that a device prints by itself: `%SYS-5-CONFIG_I: Configured from console`.
    ///
    /// Comware and VRP have slashes in them: `%Nov 25 09:10:11:123 2026 sw1 SHELL/6/SHELL_CMD: ...`.
    fileprivate static let logs = ["%[\\w\\-]{2,40}-[0-7]-\\w{1,60} ?:", "\\b\\w{2,30}/[0-7]/\\w{1,60}[(:]"].compactMap { try? Pattern($0) }
}

extension [Pattern] {
    /// Whether one of them matches the line.
    fileprivate func match(_ line: [UInt8]) -> Bool {
        let scratch = MatchScratch()
        return contains { $0.match(in: line, scratch) != nil }
    }

    /// Whether one of them matches a line of the text.
    fileprivate func matchLine(of text: String) -> Bool { text.split(separator: "\n").contains { match([UInt8]($0.utf8)) } }
}

extension Instruction {
    /// The instruction with the names in its input filled in.
    package func filled(_ values: [String: String]) -> Instruction {
        func fill(_ text: String) -> String {
            values.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
        }
        switch self {
        case .send(let input): return .send(fill(input))
        case .sendPrompted(let input, let question, let response): return .sendPrompted(fill(input), question: question, response: response)
        case .write(let input): return .write(fill(input))
        case .enterMode: return self
        }
    }

    /// What is typed, or the mode that is entered, for people.
    package var described: String {
        switch self {
        case .send(let input), .sendPrompted(let input, _, _), .write(let input): input
        case .enterMode(let mode): "enter the mode '\(mode)'"
        }
    }
}
