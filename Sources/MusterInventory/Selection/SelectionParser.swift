/// Parses selections.
struct SelectionParser {
    private enum Token: Equatable {
        case word(String, quoted: Bool)
        case equal, unequal, and, or, not, open, close

        var shown: String {
            switch self {
            case .word(let text, _): text.quotedForMessage
            case .equal: "'='"
            case .unequal: "'!='"
            case .and: "'&'"
            case .or: "'|'"
            case .not: "'!'"
            case .open: "'('"
            case .close: "')'"
            }
        }
    }

    /// Parentheses and negations deeper than this are refused, as each level takes stack.
    private static let depthLimit = 100

    private let text: String
    private var tokens: [(token: Token, column: Int)] = []
    private var index = 0

    init(_ text: String) throws(SelectionError) {
        self.text = text
        try tokenize()
    }

    mutating func parse() throws(SelectionError) -> Selection.Expression {
        let expression = try disjunction(depth: 0)
        if index < tokens.count { throw error("expected '&', '|' or the end, found \(tokens[index].token.shown)") }
        return expression
    }

    // MARK: Grammar

    private mutating func disjunction(depth: Int) throws(SelectionError) -> Selection.Expression {
        var left = try conjunction(depth: depth)
        while take(.or) { left = .or(left, try conjunction(depth: depth)) }
        return left
    }

    private mutating func conjunction(depth: Int) throws(SelectionError) -> Selection.Expression {
        var left = try negation(depth: depth)
        while take(.and) { left = .and(left, try negation(depth: depth)) }
        return left
    }

    private mutating func negation(depth: Int) throws(SelectionError) -> Selection.Expression {
        guard depth < Self.depthLimit else { throw error("more than \(Self.depthLimit) levels of parentheses and '!'") }
        if take(.not) { return .not(try negation(depth: depth + 1)) }
        if take(.open) {
            let inner = try disjunction(depth: depth + 1)
            guard take(.close) else { throw error("expected ')', found \(found)") }
            return inner
        }
        guard index < tokens.count, case .word(let key, let quoted) = tokens[index].token else {
            throw error("expected a comparison such as site=ams or the name of a group, found \(found)")
        }
        let column = tokens[index].column
        index += 1
        let unequal = take(.unequal)
        guard unequal || take(.equal) else {
            return .comparison(key: "group", pattern: SelectionPattern(key, quoted: quoted), column: column)
        }
        guard index < tokens.count, case .word(let value, let quotedValue) = tokens[index].token else {
            throw error("expected a value for \(key.quotedForMessage), found \(found)")
        }
        index += 1
        let comparison = Selection.Expression.comparison(key: key, pattern: SelectionPattern(value, quoted: quotedValue), column: column)
        return unequal ? .not(comparison) : comparison
    }

    private mutating func take(_ token: Token) -> Bool {
        guard index < tokens.count, tokens[index].token == token else { return false }
        index += 1
        return true
    }

    private var found: String {
        index < tokens.count ? tokens[index].token.shown : "the end"
    }

    private func error(_ message: String) -> SelectionError {
        let column = index < tokens.count ? tokens[index].column : text.count + 1
        return SelectionError(expression: text, column: column, message: message)
    }

    // MARK: Tokens

    private mutating func tokenize() throws(SelectionError) {
        let characters = Array(text)
        var at = 0
        func next(is character: Character) -> Bool { at + 1 < characters.count && characters[at + 1] == character }
        while at < characters.count {
            let column = at + 1
            let character = characters[at]
            switch character {
            case _ where character.isWhitespace: break
            case "(": tokens.append((.open, column))
            case ")": tokens.append((.close, column))
            case "&":
                if next(is: "&") { at += 1 }
                tokens.append((.and, column))
            case "|":
                if next(is: "|") { at += 1 }
                tokens.append((.or, column))
            case "=":
                if next(is: "~") {
                    throw SelectionError(
                        expression: text, column: column, message: "regular expressions are not known here",
                        hint: "use '=' with '*' and '?'")
                }
                if next(is: "=") { at += 1 }
                tokens.append((.equal, column))
            case "!":
                if next(is: "=") {
                    at += 1
                    tokens.append((.unequal, column))
                } else {
                    tokens.append((.not, column))
                }
            case "\"", "'":
                guard let end = characters[(at + 1)...].firstIndex(of: character) else {
                    throw SelectionError(expression: text, column: column, message: "the quote is not closed")
                }
                tokens.append((.word(String(characters[(at + 1)..<end]), quoted: true), column))
                at = end
            default:
                let start = at
                while at + 1 < characters.count, Self.isWord(characters[at + 1]) { at += 1 }
                tokens.append((.word(String(characters[start...at]), quoted: false), column))
            }
            at += 1
        }
    }

    private static func isWord(_ character: Character) -> Bool {
        !character.isWhitespace && !"()&|=!\"'".contains(character)
    }
}
