import Subprocess

/// A secret in the first line that a command prints.
struct SecretCommand: Sendable {
    let words: [String]
    let timeout: Duration

    private static let limit = 65_536

    private enum Outcome: Sendable {
        case ended(TerminationStatus, output: [UInt8], errors: [UInt8])
        case timedOut
    }

    /// Runs the command without a shell, its standard input empty.
    ///
    /// It is killed when the time is over or the task is cancelled.
    func run() async throws -> Secret {
        let outcome: Outcome
        do {
            outcome = try await withThrowingTaskGroup(of: Outcome.self) { group in
                group.addTask {
                    let record = try await Subprocess.run(
                        executable, arguments: Arguments(Array(words.dropFirst())), output: .bytes(limit: Self.limit),
                        error: .bytes(limit: Self.limit))
                    return .ended(record.terminationStatus, output: record.standardOutput, errors: record.standardError)
                }
                group.addTask { [timeout] in
                    try await Task.sleep(for: timeout)
                    return .timedOut
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .timedOut
            }
        } catch let error as SubprocessError {
            throw startFailure(error)
        }
        switch outcome {
        case .timedOut:
            throw failure("printed nothing within \(timeout) and was killed")
        case .ended(.exited(0), let output, _):
            guard let secret = SecretLine.first(of: output) else {
                throw failure("printed an empty first line, or one that is not UTF-8; expected a secret")
            }
            return secret
        case .ended(let status, _, let errors):
            let said = String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline).suffix(3).joined(separator: " / ")
            let ending: String
            switch status {
            case .exited(let code): ending = "ended with status \(code)"
            case .signaled(let signal): ending = "was killed by signal \(signal)"
            }
            throw failure(ending + (said.isEmpty ? "" : ": " + said.escapedForMessage(limit: 300)))
        }
    }

    private func startFailure(_ error: SubprocessError) -> SecretError {
        switch error.code {
        case .executableNotFound: failure("was not found", hint: "install it or give its full path")
        case .outputLimitExceeded: failure("printed more than \(Self.limit) bytes; expected a secret")
        default: failure("could not be run: \(error)")
        }
    }

    /// As execvp(3): a name with a slash is a path, any other is looked up in `PATH`.
    private var executable: Executable {
        words[0].contains("/") ? .path(.init(words[0])) : .name(words[0])
    }

    /// Names the command, not its arguments.
    private func failure(_ message: String, hint: String? = nil) -> SecretError {
        SecretError(source: .command(words), message: "the command \(words[0].quotedForMessage) \(message)", hint: hint)
    }
}
