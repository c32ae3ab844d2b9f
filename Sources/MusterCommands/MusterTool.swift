import ArgumentParser
import Muster
import MusterInventory
import MusterTransport

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The program `muster`.
package enum MusterTool {
    /// Does what the arguments of the process say, and ends it.
    package static func main() async -> Never {
        occupyStandardDescriptors()
        AskpassHelper.runIfAsked()
        Loops.tuneAllocator()
        survivePipeSignals()
        exit(await run(Array(CommandLine.arguments.dropFirst()), in: .process()))
    }

    /// Does what the arguments say.
    ///
    /// - Parameters:
    ///   - arguments: The arguments after the program's name.
    ///   - surroundings: The world to do it in.
    /// - Returns: The exit status.
    package static func run(_ arguments: [String], in surroundings: Surroundings) async -> Int32 {
        if let problem = unknownVerb(arguments) { return report(problem, in: surroundings) }
        let verb: any Verb
        do {
            var command = try MusterCommand.parseAsRoot(arguments)
            guard let known = command as? any Verb else {
                // `muster` and `muster inventory` alone: the same as their --help, which is thrown.
                try command.run()
                return ExitStatus.success
            }
            verb = known
        } catch {
            return explain(error, in: surroundings)
        }
        do {
            return try await verb.perform(in: surroundings)
        } catch {
            return report(error, in: surroundings)
        }
    }

    /// What is wrong with arguments whose first words name no command; nil when they do.
    ///
    /// The parser would call the word, and all that follow, unexpected.
    private static func unknownVerb(_ arguments: [String]) -> CommandFailure? {
        var command: any ParsableCommand.Type = MusterCommand.self
        for word in arguments.prefix(while: { !$0.hasPrefix("-") && $0 != "help" }) {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty else { return nil }
            let names = verbs.compactMap { $0.configuration.commandName }
            guard let index = names.firstIndex(of: word) else {
                let hint = Suggestion.hint(for: word, among: names) ?? "expected one of \(names.joined(separator: ", "))"
                return .usage("there is no command '\(word.oneLine)'; \(hint)")
            }
            command = verbs[index]
        }
        return nil
    }

    /// Says why a command could not go on.
    private static func report(_ error: any Error, in surroundings: Surroundings) -> Int32 {
        func fail(_ status: Int32, _ message: String) -> Int32 {
            surroundings.errors.say("muster: \(message)\n")
            return status
        }
        switch error {
        case let failure as CommandFailure: return fail(failure.status, failure.message)
        case let closed as OutputClosed where closed.number == EPIPE: return ExitStatus.outputClosed
        case let closed as OutputClosed: return fail(ExitStatus.outputFailed, "can't write the results: \(closed.reason)")
        case let error as MusterError where error.code == .definition: return fail(ExitStatus.badData, error.message)
        case let error as MusterError where error.code == .usage: return fail(ExitStatus.usage, "\(error)")
        case let error as MusterError: return fail(ExitStatus.unreachable, "\(error)")
        default: return fail(ExitStatus.defect, "\(error)")
        }
    }

    /// Prints help, the version, or what is wrong with the arguments.
    private static func explain(_ error: any Error, in surroundings: Surroundings) -> Int32 {
        let status = MusterCommand.exitCode(for: error).rawValue
        let text = MusterCommand.fullMessage(for: error) + "\n"
        guard status == ExitStatus.success else {
            surroundings.errors.say(text)
            return status
        }
        do {
            try surroundings.output.write(Array(text.utf8))
            return ExitStatus.success
        } catch {
            return report(error, in: surroundings)
        }
    }
}
