/// Patterns separated by commas, of which a `!` in front makes an exception: what `Match` compares with.
struct PatternList: Sendable, Hashable {
    private struct Entry: Hashable {
        var pattern: WildcardPattern
        var isException: Bool
    }

    private let entries: [Entry]
    /// Whether one of the patterns means something narrower than everything.
    let isSpecific: Bool

    /// Reads a list.
    ///
    /// - Parameters:
    ///   - text: Such as `*.example.net,!gw.example.net`.
    ///   - ignoringCase: Whether the patterns are lowercased; the text to compare has to be as well.
    init(_ text: String, ignoringCase: Bool = false) {
        let parts = (ignoringCase ? text.lowercased() : text).split(separator: ",", omittingEmptySubsequences: false)
        entries = parts.map { part in
            // Spaces around a comma are not part of a pattern.
            let trimmed = part.trimmingSpaces
            let isException = trimmed.hasPrefix("!")
            return Entry(pattern: WildcardPattern(isException ? trimmed.dropFirst() : trimmed), isException: isException)
        }
        isSpecific = entries.contains { !$0.isException && !$0.pattern.matchesAnything }
    }

    /// Whether a pattern matches and no exception does.
    func matches(_ text: String) -> Bool {
        var matched = false
        for entry in entries where entry.pattern.matches(text) {
            if entry.isException { return false }
            matched = true
        }
        return matched
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at its ends.
    var trimmingSpaces: SubSequence {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start[start.endIndex...] }
        return start[...last]
    }
}
