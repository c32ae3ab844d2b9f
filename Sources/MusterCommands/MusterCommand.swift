import ArgumentParser

/// A command that does something, in surroundings that tests can replace.
protocol Verb: ParsableCommand {
    /// Does it.
    ///
    /// - Returns: The exit status.
    /// - Throws: `CommandFailure`; `OutputClosed` when no one reads the output any more.
    func perform(in surroundings: Surroundings) async throws -> Int32
}

/// `muster`.
struct MusterCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "muster",
            abstract: "Every network device answers: run commands on many routers, switches and firewalls at once.",
            discussion: """
                Examples:
                  muster run "show version"
                  muster run -w admin@192.0.2.1 "show version"
                  muster configure --file change.cfg --dry-run
                  muster inventory show
                  muster platforms list
                  muster replay transcripts/edge-01.jsonl
                  muster keys check
                  muster audit crypto
                """,
            version: "muster \(musterVersion) (\(engineVersion()))",
            subcommands: [
                RunCommand.self, ConfigureCommand.self, ReplayCommand.self, InventoryCommand.self, PlatformsCommand.self, KeysCommand.self,
                AuditCommand.self,
            ])
    }
}
