/// Lines for a device's configuration, and how they are to be brought in.
public struct ConfigurationChange: Sendable, Hashable {
    /// One line.
    public struct Line: Sendable, Hashable {
        /// What is typed.
        public var text: String
        /// Which line of its source it is, from 1.
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
    /// - Parameter lines: One line each; empty ones and comments are left out, see `init(text:)`.
    public init(_ lines: [String]) {
        self.lines = lines.enumerated().compactMap { Line(source: $1[...], number: $0 + 1) }
    }

    /// Makes a change of a text.
    ///
    /// Blanks around a line, empty lines, and lines that begin with `!` or `#` are left out: no command line takes them for more than comments, and a
    /// tab before a command would be taken for a request to complete it.
    ///
    /// - Parameter text: The lines.
    public init(text: String) {
        var lines: [Line] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if let line = Line(source: line, number: index + 1) { lines.append(line) }
        }
        self.lines = lines
    }
}

extension ConfigurationChange.Line {
    init?(source: Substring, number: Int) {
        let line = source.drop(while: \.isWhitespace)
        guard let last = line.lastIndex(where: { !$0.isWhitespace }), !line.hasPrefix("!"), !line.hasPrefix("#") else { return nil }
        self.init(String(line[...last]), number: number)
    }
}
