import ArgumentParser
import Muster
import MusterInventory
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

    @OptionGroup var known: KnownHostsOptions

    @Flag(name: [.short, .long], help: "No notes, warnings or summary.")
    var quiet = false

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    func validate() throws {
        if fanout < 1 { throw ValidationError("--fanout \(fanout) would never start a device; give 1 or more.") }
        if let connectTimeout, connectTimeout <= .zero { throw ValidationError("--connect-timeout must be longer than nothing.") }
    }

    /// The devices: nobody logs in to them, so they need no user and no secret, but bastions on the way do.
    func targets(in surroundings: Surroundings) async throws -> [Device] {
        let config = try SSHConfigSource.load(devices.inventory.sshConfig, in: surroundings)
        let hosts = try RunTargets(devices: devices, port: port, config: config).hosts(in: surroundings, quiet: quiet)
        var names: Set<String> = []
        let bastions = hosts.flatMap(\.bastions).filter { names.insert($0.name).inserted }
        let resolver = SecretResolver(environment: { surroundings.environment[$0] }, ask: surroundings.ask)
        let resolved = try await DeviceResolution(resolver: resolver, defaultUser: surroundings.localUser, patience: .init(surroundings))
            .devices(of: bastions)
        let byName = Dictionary(uniqueKeysWithValues: resolved.map { ($0.name, $0) })
        return hosts.map { host in
            var device = Device(
                name: host.name, address: host.address, port: host.port ?? 22, platform: host.platform ?? "generic", user: "")
            device.jump = host.bastions.compactMap { byName[$0.name] }
            device.hostKeys = host.hostKey
            device.apply(sshConfigOf: host)
            if !known.knownHosts.isEmpty { device.knownHostsFiles = [] }
            return device
        }
    }

    /// How to look at them.
    func survey(_ notes: SurveyNotes) -> Survey {
        var options = RunOptions()
        options.fanout = fanout
        options.connectTimeout = connectTimeout ?? options.connectTimeout
        options.knownHostsFiles = known.paths(in: notes.surroundings.environment)
        options.openSSH.configurationFile = devices.inventory.sshConfig
        options.openSSH.askpassHelper = notes.surroundings.executable
        return Survey(options: options) { notes.apply($0) }
    }
}
