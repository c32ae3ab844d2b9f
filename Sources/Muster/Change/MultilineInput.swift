package import MusterConsole

/// Lines that make a device read the next ones as a text instead of as commands.
///
/// Where the platform's definition says how such a text ends, it is sent. Everything else is refused before anything is sent: a device that did not
/// take the first line as the beginning of a text would run the text.
package enum MultilineInput {
    /// The rules of platforms that have most of them.
    package static let common = ["cisco_iosxe", "arista_eos", "huawei_vrp"].flatMap { Platform.builtIn(named: $0)?.multiline ?? [] }

    /// Those, and what the definitions of `platforms` have beyond them.
    package static func rules(_ known: [MultilineRule], and platforms: [Platform]) -> [MultilineRule] {
        (known + platforms.flatMap { $0.multiline ?? [] }).reduce(into: []) { rules, rule in
            if !rules.contains(where: { $0.begin.source == rule.begin.source && $0.end == rule.end }) { rules.append(rule) }
        }
    }

    /// How many of the lines belong together, from the first on; 1 for a line of its own, and for a text without an end.
    package static func count(of lines: ArraySlice<Substring>, _ rules: [MultilineRule], _ scratch: MatchScratch) -> Int {
        guard let first = lines.first?.drop(while: \.isWhitespace), !first.hasPrefix("!"), !first.hasPrefix("#") else { return 1 }
        for rule in rules {
            // "banner motd" alone is the beginning of a text on one platform, and incomplete on another.
            if case .lines(let count)? = rule.extent(of: lines, scratch) { return count }
        }
        return 1
    }

    /// What is wrong with a command, or nil: a text that its platform's definition has no end for, or another.
    package static func problem(with command: String, on platform: Platform) -> String? {
        let line = ConfigurationChange.Line(command, number: 1)
        if line.texts.count > 1 { return problem(line, on: platform) }
        guard case .endless(let end)? = platform.text(in: line.texts[...])?.extent else { return nil }
        return endless(end)
    }

    /// What is wrong with a line, or nil.
    static func problem(_ line: ConfigurationChange.Line, on platform: Platform) -> String? {
        let texts = line.texts
        guard texts[0].utf8.count < line.text.utf8.count else { return problem(ofOne: line, on: platform) }
        switch platform.text(in: texts[...])?.extent {
        case .lines(texts.count): return nil
        case .lines(let count): return "ends with its line \(count) on \(platform.name), and has more"
        case .endless(let end): return endless(end)
        case nil:
            return "begins a text of several lines, and the definition of \(platform.name) does not say how one is sent: it wants "
                + "'multiline' under 'muster'"
        }
    }

    private static func endless(_ end: String) -> String { "begins a text of several lines that has no end, which would be \(end)" }

    private static func problem(ofOne line: ConfigurationChange.Line, on platform: Platform) -> String? {
        if let text = platform.text(in: line.texts[...]) {
            guard case .endless(let end) = text.extent else { return nil }
            return endless(end)
        }
        let words = line.text.split(separator: " ")
        guard let verb = words.first?.lowercased() else { return nil }
        if verb == "load", words.dropFirst().contains(where: { $0.lowercased() == "terminal" }) {
            return "reads a text of several lines, which can't be sent; give the lines as 'set' commands"
        }
        // A definition that knows such commands knows all of them.
        guard platform.multiline == nil else { return nil }
        switch verb {
        case "banner", "header":
            guard let text = bannerText(words, line.text) else {
                return "begins a text of several lines, which can't be sent; write it on one line where the device allows it"
            }
            return closes(text) ? nil : "begins a text of several lines, which can't be sent; write it as one line: \(verb) motd ^text^"
        case "certificate" where words.count > 1 && !words[1].lowercased().hasPrefix("map"), "key-string" where words.count == 1:
            return "begins lines of key material, which can't be sent"
        default: return nil
        }
    }

    /// What stands behind `banner motd`; nil when nothing does.
    private static func bannerText(_ words: [Substring], _ line: String) -> Substring? {
        // Huawei's "header login information %text%" has a word more.
        if words.count > 3, words[2].lowercased() == "information" { return line[words[3].startIndex...] }
        // "no banner …" begins with another word; "banner motd" alone reads up to EOF on Arista.
        guard words.count > 2 else { return nil }
        return line[words[2].startIndex...]
    }

    /// Whether a banner's text ends on its line: it is one word or quoted, or its delimiter comes again.
    private static func closes(_ text: Substring) -> Bool {
        let delimiter = text.hasPrefix("^C") ? "^C" : String(text.prefix(1))
        let rest = text.dropFirst(delimiter.count)
        return rest.contains(delimiter)
    }
}
