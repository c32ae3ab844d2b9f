import MusterConsole

/// How a change goes, step by step: which is next, and what holds on the device when it is over.
///
/// It knows nothing of sessions: the runner does what `next` says and tells by `finished` what came of it.
struct ChangeMachine {
    /// One thing to do.
    enum Step: Equatable {
        /// Type what the definition has for a part.
        case part(ConfigRules.Part)
        /// Type a line, by its index.
        case line(Int)
        /// See whether the device can still be logged in to.
        case check
        case save
        /// Throw away over a new login what a lost session has left on the device.
        case cleanUp
    }

    /// What came of a step.
    enum Outcome: Equatable {
        case done(output: String)
        /// The device rejected it, in these words.
        case rejected(String)
        /// It asked something that nobody has an answer to.
        case asked(String)
        /// It was taken, and left the configuration.
        case left
        /// The session is gone, or its place in the dialogue lost.
        case lost
    }

    /// What went wrong.
    enum Trouble: Equatable {
        case enter(String)
        case line(Int, String)
        /// A line left the configuration, and others were to follow.
        case left(Int)
        case check(String)
        case commit(String)
        /// No new login after a commit that is to be confirmed.
        case unreachable(String)
        case confirm(String)
        /// What was not ended yet was rejected when the configuration was left.
        case exit(String)
        case save(String)
        /// The session ended during a step.
        case lost(Step)
    }

    let rules: ConfigRules
    let lineCount: Int
    let isDryRun: Bool
    let isConfirmed: Bool
    let saves: Bool

    private(set) var state = ChangeResult.State.unchanged
    private(set) var diff: String?
    private(set) var trouble: Trouble?
    private(set) var isSaved: Bool?
    /// Whether the rejected change could not be thrown away.
    private(set) var abortFailed = false
    /// Whether the session ended before a rejected change was thrown away.
    private(set) var hasLostLines = false
    /// Why the configuration could not be left.
    private(set) var exitProblem: String?
    /// How many lines the device has taken.
    private(set) var taken = 0
    /// What is still to do, the next last.
    private var plan: [Step] = []
    private var current: Step?

    /// - Parameters:
    ///   - rules: The platform's.
    ///   - lineCount: How many lines there are.
    ///   - isDryRun: Whether the change is thrown away at the end.
    ///   - isConfirmed: Whether the commit is one that has to be confirmed.
    ///   - saves: Whether the change is saved, and the platform has something to type for it.
    init(rules: ConfigRules, lineCount: Int, isDryRun: Bool = false, isConfirmed: Bool = false, saves: Bool = false) {
        self.rules = rules
        self.lineCount = lineCount
        self.isDryRun = isDryRun
        self.isConfirmed = isConfirmed
        self.saves = saves
        var steps = [Step.part(.enter)] + (0..<lineCount).map { Step.line($0) }
        // Before a commit the difference is the pending change; where lines take effect at once there is none.
        if rules.isAtomic || isDryRun { steps += have(.diff) }
        if isDryRun {
            steps += have(.check) + have(.abort)
        } else if isConfirmed {
            steps += [.part(.commitConfirmed), .check, .part(.confirm)]
        } else {
            steps += have(.commit)
        }
        steps.append(.part(.exit))
        if saves, !isDryRun { steps.append(.save) }
        plan = steps.reversed()
    }

    private func have(_ part: ConfigRules.Part) -> [Step] { rules.has(part) ? [.part(part)] : [] }

    /// The next step; nil when it is over.
    mutating func next() -> Step? {
        current = plan.popLast()
        return current
    }

    /// Takes in what came of the step that `next` gave.
    mutating func finished(_ outcome: Outcome) {
        guard let step = current else { return }
        current = nil
        if outcome == .lost { return lose(step) }
        var outcome = outcome
        if case .asked(let words) = outcome {
            // A device that asks has no more to explain.
            if step == .part(.commit) || step == .part(.commitConfirmed) { return failCommit(words, by: [.abort, .exit]) }
            outcome = .rejected(words)
        }
        switch step {
        case .part(.enter):
            if case .rejected(let words) = outcome { end(.unchanged, .enter(words), by: [.exit]) }
        case .line(let index): finishLine(index, outcome)
        case .part(.diff):
            // A diff that can't be shown is no reason not to make the change.
            guard case .done(let output) = outcome else { return }
            diff = output
            if rules.isAtomic, output.allSatisfy(\.isWhitespace) { end(isDryRun ? .discarded : .unchanged, nil, by: [.abort, .exit]) }
        case .part(.check):
            if case .rejected(let words) = outcome { abort(.check(words)) }
        case .part(.commit), .part(.commitConfirmed): finishCommit(outcome)
        case .check:
            if case .rejected(let words) = outcome { end(.pending, .unreachable(words), by: [.exit]) }
        case .part(.confirm):
            if case .rejected(let words) = outcome { end(.pending, .confirm(words), by: [.exit]) } else { state = .committed }
        case .part(.abort), .part(.abandon): finishAbort(outcome)
        case .part(.explain):
            if case .done(let output) = outcome, case .commit(let words) = trouble, !output.allSatisfy(\.isWhitespace) {
                trouble = .commit(words + "\n" + output)
            }
        case .part(.exit):
            guard case .rejected(let words) = outcome else { break }
            if !rules.isAtomic, rules.has(.abort), trouble == nil { end(.partial, .exit(words), by: [.abort]) } else { exitProblem = words }
        case .save:
            if case .rejected(let words) = outcome { trouble = trouble ?? .save(words) }
            isSaved = outcome != .left && trouble == nil
        case .cleanUp: if case .done = outcome { state = .aborted }
        }
    }

    private mutating func finishLine(_ index: Int, _ outcome: Outcome) {
        if case .rejected(let words) = outcome {
            if rules.isAtomic { return abort(.line(index, words)) }
            let state: ChangeResult.State = taken == 0 ? .unchanged : rules.has(.commit) ? .uncommitted : .partial
            return end(state, .line(index, words), by: [.abort, .exit])
        }
        taken = index + 1
        if !rules.isAtomic { state = rules.has(.commit) ? .uncommitted : taken == lineCount ? .committed : .partial }
        guard outcome == .left else { return }
        if rules.isAtomic, rules.has(.abandon) {
            end(.aborted, .left(index), by: [.abandon])
        } else if rules.isAtomic || rules.has(.commit) {
            // It may have been a commit, or thrown everything away.
            end(.unknown, .left(index), by: [])
        } else if taken < lineCount {
            end(.partial, .left(index), by: [])
        }
    }

    private mutating func finishCommit(_ outcome: Outcome) {
        switch outcome {
        case .rejected(let words): failCommit(words, by: [.explain, .abort, .exit])
        case .done(let output) where rules.saysUnchanged(output):
            end(.unchanged, nil, by: [.exit])
        default: state = isConfirmed ? .pending : .committed
        }
    }

    private mutating func failCommit(_ words: String, by parts: [ConfigRules.Part]) {
        end(!rules.isAtomic ? .uncommitted : rules.has(.abort) ? .aborted : .unknown, .commit(words), by: parts)
        abortFailed = rules.isAtomic && !rules.has(.abort)
    }

    private mutating func finishAbort(_ outcome: Outcome) {
        // Where lines take effect at once it throws away what is not finished, and there may be nothing.
        guard rules.isAtomic else { return }
        if case .rejected = outcome {
            abortFailed = true
            state = .unknown
        } else if isDryRun, trouble == nil {
            state = .discarded
        }
    }

    /// Throws the pending change away.
    private mutating func abort(_ trouble: Trouble) {
        end(rules.has(.abort) ? .aborted : .unknown, trouble, by: [.abort, .exit])
        abortFailed = !rules.has(.abort)
    }

    private mutating func end(_ state: ChangeResult.State, _ trouble: Trouble?, by parts: [ConfigRules.Part]) {
        self.state = state
        self.trouble = trouble
        plan = steps(parts)
    }

    private func steps(_ parts: [ConfigRules.Part]) -> [Step] { parts.flatMap(have).reversed() }

    /// The session is gone: nothing more can be done, and what holds depends on where it was.
    private mutating func lose(_ step: Step) {
        let left = plan
        plan = []
        switch step {
        case .part(.enter): state = .unchanged
        case .part(.exit):
            // What holds is settled by then.
            guard left.contains(.save) else {
                if trouble == nil { exitProblem = "the session ended" }
                return
            }
            isSaved = false
        case .save: isSaved = false
        case .part(.commitConfirmed), .check, .part(.confirm): state = .pending
        case .part(.explain) where !rules.isAtomic, .part(.abort) where !rules.isAtomic: break
        case .line, .part(.diff), .part(.check), .part(.explain), .part(.abort):
            state = .unknown
            hasLostLines = trouble != nil
            if rules.isAtomic, rules.has(.abandon) { plan = [.cleanUp] }
        default: state = .unknown
        }
        // What went wrong before is the reason; that the session ended on the way out is not.
        trouble = trouble ?? .lost(step)
    }
}
