package import MusterTransport

/// The login dialogue inside the terminal: who is there, the password, a key to press before.
///
/// Nothing is typed ahead, for a device forgets what comes before its question. A password is typed once, and only at a whole line that asks for
/// it: what follows a first refusal is another count towards a locked account.
extension ConsoleMachine {
    /// So many times a key is pressed for a device that asks for it.
    private static let mostKeys = 5
    /// So many lines at the end of what was said are looked through.
    private static let linesLookedAt = 12

    /// Does what the dialogue asks for; true when there is nothing more to look at.
    mutating func converse(_ now: Instant) -> Bool {
        guard let rules = platform.login else { return false }
        guard !login.awaitsPermission else { return true }
        login.isAsked = false
        noteRefusal(rules)
        let pause = quiet(now)
        guard let line = standingLine else {
            // "Press RETURN to get started!" is a line, and what is waited for follows it.
            if pause >= timing.prompt, let last = lastLine, pressKey(rules, last, now) { return true }
            if login.refusal != nil, pause >= timing.line { refuseLogin(now) }
            // What is typed now would be the answer to the next question.
            return isAwaitingVerdict || phase != .login
        }
        // Only a line that is all there is worth an answer: "Password: ask the help desk" begins like a question.
        let isSettled = pause >= timing.pager
        if pressable(rules, line) != nil {
            if isSettled { _ = pressKey(rules, line, now) } else { login.isAsked = true }
            return true
        }
        let isSameLine = login.question != nil && login.questionLine == screen.finishedLines
        if let question = question(in: line, rules), !isSameLine || question != login.question {
            if isSettled { answer(question, now) } else { login.isAsked = true }
            return true
        }
        // The question that was just answered, with or without the answer's echo behind it.
        if isSameLine, line.starts(with: login.questionText.trimmedAtEnd) { return true }
        guard login.refusal != nil, pause >= timing.line, matchPrompt(allRules) == nil else { return false }
        refuseLogin(now)
        return true
    }

    /// Whether a device that is to ask for a login has not been answered yet: a line that looks like a prompt may be part of its banner.
    var awaitsLogin: Bool {
        credentials?.isExpected == true && login.question == nil
    }

    /// Whether the login stands still at the question for a password that needs permission; no time runs meanwhile.
    package var awaitsPermission: Bool { phase == .login && login.awaitsPermission }

    /// Goes on with a login that stands still.
    ///
    /// - Parameter isPermitted: whether the password may be given; without it the login fails with `passwordMissing`.
    package mutating func permit(_ isPermitted: Bool, deadline: Instant?, now: Instant) {
        guard awaitsPermission else { return }
        login.awaitsPermission = false
        login.isPasswordWithheld = !isPermitted
        credentials?.needsPermission = false
        loginDeadline = deadline
        settle(now)
    }

    // MARK: Questions

    private func question(in line: ArraySlice<UInt8>, _ rules: LoginRules) -> Login.Question? {
        guard let credentials else { return nil }
        var line = line
        if login.question == .user, login.questionLine == screen.finishedLines {
            // Some devices put the next question behind the answer, on the same line.
            let answered = login.questionText + Array(credentials.user.utf8)
            if line.starts(with: answered) { line = line.dropFirst(answered.count) }
        }
        let text = Array(line)
        if rules.username.match(in: text, scratch) != nil { return .user }
        guard rules.password.match(in: text, scratch) != nil else { return nil }
        return credentials.isExpected || login.question != nil ? .password : nil
    }

    private mutating func answer(_ question: Login.Question, _ now: Instant) {
        guard let credentials else { return }
        switch question {
        case .user:
            // A return that was typed before the question was seen has answered it once already.
            let mostTimes = login.nudges > 0 ? 2 : 1
            guard !login.hasTypedPassword, login.users < mostTimes else { return refuseLogin(now) }
            login.users += 1
            reply(question, credentials.user, now)
        case .password:
            guard !login.hasTypedPassword else { return refuseLogin(now) }
            guard !credentials.needsPermission else {
                login.awaitsPermission = true
                return
            }
            guard let password = credentials.password, !login.isPasswordWithheld else { return breakOff(.passwordMissing, now) }
            login.hasTypedPassword = true
            noteTyped(password)
            reply(question, password, now)
        }
    }

    private mutating func reply(_ question: Login.Question, _ text: String, _ now: Instant) {
        // A line end in it would be two answers, and Ctrl-C the end of the dialogue.
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return breakOff(.credentialUntypable, now) }
        login.question = question
        login.questionLine = screen.finishedLines
        login.questionText = Array(screen.standing)
        login.candidate = nil
        login.refusal = nil
        login.nudges += login.returns
        login.returns = 0
        screen.forgetText(butLast: 0)
        scanned = 0
        lastReceived = max(lastReceived, now)
        type(text)
    }

    /// Whether the device has been given a credential and has not said anything since.
    ///
    /// A server that it asks may take its time.
    private var isAwaitingVerdict: Bool {
        guard login.question != nil else { return false }
        var said = screen.text[...]
        // The line with the question, and the answer's echo.
        if said.starts(with: login.questionText.trimmedAtEnd), let end = said.firstIndex(of: 0x0A) { said = said[(end + 1)...] }
        return said.allSatisfy { $0 == 0x0A || $0 == 0x20 || $0 == 0x09 }
    }

    // MARK: Keys

    /// The last finished line that is not blank.
    private var lastLine: ArraySlice<UInt8>? {
        lastLines.last { !$0.isBlank }
    }

    private var lastLines: [ArraySlice<UInt8>] {
        screen.text.suffix(4096).split(separator: 0x0A, omittingEmptySubsequences: true).suffix(Self.linesLookedAt)
    }

    private func pressable(_ rules: LoginRules, _ line: ArraySlice<UInt8>) -> String? {
        guard login.keys < Self.mostKeys else { return nil }
        let text = Array(line)
        return rules.continues.first { $0.pattern.match(in: text, scratch) != nil }?.answer
    }

    private mutating func pressKey(_ rules: LoginRules, _ line: ArraySlice<UInt8>, _ now: Instant) -> Bool {
        guard let answer = pressable(rules, line), login.keyLine != screen.finishedLines else { return false }
        login.keys += 1
        login.keyLine = screen.finishedLines
        login.candidate = nil
        screen.forgetText(butLast: 0)
        scanned = 0
        lastReceived = max(lastReceived, now)
        type(answer)
        return true
    }

    // MARK: Passwords that have expired

    /// Breaks off where the device asks for a new password: only the user can choose one, and what is typed would become it.
    mutating func wantsNewPassword(_ now: Instant) -> Bool {
        guard let line = standingLine, line.count <= 200, asksForNewPassword(line) else { return false }
        if quiet(now) >= timing.pager { breakOff(.passwordExpired, now) } else { login.isAsked = true }
        return true
    }

    private func asksForNewPassword(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.trimmedAtEnd.last == UInt8(ascii: ":") else { return false }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        // PAM's, in English; "Old Password:" and the like are vendors'.
        return [
            "current password:", "current) unix password:", "current unix password:", "new password:", "new unix password:",
            "old password:",
        ]
        .contains { text.contains($0) }
    }

    // MARK: Refusals

    /// Remembers the line by which the device has refused, if it has.
    ///
    /// It is no proof: a message of the day may speak of access that is denied. What comes next tells: another question, the end, or silence.
    private mutating func noteRefusal(_ rules: LoginRules) {
        guard login.question != nil, login.refusal == nil, screen.finishedLines > login.refusalSearchedAt else { return }
        login.refusalSearchedAt = screen.finishedLines
        login.refusal = lastLines.first { line in
            line.count <= 200 && rules.failures.contains { $0.match(in: Array(line.trimmed), scratch) != nil }
        }.map { Array($0.trimmed) }
    }

    private mutating func refuseLogin(_ now: Instant) {
        breakOff(.loginRefused, now)
    }

    /// What the end of the transport means at this point.
    func meaning(of end: TransportEnd) -> ConsoleError.Kind {
        phase == .login && login.refusal != nil ? .loginRefused : .ended(end)
    }

    /// What is known about a login that came to nothing.
    func loginError(_ error: ConsoleError) -> ConsoleError {
        var error = error
        switch error.kind {
        case .loginRefused:
            error.expected = "a prompt after the login"
            error.hint =
                login.hasTypedPassword
                ? "Check the user and the password. Nothing is typed a second time, so that no account is locked"
                : "Check the user: the device has not asked for a password"
        case .passwordExpired:
            error.expected = "a prompt after the login"
            error.hint = "Log in to the device by hand once and set a new password"
        case .passwordMissing:
            error.expected = "a password for the user '\(escaped((credentials?.user ?? "").utf8))', which was not supplied"
            error.hint = "Give the host a 'password'"
        case .credentialUntypable:
            error.expected = "a user and a password without control characters"
            error.hint = "What a device takes for keys cannot be typed as part of a password"
        case .ended where !isOpen && lastBytes.starts(with: Array("SSH-".utf8)):
            error.hint = "An SSH server answers at this port"
        case .ended where login.hasTypedPassword && !isOpen:
            error.hint = "It ended after the password: some devices refuse a login without a word"
        case .neverPrompted where lastBytes.starts(with: Array("SSH-".utf8)):
            error.hint = "An SSH server answers at this port"
        case .neverPrompted where isAwaitingVerdict:
            error.hint = "The device took the login and said nothing more: does a server that it asks not answer?"
        case .neverPrompted where credentials == nil || credentials?.isExpected == false:
            guard let line = standingLine, looksLikeQuestion(line) else { break }
            error.hint = "The device asks for a login inside the session: its definition wants 'force_in_session_auth: true'"
        default: break
        }
        return error
    }
}
