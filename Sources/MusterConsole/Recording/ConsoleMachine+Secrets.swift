extension ConsoleMachine {
    /// Keeps `line` in mind where it is the answer to a question for a secret.
    mutating func noteSecret(_ line: String) {
        guard notesSecrets, !line.isEmpty else { return }
        guard Self.secretQuestion?.match(in: Array(screen.standing.suffix(200)), scratch) != nil else { return }
        notedSecrets.append(Array(line.utf8))
    }

    /// Takes the secrets out that were typed since the last call.
    package mutating func takeNotedSecrets() -> [[UInt8]] {
        defer { notedSecrets.removeAll() }
        return notedSecrets
    }

    /// Such as "Password: ", "Enter passphrase for key:", "New secret:", "Enter PASSCODE:" or "Verification code:".
    private static let secretQuestion = try? Pattern(
        #"(password|passphrase|passcode|secret|\bpin\b|token|\botp\b|(verification|one-time|security) code)[^\n]{0,60}:\s*$"#)
}
