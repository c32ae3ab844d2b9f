/// What reading a definition has come to: the platform, and what is wrong with it.
package struct Definition: Sendable {
    /// Where it was read from, for people.
    package var file: String
    /// Nil where one of the problems is an error.
    package var platform: Platform?
    /// In the order of the file.
    package var problems: [PlatformProblem]
    /// Where each key stands, by its path such as `modes[1].prompt_pattern`; empty unless it was asked for.
    package var places: [String: DefinitionPlace] = [:]
}

/// A place in a definition.
package struct DefinitionPlace: Sendable {
    /// Counted from 1.
    package var line: Int
    /// Counted from 1, in characters.
    package var column: Int
}
