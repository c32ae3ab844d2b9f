import MusterTransport

/// How long the machine waits before it takes a pause for an answer.
package struct ConsoleTiming: Sendable, Equatable {
    /// A pager's question that has not been seen to the letter before, and any other question that there is an answer to.
    package var pager: Duration = .milliseconds(50)
    /// A line that looks like a prompt and is not the one that is expected.
    package var prompt: Duration = .milliseconds(200)
    /// A prompt without the echo that should have come before it.
    package var echo: Duration = .milliseconds(500)
    /// Any line at all, at the login.
    package var line: Duration = .seconds(1)
    /// What reads like a question, and nobody has an answer to.
    ///
    /// Longer than a lost packet takes to be sent again: slow output that stops behind a question mark must not be broken off.
    package var question: Duration = .seconds(2)
    /// Nothing at all, at the login: some consoles wait for a key.
    package var silence: Duration = .seconds(3)
    /// A line that ends like a question, whatever its words.
    package var stuck: Duration = .seconds(10)

    package static let standard = ConsoleTiming()

    package init() {}

    /// The first moment after `instant` at which a silence has become long enough for something.
    func step(after instant: Instant, quietSince received: Instant, pagerSuspected: Bool) -> Instant? {
        if pagerSuspected, received + pager > instant { return received + pager }
        if received + prompt > instant { return received + prompt }
        if received + echo > instant { return received + echo }
        if received + line > instant { return received + line }
        if received + question > instant { return received + question }
        if received + silence > instant { return received + silence }
        return received + stuck > instant ? received + stuck : nil
    }
}
