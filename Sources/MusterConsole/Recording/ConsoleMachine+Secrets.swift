extension ConsoleMachine {
    /// What stands in an output where a secret was.
    static let secretMark = "<secret>"
    /// A secret that was typed and is not as long as this is looked for in the output of its own command only: later it may be any word.
    private static let shortestLasting = 8

    /// Keeps `line` in mind where it is the answer to a question for a secret.
    mutating func noteSecret(_ line: String) {
        guard notesSecrets, !line.isEmpty else { return }
        guard Self.secretQuestion?.match(in: Array(screen.standing.suffix(200)), scratch) != nil else { return }
        notedSecrets.append(Array(line.utf8))
    }

    /// Keeps a secret in mind that is typed: the device may print it, now or later.
    mutating func noteTyped(_ secret: String) {
        if !secret.isEmpty, !typedSecrets.contains(secret) { typedSecrets.append(secret) }
    }

    /// Keeps in mind how a question was answered, for a recording.
    mutating func noteAnswer(_ pattern: Pattern, _ answer: String, to step: Step, isSecret: Bool) {
        guard notesSecrets, let id = step.id, step.answers.contains(where: { $0.pattern === pattern }) else { return }
        let isSecret = isSecret || notedSecrets.contains(Array(answer.utf8))
        notedAnswers.append(RecordedAnswer(id: id, pattern: pattern.source, reply: isSecret ? Recording.redaction : answer))
    }

    /// Takes the secrets out that were typed since the last call.
    package mutating func takeNotedSecrets() -> [[UInt8]] {
        defer { notedSecrets.removeAll() }
        return notedSecrets
    }

    /// Takes the answers out that were typed since the last call.
    package mutating func takeNotedAnswers() -> [RecordedAnswer] {
        defer { notedAnswers.removeAll() }
        return notedAnswers
    }

    /// What must not be in the output of `step`: all secrets, where one was typed in it, else those that were typed before and are no common word.
    ///
    /// A user's own name is no secret, even where it is the password.
    func secretBytes(in step: Step) -> [[UInt8]] {
        guard !typedSecrets.isEmpty else { return [] }
        if step.dialogue.hasTypedSecret { return hidden.map { Array($0.utf8) } }
        return typedSecrets.filter { $0.utf8.count >= Self.shortestLasting && $0 != credentials?.user }.map { Array($0.utf8) }
    }

    /// Such as "Password: ", "Enter passphrase for key:", "New secret:", "Enter PASSCODE:" or "Verification code:".
    private static let secretQuestion = try? Pattern(
        #"(password|passphrase|passcode|secret|\bpin\b|token|\botp\b|(verification|one-time|security) code)[^\n]{0,60}:\s*$"#)
}
