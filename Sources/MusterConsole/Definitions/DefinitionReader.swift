internal import Yams

/// Takes a YAML tree apart, and says of what it cannot use where it stands and what should stand there.
struct DefinitionReader {
    let file: String

    func problem(_ node: Node?, _ key: String, _ what: String, _ expected: String) -> PlatformProblem {
        PlatformProblem(file: file, line: node?.mark?.line, key: key, what: what, expected: expected)
    }

    /// A mapping whose keys are all of `known`.
    func map(_ node: Node, _ key: String, known: [String]) throws(PlatformProblem) -> [String: Node] {
        guard let mapping = node.mapping else {
            throw problem(node, key, described(node), "a mapping with the keys \(known.joined(separator: ", "))")
        }
        var result: [String: Node] = [:]
        for (name, value) in mapping {
            let text = name.string ?? described(name)
            guard known.contains(text) else {
                let guess = nearest(text, in: known).map { "did you mean '\($0)'?" } ?? "one of \(known.joined(separator: ", "))"
                throw problem(name, key.isEmpty ? text : "\(key).\(text)", "no such key", guess)
            }
            if !isNull(value) { result[text] = value }
        }
        return result
    }

    func list<T>(
        _ node: Node?, _ key: String, _ element: (Node, String) throws(PlatformProblem) -> T
    ) throws(PlatformProblem) -> [T] {
        guard let node else { return [] }
        guard let sequence = node.sequence else { throw problem(node, key, described(node), "a list") }
        var result: [T] = []
        for (index, node) in sequence.enumerated() { result.append(try element(node, "\(key)[\(index)]")) }
        return result
    }

    func text(_ node: Node?, _ key: String) throws(PlatformProblem) -> String? {
        guard let node else { return nil }
        guard let text = node.scalar?.string else { throw problem(node, key, described(node), "text") }
        return text
    }

    func requiredText(_ node: Node?, _ parent: Node, _ key: String) throws(PlatformProblem) -> String {
        guard let text = try text(node, key) else { throw problem(parent, key, "missing", "text") }
        return text
    }

    func texts(_ node: Node?, _ key: String) throws(PlatformProblem) -> [String] {
        try list(node, key) { node, key throws(PlatformProblem) in try requiredText(node, node, key) }
    }

    func flag(_ node: Node?, _ key: String) throws(PlatformProblem) -> Bool? {
        guard let node else { return nil }
        guard let value = node.bool else { throw problem(node, key, described(node), "true or false") }
        return value
    }

    func number(_ node: Node?, _ key: String, _ range: ClosedRange<Int>) throws(PlatformProblem) -> Int? {
        guard let node else { return nil }
        guard let value = node.int, range.contains(value) else {
            throw problem(node, key, described(node), "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func pattern(_ node: Node?, _ key: String, _ span: Pattern.Span) throws(PlatformProblem) -> Pattern? {
        guard let node else { return nil }
        return try requiredPattern(node, key, span)
    }

    func requiredPattern(_ node: Node, _ key: String, _ span: Pattern.Span) throws(PlatformProblem) -> Pattern {
        try compile(try requiredText(node, node, key), node, key, span)
    }

    func compile(_ source: String, _ node: Node, _ key: String, _ span: Pattern.Span) throws(PlatformProblem) -> Pattern {
        do {
            return try Pattern(source, span: span)
        } catch {
            throw problem(
                node, key, "'\(source)' is no regular expression: \(error.message) at offset \(error.offset)", "one that PCRE2 compiles")
        }
    }

    func require(_ name: String, in names: [String], _ node: Node, _ key: String) throws(PlatformProblem) {
        guard !names.contains(name) else { return }
        let guess = nearest(name, in: names).map { "did you mean '\($0)'?" } ?? "one of \(names.joined(separator: ", "))"
        throw problem(node, key, "there is no '\(name)'", guess)
    }

    private func described(_ node: Node) -> String {
        if let scalar = node.scalar { return "'\(scalar.string)'" }
        return node.mapping != nil ? "a mapping" : "a list"
    }

    private func isNull(_ node: Node) -> Bool { node.null != nil }
}
