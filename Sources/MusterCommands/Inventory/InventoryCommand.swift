import ArgumentParser

/// `muster inventory`.
struct InventoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "Look into the inventory.", subcommands: [InventoryShowCommand.self])
}
