import ArgumentParser
import Muster
import MusterRendering

/// Which devices are looked at without logging in, and how.
struct SurveyOptions: ParsableArguments {
    @OptionGroup(title: "Devices") var devices: DeviceOptions

    @Option(help: ArgumentHelp("TCP port. (default: 22)", valueName: "number"), transform: ArgumentText.portNumber)
    var port: Int?

    @Option(name: [.short, .long], help: ArgumentHelp("Devices at once.", valueName: "n"))
    var fanout = RunOptions().fanout

    @Option(
        help: ArgumentHelp("Time for each connection to a device. (default: 15s)", valueName: "duration"),
        transform: ArgumentText.duration)
    var connectTimeout: Duration?

    @Flag(name: [.short, .long], help: "No notes, warnings or summary.")
    var quiet = false

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    func validate() throws {
        if fanout < 1 { throw ValidationError("--fanout \(fanout) would never start a device; give 1 or more.") }
        if let connectTimeout, connectTimeout <= .zero { throw ValidationError("--connect-timeout must be longer than nothing.") }
    }

    /// The devices; no one logs in, so no user and no secret is needed.
    func targets(in surroundings: Surroundings) throws -> [Device] {
        try RunTargets(devices: devices, port: port).hosts(in: surroundings, quiet: quiet).map { host in
            var device = Device(
                name: host.name, address: host.address, port: host.port ?? 22, platform: host.platform ?? "generic", user: "")
            device.jump = host.jump
            device.hostKeys = host.hostKey
            return device
        }
    }

    /// How to look at them.
    var survey: Survey {
        var survey = Survey()
        survey.fanout = fanout
        survey.connectTimeout = connectTimeout ?? survey.connectTimeout
        return survey
    }
}
