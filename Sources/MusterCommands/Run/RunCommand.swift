import ArgumentParser
import Muster
import MusterInventory

/// `muster run`: commands on devices.
struct RunCommand: FleetVerb {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run commands on devices.",
        usage: "muster run [options] COMMAND ...",
        discussion: """
            Each COMMAND is one line, sent in order to every device; quote it. Results go to standard output, everything else to standard error.

            Examples:
              muster run "show version"                  every device in ./inventory.yaml
              muster run -i lab.yaml -w 'leaf[01-48],@spines' "show version" "show clock"
              muster run -s "site=ams & role!=spine" -o json "show version" > out.json
              muster run -w admin@192.0.2.1 --ask-password -p arista_eos "show version"
              muster run --mode first --count 1 "show ip bgp summary"
              muster run --commands-file checks.txt --dry-run
              muster run "show interface {{ data.uplink }}"    filled in for each device

            {{ host }}, {{ address }}, {{ user }}, {{ platform }} and {{ data.NAME }} in a command stand for what the inventory says of each device; an \
            unknown name is an error before anything is connected to. {{ '{{' }} stands for two braces.

            A duration is 500ms, 30 (seconds), 30s, 2m or 1h.

            Ctrl-C starts no more devices and lets those under way finish; a second one cancels them; a third leaves at once.

            Exit status: 0 all went well, 1 a device rejected a command, 2 a device could not be reached, refused the login or took too long, or \
            fewer succeeded than --count asks for, 64 wrong usage, 65 a bad inventory, 130 interrupted, 143 terminated.
            """)

    @Argument(help: ArgumentHelp("What to run, one command an argument.", valueName: "command"))
    var commands: [String] = []

    @Option(
        help: ArgumentHelp(
            "Commands one a line, after those given as arguments; - is standard input.",
            discussion:
                "Empty lines and lines that begin with # are left out. A text that the platform reads, such as a banner, goes with its command.",
            valueName: "path"))
    var commandsFile: String?

    @Flag(help: "Show what would run where, with all names filled in, and connect to nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Run the commands in this mode of the platform, such as configuration. (default: the platform's usual mode)", valueName: "name")
    )
    var modeName: String?

    @Flag(help: "Skip a device's further commands once it has rejected one.")
    var stopOnFailure = false

    @OptionGroup var templates: TemplateOptions

    @OptionGroup var questions: AnswerOptions

    @OptionGroup(title: "Devices") var devices: DeviceOptions
    @OptionGroup(title: "Login") var login: LoginOptions
    @OptionGroup(title: "Pace") var pace: PaceOptions
    @OptionGroup(title: "Rollout") var spread: SpreadOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var recording: RecordingOptionGroup

    func validate() throws {
        if commands.isEmpty, commandsFile == nil {
            throw ValidationError("no command to run; for example: muster run \"show version\"")
        }
        try RunCommand.check(commands)
    }

    /// Refuses what is not one line with something on it.
    static func check(_ commands: [String]) throws {
        for command in commands {
            if command.allSatisfy(\.isWhitespace) { throw ValidationError("a command is empty.") }
            if command.contains(where: \.isNewline) {
                throw ValidationError("a command is one line; give each its own argument, or use --commands-file.")
            }
            if command.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
                throw ValidationError(
                    "'\(command.oneLine)' has a control character in it, which a device takes for a key; write blanks for tabs.")
            }
        }
    }

    /// How the run goes about its devices.
    var runOptions: RunOptions {
        var options = fleetOptions
        options.commandMode = modeName
        options.stopsOnFailure = stopOnFailure
        options.rollout = spread.rollout
        return options
    }
}
