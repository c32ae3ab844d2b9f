/// Lines that make a device read the next ones as a text instead of as commands.
///
/// They are refused before anything is sent: a device that did not take the first line as the beginning of a text would run the text.
enum MultilineInput {
    /// What is wrong with a line, or nil.
    static func problem(_ line: ConfigurationChange.Line) -> String? {
        let words = line.text.split(separator: " ")
        guard let verb = words.first?.lowercased() else { return nil }
        switch verb {
        case "banner", "header":
            guard let text = bannerText(words, line.text) else {
                return "begins a text of several lines, which can't be sent; write it on one line where the device allows it"
            }
            return closes(text) ? nil : "begins a text of several lines, which can't be sent; write it as one line: \(verb) motd ^text^"
        case "load" where words.dropFirst().contains { $0.lowercased() == "terminal" }:
            return "reads a text of several lines, which can't be sent; give the lines as 'set' commands"
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
