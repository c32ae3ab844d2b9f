/// What is wrong with a platform definition, and where.
package struct PlatformProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        /// The definition can't be used, or not as it is meant.
        case error
        /// It can be used all the same.
        case warning
    }

    /// What kind of problem it is, for programs.
    package enum Rule: String, Sendable {
        /// No YAML, a value of the wrong kind, something missing: the definition can't be read.
        case unreadable
        case unknownKey = "unknown-key"
        case noEffect = "no-effect"
        case undefinedMode = "undefined-mode"
        case ambiguousModes = "ambiguous-modes"
        case unreachableMode = "unreachable-mode"
        case defaultMode = "default-mode"
        case matchesEmpty = "matches-empty"
        case matchesAll = "matches-all"
        case placeholder
        case noCommit = "no-commit"
        case backtracking
        case notExact = "not-exact"
        case ntcTemplates = "ntc-templates"
        case noSetUp = "no-set-up"
        case promptMissed = "prompt-missed"
        case noTests = "no-tests"
    }

    package var rule = Rule.unreadable
    /// The file, or the name of a built-in definition.
    package var file: String
    /// Counted from 1; nil where the problem has no place.
    package var line: Int?
    /// Counted from 1, in characters.
    package var column: Int?
    package var severity = Severity.error
    /// The key, as a path: `modes[1].prompt_pattern`.
    package var key: String
    /// What was found.
    package var what: String
    /// What should have been there.
    package var expected: String
    /// The place inside a regular expression.
    package var excerpt: Excerpt?

    /// A regular expression and the place in it.
    package struct Excerpt: Sendable, Equatable {
        package var pattern: String
        /// Bytes into the expression.
        package var offset: Int

        /// So many characters before and after the place are shown.
        private static let reach = 60

        /// The expression, and a line with a caret under the place.
        package var shown: String {
            let bytes = Array(pattern.utf8)
            let before = escapedText(String(decoding: bytes.prefix(offset), as: UTF8.self))
            let after = escapedText(String(decoding: bytes.dropFirst(offset), as: UTF8.self))
            let head = before.count > Self.reach ? "…" + before.suffix(Self.reach) : before
            let tail = after.count > Self.reach ? after.prefix(Self.reach) + "…" : after
            return "    \(head)\(tail)\n    " + String(repeating: " ", count: head.count) + "^"
        }

        private func escapedText(_ text: String) -> String {
            text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? escaped([UInt8($0.value)]) : String($0) }.joined()
        }
    }

    /// File, line and column, as compilers write them.
    package var place: String {
        guard let line else { return file }
        return column.map { "\(file):\(line):\($0)" } ?? "\(file):\(line)"
    }

    /// Without the place and the severity, on one line.
    package var message: String {
        let advice = expected.isEmpty || expected.hasPrefix("did you mean") ? expected : "expected \(expected)"
        return (key.isEmpty ? "" : "\(key): ") + what + (advice.isEmpty ? "" : "; \(advice)")
    }

    package var description: String {
        "\(place): \(severity == .warning ? "warning: " : "")\(message)" + (excerpt.map { "\n\($0.shown)" } ?? "")
    }
}
