import MusterTransport

extension ConsoleMachine {
    /// So many of the last bytes go into an error.
    static let seenLength = 200

    /// Gives up: what is running fails for `kind`, what waits cannot be begun any more.
    mutating func breakOff(_ kind: ConsoleError.Kind, _ now: Instant) {
        guard phase != .broken else { return }
        isOverdue = kind == .commandTimeout && inFlight.first?.isBreakable == true
        if isOverflowing { _ = endOverflow(screen.tail + screen.line) }
        if !isOpen, phase != .new {
            events.append(.failed(id: nil, openError(kind, now)))
            isOpen = true
        }
        if let walk, let id = walk.id { events.append(.failed(id: id, walkError(kind, walk, now))) }
        for (index, step) in inFlight.enumerated() {
            guard let id = step.id else { continue }
            let error =
                step.dialogue.refused == nil
                ? commandError(kind, step, isFirst: index == 0, now)
                : questionError(step, partialOutput: partialOutput(isFirst: index == 0), now)
            events.append(.failed(id: id, error.encoded(platform.encoding)))
        }
        walk = nil
        inFlight = []
        if case .ended = kind { failAll(because: kind) } else { failAll(because: .unusable, now) }
    }

    /// Fails all that waits, and ends the use of this machine.
    mutating func failAll(because kind: ConsoleError.Kind, _ now: Instant? = nil) {
        phase = .broken
        for job in waiting {
            var error = unusable(job)
            error.kind = kind
            if let now, let deadline = job.deadline, deadline <= now { error.kind = .commandTimeout }
            events.append(.failed(id: job.id, error))
        }
        waiting = []
        setUp = []
    }

    func unusable(_ job: Job) -> ConsoleError {
        ConsoleError(
            kind: end.map { .ended($0) } ?? .unusable, expected: "a prompt", seen: seen(), command: job.command,
            hint: "An earlier error lost the place in the dialogue: begin a new session")
    }

    /// The deadline of `job` came while something else was running.
    func turnNeverCame(_ job: Job, _ now: Instant) -> ConsoleError {
        ConsoleError(
            kind: .commandTimeout, expected: "its turn", seen: seen(), command: job.command, elapsed: now - job.askedAt,
            hint: "What was asked before it took all its time, and it was not begun: give it a longer timeout")
    }

    /// A control character is a key to a device's line editor: a tab completes, Ctrl-U erases, Ctrl-C breaks off.
    ///
    /// What would be run is another command than the one that was given.
    func untypable(_ command: String, _ byte: UInt8) -> ConsoleError {
        let isLineEnd = byte == 0x0A || byte == 0x0D
        return ConsoleError(
            kind: .badCommand, expected: isLineEnd ? "one line" : "a command without the control character '\(escaped([byte]))'",
            seen: redacted(escaped(command.utf8.prefix(Self.seenLength))), command: command,
            hint: isLineEnd
                ? "A command is one line; give several as several commands"
                : "A device takes '\(escaped([byte]))' for a key, not for a character: write a blank instead, or leave it out")
    }

    private func openError(_ kind: ConsoleError.Kind, _ now: Instant) -> ConsoleError {
        if kind == .modeRefused, let walk { return refusal(walk, now) }
        var error = ConsoleError(
            kind: kind, expected: promptWish, seen: seen(), command: inFlight.first?.command, elapsed: now - startedAt,
            partialOutput: setUpOutput)
        switch kind {
        case .neverPrompted where login.menu != nil:
            error.hint =
                "'\(redacted(escaped(login.menu ?? [])))' came again after a return and is no prompt of \(platform.isDetecting ? "any platform" : platform.name): it seems to be a menu, "
                + "and nothing was chosen in it. Use a user that lands at the command line, or set the device's platform"
        case .neverPrompted:
            error.hint =
                login.candidate == nil
                ? "Is \(platform.name) the device's platform? Does it show a menu or a question first?"
                : "A prompt was proposed and did not come again after a return"
        case .secretMissing(let name): error = secretError(error, name)
        default: error.hint = questionHint
        }
        return phase == .login ? loginError(error) : error
    }

    /// What a set-up command has printed.
    ///
    /// A dialogue with a question may hold the answer to it, so nothing is kept of one.
    private var setUpOutput: [UInt8] {
        guard let head = inFlight.first, head.purpose == .setUp, head.question == nil else { return [] }
        return partialOutput(isFirst: true)
    }

    private func walkError(_ kind: ConsoleError.Kind, _ walk: ModeWalk, _ now: Instant) -> ConsoleError {
        if kind == .modeRefused { return refusal(walk, now) }
        let error = ConsoleError(
            kind: kind, expected: "the prompt of the mode '\(walk.hop ?? walk.target)'", seen: seen(), command: inFlight.first?.command,
            elapsed: now - walk.startedAt, hint: questionHint)
        if case .secretMissing(let name) = kind { return secretError(error, name) }
        return error
    }

    private func secretError(_ error: ConsoleError, _ name: String) -> ConsoleError {
        var error = error
        error.expected = "a secret named '\(name)', which was not supplied"
        let field = name == "enable" ? "'enable' secret" : "'secrets: {\(name): …}'"
        error.hint = "Give the host its \(field), or a user that lands in the mode '\(platform.defaultMode)'"
        return error
    }

    private func commandError(_ kind: ConsoleError.Kind, _ step: Step, isFirst: Bool, _ now: Instant) -> ConsoleError {
        var error = ConsoleError(
            kind: kind, expected: promptWish, seen: seen(), command: step.command, elapsed: now - step.sentAt,
            partialOutput: partialOutput(isFirst: isFirst), hint: questionHint)
        if kind == .echoMissing {
            error.expected = "the line '\(redacted(escaped(step.echoLine)))'"
            error.hint =
                (step.isRetyped ? "It was typed twice. " : "")
                + "If the device does not print what is typed, or prints it in another form, its definition wants 'muster: {echo: none}' or 'rewritten'"
        }
        return error
    }

    private var promptWish: String {
        if let prompt { return "the prompt '\(escaped(prompt.text))'" }
        guard let pattern = platform.prompt.pattern else { return "any line that comes again after a return" }
        return "a prompt like /\(pattern.source)/"
    }

    private var questionHint: String? {
        guard let line = standingLine, looksLikeQuestion(line) else { return nil }
        return "The device seems to ask a question: '\(redacted(escaped(line.trimmed)))'"
    }

    /// What the first command has printed so far, with the line that is not finished.
    private func partialOutput(isFirst: Bool) -> [UInt8] {
        guard isFirst, let head = inFlight.first else { return [] }
        var output = screen.text
        let standing = head.echoLine[..<head.standingCount]
        if head.echo == .awaited {
            // Without its echo an answer cannot be told from what came before it. All of it is kept, but for the prompt that stood there.
            if output.isEmpty { return Array(screen.line.starts(with: standing) ? screen.line[head.standingCount...] : screen.line[...]) }
            if output.starts(with: standing) { output.removeFirst(standing.count) }
        }
        if !screen.isTruncated {
            output += screen.line
            output.removeBlankEnd()
        }
        return head.dialogue.hasTypedSecret ? redact(output) : output
    }

    /// The last bytes that came, escaped, without secrets.
    func seen() -> String {
        escaped(redact(lastBytes).suffix(Self.seenLength))
    }

    func redacted(_ text: String) -> String {
        String(decoding: redact(Array(text.utf8)), as: UTF8.self)
    }

    private var hidden: [String] { secrets.values + typedSecrets + [credentials?.password].compactMap { $0 } }

    /// `bytes` with every secret replaced.
    func redact(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for secret in hidden.map({ Array($0.utf8) }).sorted(by: { $0.count > $1.count }) where !secret.isEmpty {
            var index = 0
            while index + secret.count <= result.count {
                if result[index..<index + secret.count].elementsEqual(secret) {
                    let mark = Array("<secret>".utf8)
                    result.replaceSubrange(index..<index + secret.count, with: mark)
                    index += mark.count
                } else {
                    index += 1
                }
            }
        }
        return result
    }
}

extension ConsoleError {
    func encoded(_ encoding: TextEncoding) -> ConsoleError {
        var error = self
        error.encoding = encoding
        return error
    }
}

/// The name in `names` that `name` was most likely meant to be, or nil: at most a third of it may differ.
func nearest(_ name: String, in names: [String]) -> String? {
    let wanted = Array(name.lowercased().utf8)
    let best = names.map { ($0, distance(wanted, Array($0.lowercased().utf8))) }.min { $0.1 < $1.1 }
    guard let best, best.1 <= max(1, wanted.count / 3) else { return nil }
    return best.0
}

/// Levenshtein's distance.
private func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let above = row[column + 1]
            row[column + 1] = min(above + 1, row[column] + 1, diagonal + (byte == right[column] ? 0 : 1))
            diagonal = above
        }
    }
    return row[right.count]
}
