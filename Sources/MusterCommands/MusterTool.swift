import ArgumentParser

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
        do {
            let command = try MusterCommand.parseAsRoot(arguments)
            if let verb = command as? any Verb { return try await verb.perform(in: surroundings) }
            // `muster` and `muster inventory` alone: the same as their --help.
            var group = command
            try group.run()
            return ExitStatus.success
        } catch let failure as CommandFailure {
            surroundings.errors.say("muster: \(failure.message)\n")
            return failure.status
        } catch is OutputClosed {
            return ExitStatus.outputClosed
        } catch {
            return explain(error, in: surroundings)
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
            return ExitStatus.outputClosed
        }
    }
}
