import Yams

/// Gets a text with repeated keys through Yams.
///
/// Yams gives up at the first mapping with repeated keys, and names only one place. To find them all, repeated keys are overwritten in
/// the text by as many private-use scalars, each its own, which leaves every position as it was; then the text is parsed again, and what
/// was overwritten is put back in the tree. So it does no harm when a key is overwritten that was not repeated.
struct RepeatedKeys {
    /// What stands for a key in the text, and the key.
    private var originals: [Unicode.Scalar: [Unicode.Scalar]] = [:]

    /// The private-use scalars of plane 15, which have no business in an inventory.
    private static let placeholders = UInt32(0xF0000)...UInt32(0xFFFFD)

    var isEmpty: Bool { originals.isEmpty }

    /// Puts back what was overwritten.
    func restored(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard scalars.contains(where: { originals[$0] != nil }) else { return text }
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if let original = originals[scalars[index]] {
                result.append(contentsOf: original)
                index += original.count
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }

    /// The text with keys overwritten, so that parsing comes further; nil when that can't be done.
    ///
    /// - Parameters:
    ///   - keys: The repeated keys of a mapping.
    ///   - mark: The place of the first of them.
    mutating func replacing(_ keys: [String], at mark: Mark, in text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        if overwriteColumn(of: Set(keys), column: mark.column, in: &scalars) || overwriteOne(keys[0], at: mark, in: text, &scalars) {
            return String(String.UnicodeScalarView(scalars))
        }
        return nil
    }

    /// Overwrites all but the last of each key that starts a line in this column, where the keys of a block mapping are.
    private mutating func overwriteColumn(of keys: Set<String>, column: Int, in scalars: inout [Unicode.Scalar]) -> Bool {
        var last: [String: Range<Int>] = [:]
        var changed = false
        var line = 0
        while line < scalars.count {
            let end = scalars[line...].firstIndex(of: "\n") ?? scalars.count
            defer { line = end + 1 }
            var start = line + column - 1
            guard start < end, scalars[line..<start].allSatisfy({ $0 == " " }) else { continue }
            var stop: Unicode.Scalar = ":"
            if scalars[start] == "'" || scalars[start] == "\"" {
                stop = scalars[start]
                start += 1
            }
            guard let keyEnd = scalars[start..<end].firstIndex(of: stop), keyEnd > start else { continue }
            let key = String(String.UnicodeScalarView(scalars[start..<keyEnd]))
            guard keys.contains(key) else { continue }
            if let earlier = last.updateValue(start..<keyEnd, forKey: key) { changed = overwrite(earlier, in: &scalars) || changed }
        }
        return changed
    }

    /// Overwrites the key at the mark, wherever in a line it stands.
    private mutating func overwriteOne(_ key: String, at mark: Mark, in text: String, _ scalars: inout [Unicode.Scalar]) -> Bool {
        let wanted = Array(key.unicodeScalars)
        guard !wanted.isEmpty, let index = YAMLSyntax.index(of: mark, in: text) else { return false }
        var start = text.unicodeScalars.distance(from: text.startIndex, to: index)
        // An anchor or a tag before the key may contain the key's text.
        while start < scalars.count, ["&", "!", "?", " "].contains(scalars[start]) {
            guard let space = scalars[start...].firstIndex(of: " ") else { return false }
            start = space + 1
        }
        if start < scalars.count, ["\"", "'"].contains(scalars[start]) { start += 1 }
        guard scalars[min(start, scalars.count)...].starts(with: wanted) else { return false }
        return overwrite(start..<start + wanted.count, in: &scalars)
    }

    private mutating func overwrite(_ range: Range<Int>, in scalars: inout [Unicode.Scalar]) -> Bool {
        let next = Self.placeholders.lowerBound + UInt32(originals.count)
        guard Self.placeholders.contains(next), let placeholder = Unicode.Scalar(next) else { return false }
        originals[placeholder] = Array(scalars[range])
        for index in range { scalars[index] = placeholder }
        return true
    }
}
