extension LoginPolicy {
    /// Why the login failed: what was tried, what stood in the way, what the device accepts.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - ending: How the device ended the connection, if it did.
    ///   - hint: What to do about a refusal, when more is known than the policy knows.
    package func failure(user: String, ending: String? = nil, hint: String? = nil) -> SSHError {
        if let stop = stops.first { return stopped(stop, user: user) }
        let withheld = standing.compactMap { if case .withheld(let why) = $0 { why } else { nil } }
        if !hasOffered, let why = withheld.first {
            return Self.skipped(withheld.count > 1 ? withheld.joined(separator: "; ") : why)
        }
        let unusable = standing.enumerated().compactMap { index, standing in
            if case .unusable(let why, _) = standing { "\(candidates[index].name): \(why)" } else { nil }
        }
        let unusableHint = standing.lazy.compactMap { if case .unusable(_, let hint?) = $0 { hint } else { nil } }.first
        guard hasOffered else {
            let why = unusable.isEmpty ? "" : " that can be used (\(unusable.joined(separator: "; ")))"
            return SSHError(
                .credential, stage: .authentication, "no credential\(why) for user \(user); \(accepted)",
                hint: unusable.isEmpty ? "set password or identity for the device, use --ask-password, or an agent (ssh-add)" : unusableHint
            )
        }
        var message = "user \(user) was refused (tried: \(whatWasTried))"
        if let ending = ending ?? endingAtPassword { message += ", and \(ending)" } else if methods != nil { message += "; \(accepted)" }
        if ending == nil, let hangUp { message += "; at the keys, \(hangUp)" }
        for why in withheld { message += "; \(why)" }
        for why in unusable { message += "; \(why)" }
        if standing.contains(.expired) {
            message = "the password of user \(user) has expired"
            return SSHError(.refused, stage: .authentication, message, hint: "log in to the device by hand once and set a new one")
        }
        let tooMany =
            keysOffered > 1 && (hangUp != nil || ending?.contains("Too many authentication failures") == true || hasEndedAtKey(ending))
        return SSHError(
            .refused, stage: .authentication, message, hint: tooMany ? Self.tooManyKeys : hint ?? unusableHint ?? self.hint)
    }

    /// How the device hung up at a password that was wrong, as far as is known.
    private var endingAtPassword: String? {
        guard let hungUp = hungUpPassword, let index = hungUp.attempt.credential, !untaken.contains(hungUp.attempt) else { return nil }
        return standing[index] == .refused || standing[index] == .unsettled ? hungUp.words : nil
    }

    private static let tooManyKeys =
        "each key is a try, and the device takes only so many: name its key with `identity`, or with IdentityFile and IdentitiesOnly in ssh_config"

    /// Whether the device ended the connection at a key.
    private func hasEndedAtKey(_ ending: String?) -> Bool { ending != nil && lastOffer?.method == .publicKey }

    /// How many keys were offered.
    private var keysOffered: Int {
        candidates.indices.count { candidates[$0].kind == .key && (hasOffered(candidates[$0]) || agentKeysOffered.contains($0)) }
    }

    private func hasOffered(_ candidate: LoginCandidate) -> Bool { !candidate.isAgents && offered.contains(candidate.name) }

    /// What was offered; of an agent's keys the number, where there are several.
    private var whatWasTried: String {
        let untaken = namesOfUntaken
        let offered = offered.filter { !untaken.contains($0) }
        guard agentKeysOffered.count > 1 else {
            return (agentKeysOffered.map { candidates[$0].name } + offered).joined(separator: ", ")
        }
        let all = candidates.count { $0.isAgents }
        let number = agentKeysOffered.count < all ? "\(agentKeysOffered.count) of \(all)" : "\(all)"
        return (["\(number) keys of the agent"] + offered).joined(separator: ", ")
    }

    /// The error of a device that was not offered anything, for a reason.
    package static func skipped(_ why: String) -> SSHError {
        SSHError(
            .withheld, stage: .authentication, "not logged in to: \(why)",
            hint: "check the credential; --max-auth-failures sets how many devices may refuse it, 0 for any number")
    }

    private var accepted: String {
        guard let methods else { return "the device was not asked what it accepts" }
        return "the device accepts " + (methods.isEmpty ? "nothing else" : methods.joined(separator: ", "))
    }

    private var hint: String {
        let methods = Set(methods ?? [])
        let usable = candidates.contains { candidate in
            switch candidate.kind {
            case .key, .keys: methods.contains(LoginMethod.publicKey.rawValue)
            case .code: methods.contains(LoginMethod.keyboardInteractive.rawValue)
            case .password: !methods.isDisjoint(with: [LoginMethod.password.rawValue, LoginMethod.keyboardInteractive.rawValue])
            case .unusable: false
            }
        }
        if !methods.isEmpty, !usable { return "give the device a credential of a kind that it accepts" }
        return "check the user name and the password or key"
    }

    // MARK: Questions without an answer

    private var stops: [InteractiveStop] {
        standing.compactMap { if case .stopped(let stop) = $0 { stop } else { nil } } + [questionsStopped].compactMap { $0 }
    }

    private func stopped(_ stop: InteractiveStop, user: String) -> SSHError {
        func asked(_ question: String) -> String { "the device asked \"\(Self.shown(question))\" for user \(user)" }
        return switch stop {
        case .unknown(let question):
            SSHError(
                .credential, stage: .authentication,
                "\(asked(question)), and only questions for a password or a one-time code are answered",
                hint: "log in by hand once to see what the device wants")
        case .noPassword(let question):
            SSHError(
                .credential, stage: .authentication, "\(asked(question)), and there is no password to answer with",
                hint: "set password for the device, or use --ask-password")
        case .noCode(let question), .codeNotAtHand(let question):
            SSHError(
                .credential, stage: .authentication, "\(asked(question)), and there is nobody to ask for a one-time code",
                hint: "run on a terminal, or put {otp: {command: [...]}} among the device's credentials")
        case .newPassword(let question):
            SSHError(
                .refused, stage: .authentication, "the password of user \(user) has expired: the device asked \"\(Self.shown(question))\"",
                hint: "log in to the device by hand once and set a new one")
        case .askedAgain(let question):
            SSHError(.refused, stage: .authentication, "user \(user) was refused: the device asked \"\(Self.shown(question))\" again")
        }
    }

    /// A question fit for one line of a message; it is the device's text, and may hold anything.
    package static func shown(_ question: String) -> String {
        var text = ""
        for scalar in question.unicodeScalars.drop(while: \.properties.isWhitespace).prefix(160) {
            let isPlain = scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
            text += isPlain ? String(scalar) : scalar.properties.isWhitespace ? " " : "\\u{\(String(scalar.value, radix: 16))}"
        }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
