import ArgumentParser
import Foundation
import MusterLab

/// The command line of muster-lab.
struct LabCommandLine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "muster-lab",
        abstract: "Simulated network devices behind a real SSH server.",
        discussion: """
            Every address in 127.0.0.0/8 is a device of its own, on one port; log in with admin/admin or any key. Addresses that \
            no device was planned for are Cisco IOS-XE routers. The lab runs until it is interrupted.

            FAULTS
            \(LabFault.catalogue.map { "  \($0.form)\(String(repeating: " ", count: max(1, 22 - $0.form.count)))\($0.summary)" }.joined(separator: "\n"))

            Devices that ask for a one-time code want 123456.

            On every device, `lab huge [BYTES]`, `lab sleep SECONDS`, `lab junk`, `lab prompts`, `lab newlines`, `lab question` and \
            `lab forever` do what is hard to provoke elsewhere.

            EXAMPLE
              muster-lab --devices 100 --write-inventory lab.yaml --port 2222 --fault latency=2s@leaf-03
              muster-lab --recordings transcripts --write-inventory lab.yaml
              muster-lab --scripts my-devices.yaml --write-inventory lab.yaml
            """)

    @Option(help: ArgumentHelp("How many devices to plan, platforms taking turns.", valueName: "n"))
    var devices = 0

    @Option(help: ArgumentHelp("Write the devices as an inventory, once the port is known. It stays when the lab ends.", valueName: "path"))
    var writeInventory: String?

    @Option(help: ArgumentHelp("The TCP port; 0 lets the system pick one.", valueName: "port"))
    var port: UInt16 = 0

    @Flag(help: "Answer telnet too, at a port of its own.")
    var telnet = false

    @Option(help: ArgumentHelp("The TCP port for telnet; 0 lets the system pick one.", valueName: "port"))
    var telnetPort: UInt16 = 0

    @Option(
        help: ArgumentHelp(
            "Answer telnet, and write into the inventory that it is used for the devices of these names, such as 'edge-*'.",
            valueName: "pattern"))
    var telnetHosts: String?

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp(
            "Give a fault to a device, by its name or a pattern such as 'leaf-*'; to all devices without '@'. May repeat.",
            valueName: "name[=value]@host"))
    var faults: [String] = []

    @Option(
        help: ArgumentHelp(
            "Platforms to plan, separated by commas: \(LabPlatform.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "names"))
    var platforms: String?

    @Option(help: ArgumentHelp("Serve the devices of an inventory that the lab wrote.", valueName: "path"))
    var inventory: String?

    @Option(
        help: ArgumentHelp(
            "A device for each recording of a folder (files of muster run --record): its login, prompts and answers as they went.",
            valueName: "folder"))
    var recordings: String?

    @Option(
        help: ArgumentHelp(
            "The devices of a YAML file, of any vendor: their prompts, modes and answers (Documentation/Lab.md).", valueName: "path"))
    var scripts: String?

    @Option(help: ArgumentHelp("Wait so long before each command's output, on every device.", valueName: "duration"))
    var latency: String?

    @Option(help: ArgumentHelp("Host keys to show, separated by commas: ed25519, ecdsa, rsa.", valueName: "types"))
    var hostKeys = "ed25519,ecdsa,rsa"

    @Option(help: ArgumentHelp("Write the port to a file once the lab is ready; removed when the lab ends.", valueName: "path"))
    var readyFile: String?

    @Flag(help: "Print nothing but the port.")
    var quiet = false

    func validate() throws {
        guard (0...1_000_000).contains(devices) else { throw ValidationError("--devices: expected 0 to 1000000, found \(devices)") }
        if inventory != nil, devices > 0 { throw ValidationError("--devices and --inventory exclude each other") }
        if inventory != nil, recordings != nil { throw ValidationError("--recordings and --inventory exclude each other") }
        if inventory != nil, scripts != nil { throw ValidationError("--scripts and --inventory exclude each other") }
        _ = try chosenPlatforms()
        _ = try chosenHostKeys()
        _ = try chosenFaults()
    }

    func run() async throws {
        var configuration = LabConfiguration()
        configuration.port = port
        configuration.recordsCommands = false
        configuration.hostKeyTypes = try chosenHostKeys()
        var plan: LabPlan
        do {
            plan =
                try inventory.map { path throws(LabError) in try LabPlan(inventory: path, &configuration) }
                ?? LabPlan(count: devices, platforms: try chosenPlatforms())
            if let recordings { try plan.add(recordingsIn: recordings) }
            if let scripts { try plan.add(scriptsIn: scripts) }
        } catch let error as LabError {
            throw failure(65, error)
        }
        for (fault, pattern) in try chosenFaults() {
            if let pattern {
                guard plan.add(fault, to: pattern) > 0 else { throw ValidationError("--fault: no device is named '\(pattern)'") }
            } else {
                _ = plan.add(fault, to: "*")
                configuration.defaultFaults.append(fault)
            }
        }
        configuration.listensForTelnet = configuration.listensForTelnet || telnet || telnetHosts != nil || plan.usesTelnet
        if telnetPort != 0 { configuration.telnetPort = telnetPort }
        if let telnetHosts, plan.useTelnet(on: telnetHosts) == 0 {
            throw ValidationError("--telnet-hosts: no device is named '\(telnetHosts)'")
        }
        configuration.devices = plan.devices
        let (finished, settings, stop) = (plan, configuration, StopSignal())
        do {
            try await withLab(settings) { lab in try await serve(lab, finished, settings, until: stop) }
        } catch let error as LabError {
            throw failure(74, error)
        }
    }

    private func serve(_ lab: Lab, _ plan: LabPlan, _ configuration: LabConfiguration, until stop: StopSignal) async throws {
        if let writeInventory { try plan.write(to: writeInventory, port: lab.port, telnetPort: lab.telnetPort, configuration) }
        if let readyFile { try Data("\(lab.port)\n".utf8).write(to: URL(filePath: readyFile), options: .atomic) }
        defer { if let readyFile { unlink(readyFile) } }
        print("listening on port \(lab.port)" + (lab.telnetPort == 0 ? "" : ", for telnet on port \(lab.telnetPort)"))
        if !quiet {
            if !lab.answersEverywhere { print("only 127.0.0.1 answers on this system") }
            for entry in plan.entries.prefix(10) {
                print(
                    "  \(entry.device.address)  \(entry.device.name)  \(entry.device.platformName)"
                )
            }
            if plan.entries.count > 10 { print("  and \(plan.entries.count - 10) more") }
        }
        fflush(nil)
        await stop.wait()
        guard !quiet else { return }
        let counts = lab.counts
        print(
            "\(counts.sessionsTotal) sessions, \(counts.sessionsPeak) at once, \(counts.cleanLogouts) logged out, \(counts.loginsRefused) refused"
        )
    }

    /// Says what went wrong; the exit statuses are those of sysexits.
    private func failure(_ status: Int32, _ error: LabError) -> ExitCode {
        FileHandle.standardError.write(Data("muster-lab: \(error)\n".utf8))
        return ExitCode(status)
    }

    private func chosenPlatforms() throws -> [LabPlatform] {
        guard let platforms else { return LabPlatform.allCases }
        return try platforms.split(separator: ",").map { name in
            guard let platform = LabPlatform(rawValue: String(name)) else {
                throw ValidationError(
                    "--platforms: unknown platform '\(name)'; known: \(LabPlatform.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return platform
        }
    }

    private func chosenHostKeys() throws -> [LabConfiguration.HostKeyType] {
        try hostKeys.split(separator: ",").map { name in
            guard let type = LabConfiguration.HostKeyType(rawValue: String(name)) else {
                throw ValidationError("--host-keys: unknown type '\(name)'; known: ed25519, ecdsa, rsa")
            }
            return type
        }
    }

    private func chosenFaults() throws -> [(fault: LabFault, pattern: String?)] {
        var chosen = try faults.map { text in
            // The last '@', as a banner may hold one.
            let parts = text.lastIndex(of: "@").map { (String(text[..<$0]), String(text[text.index(after: $0)...])) }
            return (fault: try fault(parts?.0 ?? text, "--fault"), pattern: parts?.1)
        }
        if let latency { chosen.append((fault: try fault("latency=\(latency)", "--latency"), pattern: nil)) }
        return chosen
    }

    private func fault(_ text: String, _ flag: String) throws -> LabFault {
        do throws(LabError) {
            return try LabFault(text)
        } catch {
            throw ValidationError("\(flag): \(error)")
        }
    }
}
