import ArgumentParser
import Muster
import MusterConsole
import MusterInventory
import MusterRendering

/// `muster platforms detect`: what each device is.
struct PlatformsDetectCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Log in to devices and find out their platforms.",
        discussion: """
            A device is told by its SSH version line, by what it prints before the prompt, by the prompt, and by the answers to as few commands as decide.

            --write puts `platform:` into the inventory's file, at each host whose platform is certain and not said yet or said otherwise. Nothing else of the \
            file is changed.

            Examples:
              muster platforms detect
              muster platforms detect -w 'leaf[01-48]' --write
              muster platforms detect -w admin@192.0.2.1 --ask-password -o json

            Exit status: 0 every platform is certain, 1 one is not, or was not written, 2 a device could not be reached.
            """)

    /// The form of the listing.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Flag(help: "Write the platforms into the inventory.")
    var write = false

    @Flag(name: [.short, .long], help: "Do not ask before writing.")
    var yes = false

    @OptionGroup(title: "Devices") var devices: DeviceOptions
    @OptionGroup(title: "Login") var login: LoginOptions

    @Option(name: [.short, .long], help: ArgumentHelp("Devices at once.", valueName: "n"))
    var fanout = RunOptions().fanout

    @Option(
        help: ArgumentHelp("Time from the name's look-up to the platform. (default: 15s)", valueName: "duration"),
        transform: ArgumentText.duration)
    var connectTimeout: Duration?

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the listing.", valueName: "form"))
    var output = Form.text

    @Flag(name: [.short, .long], help: "No notes, warnings or summary.")
    var quiet = false

    @Option(help: ArgumentHelp("Colours; NO_COLOR is honoured.", valueName: "when"))
    var color = ColourChoice.auto

    func validate() throws {
        if fanout < 1 { throw ValidationError("--fanout \(fanout) would never start a device; give 1 or more.") }
        if let connectTimeout, connectTimeout <= .zero { throw ValidationError("--connect-timeout must be longer than nothing.") }
        if login.platform != nil || login.definition != nil {
            throw ValidationError("the platform is what is to be found out; leave out --platform and --definition.")
        }
    }

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        if write, !yes, surroundings.confirm == nil {
            throw CommandFailure.usage("no one to ask: there is no terminal; look at muster platforms detect, and then use --write --yes")
        }
        let notes = SurveyNotes(surroundings: surroundings, isQuiet: quiet)
        let config = try SSHConfigSource.load(devices.inventory.sshConfig, in: surroundings)
        let hosts = try RunTargets(devices: devices, login: login, config: config).hosts(in: surroundings, quiet: quiet)
        if write, hosts.allSatisfy({ $0.entryPosition == nil }) {
            throw CommandFailure.usage("--write wants an inventory to write to; give one with -i PATH")
        }
        let findings = try await findings(on: hosts, notes, in: surroundings)
        try surroundings.output.write(Array(text(of: findings, Palettes(choice: color, surroundings).output).utf8))
        notes.unreachable(findings.compactMap { finding in finding.result.error.map { (finding.device, $0) } })
        notes.note(summary(of: findings))
        let isWritten = write ? try await PlatformWriting(findings, asks: !yes, notes).write() : true
        if findings.contains(where: { $0.result.error != nil }) { return ExitStatus.unreachable }
        return isWritten && findings.allSatisfy(\.isCertain) ? ExitStatus.success : ExitStatus.rejected
    }

    private func findings(
        on hosts: [InventoryHost], _ notes: SurveyNotes, in surroundings: Surroundings
    ) async throws -> [PlatformFinding] {
        let targets = hosts.map { host in
            var host = host
            host.platform = Platform.detectingName
            return host
        }
        var options = RunOptions()
        options.platforms = try PlatformSources(surroundings).definitions(for: targets)
        options.mode = .gather
        options.fanout = fanout
        options.connectTimeout = connectTimeout ?? options.connectTimeout
        options.maxAuthFailures = login.maxAuthFailures
        options.hostKeys = login.hostKeys?.policy ?? options.hostKeys
        options.knownHostsFiles = login.known.paths(in: surroundings.environment)
        options.openSSH.askpassHelper = surroundings.executable
        options.ask = surroundings.ask
        let resolver = SecretResolver(environment: { surroundings.environment[$0] }, ask: surroundings.ask)
        let devices = try await DeviceResolution(resolver: resolver, defaultUser: surroundings.localUser, patience: .init(surroundings))
            .devices(of: targets)
        var results: [String: DeviceResult] = [:]
        try await surroundings.runner(devices.map { DeviceTask(detecting: $0) }, options, RunControl(), { notes.apply($0) }) {
            results[$0.host] = $0
        }
        return zip(hosts, devices).compactMap { host, device in
            results[host.name].map { PlatformFinding(host: host, device: device, result: $0) }
        }
    }

    private func summary(of findings: [PlatformFinding]) -> String {
        let reached = findings.filter { $0.result.error == nil }
        let certain = reached.count(where: \.isCertain)
        return "\(counted(findings.count, "device", "devices")): \(certain) certain, \(reached.count - certain) not, "
            + "\(findings.count - reached.count) not reached"
    }

    private func text(of findings: [PlatformFinding], _ palette: Palette) -> String {
        guard output == .text else {
            return JSONList(lines: false).text(of: findings) { json, finding in
                json.member("host", finding.host.name)
                json.member("platform", finding.platform)
                json.member("certain", finding.isCertain)
                json.key("alternatives")
                json.array(finding.result.platformAlternatives) { $0.string($1) }
                json.member("inventory", finding.host.platform)
                MusterError.write(finding.result.error, to: &json)
            }
        }
        var table = Table(header: ["HOST", "PLATFORM", "INVENTORY", "NOTE"])
        for finding in findings {
            table.append([finding.host.name, finding.platform ?? "", finding.host.platform ?? "", finding.note])
        }
        return table.rendered(palette: palette)
    }
}

/// What was found out about one device.
struct PlatformFinding {
    var host: InventoryHost
    var device: Device
    var result: DeviceResult

    /// Nil where the device was not reached.
    var platform: String? { result.error == nil ? result.platform : nil }

    /// Whether there is no doubt.
    var isCertain: Bool { result.error == nil && result.platformAlternatives.isEmpty && result.platform != "generic" }

    /// Whether the inventory does not say so.
    var isNews: Bool {
        guard let said = host.platform else { return true }
        return Platform.isDetecting(said) || said != platform && Platform.aliases[said] != platform
    }

    var note: String {
        if result.error != nil { return "not reached" }
        if result.platform == "generic" { return "not known" }
        if !result.platformAlternatives.isEmpty { return "or \(result.platformAlternatives.joined(separator: ", "))" }
        let isSaid = host.platform.map { !Platform.isDetecting($0) } ?? false
        return isSaid && isNews ? "the inventory says otherwise" : ""
    }
}
