/// Where a secret comes from.
public enum SecretSource: Sendable, Hashable, CustomStringConvertible {
    /// The secret itself, written in the inventory or given by the caller.
    case plain(Secret)
    /// The value of an environment variable.
    case environment(String)
    /// The first line of a file.
    case file(String)
    /// The first line that a command prints. The words go to the command as they are: no shell sees them.
    case command([String])
    /// The answer of a person to this question.
    case prompt(String)

    /// Whether the inventory holds the secret itself.
    public var isPlain: Bool {
        if case .plain = self { true } else { false }
    }

    /// The reference as the inventory has it, such as `{env: NET_PASSWORD}`; `<secret>` for a plain one.
    public var description: String {
        switch self {
        case .plain: "<secret>"
        case .environment(let name): "{env: \(name)}"
        case .file(let path): "{file: \(path)}"
        case .command(let words): "{command: [\(words.joined(separator: ", "))]}"
        case .prompt(let question): "{prompt: \"\(question)\"}"
        }
    }
}
