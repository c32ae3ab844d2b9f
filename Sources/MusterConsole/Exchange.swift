/// One command and what came of it.
package struct Exchange: Sendable, Equatable {
    package var command: String
    /// What the device printed between the echo and the next prompt: lines ended by `\n`, no line end after the last, no blank lines at
    /// the very end.
    ///
    /// Bytes, because a device need not print UTF-8.
    package var output: [UInt8]
    /// The line with which the device rejected the command, or nil.
    package var failure: String?
    /// The mode after the command, read from the prompt; "unknown" where the definition has none for it.
    package var mode: String
    /// The prompt after the command.
    ///
    /// A prompt of several lines has them all.
    package var prompt: String
    package var elapsed: Duration
    /// Whether `output` is only the beginning of a longer one.
    package var truncated: Bool
    /// How often a pager asked for the next page.
    package var pagerAnswers: Int

    package init(
        command: String, output: [UInt8], failure: String? = nil, mode: String, prompt: String, elapsed: Duration,
        truncated: Bool = false, pagerAnswers: Int = 0, encoding: TextEncoding = .utf8,
        size: Int? = nil
    ) {
        self.size = size ?? output.count
        self.encoding = encoding
        self.command = command
        self.output = output
        self.failure = failure
        self.mode = mode
        self.prompt = prompt
        self.elapsed = elapsed
        self.truncated = truncated
        self.pagerAnswers = pagerAnswers
    }

    /// How many bytes of output there were, kept or not.
    package var size: Int
    /// The file that has all of an output that was not kept as a whole.
    package var outputFile: String?
    /// Why there is no such file, or not all of the output in it.
    package var outputProblem: String?
    /// How the output's bytes stand for text.
    package var encoding: TextEncoding
    /// Whether the device has ended the session in answer, as it should.
    package var endsSession = false

    /// The output as text; what is none in its encoding becomes U+FFFD.
    package var text: String { encoding.text(output) }
}
