import MusterConsole
import MusterTransport

/// A device that is logged in to.
struct OpenDevice: Sendable {
    let device: Device
    /// The platform's name: the device's, or what was found out.
    let platform: String
    let carrier: any ConsoleCarrier
    let console: Console
    let loop: Loop
    var recording: DeviceRecording?

    /// Runs one command; the error is what ended the session, if it did.
    func run(_ command: String, timeout: Duration) async -> (result: CommandResult, error: MusterError?) {
        do {
            return (CommandResult(try await console.send(command, timeout: timeout)), nil)
        } catch {
            let result = CommandResult(
                command: command, status: error.commandStatus, output: String(decoding: error.partialOutput, as: UTF8.self),
                elapsed: error.elapsed, failure: error.commandFailure)
            return (result, device.wrapped(error, phase: .command, timeout: timeout))
        }
    }

    /// Ends the session at once, from any thread; what waits is resumed.
    func abort() {
        carrier.cancel()
    }

    /// Logs out and frees everything; never fails and never waits for the device.
    func close() async {
        // Both live on one loop.
        await carrier.close(after: { console.assumeIsolated { $0.close() } })
        await recording?.finish()
    }
}

extension CommandResult {
    init(_ exchange: Exchange) {
        self.init(
            command: exchange.command, status: exchange.failure == nil ? .ok : .failed, output: exchange.text, elapsed: exchange.elapsed,
            mode: exchange.mode, prompt: exchange.prompt, failure: exchange.failure, truncated: exchange.truncated)
    }
}

extension ConsoleError {
    /// The session ended before the command's turn.
    private var isUntyped: Bool { elapsed == .zero && partialOutput.isEmpty }

    /// What a command came to that did not get its prompt.
    fileprivate var commandStatus: CommandResult.Status {
        switch kind {
        case .commandTimeout: .timeout
        case .unusable, .neverPrompted: .skipped
        case .ended where isUntyped, .cancelled where isUntyped: .skipped
        default: .failed
        }
    }

    /// Why it failed, in the place where the device's own words would stand.
    fileprivate var commandFailure: String? {
        switch kind {
        case .ended where isUntyped, .cancelled where isUntyped: nil
        case .ended: "the connection ended while it ran"
        case .cancelled: "cancelled while it ran"
        case .badCommand: "it cannot be typed"
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
            case .loginRefused: (.authentication, phase)
            case .passwordMissing, .credentialUntypable: (.credential, phase)
            case .cancelled: (.cancelled, phase)
            case .badCommand: (.usage, phase)
            case .unusable: (.prompt, phase)
            }
        return MusterError(code, phase: actual, device: name, message: error.message, hint: error.hint)
    }
}
