import MusterConsole
import MusterTransport

/// Carries a change out on a device that is logged in to, as `ChangeMachine` says.
struct ChangeRunner {
    let open: OpenDevice
    let console: Console
    let change: ConfigurationChange
    let platform: Platform
    let timeout: Duration
    let answers: [AnsweredQuestion]
    /// Logs in a second time, does the instructions, logs out again, and tells what went wrong.
    let logInAgain: ([Instruction]) async -> MusterError?

    /// A name of its own: in a session that was left behind by an earlier change, its lines would be committed too.
    private let session = "muster-" + String(UInt32.random(in: 0...UInt32.max), radix: 16)
    private var lines: [CommandResult] = []
    private var steps: [CommandResult] = []
    /// The mode at the beginning.
    private var start = ""
    /// That mode, where it can be told apart from the configuration's.
    private var outside: String?
    private var warnings: [String] = []
    private var unsaid = 0
    /// What ended the session.
    private var lost: MusterError?

    /// A commit may take a device minutes, and so may writing to its flash.
    private static let commitTime = Duration.seconds(120)
    /// A change of thousands of lines may have a remark to each.
    private static let mostRemarks = 20

    init(
        open: OpenDevice, console: Console, change: ConfigurationChange, platform: Platform, timeout: Duration, answers: [AnsweredQuestion],
        logInAgain: @escaping ([Instruction]) async -> MusterError?
    ) {
        self.open = open
        self.console = console
        self.change = change
        self.platform = platform
        self.timeout = timeout
        self.answers = answers
        self.logInAgain = logInAgain
    }

    /// Makes the change, or tries it.
    mutating func run() async -> ChangeResult {
        guard let rules = platform.config else { return ChangeResult(state: .unchanged) }
        var machine = ChangeMachine(
            rules: rules, lineCount: change.lines.count, isDryRun: change.isDryRun, isConfirmed: change.confirmWithin != nil,
            saves: change.saves && platform.save?.isEmpty == false)
        start = await console.mode
        while let step = machine.next() {
            machine.finished(await perform(step, rules))
            guard step == .part(.enter) else { continue }
            outside = await console.mode == start ? nil : start
        }
        if let problem = machine.exitProblem { warnings.append("the configuration could not be left: \(problem)") }
        if unsaid > 0 { warnings.append("the device had something to say to \(unsaid) more lines") }
        for line in change.lines[lines.count...] { lines.append(CommandResult(command: line.text, status: .skipped)) }
        var result = ChangeResult(state: machine.state, diff: machine.diff, lines: lines, steps: steps, isSaved: machine.isSaved)
        result.warnings = warnings
        if let trouble = machine.trouble {
            let cleanUp = rules.instructions(.abandon).map { $0.filled(values).described }.first
            result.error = ChangeReport(change, machine, device: open.device.name, lost: lost, cleanUp: cleanUp).error(trouble)
        }
        return result
    }

    private mutating func perform(_ step: ChangeMachine.Step, _ rules: ConfigRules) async -> ChangeMachine.Outcome {
        switch step {
        case .line(let index):
            let text = change.lines[index].text
            var (result, error) = await open.run(platform.quoted(text), timeout: timeout, answers: answers)
            result.command = text
            judge(&result)
            lines.append(result)
            let outcome = await outcome(of: result, error)
            if result.status == .ok, let remark = platform.configRemark(in: result.output) { warn(change.lines[index], remark) }
            return outcome
        case .check:
            guard let error = await logInAgain([]) else { return .done(output: "") }
            lost = error
            return .rejected(error.message)
        case .cleanUp:
            guard !Task.isCancelled, let error = await logInAgain(filled(.abandon, rules)) else {
                return Task.isCancelled ? .lost : .done(output: "")
            }
            return .rejected(error.message)
        case .save:
            let outcome = await perform(platform.save ?? [], max(timeout, Self.commitTime))
            guard case .done(let output) = outcome, !platform.saysSaved(output) else { return outcome }
            return .rejected(Self.lastLine(of: output).map { "the device said only '\($0)'" } ?? "the device said nothing")
        case .part(let part): return await perform(part, rules)
        }
    }

    private mutating func perform(_ part: ConfigRules.Part, _ rules: ConfigRules) async -> ChangeMachine.Outcome {
        switch part {
        case .enter:
            let outcome = await perform(filled(part, rules), timeout)
            guard case .done(let output) = outcome, let wanted = rules.mode else { return outcome }
            let mode = await console.mode
            if mode == wanted { return outcome }
            return .rejected(Self.lastLine(of: output) ?? "the device is in the mode '\(mode)', and not in '\(wanted)'")
        case .diff:
            let outcome = await perform(filled(part, rules), timeout, judging: false)
            if case .done(let output) = outcome { return .done(output: rules.difference(output)) }
            return outcome
        case .abort where !rules.isAtomic, .exit where !rules.isAtomic && rules.has(.abort):
            // Out of one object after the other, as far as there are any.
            for instruction in filled(part, rules) where await console.mode != start {
                let outcome = await perform([instruction], timeout)
                guard case .done = outcome else { return outcome }
            }
            return .done(output: "")
        case .commit, .commitConfirmed, .confirm, .check, .abort, .abandon:
            let outcome = await perform(filled(part, rules), max(timeout, Self.commitTime))
            guard case .done(let output) = outcome, rules.leaving.contains(part), let outside else { return outcome }
            if await console.mode == outside { return outcome }
            return .rejected(Self.lastLine(of: output) ?? "the device is still in the configuration")
        case .explain, .exit: return await perform(filled(part, rules), timeout, judging: false)
        }
    }

    /// Does instructions in their order, up to the first that the device rejects.
    ///
    /// - Parameter judging: Whether the definition's words for rejected lines reject these, too: a configuration that is shown may have them in it.
    private mutating func perform(
        _ instructions: [Instruction], _ timeout: Duration, judging: Bool = true
    ) async -> ChangeMachine.Outcome {
        var output = ""
        for instruction in instructions {
            var result = CommandResult(command: instruction.described, status: .ok)
            var failure: MusterError?
            let began = open.loop.now
            do {
                if let exchange = try await console.perform(instruction, timeout: timeout, answers: answers) {
                    result = CommandResult(exchange)
                } else {
                    result.elapsed = open.loop.now - began
                    result.mode = await console.mode
                    result.prompt = await console.prompt
                }
            } catch {
                result = CommandResult(rejected: error, command: instruction.described)
                failure = open.device.wrapped(error, phase: .command, timeout: timeout)
            }
            if judging { judge(&result) }
            steps.append(result)
            switch await outcome(of: result, failure) {
            case .done, .left: output += output.isEmpty || result.output.isEmpty ? result.output : "\n" + result.output
            case let outcome: return outcome
            }
        }
        return .done(output: output)
    }

    private func filled(_ part: ConfigRules.Part, _ rules: ConfigRules) -> [Instruction] {
        rules.instructions(part).map { $0.filled(values) }
    }

    /// Takes an answer for a rejection that the definition knows only where a configuration is changed.
    private func judge(_ result: inout CommandResult) {
        guard result.status == .ok, let words = platform.configRejection(in: result.output) else { return }
        result.status = .failed
        result.failure = words
    }

    private mutating func warn(_ line: ConfigurationChange.Line, _ remark: String) {
        guard warnings.count < Self.mostRemarks else { return unsaid += 1 }
        warnings.append("line \(line.number) '\(line.text)' was taken, and the device said: \(remark)")
    }

    private static func lastLine(of output: String) -> String? {
        output.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }.map { String($0.drop(while: \.isWhitespace)) }
    }

    private mutating func outcome(of result: CommandResult, _ error: MusterError?) async -> ChangeMachine.Outcome {
        if let error {
            if await console.isBroken || Task.isCancelled {
                lost = error
                return .lost
            }
            return error.code == .question ? .asked(result.failure ?? error.message) : .rejected(error.message)
        }
        if result.status == .failed { return .rejected(result.failure ?? "") }
        // A line has ended the session, as it should.
        if await console.isBroken { return .left }
        return outside != nil && result.mode == outside ? .left : .done(output: result.output)
    }

    /// What the names in the definition's inputs stand for.
    private var values: [String: String] {
        let seconds = change.confirmWithin?.components.seconds ?? 0
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
        return [
            "session": session, "seconds": String(seconds), "minutes": String(seconds / 60),
            "time": "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))",
        ]
    }
}
