import ArgumentParser

/// `muster platforms`.
struct PlatformsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platforms", abstract: "Show, check and test the platform definitions, and find out what devices are.",
        discussion: """
            Definitions that are built in can be joined by files of your own: put them into a folder and name it in $MUSTER_PLATFORMS (several, with ':' \
            between), or name a file where a platform is asked for. A file's base name is its platform's name, and goes before a built-in one.
            """,
        subcommands: [
            PlatformsListCommand.self, PlatformsShowCommand.self, PlatformsLintCommand.self, PlatformsTestCommand.self,
            PlatformsDetectCommand.self,
        ])
}
