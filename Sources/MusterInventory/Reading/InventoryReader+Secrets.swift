extension InventoryReader {
    private static let references = ["env", "file", "command", "prompt"]
    private static let expectedSecret =
        "a plain string or one of {env: NAME}, {file: PATH}, {command: [pass, show, x]}, {prompt: \"…\"}"

    /// A secret or a reference to one; nil for null.
    ///
    /// No message shows what stands where a secret is expected, for it may be the secret, wrongly quoted.
    mutating func secret(_ node: YAMLNode, _ field: String, in owner: InventoryOwner) -> Located<SecretSource>? {
        guard checkTag(node, field, in: owner), !node.isNull else { return nil }
        switch node.content {
        case .scalar:
            guard let text = text(node, field, in: owner, expected: Self.expectedSecret) else { return nil }
            if contents.firstPlainSecret == nil { contents.firstPlainSecret = text.position }
            return Located(value: .plain(Secret(text.value)), position: text.position)
        case .mapping(let pairs) where pairs.allSatisfy { if case .scalar = $0.key.content { true } else { false } }:
            return reference(node, field, in: owner).map { Located(value: $0, position: position(of: node)) }
        case .mapping, .sequence:
            reportKind(node, field, in: owner, expected: Self.expectedSecret, hint: "put a plain secret in quotes")
            return nil
        }
    }

    /// The secrets by name; `enable` has a field of its own.
    mutating func secrets(_ node: YAMLNode, in owner: InventoryOwner) -> [String: Located<SecretSource>] {
        guard checkTag(node, "secrets", in: owner), !node.isNull else { return [:] }
        guard node.isMapping else {
            reportKind(node, "secrets", in: owner, expected: "a mapping of names to secrets, such as {root: {env: ROOT_PASSWORD}}")
            return [:]
        }
        var secrets: [String: Located<SecretSource>] = [:]
        for entry in entries(of: node, in: "'secrets' in \(owner)") {
            guard entry.key != "enable" else {
                report(
                    entry.position, "'secrets' in \(owner): found 'enable', which is a field of its own",
                    hint: "write enable: beside secrets:")
                continue
            }
            if let secret = secret(entry.value, "secrets.\(entry.key)", in: owner) { secrets[entry.key] = secret }
        }
        return secrets
    }

    private mutating func reference(_ node: YAMLNode, _ field: String, in owner: InventoryOwner) -> SecretSource? {
        let entries = entries(of: node, in: "'\(field)' in \(owner)")
        guard entries.count == 1, let entry = entries.first else {
            report(
                position(of: node), "'\(field)' in \(owner): found a mapping of \(entries.count) keys, expected \(Self.expectedSecret)")
            return nil
        }
        let name = "\(field).\(entry.key)"
        switch entry.key {
        case "env":
            guard let variable = required(entry, name, in: owner, expected: "the name of an environment variable") else { return nil }
            guard !variable.contains("=") else {
                report(position(of: entry.value), "'\(name)' in \(owner): the name of an environment variable can't contain '='")
                return nil
            }
            return .environment(variable.hasPrefix("$") ? String(variable.dropFirst()) : variable)
        case "file":
            return required(entry, name, in: owner, expected: "a path").map { .file(paths.resolved($0)) }
        case "prompt":
            return required(entry, name, in: owner, expected: "the question to ask").map { .prompt($0) }
        case "command":
            return command(entry, name, in: owner)
        default:
            let hint = Suggestion.hint(for: entry.key, among: Self.references)
            let found = hint == nil ? "a mapping that is no reference" : "the unknown reference \(entry.key.quotedForMessage)"
            report(
                entry.position, "'\(field)' in \(owner): found \(found), expected \(Self.expectedSecret)",
                hint: hint ?? "put a plain secret in quotes")
            return nil
        }
    }

    private mutating func required(
        _ entry: InventoryEntry, _ field: String, in owner: InventoryOwner, expected: String
    ) -> String? {
        let count = problems.count
        let text = text(entry.value, field, in: owner, expected: expected)?.value ?? ""
        if text.isEmpty, problems.count == count {
            report(position(of: entry.value), "'\(field)' in \(owner): found nothing, expected \(expected)")
        }
        return text.isEmpty ? nil : text
    }

    private mutating func command(_ entry: InventoryEntry, _ field: String, in owner: InventoryOwner) -> SecretSource? {
        let expected = "a list of words such as [pass, show, x]"
        guard case .sequence(let sequence) = entry.value.content else {
            reportKind(entry.value, field, in: owner, expected: expected, hint: "no shell splits the words")
            return nil
        }
        var words: [String] = []
        for node in sequence {
            // Words such as `--format={{.Value}}` are the command's own business.
            if case .scalar(let word) = node.content, checkTag(node, field, in: owner) {
                words.append(word)
            } else {
                reportKind(node, field, in: owner, expected: expected)
                return nil
            }
        }
        guard let first = words.first, !first.isEmpty else {
            report(position(of: entry.value), "'\(field)' in \(owner): found no command, expected \(expected)")
            return nil
        }
        return .command(words)
    }
}
