import ArgumentParser
import Muster

/// What is typed to questions that commands ask.
struct AnswerOptions: ParsableArguments {
    @Option(
        name: .customLong("answer"),
        help: ArgumentHelp(
            "What to type when a command asks: 'overwrite=yes'; may repeat.",
            discussion:
                "PATTERN is a regular expression found in the line in which the device waits; nothing behind the = is the return key alone. "
                + "A question without an answer ends the command, and the device is brought back to its prompt.",
            valueName: "pattern=reply"), transform: ArgumentText.answer)
    var answers: [QuestionAnswer] = []
}

extension ArgumentText {
    /// Reads `PATTERN=REPLY`.
    ///
    /// A `=` that belongs to a look-around `(?=` or `(?<=`, or has a backslash before it, is the pattern's.
    @Sendable static func answer(_ text: String) throws -> QuestionAnswer {
        guard let (pattern, reply) = parts(ofAnswer: text), !pattern.isEmpty else {
            throw ValidationError("an answer is PATTERN=REPLY, such as 'overwrite=yes'; '\(text.oneLine)' is none")
        }
        if isOneCharacterClass(pattern) {
            throw ValidationError(
                "'\(pattern)' matches any line with one of these characters; for the text, write '\\\(pattern.dropLast())\\]'")
        }
        do {
            return try QuestionAnswer(pattern: String(pattern), reply: String(reply))
        } catch {
            throw ValidationError(error.message + (error.hint.map { "\n\($0)" } ?? ""))
        }
    }

    private static func parts(ofAnswer text: String) -> (Substring, Substring)? {
        var start = text.startIndex
        while let sign = text[start...].firstIndex(of: "=") {
            let before = text[..<sign]
            if !before.hasSuffix("(?") && !before.hasSuffix("(?<") && !before.hasSuffix("\\") {
                return (before, text[text.index(after: sign)...])
            }
            start = text.index(after: sign)
        }
        return nil
    }

    /// `[confirm]`: what people write who mean the text.
    private static func isOneCharacterClass(_ pattern: Substring) -> Bool {
        guard pattern.hasPrefix("["), pattern.hasSuffix("]"), pattern.count > 2 else { return false }
        return !pattern.dropFirst().dropLast().contains { $0 == "]" || $0 == "[" || $0 == "^" || $0 == "\\" }
    }
}
