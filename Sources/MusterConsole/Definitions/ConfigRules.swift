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

    package init(parts: [Part: [Instruction]], unchanged: [Pattern] = [], isAtomic: Bool? = nil) {
        self.parts = parts.filter { !$0.value.isEmpty }
        self.unchanged = unchanged
        self.isAtomic = isAtomic ?? (self.parts[.commit] != nil)
    }

    /// What is typed for a part; empty where the platform has none.
    package func instructions(_ part: Part) -> [Instruction] { parts[part] ?? [] }

    /// Whether the platform has a part.
    package func has(_ part: Part) -> Bool { parts[part] != nil }

    /// Whether a commit has said that there was nothing to change.
    package func saysUnchanged(_ output: String) -> Bool {
        let scratch = MatchScratch()
        return output.split(separator: "\n").contains { line in
            let bytes = Array(line.utf8)
            return unchanged.contains { $0.match(in: bytes, scratch) != nil }
        }
    }
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
