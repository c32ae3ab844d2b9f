package import MusterTransport

/// When something is due, and commands whose time is over.
///
/// Of these one that may be is broken off with the platform's abort key, once. Where the very prompt at which it was typed comes back, the next command
/// can have its turn; everywhere else the place in the dialogue is lost.
extension ConsoleMachine {
    /// When `timerFired` is to be called, or nil.
    ///
    /// It changes nothing; a plain function would be given a copy of the machine for each call.
    package mutating func nextDeadline() -> Instant? {
        var first: Instant?
        func consider(_ instant: Instant?) {
            guard let instant else { return }
            first = min(first ?? instant, instant)
        }
        guard phase == .login || phase == .ready else { return nil }
        if !isOpen, !awaitsPermission { consider(loginDeadline) }
        for job in waiting { consider(job.deadline) }
        for step in inFlight { consider(step.deadline) }
        consider(walk?.deadline)
        consider(confirmation.map { lastReceived + $0 })
        if phase == .login && !awaitsPermission || !inFlight.isEmpty {
            consider(timing.step(after: lastSettled, quietSince: lastReceived, pagerSuspected: pager.suspected || login.isAsked))
        }
        return first
    }

    mutating func expire(_ now: Instant) {
        func isDue(_ instant: Instant?) -> Bool { instant.map { $0 <= now } ?? false }
        if !isOpen, phase == .login || phase == .ready, !awaitsPermission, isDue(loginDeadline) {
            breakOff(phase == .login ? .neverPrompted : .commandTimeout, now)
            return
        }
        if isDue(walk?.deadline) || inFlight.contains(where: { isDue($0.deadline) }) {
            if refuseAtDeadline(now) || breakAtDeadline(now) { return }
            breakOff(.commandTimeout, now)
            return
        }
        guard waiting.contains(where: { isDue($0.deadline) }) else { return }
        // Set-up that is never answered has no deadline of its own once the login is over: what waits behind it is the only measure.
        let isOthers = walk?.id != nil || inFlight.contains { $0.id != nil } || !isOpen && loginDeadline != nil
        if !isOthers {
            breakOff(.commandTimeout, now)
            return
        }
        // A request that is not begun fails alone: what runs has time of its own, and the place in the dialogue is known.
        for job in waiting where isDue(job.deadline) {
            events.append(.failed(id: job.id, turnNeverCame(job, now)))
        }
        waiting.removeAll { isDue($0.deadline) }
    }

    /// The time of what is running is over: it is broken off, and its prompt has a moment to come back; true if so.
    mutating func breakAtDeadline(_ now: Instant) -> Bool {
        guard walk == nil, inFlight.count == 1, let head = inFlight.first, head.isBreakable, !head.isBrokenOff,
            head.dialogue.refused == nil, head.block == nil, head.probe == nil,
            head.echo == .seen || echoes == false
        else { return false }
        inFlight[0].isBrokenOff = true
        inFlight[0].deadline = now + timing.question
        lastReceived = max(lastReceived, now)
        outgoing.append(contentsOf: platform.abortKey)
        return true
    }

    /// Ends the command that was broken off, once its prompt has stood for long enough not to be a part of its output.
    mutating func settleBrokenOff(_ pause: Duration, _ now: Instant) {
        guard pause >= timing.echo, screen.finishedLines > inFlight[0].lines, let prompt,
            stands(prompt) || gluedPrompt(screen.standing) != nil
        else { return }
        if inFlight[0].echo == .awaited { inFlight[0].echo = .absent }
        finish(standing: prompt.text, now)
    }

    /// The error of a command that was broken off, with the device at its prompt again.
    func brokenOffError(_ step: Step, partialOutput: [UInt8], _ now: Instant) -> ConsoleError {
        ConsoleError(
            kind: .commandTimeout, expected: "the prompt '\(promptText)' in time, and it came only when the command was broken off",
            seen: seen(), command: step.command, elapsed: now - step.sentAt,
            partialOutput: partialOutput, hint: "The device is at its prompt again, and the session goes on. -t gives commands more time")
    }

    /// Types the farewell of a session that would go on without it, although a command of it may still be running.
    mutating func closeOverdue() {
        guard isOverdue, outlivesTransport, end == nil else { return }
        isOverdue = false
        outgoing.append(contentsOf: platform.abortKey)
        for instruction in platform.onClose {
            switch instruction {
            case .send(let input), .write(let input): type(input)
            case .sendPrompted, .enterMode: break
            }
        }
    }
}
