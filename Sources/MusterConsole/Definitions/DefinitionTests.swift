/// Texts of real devices with the verdict that a definition has to come to.
package struct DefinitionTests: Sendable {
    /// One text and its verdict.
    package struct Case: Sendable {
        /// What the device prints.
        package var text: [UInt8]
        /// The mode, the rejecting line, or the answer; nil: none.
        package var expected: String?
        /// Where it stands in the definition.
        package var line: Int?
    }

    /// What is tested.
    package enum Kind: String, Sendable, CaseIterable {
        /// The end of the output, with the mode that it is a prompt of.
        case prompts
        /// A whole answer, with the line by which the command was rejected.
        case errors
        /// The answer to a line of configuration, a commit or a save, with the line by which it was rejected.
        case configErrors = "config_errors"
        /// An unfinished line, with the key that the pager wants.
        case pagers
        /// An unfinished line, with the answer that is always given.
        case questions

        /// The key that holds the verdict.
        var verdict: String {
            switch self {
            case .prompts: "mode"
            case .errors, .configErrors: "failure"
            case .pagers, .questions: "answer"
            }
        }
    }

    package var cases: [Kind: [Case]] = [:]

    package var isEmpty: Bool { cases.values.allSatisfy(\.isEmpty) }

    /// How many there are of each kind together.
    package var count: Int { cases.values.reduce(0) { $0 + $1.count } }
}
