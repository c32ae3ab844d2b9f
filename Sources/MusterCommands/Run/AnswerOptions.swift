import ArgumentParser
import Muster
import MusterInventory

/// What is typed to questions that commands ask.
struct AnswerOptions: ParsableArguments {
    @Option(
        name: .customLong("answer"),
        help: ArgumentHelp(
            "What to type when a command asks: 'overwrite=yes'; may repeat.",
            discussion:
                "PATTERN is a regular expression found in the line in which the device waits; a = in it is written \\=. Nothing behind the "
                + "other = is the return key alone. "
                + "A question without an answer ends the command, and the device is brought back to its prompt.",
            valueName: "pattern=reply"), transform: ArgumentText.answer)
    var answers: [QuestionAnswer] = []

    @Option(
        name: .customLong("answer-env"),
        help: ArgumentHelp(
            "The same, the reply taken from an environment variable: for passwords.", valueName: "pattern=name"),
        transform: ArgumentText.answerVariable)
    var variables: [AnswerVariable] = []

    /// All answers, those from the environment first.
    ///
    /// - Throws: `CommandFailure` with status 65 for a variable that is not set.
    func all(in environment: [String: String]) throws -> [QuestionAnswer] {
        var all: [QuestionAnswer] = []
        for variable in variables {
            guard let reply = environment[variable.name] else {
                throw CommandFailure.badData("--answer-env: the environment has no variable '\(variable.name.oneLine)'")
            }
            do {
                all.append(try QuestionAnswer(pattern: variable.pattern, reply: Secret(reply)))
            } catch {
                throw CommandFailure.badData("--answer-env: " + error.message)
            }
        }
        return all + answers
    }
}

/// An answer whose reply an environment variable has.
struct AnswerVariable: Sendable {
    var pattern: String
    var name: String
}

extension ArgumentText {
    /// Reads `PATTERN=REPLY`.
    @Sendable static func answer(_ text: String) throws -> QuestionAnswer {
        let (pattern, reply) = try parts(ofAnswer: text, such: "PATTERN=REPLY, such as 'overwrite=yes'")
        // Nobody would see a reply that begins with the end of a pattern.
        if let sign = reply.lastIndex(of: "="), reply[..<sign].contains("\\") {
            throw ValidationError(
                "'\(text.oneLine)': the first = ends the pattern; write one of the pattern as \\=. A reply with both signs goes by --answer-env."
            )
        }
        return try checked(pattern, reply)
    }

    /// Reads `PATTERN=NAME`.
    @Sendable static func answerVariable(_ text: String) throws -> AnswerVariable {
        let (pattern, name) = try parts(ofAnswer: text, such: "PATTERN=NAME, such as 'password:=SCP_PASSWORD'")
        guard !name.isEmpty else { throw ValidationError("--answer-env wants the name of a variable behind the '='.") }
        _ = try checked(pattern, "")
        return AnswerVariable(pattern: String(pattern), name: String(name))
    }

    private static func checked(_ pattern: Substring, _ reply: Substring) throws -> QuestionAnswer {
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

    /// The pattern and what is behind it.
    ///
    /// A `=` that belongs to a look-around `(?=` or `(?<=`, or has a backslash before it, is the pattern's.
    private static func parts(ofAnswer text: String, such example: String) throws -> (Substring, Substring) {
        var start = text.startIndex
        while let sign = text[start...].firstIndex(of: "=") {
            let before = text[..<sign]
            if !before.isEmpty, !before.hasSuffix("(?"), !before.hasSuffix("(?<"), !before.hasSuffix("\\") {
                return (before, text[text.index(after: sign)...])
            }
            start = text.index(after: sign)
        }
        throw ValidationError("an answer is \(example); '\(text.oneLine)' is none")
    }

    /// `[confirm]`: what people write who mean the text.
    private static func isOneCharacterClass(_ pattern: Substring) -> Bool {
        guard pattern.hasPrefix("["), pattern.hasSuffix("]"), pattern.count > 2 else { return false }
        return !pattern.dropFirst().dropLast().contains { $0 == "]" || $0 == "[" || $0 == "^" || $0 == "\\" }
    }
}
