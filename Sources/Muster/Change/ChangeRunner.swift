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
    /// Logs in a second time and out again, and tells what went wrong.
    let logInAgain: () async -> MusterError?

    /// A name of its own: in a session that was left behind by an earlier change, its lines would be committed too.
    private let session = "muster-" + String(UInt32.random(in: 0...UInt32.max), radix: 16)
    private var lines: [CommandResult] = []
    private var steps: [CommandResult] = []
    /// The mode outside of the configuration, where it can be told apart.
    private var outside: String?
    /// What ended the session.
    private var lost: MusterError?

    /// A commit may take a device minutes.
    private static let commitTime = Duration.seconds(120)

    init(
        open: OpenDevice, console: Console, change: ConfigurationChange, platform: Platform, timeout: Duration, answers: [AnsweredQuestion],
        logInAgain: @escaping () async -> MusterError?
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
        let before = await console.mode
        while let step = machine.next() {
            machine.finished(await perform(step, rules))
            guard step == .part(.enter) else { continue }
            let mode = await console.mode
            outside = mode == before ? nil : before
        }
        for line in change.lines[lines.count...] { lines.append(CommandResult(command: line.text, status: .skipped)) }
        return ChangeResult(
            state: machine.state, diff: machine.diff, lines: lines, steps: steps, isSaved: machine.isSaved,
            error: machine.trouble.map { ChangeReport(change, machine, device: open.device.name, lost: lost).error($0) })
    }

    private mutating func perform(_ step: ChangeMachine.Step, _ rules: ConfigRules) async -> ChangeMachine.Outcome {
        switch step {
        case .line(let index):
            let (result, error) = await open.run(change.lines[index].text, timeout: timeout, answers: answers)
            lines.append(result)
            return await outcome(of: result, error)
        case .check:
            guard let error = await logInAgain() else { return .done(output: "") }
            lost = error
            return .rejected(error.message)
        case .save: return await perform(platform.save ?? [], timeout)
        case .part(let part):
            let isCommit = part == .commit || part == .commitConfirmed || part == .confirm || part == .check
            return await perform(rules.instructions(part).map { $0.filled(values) }, isCommit ? max(timeout, Self.commitTime) : timeout)
        }
    }

    /// Does instructions in their order, up to the first that the device rejects.
    private mutating func perform(_ instructions: [Instruction], _ timeout: Duration) async -> ChangeMachine.Outcome {
        var output = ""
        for instruction in instructions {
            var result = CommandResult(command: instruction.described, status: .ok)
            var failure: MusterError?
            do {
                if let exchange = try await console.perform(instruction, timeout: timeout, answers: answers) {
                    result = CommandResult(exchange)
                }
            } catch {
                result = CommandResult(rejected: error, command: instruction.described)
                failure = open.device.wrapped(error, phase: .command, timeout: timeout)
            }
            steps.append(result)
            let outcome = await outcome(of: result, failure)
            if case .rejected = outcome { return outcome }
            if outcome == .lost { return outcome }
            output += output.isEmpty || result.output.isEmpty ? result.output : "\n" + result.output
        }
        return .done(output: output)
    }

    private mutating func outcome(of result: CommandResult, _ error: MusterError?) async -> ChangeMachine.Outcome {
        if let error {
            if await console.isBroken || Task.isCancelled {
                lost = error
                return .lost
            }
            return .rejected(error.code == .question ? result.failure ?? error.message : error.message)
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
