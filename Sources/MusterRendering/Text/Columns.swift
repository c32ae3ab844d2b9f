extension Character {
    /// How many columns of a terminal the character takes.
    ///
    /// After Unicode's East Asian Width (UAX 11) in rough blocks: what matters here is that a line never gets wider than thought.
    var columns: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        if scalar.isASCII { return 1 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension StringProtocol {
    /// How many columns of a terminal the text takes; it has no control characters.
    package var columns: Int { reduce(0) { $0 + $1.columns } }

    /// The text cut to `width` columns, with `…` as the last of them when something was cut.
    package func fitted(to width: Int) -> String {
        if columns <= width { return String(self) }
        guard width > 0 else { return "" }
        var room = width - 1
        var kept = ""
        for character in self {
            room -= character.columns
            if room < 0 { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// The text followed by spaces up to `width` columns.
    package func padded(to width: Int) -> String {
        String(self) + String(repeating: " ", count: Swift.max(0, width - columns))
    }

    /// The text in lines of at most `width` columns, broken at spaces; a longer word is broken where the line is full.
    ///
    /// - Parameter hanging: The width of the lines after the first, when they begin further right.
    package func wrapped(to width: Int, hanging: Int? = nil) -> [String] {
        var lines: [String] = []
        for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            var taken = 0
            func limit() -> Int { Swift.max(1, lines.isEmpty ? width : hanging ?? width) }
            for word in paragraph.split(separator: " ") {
                var rest = Substring(word)
                let needed = rest.columns
                if taken > 0, taken + 1 + needed <= limit() {
                    line += " " + rest
                    taken += 1 + needed
                    continue
                }
                if taken > 0 {
                    lines.append(line)
                    (line, taken) = ("", 0)
                }
                while rest.columns > limit() {
                    var piece = ""
                    var used = 0
                    while let next = rest.first, piece.isEmpty || used + next.columns <= limit() {
                        piece.append(next)
                        used += next.columns
                        rest.removeFirst()
                    }
                    lines.append(piece)
                }
                line = String(rest)
                taken = rest.columns
            }
            lines.append(line)
        }
        return lines
    }
}
