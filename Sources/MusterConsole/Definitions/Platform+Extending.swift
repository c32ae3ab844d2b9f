internal import Yams

/// The key `muster.extends`: a definition that says what is different from a built-in one.
extension Platform {
    /// The tree of a definition with all that it leaves out taken from the one that it extends.
    ///
    /// Where both have a key, mappings are merged, lists of expressions, texts and tests are put together with its own first, and everything else is its own.
    static func extended(_ root: Node, _ reader: DefinitionReader) throws(PlatformProblem) -> Node {
        guard let node = root.mapping?["muster"]?.mapping?["extends"] else { return root }
        guard let name = node.scalar?.string, let text = source(named: aliases[name] ?? name) else {
            let guess = node.scalar.flatMap { nearestBuiltIn(to: $0.string) }.map { "did you mean '\($0)'?" }
            throw reader.problem(node, "muster.extends", "no built-in platform", guess ?? "the name of one")
        }
        guard let base = try? Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else { return root }
        return merged(root, base, "")
    }

    /// Lists whose order or whole matters: of two, one is meant.
    private static func isWhole(_ key: String) -> Bool {
        key == "modes" || key == "save" || key.hasSuffix("_instructions")
            || key.hasPrefix("config.") && !key.hasSuffix("_patterns")
                && !key.hasSuffix("_excludes") && key != "config.unchanged"
    }

    private static func merged(_ own: Node, _ base: Node, _ key: String) -> Node {
        if case .mapping(var mapping) = own, case .mapping(let other) = base {
            for (name, value) in other {
                // Said of the base, and not of what is made of it.
                guard let word = name.string, key != "" || word != "extends" else { continue }
                let path = key.isEmpty || key == "muster" ? word : "\(key).\(word)"
                let place = mapping.firstIndex { $0.key.string == word }
                if let place { mapping[mapping[place].key] = merged(mapping[place].value, value, path) } else { mapping[name] = value }
            }
            return .mapping(mapping)
        }
        if case .sequence(let sequence) = own, case .sequence(let other) = base, !isWhole(key) {
            return .sequence(Node.Sequence(Array(sequence) + Array(other), sequence.tag, sequence.style, sequence.mark))
        }
        return own
    }
}
