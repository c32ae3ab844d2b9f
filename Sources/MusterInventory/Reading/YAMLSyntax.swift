import Yams

/// Explains why a text is not YAML.
enum YAMLSyntax {
    static func problem(_ error: YamlError, file: String, text: String) -> InventoryProblem {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            return syntaxProblem(problem, context, at: mark, file: file, text: text)
        case .composer(let context, let problem, let mark, _):
            if context != nil {
                let position = SourcePosition(file: file, line: mark.line, column: mark.column)
                return InventoryProblem(at: position, "a second YAML document starts here; expected one document in the file")
            }
            return syntaxProblem(problem, nil, at: mark, file: file, text: text)
        case .reader(let problem, _, _, _):
            return readerProblem(problem, file: file, text: text)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping:
            return InventoryProblem(file: file, line: 1, column: 1, message: "not YAML: \(error)")
        }
    }

    private static func syntaxProblem(
        _ problem: String, _ context: YamlError.Context?, at mark: Mark, file: String, text: String
    ) -> InventoryProblem {
        let position = SourcePosition(file: file, line: mark.line, column: mark.column)
        if problem.contains("nesting level") {
            return InventoryProblem(at: position, "lists and mappings are nested more than 1000 levels deep")
        }
        var message = "not YAML: " + problem
        if let context {
            message += " " + context.text
            if context.mark.line != mark.line { message += " that starts in line \(context.mark.line)" }
        }
        return InventoryProblem(at: position, message, hint: hint(problem, at: mark, text: text))
    }

    private static func hint(_ problem: String, at mark: Mark, text: String) -> String? {
        let here = index(of: mark, in: text).flatMap { $0 < text.endIndex ? text.unicodeScalars[$0] : nil }
        if here == "\t" { return "indent with spaces, YAML takes no tabs" }
        if problem.contains("cannot start any token") { return "put the value in quotes" }
        if problem.contains("mapping values are not allowed") {
            return "a value that contains ': ' needs quotes; otherwise check the indentation"
        }
        if problem.contains("undefined alias") { return "define it above with '&', or put the value in quotes" }
        if looksLikeINI(text) { return iniHint }
        if let previous = text.line(mark.line - 1) ?? text.line(mark.line), previous.unicodeScalars.contains("\t") {
            return "indent with spaces, YAML takes no tabs"
        }
        return nil
    }

    static let iniHint = "this looks like an INI inventory; Muster reads YAML"

    /// Whether a line is a section such as `[leaf]`.
    static func looksLikeINI(_ text: String) -> Bool {
        text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains { line in
            line.first == UInt8(ascii: "[") && line.contains(UInt8(ascii: "]")) && !line.contains(UInt8(ascii: ","))
        }
    }

    private static func readerProblem(_ problem: String, file: String, text: String) -> InventoryProblem {
        var line = 1
        var column = 1
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                line += 1
                column = 1
                continue
            }
            // YAML 1.2, 5.1: the C0 and C1 blocks are not printable, but for tab, the line breaks and NEL.
            if scalar.properties.generalCategory == .control, !["\t", "\r", "\u{85}"].contains(scalar) {
                let code = String(scalar.value, radix: 16, uppercase: true)
                let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
                return InventoryProblem(
                    file: file, line: line, column: column, message: "not YAML: found the control character \(name)",
                    hint: "in double quotes, write it as an escape")
            }
            column += 1
        }
        return InventoryProblem(file: file, line: 1, column: 1, message: "not YAML: \(problem)")
    }

    /// The place of a mark in the text.
    ///
    /// The marks of libyaml count lines and Unicode scalars from 1.
    static func index(of mark: Mark, in text: String) -> String.Index? {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        var line = 1
        while line < mark.line {
            guard index < scalars.endIndex else { return nil }
            let scalar = scalars[index]
            index = scalars.index(after: index)
            switch scalar {
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": line += 1
            case "\r":
                line += 1
                if index < scalars.endIndex, scalars[index] == "\n" { index = scalars.index(after: index) }
            default: break
            }
        }
        return scalars.index(index, offsetBy: mark.column - 1, limitedBy: scalars.endIndex)
    }
}

extension String {
    /// The line of this number, counted from 1.
    fileprivate func line(_ number: Int) -> Substring? {
        guard number >= 1 else { return nil }
        let lines = split(separator: "\n", maxSplits: number, omittingEmptySubsequences: false)
        return number <= lines.count ? lines[number - 1] : nil
    }
}
