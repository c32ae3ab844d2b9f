package import MusterTransport

/// Why a console could not do what it was asked.
package struct ConsoleError: Error, Sendable, Equatable {
    /// What happened.
    package enum Kind: Sendable, Equatable {
        /// The login's time was over before a prompt had been found and proved.
        case neverPrompted
        /// The command's time was over before the prompt came back.
        case commandTimeout
        /// The transport ended.
        case ended(TransportEnd)
        /// The device did not change its mode.
        case modeRefused
        /// The definition has no such mode, or no way to it.
        case modeUnknown
        /// The device asked for a secret that the caller did not supply; the name is the definition's.
        case secretMissing(String)
        /// The device asked who is there, and did not let the answer in.
        case loginRefused
        /// The device wants a new password before it lets anyone in.
        case passwordExpired
        /// The device asked for a password that the caller did not supply.
        case passwordMissing
        /// The user or the password has a control character in it.
        case credentialUntypable
        /// The prompt came without the command that was typed: whether the device has run it is not known.
        case echoMissing
        /// What the device printed back was the command before, the name of which it is: answers and commands are out of step.
        case outOfStep(String)
        /// A command asked what nobody has an answer to; the question, escaped.
        ///
        /// The device was brought back to its prompt unless the console is broken.
        case question(String)
        /// A command asked the same again and again, whatever was answered; the question, escaped.
        case questionRepeated(String)
        /// An expression of the definition took too long on what the device printed, so what that is is not known; the expression.
        case patternExhausted(String)
        /// A command, which it is, has ended the session as it should, and this was to follow it.
        case left(String)
        /// The caller gave up.
        case cancelled
        /// The command cannot be typed: it has a control character in it.
        case badCommand
        /// An earlier error lost the place in the dialogue.
        case unusable
    }

    package var kind: Kind
    /// What was waited for, for people.
    package var expected: String
    /// The last bytes that came, escaped, without secrets.
    package var seen: String
    /// The command, where there is one.
    package var command: String?
    package var elapsed: Duration
    /// What the command had printed so far.
    package var partialOutput: [UInt8]
    /// How the output's bytes stand for text.
    package var encoding = TextEncoding.utf8
    /// The file that has all of an output that was not kept as a whole.
    package var outputFile: String?
    /// What can be done about it.
    package var hint: String?

    package init(
        kind: Kind, expected: String, seen: String = "", command: String? = nil, elapsed: Duration = .zero, partialOutput: [UInt8] = [],
        hint: String? = nil
    ) {
        self.kind = kind
        self.expected = expected
        self.seen = seen
        self.command = command
        self.elapsed = elapsed
        self.partialOutput = partialOutput
        self.hint = hint
    }
}

extension ConsoleError: CustomStringConvertible {
    package var description: String {
        message + (hint.map { ". \($0)" } ?? "")
    }

    /// Expected, seen, elapsed.
    package var message: String {
        let seconds = Double(elapsed.wholeNanoseconds / 1_000_000) / 1000
        // The question is what was seen.
        if case .question = kind { return "\(summary) after \(seconds)s; expected \(expected)" }
        if case .questionRepeated = kind { return "\(summary) after \(seconds)s; expected \(expected)" }
        if case .left = kind { return summary }
        let sight = seen.isEmpty ? "nothing was seen" : "the last that was seen is '\(seen)'"
        return "\(summary) after \(seconds)s: \(sight); expected \(expected)"
    }

    private var summary: String {
        switch kind {
        case .neverPrompted: "no prompt"
        case .commandTimeout: "no prompt after the command"
        case .ended(.closedByPeer): "the device ended the session"
        case .ended(.closedHere): "the session was ended here"
        case .ended(let end): "the connection broke (\(end.breakage ?? ""))"
        case .modeRefused: "the device refused the mode"
        case .modeUnknown: "no way to the mode"
        case .secretMissing(let name): "the device asks for the secret '\(name)'"
        case .loginRefused: "the device refused the login"
        case .passwordExpired: "the device wants a new password"
        case .passwordMissing: "the device asks for a password"
        case .credentialUntypable: "the login cannot be typed"
        case .echoMissing: "a prompt, and not the command that was typed,"
        case .outOfStep(let command): "the device printed '\(command)' back once more"
        case .question(let text): "the device asks '\(text)'"
        case .questionRepeated(let text): "the device asks '\(text)' again and again"
        case .patternExhausted(let source): "the platform's expression /\(source)/ takes too long on what the device printed,"
        case .left(let command): "the session was ended by '\(command)'"
        case .cancelled: "cancelled"
        case .badCommand: "not a command"
        case .unusable: "the console is unusable"
        }
    }
}
