/// Looks for a line on which an expression runs into the match limit.
///
/// The lines come from what the expression is made of: the shortest text that leads to one of its loops, what the loop takes, over and over, and
/// an end that spoils the match. What one loop takes may be taken by others, so single characters and pairs of them are repeated as well: one
/// character stands for all that the expression can't tell apart. Whether a line is too much is told by PCRE2's match limit, the same as at work,
/// and by no clock. The number of lines is bounded.
struct PatternStress {
    /// A line on which an expression explodes.
    struct Explosion {
        /// Its beginning, escaped.
        var line: String
        /// Whether a line of ordinary length is enough, and not only the longest that there may be.
        var isOrdinary: Bool
    }

    private let pattern: Pattern
    private let examples: [[UInt8]]
    private let longest: Int

    /// Of so many different characters pairs are made.
    private static let mostPaired = 8
    /// So many loops are tried, each with so many texts.
    private static let mostLoops = 16
    private static let mostWords = 6
    /// The length of a line as devices print them.
    private static let ordinary = 80

    /// - Parameters:
    ///   - examples: texts that may lead the expression to the place where it explodes.
    ///   - longest: the length of the longest text that it is put to.
    init(_ pattern: Pattern, examples: [[UInt8]], longest: Int) {
        self.pattern = pattern
        self.examples = examples
        self.longest = longest
    }

    /// The shortest line found on which the expression explodes; nil when none was.
    func explosion() -> Explosion? {
        let shape = PatternShape(pattern.source)
        // With less there is nothing that could be shared out in many ways.
        guard shape.choices >= 2 else { return nil }
        let alphabet = Self.alphabet(of: shape)
        var loops: [Loop] = []
        Self.gather(shape, after: [], into: &loops)
        let (starts, units) = (self.starts(loops), self.units(loops, alphabet))
        // Hardly any expression allows the control character. All that the expression may insist on comes behind it: a text that lacks
        // something is refused without a search.
        let end: [UInt8] = [0x01] + alphabet + [0x01]
        for length in Set([min(Self.ordinary, longest), longest]).sorted() {
            let scratch = MatchScratch()
            for unit in units {
                let block = Array(repeatElement(unit, count: length / unit.count).joined())
                for start in starts where start.count < length {
                    let text = start + block.prefix(length - start.count) + end
                    _ = pattern.match(in: text, scratch)
                    if scratch.exhaustion != nil {
                        return Explosion(line: escaped(text.prefix(24)) + "…", isOrdinary: length <= Self.ordinary)
                    }
                }
            }
        }
        return nil
    }

    /// What leads to the loops, and what the examples begin with.
    private func starts(_ loops: [Loop]) -> [[UInt8]] {
        var starts: [[UInt8]] = [[]]
        for start in loops.map(\.start) + examples.map({ Array($0.dropLast()) }) where !starts.contains(start) { starts.append(start) }
        return Array(starts.prefix(Self.mostLoops))
    }

    /// What is repeated.
    private func units(_ loops: [Loop], _ alphabet: [UInt8]) -> [[UInt8]] {
        let paired = alphabet.prefix(Self.mostPaired)
        var units = alphabet.prefix(24).map { [$0] }
        units += paired.flatMap { first in paired.filter { $0 != first }.map { [first, $0] } }
        for word in loops.flatMap(\.words) where !word.isEmpty && word.count <= 16 && !units.contains(word) { units.append(word) }
        return units
    }

    /// A character for each group of those that all sets of the expression hold or lack together, printable where there is one.
    private static func alphabet(of shape: PatternShape) -> [UInt8] {
        let sets = Array(Set(shape.sets))
        var found: [[Bool]: UInt8] = [:]
        var order: [UInt8] = []
        // A letter and a digit first, as people would write them; a line end would be another line.
        for byte in Array("a1 ".utf8) + Array(0x21...0x7E) + Array(0x80...0xFF) + [0x09] {
            let key = sets.map { $0.contains(byte) }
            guard found[key] == nil, key.contains(true) else { continue }
            found[key] = byte
            order.append(byte)
        }
        return order
    }

    // MARK: Loops

    private struct Loop {
        /// The shortest text that leads to it.
        var start: [UInt8]
        /// What one turn of it takes.
        var words: [[UInt8]]
    }

    private static func gather(_ shape: PatternShape, after start: [UInt8], into loops: inout [Loop]) {
        switch shape {
        case .characters: break
        case .sequence(let parts):
            var start = start
            for part in parts {
                gather(part, after: start, into: &loops)
                start += words(part).min { $0.count < $1.count } ?? []
            }
        case .choice(let parts): for part in parts { gather(part, after: start, into: &loops) }
        case .aside(let body): gather(body, after: start, into: &loops)
        case .loop(let body, _, let most):
            if most ?? .max > 4, loops.count < mostLoops { loops.append(Loop(start: start, words: words(body))) }
            gather(body, after: start, into: &loops)
        }
    }

    /// A few texts that it takes, the plainest first.
    private static func words(_ shape: PatternShape) -> [[UInt8]] {
        switch shape {
        case .characters(let set):
            let plain = Array("a1 ".utf8).filter(set.contains)
            let other = set.filter { (0x21...0x7E).contains($0) && !plain.contains($0) }.sorted().prefix(2)
            let some = plain + other
            return (some.isEmpty ? Array(set.prefix(1)) : some).map { [$0] }
        case .aside: return [[]]
        case .choice(let parts): return Array(parts.flatMap { words($0).prefix(2) }.prefix(mostWords))
        case .sequence(let parts):
            var all: [[UInt8]] = [[]]
            for part in parts {
                let next = words(part).prefix(3)
                all = Array(all.flatMap { head in next.map { head + $0 } }.prefix(mostWords))
            }
            return all
        case .loop(let body, let least, let most):
            let turn = words(body).prefix(3)
            let some = most == 0 ? [] : turn.map { word in Array(repeatElement(word, count: max(1, min(least, 64))).joined()) }
            return Array((least == 0 ? [[]] + some : some).prefix(mostWords))
        }
    }
}
