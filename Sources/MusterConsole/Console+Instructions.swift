extension Console {
    /// What the console has been told of its device.
    package var platform: Platform { machine.platform }

    /// Does one instruction of a definition; nil where it types nothing that is answered.
    ///
    /// - Parameters:
    ///   - instruction: What to do.
    ///   - timeout: For each command or step.
    ///   - answers: To questions that a command may ask, before the definition's.
    /// - Throws: `ConsoleError`, as `send` and `enterMode`.
    package func perform(
        _ instruction: Instruction, timeout: Duration, answers: [AnsweredQuestion] = []
    ) async throws(ConsoleError) -> Exchange? {
        switch instruction {
        case .send(let input), .write(let input): return try await send(input, timeout: timeout, answers: answers)
        case .enterMode(let name):
            try await enterMode(name, timeout: timeout)
            return nil
        case .sendPrompted(let input, let question, let response):
            let answer: String
            var isSecret = false
            switch response {
            case .literal(let text): answer = text
            case .secret(let name):
                guard let secret = machine.secrets[name] else {
                    throw ConsoleError(
                        kind: .secretMissing(name), expected: "a secret named '\(name)', which was not supplied", command: input,
                        hint: "Give the host its '\(name)' secret")
                }
                answer = secret
                isSecret = true
            }
            guard let pattern = question.pattern else { return try await send(input, timeout: timeout, answers: answers) }
            return try await send(
                input, timeout: timeout, answers: [AnsweredQuestion(pattern: pattern, answer: answer, isSecret: isSecret)] + answers)
        }
    }
}

extension Instruction.Question {
    /// The question as an expression.
    fileprivate var pattern: Pattern? {
        switch self {
        case .pattern(let pattern): pattern
        // Quoted, any text is an expression.
        case .exact(let text): try? Pattern("\\Q" + text.replacing("\\E", with: "\\E\\\\E\\Q") + "\\E\\s*$")
        }
    }
}
