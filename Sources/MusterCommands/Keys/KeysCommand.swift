import ArgumentParser

/// `muster keys`.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Collect, compare and accept the host keys of many devices, without logging in.",
        subcommands: [KeysScanCommand.self, KeysCheckCommand.self, KeysAcceptCommand.self])
}
