/// A text with names in double braces: `hostname {{ host }}`, `interface {{ data.uplinks[0] }}`.
///
/// `{{ '{{' }}` stands for the two braces themselves; so does any other text in quotes for itself. A text without `{{` is what it is.
package struct Template: Sendable, Hashable {
    /// A piece of it.
    enum Part: Sendable, Hashable {
        case text(String)
        /// A name, and at which character of the text it stands, from 1.
        case name(TemplateName, column: Int)
    }

    let parts: [Part]

    /// Reads a text.
    ///
    /// - Throws: `TemplateProblem` for braces without an end and for what is no name between them.
    package init(_ text: String) throws(TemplateProblem) {
        var parts: [Part] = []
        var rest = text[...]
        func column(_ index: String.Index) -> Int { text.distance(from: text.startIndex, to: index) + 1 }
        /// Refuses what Jinja would read as a statement or a comment, in a piece that stands outside the braces of names.
        func check(_ piece: Substring, isFirst: Bool) throws(TemplateProblem) {
            for (open, close) in [("{%", "%}"), ("{#", "#}")] {
                guard let place = piece.firstRange(of: open) else { continue }
                let begins = isFirst && piece[..<place.lowerBound].allSatisfy { $0 == " " || $0 == "\t" }
                guard begins || text[place.upperBound...].firstRange(of: close) != nil else { continue }
                throw TemplateProblem(
                    column: column(place.lowerBound),
                    message: "'\(open)' begins a statement of Jinja, which these templates don't have",
                    hint: "only {{ NAME }} is filled in; write {{ '\(open)' }} for the characters themselves")
            }
        }
        while let open = rest.firstRange(of: "{{") {
            let piece = rest[..<open.lowerBound]
            try check(piece, isFirst: piece.startIndex == text.startIndex)
            parts.append(.text(String(piece)))
            let place = column(open.lowerBound)
            rest = rest[open.upperBound...].drop { $0 == " " || $0 == "\t" }
            if let quote = rest.first, quote == "'" || quote == "\"" {
                guard let end = rest.dropFirst().firstIndex(of: quote) else { throw .unfinished(place) }
                parts.append(.text(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...].drop { $0 == " " || $0 == "\t" }
                guard rest.hasPrefix("}}") else { throw .unfinished(place) }
                rest = rest.dropFirst(2)
                continue
            }
            guard let close = rest.firstRange(of: "}}") else { throw .unfinished(place) }
            parts.append(.name(try TemplateName(rest[..<close.lowerBound], column: place), column: place))
            rest = rest[close.upperBound...]
        }
        try check(rest, isFirst: rest.startIndex == text.startIndex)
        parts.append(.text(String(rest)))
        self.parts = parts.filter { $0 != .text("") }
    }

    /// Whether there is anything to fill in.
    package var hasNames: Bool { parts.contains { if case .name = $0 { true } else { false } } }

    /// The text for one host.
    ///
    /// - Throws: all names of it that the host has no text for.
    package func rendered(for values: TemplateValues) throws(TemplateProblems) -> String {
        var text = ""
        var problems: [TemplateProblem] = []
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .name(let name, let column):
                do throws(TemplateProblem) {
                    text += try values.text(of: name, column: column)
                } catch {
                    problems.append(error)
                }
            }
        }
        guard problems.isEmpty else { throw TemplateProblems(all: problems) }
        return text
    }
}

/// A name in a template: words with dots between them, or numbers in brackets for places in a list.
package struct TemplateName: Sendable, Hashable, CustomStringConvertible {
    /// `data.uplinks[0]` has three.
    let steps: [String]
    package let description: String

    init(_ text: Substring, column: Int) throws(TemplateProblem) {
        var name = String(text)
        while let last = name.last, last == " " || last == "\t" { name.removeLast() }
        description = name
        var steps: [String] = []
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            var word = part
            var places: [String] = []
            while word.last == "]", let open = word.lastIndex(of: "[") {
                places.insert(String(word[word.index(after: open)...].dropLast()), at: 0)
                word = word[..<open]
            }
            steps.append(String(word))
            guard places.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
                throw .noName(name, column)
            }
            steps += places
        }
        let isName = steps.allSatisfy { step in
            !step.isEmpty
                && step.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == "-" }
        }
        guard isName else { throw .noName(name, column) }
        self.steps = steps
    }
}
