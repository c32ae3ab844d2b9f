/// What a command prints and what comes after.
struct LabReply: Sendable {
    enum Output: Sendable {
        case none
        /// Lines that end with a line feed; the pager counts them.
        case text(String)
        /// Bytes as they are, past the pager.
        case raw([UInt8])
        /// Numbered lines up to so many bytes, and a text after them.
        case numbered(bytes: Int, then: String)
    }

    /// How an answer is read.
    enum Answer: Sendable {
        /// A line, echoed.
        case line
        /// A line, not echoed.
        case secret
        /// One key, not echoed.
        case key
    }

    enum Next: Sendable {
        case prompt
        case ask(String, Answer, then: @Sendable (String, inout LabShellState) -> LabReply)
        case close
        case forever
    }

    var output = Output.none
    var next = Next.prompt
    var pause = Duration.zero
    /// Whether the `huge` fault swells this output.
    var isVersion = false

    static let nothing = LabReply()
    static let close = LabReply(next: .close)

    static func text(_ text: String) -> LabReply { LabReply(output: text.isEmpty ? .none : .text(text)) }

    static func ask(
        _ prompt: String, _ answer: Answer, then: @escaping @Sendable (String, inout LabShellState) -> LabReply
    ) -> LabReply {
        LabReply(next: .ask(prompt, answer, then: then))
    }
}
