/// Parses the notation of node sets.
struct NodeSetParser {
    private let text: String
    private let characters: [Character]
    private var index = 0

    init(_ text: String) {
        self.text = text
        self.characters = Array(text)
    }

    mutating func parse() throws(SelectionError) -> [NodeTerm] {
        var terms: [NodeTerm] = []
        var operation = NodeTerm.Operation.union
        var pendingOperator: (character: Character, column: Int)?
        while index < characters.count {
            let character = characters[index]
            if character.isWhitespace || character == "," {
                // After another operator a blank means nothing; `a,!b` is the habit of Ansible's users.
                index += 1
                continue
            }
            if let next = Self.operation(character) {
                let column = index + 1
                guard !terms.isEmpty else { throw error(column, "expected a name before '\(character)'") }
                guard pendingOperator == nil else { throw error(column, "expected a name, found '\(character)'") }
                operation = next
                pendingOperator = (character, column)
                index += 1
                continue
            }
            terms.append(try term(operation))
            operation = .union
            pendingOperator = nil
        }
        if let pendingOperator { throw error(pendingOperator.column, "expected a name after '\(pendingOperator.character)'") }
        guard !terms.isEmpty else { throw error(nil, "expected at least one name") }
        return terms
    }

    private static func operation(_ character: Character) -> NodeTerm.Operation? {
        switch character {
        case "!": .difference
        case "&": .intersection
        case "^": .symmetricDifference
        default: nil
        }
    }

    private mutating func term(_ operation: NodeTerm.Operation) throws(SelectionError) -> NodeTerm {
        let start = index
        let isGroup = characters[index] == "@"
        if isGroup { index += 1 }
        var pieces: [NodeTerm.Piece] = []
        var plain = ""
        while index < characters.count {
            let character = characters[index]
            if character.isWhitespace || character == "," || Self.operation(character) != nil { break }
            if character == "]" { throw error(index + 1, "found ']' without '['") }
            if character == "[" {
                if let literal = addressLiteral() {
                    plain += literal
                    continue
                }
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.numbers(try ranges()))
                continue
            }
            plain.append(character)
            index += 1
        }
        if !plain.isEmpty { pieces.append(.text(plain)) }
        guard !pieces.isEmpty else { throw error(start + 1, "expected the name of a group after '@'") }
        let written = String(characters[(isGroup ? start + 1 : start)..<index])
        return NodeTerm(operation: operation, isGroup: isGroup, pieces: pieces, text: written, column: start + 1)
    }

    /// An IPv6 address in brackets, as in `[::1]:22`.
    ///
    /// Numbers and ranges never hold a colon.
    private mutating func addressLiteral() -> String? {
        guard let end = characters[index...].firstIndex(of: "]") else { return nil }
        let literal = characters[index...end]
        guard literal.contains(":") else { return nil }
        index = end + 1
        return String(literal)
    }

    private mutating func ranges() throws(SelectionError) -> [NodeRange] {
        let open = index
        index += 1
        var ranges: [NodeRange] = []
        while true {
            ranges.append(try range())
            guard index < characters.count else { throw error(open + 1, "'[' without ']'") }
            let character = characters[index]
            index += 1
            if character == "]" { return ranges }
            guard character == "," else { throw error(index, "expected ',' or ']', found '\(character)'") }
        }
    }

    private mutating func range() throws(SelectionError) -> NodeRange {
        let start = index
        let first = try number()
        var last = first
        var step = 1
        if index < characters.count, characters[index] == "-" {
            index += 1
            last = try number()
            if index < characters.count, characters[index] == "/" {
                index += 1
                let column = index + 1
                step = try number().value
                guard step > 0 else { throw error(column, "expected a step of at least 1") }
            }
        }
        guard first.value <= last.value else {
            throw error(start + 1, "the range \(first.digits)-\(last.digits) runs backwards", hint: "write \(last.digits)-\(first.digits)")
        }
        let padded = first.digits.count > 1 && first.digits.hasPrefix("0")
        if last.digits.count > 1, last.digits.hasPrefix("0"), last.digits.count != first.digits.count {
            throw error(start + 1, "the range \(first.digits)-\(last.digits) has ends of different widths")
        }
        let width = padded ? first.digits.count : 0
        guard (last.value - first.value) / step < NodeTerm.limit else {
            throw error(start + 1, "the range \(first.digits)-\(last.digits) stands for more than \(NodeTerm.limit) names")
        }
        return NodeRange(first: first.value, last: last.value, step: step, width: width)
    }

    private mutating func number() throws(SelectionError) -> (value: Int, digits: String) {
        let start = index
        while index < characters.count, characters[index].isASCII, characters[index].isNumber { index += 1 }
        let digits = String(characters[start..<index])
        guard !digits.isEmpty else {
            let found = start < characters.count ? "'\(characters[start])'" : "the end"
            throw error(start + 1, "expected a number, found \(found)")
        }
        guard let value = Int(digits), value <= Int(Int32.max) else { throw error(start + 1, "the number \(digits) is too large") }
        return (value, digits)
    }

    private func error(_ column: Int?, _ message: String, hint: String? = nil) -> SelectionError {
        SelectionError(expression: text, column: column, message: message, hint: hint)
    }
}
