/// Looks for a line on which an expression runs into the match limit.
///
/// The lines are made of the expression's own characters: one or two of them, over and over, with an end that spoils the match. They
/// are as long as the longest line that the expression is put to, and their number is bounded, so that the time is.
struct PatternStress {
    private let pattern: Pattern
    private let examples: [[UInt8]]
    private let longest: Int

    /// Of so many different characters pairs are made.
    private static let mostPaired = 8

    init(_ pattern: Pattern, examples: [[UInt8]], longest: Int) {
        self.pattern = pattern
        self.examples = examples
        self.longest = longest
    }

    /// The beginning of a line that the expression explodes on, escaped; nil when none was found.
    func explosion() -> String? {
        guard repetitions >= 2 else { return nil }
        let scratch = MatchScratch()
        // Hardly any expression allows the control character. All that the expression may insist on comes behind it: a text that lacks
        // something is refused without a search.
        let end = [0x01] + literals + [0x01]
        for start in [[]] + examples.map({ Array($0.dropLast()) }) {
            for unit in units {
                var line = start
                while line.count + unit.count < longest { line += unit }
                line += end
                scratch.forgetProblem()
                _ = pattern.match(in: line, scratch)
                if scratch.lastProblem != nil { return escaped(line.prefix(24)) + "…" }
            }
        }
        return nil
    }

    /// How many parts of the expression may match in several ways.
    ///
    /// With fewer than two there is nothing that could be shared out in many ways.
    private var repetitions: Int {
        let source = Array(pattern.source.utf8)
        var count = 0
        for (index, byte) in source.enumerated() where index > 0 && source[index - 1] != 0x5C {
            // An alternation counts as well: both sides may match the same.
            if byte == 0x2A || byte == 0x2B || byte == 0x7C { count += 1 }
            if byte == 0x7B {
                let bounds = source[(index + 1)...].prefix { $0 != 0x7D }
                if bounds.last == 0x2C || bounds.count > 2 { count += 1 }
            }
        }
        return count
    }

    /// The characters that the expression names, each once, without those of its syntax.
    private var literals: [UInt8] {
        var found: [UInt8] = []
        var isEscaped = false
        for byte in pattern.source.utf8 {
            if isEscaped || byte == 0x5C {
                isEscaped = !isEscaped && byte == 0x5C
                // `\.` is a dot, `\w` is no w.
                if byte == 0x5C || (0x41...0x5A).contains(byte & 0xDF) { continue }
                if !found.contains(byte), (0x20..<0x7F).contains(byte) { found.append(byte) }
                continue
            }
            if !"^$|?*+{}".utf8.contains(byte), (0x20..<0x7F).contains(byte), !found.contains(byte) { found.append(byte) }
        }
        return found
    }

    private var units: [[UInt8]] {
        // A letter, a digit and a blank stand for the classes that match them.
        var characters: [UInt8] = Array("a1 ".utf8)
        for byte in literals where !(0x30...0x39).contains(byte) && !(0x41...0x5A).contains(byte & 0xDF) && byte != 0x20 {
            characters.append(byte)
        }
        let paired = characters.prefix(Self.mostPaired)
        return characters.prefix(16).map { [$0] } + paired.flatMap { first in paired.filter { $0 != first }.map { [first, $0] } }
    }
}
