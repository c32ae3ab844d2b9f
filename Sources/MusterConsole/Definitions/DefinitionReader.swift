internal import Yams

/// Takes a YAML tree apart, and says of what it cannot use where it stands and what should stand there.
///
/// What is thrown ends the value that is read; `noting` and `list` keep it and go on, so that one reading finds every problem.
final class DefinitionReader {
    let file: String
    /// What was found so far, in the order of the reading.
    private(set) var problems: [PlatformProblem] = []

    /// Where each key stands, by its path; empty unless it is asked for.
    private(set) var places: [String: DefinitionPlace] = [:]
    private let keepsPlaces: Bool

    init(file: String, keepsPlaces: Bool = false) {
        self.file = file
        self.keepsPlaces = keepsPlaces
    }

    func problem(_ node: Node?, _ key: String, _ what: String, _ expected: String) -> PlatformProblem {
        PlatformProblem(file: file, line: node?.mark?.line, column: node?.mark?.column, key: key, what: what, expected: expected)
    }

    /// Keeps a problem that does not end the reading.
    func note(_ problem: PlatformProblem) {
        // An alias brings the same node, and its problem, more than once.
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// Keeps a problem that the definition can be used with.
    func warn(_ problem: PlatformProblem, _ rule: PlatformProblem.Rule) {
        var problem = problem
        problem.severity = .warning
        problem.rule = rule
        note(problem)
    }

    private func keepPlace(of node: Node, _ key: String) {
        if keepsPlaces, let mark = node.mark { places[key] = DefinitionPlace(line: mark.line, column: mark.column) }
    }

    /// The value of `body`; where it throws, the problem is kept and `fallback` stands in for it.
    func noting<T>(_ fallback: T, _ body: () throws(PlatformProblem) -> T) -> T {
        do {
            return try body()
        } catch {
            note(error)
            return fallback
        }
    }

    /// A mapping whose keys should all be of `known`.
    ///
    /// Another key is only a warning: the schema grows, and a definition for a newer version is still of use.
    func map(_ node: Node, _ key: String, known: [String]) throws(PlatformProblem) -> [String: Node] {
        guard let mapping = node.mapping else {
            throw problem(node, key, described(node), "a mapping with the keys \(known.joined(separator: ", "))")
        }
        var result: [String: Node] = [:]
        for (name, value) in mapping {
            let text = name.string ?? described(name)
            let path = key.isEmpty ? text : "\(key).\(text)"
            guard known.contains(text) else {
                let guess = nearest(text, in: known).map { "did you mean '\($0)'?" } ?? "one of \(known.joined(separator: ", "))"
                warn(problem(name, path, "no such key", guess), .unknownKey)
                continue
            }
            keepPlace(of: value, path)
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
        for (index, node) in sequence.enumerated() {
            keepPlace(of: node, "\(key)[\(index)]")
            do throws(PlatformProblem) {
                result.append(try element(node, "\(key)[\(index)]"))
            } catch {
                note(error)
            }
        }
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

    func patterns(_ node: Node?, _ key: String, _ span: Pattern.Span) throws(PlatformProblem) -> [Pattern] {
        try list(node, key) { node, key throws(PlatformProblem) in try requiredPattern(node, key, span) }
    }

    func requiredPattern(_ node: Node, _ key: String, _ span: Pattern.Span) throws(PlatformProblem) -> Pattern {
        try compile(try requiredText(node, node, key), node, key, span)
    }

    func compile(_ source: String, _ node: Node, _ key: String, _ span: Pattern.Span) throws(PlatformProblem) -> Pattern {
        do {
            return try Pattern(source, span: span)
        } catch {
            var problem = problem(node, key, "no regular expression: \(error.message)", "one that PCRE2 compiles")
            problem.excerpt = PlatformProblem.Excerpt(pattern: error.pattern, offset: error.offset)
            throw problem
        }
    }

    func require(_ name: String, in names: [String], _ node: Node, _ key: String) throws(PlatformProblem) {
        if let problem = missing(name, in: names, node, key) { throw problem }
    }

    /// What is wrong with a name that is none of `names`; nil when it is one.
    func missing(_ name: String, in names: [String], _ node: Node, _ key: String) -> PlatformProblem? {
        guard !names.contains(name) else { return nil }
        let guess = nearest(name, in: names).map { "did you mean '\($0)'?" } ?? "one of \(names.joined(separator: ", "))"
        return problem(node, key, "there is no '\(name)'", guess)
    }

    /// Whether a key is there, be it with nothing behind it.
    func has(_ key: String, in node: Node) -> Bool {
        node.mapping?.contains { $0.key.string == key } ?? false
    }

    private func described(_ node: Node) -> String {
        if let scalar = node.scalar { return "'\(scalar.string)'" }
        return node.mapping != nil ? "a mapping" : "a list"
    }

    private func isNull(_ node: Node) -> Bool { node.null != nil }
}
