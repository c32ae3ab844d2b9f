/// Says what went wrong with a change, and what is in effect on the device now.
struct ChangeReport {
    private let change: ConfigurationChange
    private let machine: ChangeMachine
    private let device: String
    private let lost: MusterError?
    private let cleanUp: String?

    /// - Parameters:
    ///   - lost: What ended the session, or kept a new login from coming about.
    ///   - cleanUp: What a person types to throw away what is left on the device.
    init(_ change: ConfigurationChange, _ machine: ChangeMachine, device: String, lost: MusterError? = nil, cleanUp: String? = nil) {
        self.change = change
        self.machine = machine
        self.device = device
        self.lost = lost
        self.cleanUp = cleanUp
    }

    /// The error for what went wrong.
    func error(_ trouble: ChangeMachine.Trouble) -> MusterError {
        switch trouble {
        case .enter(let words):
            return make(.privilege, "the configuration can't be changed: \(words); no line was sent", phase: .privilege)
        case .line(let index, let words): return make(.rejected, "\(line(index)) was rejected: \(words); \(effect)")
        case .left(let index):
            let left = change.lines.count - index - 1
            let rest = left == 0 ? "" : ", with \(left) to come"
            return make(.rejected, "\(line(index)) left the configuration\(rest); \(effect)", hint: "leave the line out")
        case .check(let words): return make(.rejected, "the device's check of the change failed: \(words); \(effect)")
        case .commit(let words): return make(.rejected, "the commit was rejected: \(words); \(effect)")
        case .unreachable(let words):
            return make(lost?.code ?? .rejected, "a new login after the change failed: \(words); \(effect)", hint: lost?.hint)
        case .confirm(let words): return make(.rejected, "the confirmation was rejected: \(words); \(effect)")
        case .exit(let words): return make(.rejected, "the end of the change was rejected: \(words); \(effect)")
        case .save(let words): return make(.rejected, "the change is in effect, but could not be saved: \(words)")
        case .lost(let step):
            let base = lost.map { $0.message } ?? "the session ended"
            let hint = machine.state == .unknown ? cleanUp.map { "type '\($0)' on the device" } : nil
            return make(lost?.code ?? .connectionLost, "\(base); the session was lost \(place(step)): \(effect)", hint: hint ?? lost?.hint)
        }
    }

    private func make(_ code: MusterError.Code, _ message: String, phase: Phase = .command, hint: String? = nil) -> MusterError {
        MusterError(code, phase: phase, device: device, message: message, hint: hint)
    }

    private func line(_ index: Int) -> String { "line \(change.lines[index].number) '\(change.lines[index].text)'" }

    /// Where the session ended.
    private func place(_ step: ChangeMachine.Step) -> String {
        switch step {
        case .line(0): "at the first line, line \(change.lines[0].number)"
        case .line(let index): "after line \(change.lines[index - 1].number)"
        case .check: "while a new login was tried"
        case .save: "while the change was saved"
        case .cleanUp: "after the lines"
        case .part(let part):
            switch part {
            case .enter: "before the first line"
            case .commit, .commitConfirmed: "at the commit"
            case .confirm: "at the confirmation"
            case .diff, .check: "after the last line, before the commit"
            case .exit: "while the configuration was left"
            case .explain, .abort, .abandon: "after the lines"
            }
        }
    }

    /// What holds on the device now.
    private var effect: String {
        switch machine.state {
        case .committed: return machine.isSaved == false ? "the change is in effect, but was not saved" : "the change is in effect"
        case .unchanged: return "nothing of it is in effect"
        case .aborted, .discarded, .untried: return "the change was thrown away, nothing of it is in effect"
        case .partial:
            let rest = machine.rules.has(.abort) ? "but for what was not ended, which was thrown away" : "the rest is not"
            return "\(taken) in effect already, \(rest)"
        case .uncommitted: return "\(taken) left in the candidate, uncommitted, and nothing is in effect"
        case .pending:
            let time = change.confirmWithin.map { " within \($0.shown)" } ?? ""
            return "the change may be in effect now, and the device takes it back by itself\(time), since it was not confirmed"
        case .unknown:
            if machine.abortFailed { return "it could not be thrown away: nothing is in effect, but the device may still hold the lines" }
            guard case .lost(let step) = machine.trouble else {
                return machine.rules.isAtomic && machine.hasLostLines
                    ? "nothing of it is in effect, but the session was lost then, and the device may still hold the lines, uncommitted"
                    : "whether the change is in effect is unknown"
            }
            if machine.rules.isAtomic || machine.rules.has(.commit), step != .part(.commit) {
                return "nothing of it should be in effect, but the device may still hold the lines, uncommitted"
            }
            if case .line(let index) = step, index > 0 { return "\(taken) in effect, and whether the next one is, is unknown" }
            return "whether the change is in effect is unknown"
        }
    }

    private var taken: String {
        let numbers = change.lines.prefix(machine.taken).map(\.number)
        guard let first = numbers.first, let last = numbers.last else { return "no line is" }
        return first == last ? "line \(first) is" : "lines \(first) to \(last) are"
    }
}
