import MusterTransport

/// Going from mode to mode, one hop at a time, by what the prompt says after each.
extension ConsoleMachine {
    /// Does the next thing on the way; false when there is nothing to do.
    mutating func advanceWalk(_ now: Instant) -> Bool {
        guard var walk = walk else { return false }
        if walk.hops == 0, let wanted = goesNoFurther(walk) {
            walk.target = wanted
            self.walk = walk
        }
        if !walk.instructions.isEmpty {
            let instruction = walk.instructions.removeFirst()
            self.walk = walk
            if case .enterMode = instruction { return true }
            begin(instruction, for: .walk, now)
            return true
        }
        if mode == walk.target {
            self.walk = nil
            if let id = walk.id { events.append(.entered(id: id, mode: mode)) }
            return true
        }
        if mode == LearnedPrompt.unknownMode, walk.id == nil {
            // The definition may be the wrong one, and the device can be talked to all the same.
            self.walk = nil
            setUpFailures.append("enter \(walk.target): no mode of \(platform.name) has the prompt '\(prompt?.described ?? "")'")
            return true
        }
        if walk.from == mode, let lacking = lackedSecret {
            stay(walk, lacking: lacking)
            return true
        }
        if walk.from == mode || walk.hops > 2 * platform.modes.count {
            refuse(walk, now)
            return true
        }
        // Nothing is typed on the way to a mode that could not be recognised.
        guard platform.mode(named: walk.target) != nil, let hop = platform.path(from: mode, to: walk.target)?.first,
            let way = platform.mode(named: mode)?.ways.first(where: { $0.target == hop })
        else {
            var error = unknownMode(walk.target)
            if platform.mode(named: walk.target) != nil {
                error.expected = "a way from the mode '\(mode)' to '\(walk.target)' in the definition of \(platform.name)"
                error.hint = "The definition's accessible_modes lack it"
            }
            fail(walk, error)
            return true
        }
        walk.hops += 1
        walk.hop = hop
        walk.from = mode
        walk.instructions = way.instructions
        walk.lacking = walk.id == nil && wantedMode == nil ? missingSecret(in: way.instructions) : nil
        self.walk = walk
        return true
    }

    /// The mode that the set-up may stop at on its way to the usual one, because commands are wanted there.
    private func goesNoFurther(_ walk: ModeWalk) -> String? {
        guard walk.id == nil, walk.target == platform.defaultMode, mode != walk.target, let wantedMode else { return nil }
        if mode == wantedMode { return wantedMode }
        guard let path = platform.path(from: mode, to: wantedMode), !path.contains(walk.target) else { return nil }
        return wantedMode
    }

    /// The secret that `instructions` may ask for and nobody has supplied.
    private func missingSecret(in instructions: [Instruction]) -> String? {
        for case .sendPrompted(_, _, .secret(let name)) in instructions where secrets[name] == nil { return name }
        return nil
    }

    /// The secret without which the set-up's way to its mode may not be gone, where it can be left at that.
    var lackedSecret: String? { walk?.lacking }

    /// Goes on in the mode that the device is in: it asks for a secret for the usual one, and the user may have none and need none.
    private mutating func stay(_ walk: ModeWalk, lacking name: String) {
        self.walk = nil
        let field = name == "enable" ? "'enable' secret" : "'secrets: {\(name): …}'"
        let said = refusal(walk, walk.startedAt).seen
        let reason =
            walk.question == nil && !said.isEmpty
            ? "the device refused the mode '\(walk.target)' with '\(said)'"
            : "the mode '\(walk.target)' wants a secret that was not supplied"
        remarks.append("\(reason): its commands are run in the mode '\(mode)'; give the host its \(field), or use --mode-name \(mode)")
    }

    /// Answers the question of the command that is running, if it stands there.
    ///
    /// True: there is nothing more to look at.
    mutating func answerQuestion(_ line: ArraySlice<UInt8>, _ now: Instant) -> Bool {
        guard let head = inFlight.first, let (question, response) = head.question, screen.finishedLines > head.lines,
            head.dialogue.refused == nil
        else { return false }
        if case .secret = response, lackedSecret == nil, answerUser(line, head, now) { return true }
        var asked =
            switch question {
            case .exact(let text): line.trimmedAtEnd.hasSuffix(Array(Array(text.utf8).trimmedAtEnd))
            case .pattern(let pattern): pattern.match(in: Array(line), scratch) != nil
            }
        let lacks = if case .secret = response { lackedSecret != nil } else { false }
        if lacks, platform.login?.username.match(in: Array(line), scratch) != nil { asked = true }
        guard asked else { return false }
        if lacks {
            refuse(Array(line.trimmed), isRepeated: false, now)
            return true
        }
        if head.isAnswered {
            // Until the line has ended it is the question that was just answered.
            if screen.finishedLines > head.answeredAt {
                // At the login nothing comes after this, and a device may ask for ever.
                guard isOpen else {
                    walk?.said = screen.text
                    breakOff(.modeRefused, now)
                    return true
                }
                refuse(Array(line.trimmed), isRepeated: true, now)
            }
            return true
        }
        var answer: String
        switch response {
        case .literal(let text): answer = text
        case .secret(let name):
            guard let secret = secrets[name] else {
                breakOff(.secretMissing(name), now)
                return true
            }
            answer = secret
            inFlight[0].dialogue.hasTypedSecret = true
            noteTyped(secret)
        }
        inFlight[0].isAnswered = true
        inFlight[0].answeredAt = screen.finishedLines
        lastReceived = max(lastReceived, now)
        type(answer)
        return true
    }

    /// Types the user where a mode asks for one before its password, as devices do that ask a server.
    private mutating func answerUser(_ line: ArraySlice<UInt8>, _ head: Step, _ now: Instant) -> Bool {
        guard let user = credentials?.user, platform.login?.username.match(in: Array(line), scratch) != nil else { return false }
        // Until the line has ended it is the question that was just answered.
        guard head.userAnsweredAt != screen.finishedLines else { return true }
        if head.userAnsweredAt != nil || head.isAnswered {
            refuse(Array(line.trimmed), isRepeated: true, now)
            return true
        }
        inFlight[0].userAnsweredAt = screen.finishedLines
        lastReceived = max(lastReceived, now)
        type(user)
        return true
    }

    /// The mode that `command` leads to from here by the definition, if it is the first thing that is typed on such a way.
    ///
    /// Modes that share a prompt are told apart by it.
    func target(of command: String) -> String? {
        platform.mode(named: mode)?.ways.first { way in
            switch way.instructions.first {
            // Most commands are seen to be others by their first letter.
            case .send(let input), .sendPrompted(let input, _, _):
                input.utf8.first == command.utf8.first && input.split(separator: " ") == command.split(separator: " ")
            case .write, .enterMode, nil: false
            }
        }?.target
    }

    /// The device is back where it was.
    private mutating func refuse(_ walk: ModeWalk, _ now: Instant) {
        fail(walk, refusal(walk, now))
    }

    func refusal(_ walk: ModeWalk, _ now: Instant) -> ConsoleError {
        let said = redacted(String(decoding: walk.said.suffix(2 * Self.seenLength), as: UTF8.self))
        return ConsoleError(
            kind: .modeRefused, expected: "the prompt of the mode '\(walk.hop ?? walk.target)'", seen: escaped(said.utf8),
            elapsed: now - walk.startedAt,
            hint: walk.question.map { "It asked '\($0)', and nothing was agreed to" }
                ?? "Check the secret that the mode asks for, and what the user may do")
    }

    /// Ends a walk that leaves the console at a prompt.
    private mutating func fail(_ walk: ModeWalk, _ error: ConsoleError) {
        self.walk = nil
        events.append(.failed(id: walk.id, error))
        // On the way in there is nobody who could ask for something else.
        if walk.id == nil {
            failAll(because: .unusable)
        }
    }

    func unknownMode(_ name: String) -> ConsoleError {
        let names = platform.modes.map(\.name)
        let hint = nearest(name, in: names).map { "Did you mean '\($0)'?" }
        return ConsoleError(
            kind: .modeUnknown, expected: "a mode of \(platform.name): \(names.joined(separator: ", "))", seen: name, hint: hint)
    }
}
