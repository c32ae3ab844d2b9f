extension DefinitionLinter {
    /// What is wrong with how the configuration is changed.
    mutating func checkConfig() {
        guard let config = platform.config else { return }
        for part in ConfigRules.Part.allCases {
            for (index, instruction) in config.instructions(part).enumerated() {
                for name in instruction.placeholders where !ConfigRules.placeholders.contains(name) {
                    let guess = nearest(name, in: ConfigRules.placeholders).map { "did you mean '{\($0)}'?" }
                    report(
                        .error, .placeholder, "muster.config.\(part.rawValue)[\(index)]",
                        "nothing stands for '{\(name)}', which is typed as it is",
                        guess ?? "one of \(ConfigRules.placeholders.map { "{\($0)}" }.joined(separator: ", "))")
                }
            }
        }
        guard !config.has(.commit) else { return }
        for part in [ConfigRules.Part.commitConfirmed, .confirm, .explain] where config.has(part) {
            report(
                .error, .noCommit, "muster.config.\(part.rawValue)",
                "there is no commit, so a change without --confirm would never take effect",
                "'commit' beside it")
        }
    }
}

extension ConfigRules {
    /// The names that are filled in.
    static let placeholders = ["minutes", "seconds", "time", "session"]
}

extension Instruction {
    /// The names in braces in what is typed, those that stand for something and others.
    fileprivate var placeholders: [String] {
        guard case .enterMode = self else {
            return described.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { rest in
                guard let end = rest.firstIndex(of: "}"), end > rest.startIndex, rest[..<end].allSatisfy({ $0.isLetter || $0 == "_" })
                else {
                    return nil
                }
                return String(rest[..<end])
            }
        }
        return []
    }
}
