package import MusterTransport

/// Commands by which a session is left.
extension ConsoleMachine {
    private static let leavingWords = ["exit", "quit", "logout", "logoff"]
    private static let otherLeavingWords = ["bye", "end-session"]

    /// Ends the command that is running with success, where it is one that leaves and the device has ended the session in answer.
    mutating func leave(_ reason: TransportEnd, _ now: Instant) -> Bool {
        guard phase == .ready, inFlight.count == 1, let head = inFlight.first, head.purpose == .command, head.dialogue.refused == nil,
            head.block == nil, leaves(head.command)
        else { return false }
        let isEchoed = head.echo == .seen || echoes == false || screen.line.starts(with: head.echoLine)
        switch reason {
        case .closedByPeer: break
        // Some devices drop the connection instead of closing it. Without the echo the line may have been down before.
        case .lost: guard isEchoed else { return false }
        case .closedHere, .gone: return false
        }
        var output = partialOutput(isFirst: true)
        if head.echo == .awaited, output[...].trimmed.elementsEqual(keys(head.command)[...].trimmed) { output = [] }
        let end = screen.isTruncated ? screen.tail + screen.line : []
        leftBy = head.command
        complete(output, truncated: screen.isTruncated, end: end, now)
        failAll(because: .left(head.command))
        return true
    }

    /// Whether a command is one that ends a session, by its words or by the definition's.
    func leaves(_ command: String) -> Bool {
        let words = command.lowercased().split(separator: " ")
        guard let verb = words.first?.drop(while: { $0 == "/" }) else { return false }
        if Self.leavingWords.contains(where: { verb.count >= 2 && $0.hasPrefix(verb) }) || Self.otherLeavingWords.contains(String(verb)) {
            return true
        }
        return platform.onClose.contains { instruction in
            switch instruction {
            case .send(let input), .write(let input), .sendPrompted(let input, _, _):
                input.lowercased().split(separator: " ") == words
            case .enterMode: false
            }
        }
    }

    /// What to say when the device has ended the session in the middle of a command that was to do that to it.
    func restartHint(_ command: String) -> String? {
        let words = command.lowercased().split { !$0.isLetter }
        guard words.contains(where: { ["reload", "reboot", "restart", "halt", "poweroff", "shutdown"].contains($0) }) else { return nil }
        return "A device that restarts hangs up like this, and one that fails does: look whether it comes back"
    }

    // MARK: Leaving by oneself

    /// Types what the definition wants typed before the session ends.
    ///
    /// Nothing is waited for.
    package mutating func close(now: Instant) {
        guard phase == .ready, end == nil else { return closeOverdue() }
        // After a lost place, or with a command still running, keystrokes could mean anything: the session is just ended.
        guard inFlight.isEmpty, walk == nil else { return breakOff(.ended(.closedHere), now) }
        for instruction in platform.onClose {
            switch instruction {
            case .send(let input), .write(let input): type(input)
            // A way that needs an answer cannot be gone without waiting; the session ends all the same.
            case .enterMode(let name): typeWay(to: name)
            case .sendPrompted(let input, _, let response):
                type(input)
                // A secret is typed only where it is asked for.
                guard case .literal(let answer) = response else { break }
                type(answer)
            }
        }
        phase = .broken
    }

    private mutating func typeWay(to name: String) {
        guard mode != name, var here = prompt?.mode, let path = platform.path(from: here, to: name) else { return }
        for target in path {
            for instruction in platform.mode(named: here)?.ways.first(where: { $0.target == target })?.instructions ?? [] {
                if case .send(let input) = instruction { type(input) }
            }
            here = target
        }
    }
}
