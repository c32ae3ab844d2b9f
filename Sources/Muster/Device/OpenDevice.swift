import MusterConsole
import MusterTransport

/// A device that is logged in to.
///
/// A class, as `DeviceLogin` is one: each function that hands it on would have a copy in its frame.
final class OpenDevice: Sendable {
    let device: Device
    let carrier: any ConsoleCarrier
    let line: DeviceLine
    let loop: Loop
    let recording: DeviceRecording?

    init(
        device: Device, carrier: any ConsoleCarrier, line: DeviceLine, loop: Loop, recording: DeviceRecording? = nil
    ) {
        self.device = device
        self.carrier = carrier
        self.line = line
        self.loop = loop
        self.recording = recording
    }

    /// Runs one command; the error is what kept it from its prompt.
    ///
    /// After a question, or a time limit that a breakable command has reached, the session can be used unless the console is broken; after all
    /// else not.
    func run(
        _ command: String, timeout: Duration, answers: [AnsweredQuestion], isBreakable: Bool = false
    ) async -> (result: CommandResult, error: MusterError?) {
        switch line {
        case .shell(let console):
            await device.run(command, on: console, timeout: timeout, answers: answers, isBreakable: isBreakable)
        case .exec(let line): await line.run(command, timeout: timeout, answers: answers)
        }
    }

    /// The device's shell; where commands go over exec channels it is opened at the first call, and they go through it from then on.
    ///
    /// - Parameter timeout: the time until its first prompt.
    func shell(timeout: Duration) async throws(MusterError) -> Console {
        switch line {
        case .shell(let console): console
        case .exec(let line): try await line.shell(timeout: timeout)
        }
    }

    /// Ends the session at once, from any thread; what waits is resumed.
    func abort() {
        carrier.cancel()
    }

    /// Logs out and frees everything; never fails and waits no longer than a moment for the device.
    func close() async {
        // Both live on one loop.
        await carrier.close(after: { line.sayGoodbye() })
        await recording?.finish()
    }
}

extension Device {
    /// Its command line over a transport, with nothing sent yet.
    func console(
        over transport: any ByteTransport, platform: Platform, in environment: DeviceEnvironment, wantedMode: String? = nil,
        recorder: SessionRecorder? = nil
    ) -> Console {
        Console(
            transport: transport, platform: platform, secrets: secrets.mapValues { $0.reveal() }, maximumOutput: environment.outputLimit,
            overflow: environment.outputFolder, name: name, wantedMode: wantedMode, recorder: recorder)
    }

    /// Types one command; the error is what kept it from its prompt.
    func run(
        _ command: String, on console: Console, timeout: Duration, answers: [AnsweredQuestion], isBreakable: Bool = false
    ) async -> (result: CommandResult, error: MusterError?) {
        do {
            return (CommandResult(try await console.send(command, timeout: timeout, answers: answers, isBreakable: isBreakable)), nil)
        } catch {
            return (CommandResult(rejected: error, command: command), wrapped(error, phase: .command, timeout: timeout))
        }
    }
}

extension CommandResult {
    init(_ exchange: Exchange) {
        self.init(
            command: exchange.command, status: exchange.failure == nil ? .ok : .failed, output: exchange.text, elapsed: exchange.elapsed,
            mode: exchange.endsSession ? nil : exchange.mode, prompt: exchange.endsSession ? nil : exchange.prompt,
            failure: exchange.failure, truncated: exchange.truncated)
        outputFile = exchange.outputFile
        pages = exchange.pagerAnswers
    }
}

extension CommandResult {
    /// What a command came to that did not get its prompt.
    init(rejected error: ConsoleError, command: String) {
        self.init(
            command: command, status: error.commandStatus, output: error.encoding.text(error.partialOutput),
            elapsed: error.elapsed, failure: error.commandFailure, truncated: error.outputFile != nil)
        outputFile = error.outputFile
    }
}

extension ConsoleError {
    /// The session ended before the command's turn.
    private var isUntyped: Bool { elapsed == .zero && partialOutput.isEmpty }

    /// What a command came to that did not get its prompt.
    fileprivate var commandStatus: CommandResult.Status {
        switch kind {
        case .commandTimeout: .timeout
        case .unusable, .neverPrompted, .left: .skipped
        case .ended where isUntyped, .cancelled where isUntyped: .skipped
        default: .failed
        }
    }

    /// Why it failed, in the place where the device's own words would stand.
    fileprivate var commandFailure: String? {
        switch kind {
        case .ended where isUntyped, .cancelled where isUntyped: nil
        case .ended: "the connection ended while it ran"
        case .left(let command): "the session was ended by '\(command)'"
        case .outOfStep: "whose answer came is not known"
        case .cancelled: "cancelled while it ran"
        case .echoMissing: "the device did not print it back, so whether it was run is not known"
        case .badCommand: "it cannot be typed"
        case .question(let text), .questionRepeated(let text): "it asked: \(text)"
        default: nil
        }
    }
}

extension Device {
    /// The public error for what a console ran into.
    func wrapped(_ error: ConsoleError, phase: Phase, timeout: Duration) -> MusterError {
        let (code, actual): (MusterError.Code, Phase) =
            switch error.kind {
            case .neverPrompted: (.prompt, phase)
            case .commandTimeout: (.timeout, phase)
            case .ended: (.connectionLost, phase)
            case .modeRefused, .modeUnknown: (.privilege, .privilege)
            case .secretMissing: (.credential, .privilege)
            case .loginRefused, .passwordExpired: (.authentication, phase)
            case .passwordMissing, .credentialUntypable: (.credential, phase)
            case .echoMissing, .outOfStep: (.echo, phase)
            case .left: (.sessionEnded, phase)
            case .question, .questionRepeated: (.question, phase)
            case .patternExhausted: (.definition, phase)
            case .cancelled: (.cancelled, phase)
            case .badCommand: (.usage, phase)
            case .unusable: (.prompt, phase)
            }
        let hint = if case .ended(let end) = error.kind { error.hint ?? end.hint } else { error.hint }
        return MusterError(code, phase: actual, device: name, message: error.message, hint: hint)
    }
}
