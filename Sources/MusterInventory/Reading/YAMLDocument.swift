import Yams

/// A YAML file as a tree of nodes that know their places.
struct YAMLDocument {
    /// The root; nil for a file without content.
    let root: YAMLNode?

    /// Whether a mapping has a key more than once.
    let hasRepeatedKeys: Bool

    /// Parses a file, or reports what keeps it from being YAML.
    static func parse(_ file: InventoryFile, problems: inout [InventoryProblem]) -> YAMLDocument? {
        // libyaml counts a byte order mark as a column.
        var text = file.text.unicodeScalars.first == "\u{FEFF}" ? String(file.text.unicodeScalars.dropFirst()) : file.text
        var keys = RepeatedKeys()
        while true {
            do {
                // No resolver rules: what a scalar means is decided here, without Foundation's regular expressions.
                let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
                return document(root, keys, file: file, problems: &problems)
            } catch let error as YamlError {
                if case .duplicatedKeysInMapping(let repeated, let context) = error, let key = repeated.first {
                    let mark = context.mark
                    if let changed = keys.replacing(repeated, at: mark, in: text) {
                        text = changed
                        continue
                    }
                    let position = SourcePosition(file: file.path, line: mark.line, column: mark.column)
                    problems.append(InventoryProblem(at: position, "the key \(key.quotedForMessage) is repeated in its mapping"))
                } else {
                    problems.append(YAMLSyntax.problem(error, file: file.path, text: text))
                }
                return nil
            } catch {
                problems.append(InventoryProblem(file: file.path, line: 1, column: 1, message: "not YAML: \(error)"))
                return nil
            }
        }
    }

    private static func document(
        _ root: Node?, _ keys: RepeatedKeys, file: InventoryFile, problems: inout [InventoryProblem]
    ) -> YAMLDocument? {
        let limit = 100_000 + 10 * file.text.utf8.count
        var copy = YAMLNodeCopy(keys: keys, limit: limit)
        let root = root.map { copy.copy($0) }
        guard copy.nodesLeft >= 0 else {
            let message = "the aliases in this file stand for more than \(limit) values"
            problems.append(InventoryProblem(file: file.path, line: 1, column: 1, message: message))
            return nil
        }
        return YAMLDocument(root: root, hasRepeatedKeys: !keys.isEmpty)
    }
}
