import ArgumentParser

/// `muster audit`.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Look at what devices offer, without logging in.", subcommands: [AuditCryptoCommand.self])
}
