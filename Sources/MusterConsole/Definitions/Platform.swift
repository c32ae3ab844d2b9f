package import MusterTransport

/// What is known of a kind of device before the first byte comes: its prompts, its modes, its pager, what it says when it refuses.
///
/// Read from YAML in the scrapli definitions schema, with keys of our own under `muster:`.
package final class Platform: Sendable {
    package let name: String
    /// Matches the prompt of any mode: a hint for the login, until the device's own prompt is known.
    package let prompt: PromptRule
    package let defaultMode: String
    package let modes: [Mode]
    /// What a rejected command prints, as plain text found anywhere in a line.
    package let failureIndicators: [String]
    /// The same, as they are looked for.
    let failureIndicatorBytes: [[UInt8]]
    /// What a rejected command prints, as expressions matched against one line.
    package let failurePatterns: [Pattern]
    package let onOpen: [Instruction]
    package let onClose: [Instruction]
    package let forceInSessionAuth: Bool
    package let bypassInSessionAuth: Bool
    package let ntcTemplatesPlatform: String?
    package let geniePlatform: String?
    package let pagers: [Pager]
    package let echo: Echo
    package let pty: PTYWishes
    package let typeAhead: Bool
    /// What the return key sends.
    package let returnKey: [UInt8]
    /// How it asks who is there, where it does so in the terminal.
    package let login: LoginRules?
    /// What a line feed is on a telnet connection.
    package let telnetNewline: TelnetCodec.Newline
    /// Questions that are answered whichever command asks them.
    package let questions: [AnsweredQuestion]
    /// What is typed to get out of a question that nobody has an answer to.
    package let abortKey: [UInt8]
    /// How text is written in bytes.
    package let encoding: TextEncoding
    /// How its configuration is changed; nil where the definition does not say.
    package let config: ConfigRules?
    /// What makes a change last over a restart: empty where a change always does, nil where the definition does not say.
    package let save: [Instruction]?
    /// What a save prints when it was done, matched against one line; empty where a device that does not object has saved.
    package let saved: [Pattern]
    /// Keys that a device takes at once, wherever they stand in a line: `?` asks for help.
    package let helpKeys: String
    /// The key that makes such a key a character of the line, and prints nothing itself; nil where there is none.
    package let quoteKey: String?

    /// What kind of device it is, for people.
    package let summary: String?
    /// Lines that the failure indicators or patterns match, and that are no failure.
    package let failureExcludes: [Pattern]
    /// The command that tells the device's version.
    package let versionCommand: String?
    package let detection: DetectionRules
    package let tests: DefinitionTests
    /// Whether a command may go over an exec channel of its own, and the exit status tell how it went.
    package let allowsExec: Bool
    /// The commands that are followed by lines of text; nil where the definition does not say.
    package let multiline: [MultilineRule]?

    /// Whether a device prints what is typed.
    package enum Echo: String, Sendable, CaseIterable {
        /// It does, as it is typed.
        case exact
        /// It does, in another form: words completed, blanks changed. The first line that it finishes is the echo.
        case rewritten
        /// It does not.
        case none
    }

    package init(
        name: String, prompt: PromptRule, defaultMode: String, modes: [Mode], failureIndicators: [String] = [],
        failurePatterns: [Pattern] = [], onOpen: [Instruction] = [], onClose: [Instruction] = [], forceInSessionAuth: Bool = false,
        bypassInSessionAuth: Bool = false, ntcTemplatesPlatform: String? = nil, geniePlatform: String? = nil,
        pagers: [Pager]? = nil, echo: Echo = .exact, pty: PTYWishes = PTYWishes(), typeAhead: Bool = false, returnKey: [UInt8] = [10],
        login: LoginRules? = .common, telnetNewline: TelnetCodec.Newline = .crlf,
        summary: String? = nil, failureExcludes: [Pattern] = [], versionCommand: String? = nil,
        detection: DetectionRules = DetectionRules(), tests: DefinitionTests = DefinitionTests(), questions: [AnsweredQuestion] = [],
        abortKey: [UInt8] = [0x03], encoding: TextEncoding = .utf8,
        config: ConfigRules? = nil, save: [Instruction]? = nil, saved: [Pattern] = [], helpKeys: String = "", quoteKey: String? = nil,
        allowsExec: Bool = false, multiline: [MultilineRule]? = nil
    ) {
        self.name = name
        self.prompt = prompt
        self.defaultMode = defaultMode
        self.modes = modes
        self.failureIndicators = failureIndicators
        failureIndicatorBytes = failureIndicators.map { Array($0.utf8) }
        self.failurePatterns = failurePatterns
        self.onOpen = onOpen
        self.onClose = onClose
        self.forceInSessionAuth = forceInSessionAuth
        self.bypassInSessionAuth = bypassInSessionAuth
        self.ntcTemplatesPlatform = ntcTemplatesPlatform
        self.geniePlatform = geniePlatform
        self.pagers = pagers ?? Pager.common
        self.echo = echo
        self.pty = pty
        self.typeAhead = typeAhead
        self.returnKey = returnKey
        self.login = login
        self.telnetNewline = telnetNewline
        self.summary = summary
        self.failureExcludes = failureExcludes
        self.versionCommand = versionCommand
        self.detection = detection
        self.tests = tests
        self.questions = questions
        self.abortKey = abortKey
        self.encoding = encoding
        self.config = config
        self.save = save
        self.saved = saved
        self.helpKeys = helpKeys
        self.quoteKey = quoteKey
        self.allowsExec = allowsExec
        self.multiline = multiline
    }

    /// A line as it has to be typed for the device to be given all of it.
    package func quoted(_ line: String) -> String {
        // The text behind a command, which is read up to its end, is taken as it is.
        let command = line.prefix { $0 != "\n" }
        guard let quoteKey, command.contains(where: helpKeys.contains) else { return line }
        return command.reduce(into: "") { $0 += helpKeys.contains($1) ? quoteKey + String($1) : String($1) } + line.dropFirst(command.count)
    }

    /// What a device prints of a line that was typed: the key that quotes is not in it.
    func shown(_ line: String) -> String {
        guard let quoteKey, let first = quoteKey.utf8.first, line.utf8.contains(first) else { return line }
        return line.replacing(quoteKey, with: "")
    }

    /// The mode of that name, or nil.
    package func mode(named name: String) -> Mode? {
        modes.first { $0.name == name }
    }

    /// The modes on the shortest way from `start` to `goal`, without `start`; nil where there is no way.
    package func path(from start: String, to goal: String) -> [String]? {
        var cameFrom: [String: String] = [start: start]
        var front = [start]
        while !front.isEmpty, cameFrom[goal] == nil {
            var next: [String] = []
            for name in front {
                for way in mode(named: name)?.ways ?? [] where cameFrom[way.target] == nil {
                    cameFrom[way.target] = name
                    next.append(way.target)
                }
            }
            front = next
        }
        guard cameFrom[goal] != nil else { return nil }
        var path: [String] = []
        var step = goal
        while step != start, let before = cameFrom[step] {
            path.insert(step, at: 0)
            step = before
        }
        return path
    }
}

/// How a prompt looks.
package struct PromptRule: Sendable {
    /// Nil: nothing is known of it.
    package var pattern: Pattern?
    /// A prompt that contains one of these is another mode's.
    package var excludes: [String]

    package init(pattern: Pattern?, excludes: [String] = []) {
        self.pattern = pattern
        self.excludes = excludes
    }

    /// Whether all of `text` (a line, or several) is such a prompt.
    package func matches(_ text: [UInt8], _ scratch: MatchScratch) -> Bool {
        guard let pattern, pattern.match(in: text, scratch) != nil else { return false }
        return !excludes.contains { text.contains(Array($0.utf8)) }
    }
}

/// A state of the command line: user, privileged, and so on.
package struct Mode: Sendable {
    package var name: String
    package var prompt: PromptRule
    /// The modes that can be reached from here, and how.
    package var ways: [Way]

    /// How one mode leads to another.
    package struct Way: Sendable {
        package var target: String
        package var instructions: [Instruction]
    }
}

/// One thing to do on a device.
package enum Instruction: Sendable {
    /// Type a command and wait for the prompt.
    case send(String)
    /// Type a command, answer the question that may follow it, and wait for the prompt.
    case sendPrompted(String, question: Question, response: Response)
    /// Type and do not wait.
    case write(String)
    /// Go to a mode.
    case enterMode(String)

    /// A question, as it stands at the end of the line.
    package enum Question: Sendable {
        case exact(String)
        case pattern(Pattern)

        var described: String {
            switch self {
            case .exact(let text): "'\(text)'"
            case .pattern(let pattern): "/\(pattern.source)/"
            }
        }
    }

    /// The answer to a question.
    package enum Response: Sendable {
        case literal(String)
        /// A secret that the caller supplies under this name.
        case secret(String)
    }
}

/// A pager's question, and the key that asks for the next page.
package struct Pager: Sendable {
    package var pattern: Pattern
    package var answer: [UInt8]

    package init(pattern: Pattern, answer: [UInt8] = [0x20]) {
        self.pattern = pattern
        self.answer = answer
    }
}

/// The terminal that a session asks the device for.
package struct PTYWishes: Sendable, Equatable {
    /// Wide enough that no device folds a line of a usual length.
    ///
    /// Cisco's `terminal width` ends at 512, so a wider one is of no use there.
    package var columns: Int
    /// Some CLIs page by the height of the terminal, and go on paging when the paging-off command was refused: a tall one pages less.
    package var rows: Int
    /// A terminal that every device knows, without colours.
    package var term: String

    package init(columns: Int = 511, rows: Int = 1000, term: String = "vt100") {
        self.columns = columns
        self.rows = rows
        self.term = term
    }
}
