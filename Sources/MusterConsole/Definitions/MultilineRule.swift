/// A command that is followed by lines of text, which the device reads up to an end.
package struct MultilineRule: Sendable {
    /// The command, from its beginning up to the text or the sign that ends it.
    package var begin: Pattern
    /// The line that ends the text; nil where the first sign behind `begin` does, wherever it comes again.
    package var end: String?
    /// What the device prints when it begins to read.
    package var ready: Pattern?

    package init(begin: Pattern, end: String? = nil, ready: Pattern? = nil) {
        self.begin = begin
        self.end = end
        self.ready = ready
    }

    /// How far a text goes.
    package enum Extent: Sendable, Equatable {
        /// So many lines; one where it begins and ends on its first.
        case lines(Int)
        /// It has no end; what the end would be, for people.
        case endless(String)
    }

    /// How many of `lines` the text has that the first of them begins; nil where that begins none.
    package func extent(of lines: ArraySlice<Substring>, _ scratch: MatchScratch) -> Extent? {
        guard let first = lines.first?.drop(while: \.isWhitespace) else { return nil }
        let bytes = Array(first.utf8)
        guard let found = begin.match(in: bytes, scratch), found.lowerBound == 0 else { return nil }
        if let end {
            let place = lines.dropFirst().firstIndex { String(decoding: Array($0.utf8)[...].trimmed, as: UTF8.self) == end }
            return place.map { .lines($0 - lines.startIndex + 1) } ?? .endless("a line '\(end)'")
        }
        let text = String(decoding: bytes[found.upperBound...], as: UTF8.self).drop(while: \.isWhitespace)
        guard let sign = text.first else { return .endless("a sign behind it that ends the text") }
        if text.dropFirst().contains(sign) { return .lines(1) }
        let place = lines.dropFirst().firstIndex { $0.contains(sign) }
        return place.map { .lines($0 - lines.startIndex + 1) } ?? .endless("a line with '\(sign)'")
    }
}

extension Platform {
    /// What is known of the text that the first of `lines` begins; nil where it begins none.
    package func text(in lines: ArraySlice<Substring>) -> (rule: MultilineRule, extent: MultilineRule.Extent)? {
        guard let rules = multiline, !rules.isEmpty else { return nil }
        let scratch = MatchScratch()
        for rule in rules {
            if let extent = rule.extent(of: lines, scratch) { return (rule, extent) }
        }
        return nil
    }
}
