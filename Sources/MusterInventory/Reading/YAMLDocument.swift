import Yams

/// A YAML file as a tree of nodes that know their places.
struct YAMLDocument {
    /// The root; nil for a file without content.
    let root: YAMLNode?

    /// Whether a mapping has a key more than once.
    ///
    /// Yams gives up at the first repeated key and names only one of its places. To find them all, the first of a pair is overwritten
    /// in the text by as many private-use scalars, which leaves every position as it was, and the text is parsed again.
    let hasRepeatedKeys: Bool

    /// More repeated keys than this are not searched for one by one.
    private static let replacementLimit = 50
    private static let firstPlaceholder: UInt32 = 0xF0000

    /// Parses a file, or reports what keeps it from being YAML.
    static func parse(_ file: InventoryFile, problems: inout [InventoryProblem]) -> YAMLDocument? {
        // libyaml counts a byte order mark as a column.
        var text = file.text.unicodeScalars.first == "\u{FEFF}" ? String(file.text.unicodeScalars.dropFirst()) : file.text
        var replaced: [Unicode.Scalar: String] = [:]
        while true {
            do {
                // No resolver rules: what a scalar means is decided here, without Foundation's regular expressions.
                let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
                return document(root, replaced, file: file, problems: &problems)
            } catch let error as YamlError {
                if case .duplicatedKeysInMapping(let keys, let context) = error, let key = keys.first {
                    let mark = context.mark
                    if replaced.count < replacementLimit,
                        let placeholder = Unicode.Scalar(firstPlaceholder + UInt32(replaced.count)),
                        let changed = replacing(key, near: mark, in: text, by: placeholder)
                    {
                        replaced[placeholder] = key
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
        _ root: Node?, _ replaced: [Unicode.Scalar: String], file: InventoryFile, problems: inout [InventoryProblem]
    ) -> YAMLDocument? {
        let limit = 100_000 + 10 * file.text.utf8.count
        var copy = YAMLNodeCopy(replacedKeys: replaced, limit: limit)
        let root = root.map { copy.copy($0) }
        guard copy.nodesLeft >= 0 else {
            let message = "the aliases in this file stand for more than \(limit) values"
            problems.append(InventoryProblem(file: file.path, line: 1, column: 1, message: message))
            return nil
        }
        return YAMLDocument(root: root, hasRepeatedKeys: !replaced.isEmpty)
    }

    private static func replacing(_ key: String, near mark: Mark, in text: String, by placeholder: Unicode.Scalar) -> String? {
        let scalars = text.unicodeScalars
        let wanted = Array(key.unicodeScalars)
        guard !wanted.isEmpty, var start = YAMLSyntax.index(of: mark, in: text) else { return nil }
        // An anchor or a tag before the key may contain the key's text.
        while start < scalars.endIndex, ["&", "!", "?", " "].contains(scalars[start]) {
            guard let space = scalars[start...].firstIndex(of: " ") else { return nil }
            start = scalars.index(after: space)
        }
        if start < scalars.endIndex, ["\"", "'"].contains(scalars[start]) { start = scalars.index(after: start) }
        guard scalars[start...].starts(with: wanted) else { return nil }
        var changed = String.UnicodeScalarView(scalars[..<start])
        changed.append(contentsOf: repeatElement(placeholder, count: wanted.count))
        changed.append(contentsOf: scalars[scalars.index(start, offsetBy: wanted.count)...])
        return String(changed)
    }
}
