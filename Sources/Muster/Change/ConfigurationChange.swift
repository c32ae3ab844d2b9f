package import MusterConsole

/// Lines for a device's configuration, and how they are to be brought in.
public struct ConfigurationChange: Sendable, Hashable {
    /// One line.
    public struct Line: Sendable, Hashable {
        /// What is typed; a text of several lines, such as a banner, has its line ends and all its blanks in it.
        public var text: String
        /// Which line of its source it is, or begins at, from 1.
        public var number: Int

        /// Makes a line.
        public init(_ text: String, number: Int) {
            self.text = text
            self.number = number
        }
    }

    /// The lines, in order.
    public var lines: [Line]
    /// Whether the change is only tried: loaded, compared, checked and thrown away.
    ///
    /// Where the platform can't do that, nothing is connected to.
    public var isDryRun = false
    /// How long the device waits for a confirmation before it takes the change back by itself; nil for a plain commit.
    public var confirmWithin: Duration?
    /// Whether the change is saved, so that it lasts over a restart.
    public var saves = false

    /// Makes a change of lines.
    ///
    /// - Parameter lines: One line each, or a text of several with its command; empty ones and comments are left out, see `init(text:)`.
    public init(_ lines: [String]) {
        self.init(source: lines, rules: MultilineInput.common)
    }

    /// Makes a change of a text.
    ///
    /// Blanks around a line, empty lines, and lines that begin with `!` or `#` are left out: no command line takes them for more than comments, and a
    /// tab before a command would be taken for a request to complete it. A command that begins a text of several lines, such as `banner motd ^`, and all
    /// that follows up to the end of the text is one line, in which nothing is left out.
    ///
    /// - Parameter text: The lines.
    public init(text: String) {
        self.init(
            source: text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init), rules: MultilineInput.common
        )
    }

    /// Makes a change of the lines of a source.
    ///
    /// - Parameters:
    ///   - source: The lines, as they stand there.
    ///   - rules: How commands begin that are followed by a text, and where it ends.
    package init(source: [String], rules: [MultilineRule]) {
        lines = []
        let texts = source.map { $0[...] }
        let scratch = MatchScratch()
        var index = 0
        while index < texts.count {
            let count = MultilineInput.count(of: texts[index...], rules, scratch)
            if count > 1 {
                let text = texts[index..<index + count].joined(separator: "\n")
                lines.append(Line(String(text.drop { $0 == " " || $0 == "\t" }), number: index + 1))
            } else if let line = Line(source: texts[index], number: index + 1) {
                lines.append(line)
            }
            index += count
        }
    }
}

extension ConfigurationChange.Line {
    /// The lines of it.
    var texts: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    init?(source: Substring, number: Int) {
        let line = source.drop(while: \.isWhitespace)
        guard let last = line.lastIndex(where: { !$0.isWhitespace }), !line.hasPrefix("!"), !line.hasPrefix("#") else { return nil }
        // What has line ends is a text, in which blanks count.
        self.init(line.contains(where: \.isNewline) ? String(line) : String(line[...last]), number: number)
    }
}
