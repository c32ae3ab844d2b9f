/// What is wrong with a template, or with a name in it for one host.
package struct TemplateProblem: Error, Sendable, Hashable {
    /// The character at which the braces begin, from 1.
    package var column: Int
    package var message: String
    package var hint: String?

    package init(column: Int, message: String, hint: String? = nil) {
        self.column = column
        self.message = message
        self.hint = hint
    }

    static func unfinished(_ column: Int) -> TemplateProblem {
        TemplateProblem(column: column, message: "'{{' without its '}}'", hint: "write {{ '{{' }} for two braces that are meant as such")
    }

    static func noName(_ text: String, _ column: Int) -> TemplateProblem {
        if text.contains("|") {
            return TemplateProblem(
                column: column, message: "\(text.quotedForMessage) has a filter, and these templates have none",
                hint: "put the value into the inventory")
        }
        return TemplateProblem(
            column: column, message: "\(text.quotedForMessage) is no name",
            hint: "names are like host, address or data.site; write {{ '{{' }} for two braces that are meant as such")
    }
}

/// Everything that is wrong with a template for one host.
package struct TemplateProblems: Error, Sendable {
    package var all: [TemplateProblem]
}
