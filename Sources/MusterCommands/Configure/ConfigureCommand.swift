import ArgumentParser
import Muster
import MusterInventory

/// `muster configure`: changes the configuration of devices.
struct ConfigureCommand: FleetVerb {
    static let configuration = CommandConfiguration(
        commandName: "configure",
        abstract: "Change the configuration of devices.",
        usage: "muster configure [options] --file PATH | LINE ...",
        discussion: """
            Enters configuration mode, sends the lines one by one and stops at the first that a device rejects. Where the platform has a commit, the change \
            is then committed, or thrown away if anything was rejected; elsewhere lines take effect as they are typed, and an error says which do. \
            Empty lines and lines that begin with ! or # are left out. A text of several lines, such as a banner, is sent as the device reads it, up to its end.

            Examples:
              muster configure --file ntp.cfg --dry-run        load, show the difference, throw away, where devices can
              muster configure -s role=leaf --file ntp.cfg --canary 1 --batch 10%
              muster configure -w core-1 --confirm 5m "set system ntp server 192.0.2.1"
              muster configure -w 'edge-[01-20]' --save --yes "ntp server {{ data.ntp }}"

            {{ host }}, {{ address }}, {{ user }}, {{ platform }} and {{ data.NAME }} stand for what the inventory says of each device; {{ '{{' }} for two braces.

            --dry-run connects to devices whose platform can try a change, and changes nothing. --render-only connects to none.

            Ctrl-C begins no more devices and lets those under way finish; a second one cancels them, and what they have is then unknown.

            Exit status: 0 all went well, 1 a device rejected a line or the commit, or the answer was no, 2 a device could not be reached, was lost in the \
            middle or not begun, 64 wrong usage, 65 a bad inventory or a name that can't be filled in, 130 interrupted, 143 terminated.
            """)

    @Argument(help: ArgumentHelp("Lines of configuration, one an argument.", valueName: "line"))
    var lines: [String] = []

    @Option(help: ArgumentHelp("Lines of configuration from a file; - is standard input.", valueName: "path"))
    var file: String?

    @Flag(help: "Try it: devices that can load the lines, show the difference and throw them away; of the others the lines are shown.")
    var dryRun = false

    @Flag(help: "Show the lines for each device, and connect to nothing.")
    var renderOnly = false

    @Flag(help: "Save the configuration, so that the change lasts over a restart.")
    var save = false

    @Option(
        help: ArgumentHelp(
            "Have devices take the change back by themselves unless it is confirmed within this time.",
            discussion: "It is confirmed when a second login has succeeded. Refused where a platform has no such commit.",
            valueName: "duration"),
        transform: ArgumentText.duration)
    var confirm: Duration?

    @Flag(name: [.short, .long], help: "Do not ask.")
    var yes = false

    @Option(help: ArgumentHelp("So many devices first, alone; then a question whether to go on.", valueName: "n"))
    var canary: Int?

    @OptionGroup var spread: SpreadOptions
    @OptionGroup var questions: AnswerOptions
    @OptionGroup var templates: TemplateOptions
    @OptionGroup(title: "Devices") var devices: DeviceOptions
    @OptionGroup(title: "Login") var login: LoginOptions
    @OptionGroup(title: "Pace") var pace: PaceOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Output") var recording: RecordingOptionGroup

    func validate() throws {
        if lines.isEmpty == (file == nil) {
            throw ValidationError("give either lines or --file PATH; for example: muster configure --file change.cfg")
        }
        try RunCommand.check(lines)
        if dryRun, renderOnly { throw ValidationError("--dry-run and --render-only exclude each other.") }
        if let canary, canary < 1 { throw ValidationError("--canary \(canary) would begin nothing; give 1 or more.") }
        if let confirm, confirm <= .zero { throw ValidationError("--confirm must be longer than nothing.") }
        if pace.mode == .first { throw ValidationError("--mode first would leave out devices at random; use --canary.") }
    }

    /// How the change goes about the devices.
    func runOptions(_ confirm: (@Sendable (String) async throws -> Bool)?) -> RunOptions {
        var options = fleetOptions
        guard !dryRun else { return options }
        options.rollout = spread.rollout
        if let canary {
            options.rollout.canary = canary
            options.rollout.maxFailures = options.rollout.maxFailures ?? .count(0)
            if !yes, let confirm {
                options.rollout.goesOn = { pause in
                    let failed = pause.failed == 0 ? "all well" : "\(pause.failed) failed"
                    let question = "\(counted(pause.done, "device is", "devices are")) done, \(failed). Go on with \(pause.left) more?"
                    return (try? await confirm(question)) ?? false
                }
            }
        }
        return options
    }
}
