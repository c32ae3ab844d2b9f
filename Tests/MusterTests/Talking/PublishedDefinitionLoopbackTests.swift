import Foundation
import Muster
import MusterConsole
import MusterInventory
import Testing

@testable import MusterLab

/// A device of each kind, driven by the definition that scrapli publishes for it.
///
/// The devices are in Tests/Fixtures/devices.yaml; six of the kinds are simulated by the lab in more depth, too.
@Suite(.timeLimit(.minutes(10)), .enabled(if: PublishedDefinitions.isThere, PublishedDefinitions.note))
struct PublishedDefinitionLoopbackTests {
    /// What is wrong with a definition, so that no device goes into the mode.
    private static let impassable: [String: Set<String>] = [
        // It types "conifgure terminal".
        "cumulus_vtysh": ["configuration"],
        // The same, and no way is written down that leads back to the shell.
        "dell_enterprisesonic": ["configuration", "linux"],
    ]

    /// What devices are asked for: the first of these that one knows.
    private static let versions = [
        "show version", "display version", "show sysinfo", "show system", "show firmware", "show switch", "show controller", "show chassis",
        "show system info", "show system package-info", "show software-mngt oswp", "get system status", "/system resource print",
        "sys version", "uname -a",
    ]

    private static let scripts: [String: LabScript] = {
        let path = PublishedDefinitions.root.appendingPathComponent("Tests/Fixtures/devices.yaml").path
        let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        do throws(LabError) {
            return Dictionary(uniqueKeysWithValues: try LabScript.devices(yaml: text, path: path).map { ($0.name, $0.script) })
        } catch {
            Issue.record(error)
            return [:]
        }
    }()

    /// Modes that are visited after the default one: all but those that can't be.
    private func modes(_ platform: Platform) -> [String] {
        let impassable = Self.impassable[platform.name] ?? []
        return platform.modes.map(\.name).filter { $0 != platform.defaultMode && !impassable.contains($0) }
    }

    @Test(arguments: PublishedDefinitions.files.map(\.name))
    func drivesADevice_throughAllItsModes(_ name: String) async throws {
        let file = try #require(PublishedDefinitions.files.first { $0.name == name })
        let platform = try #require(DefinitionFile.read(file.path).platform)
        let script = try #require(Self.scripts[name], "Tests/Fixtures/devices.yaml has no device of this kind")
        let version = try #require(Self.versions.first { script.commands[$0] != nil })
        let words = script.commands[version]?.says.trimmingCharacters(in: .newlines)
        var lab = LabDevice(name, address: "127.1.0.1")
        lab.script = script
        try await withBench([lab]) { bench in
            let secret = Secret(Hush.enable)
            var device = bench.device(lab, secrets: ["enable": secret, "root": secret])
            device.platform = file.path
            try await withDevice(device, options: bench.options) { session in
                let answer = try await session.send(version)
                #expect(answer.output.trimmingCharacters(in: .newlines) == words)
                #expect(answer.status == .ok && answer.pages == 0)
                let start = await session.mode
                let rejected = try await session.send("frobnicate")
                let isKnown = platform.failureIndicators.contains { script.unknown.contains($0) }
                #expect(rejected.status == (isKnown ? .failed : .ok), "\(rejected.output)")
                for mode in modes(platform) {
                    try await session.enter(mode: mode)
                    #expect(await session.mode == mode)
                    try await session.enter(mode: start)
                    #expect(await session.mode == start)
                }
                #expect(try await session.send(version).output == answer.output)
            }
        }
    }

    @Test(arguments: impassable.flatMap { name, modes in modes.sorted().map { [name, $0] } })
    func saysWhy_whenTheDefinitionLeadsNowhere(_ pair: [String]) async throws {
        let file = try #require(PublishedDefinitions.files.first { $0.name == pair[0] })
        var lab = LabDevice(pair[0], address: "127.1.0.1")
        lab.script = Self.scripts[pair[0]]
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.platform = file.path
            let error = await musterError {
                try await withDevice(device, options: bench.options) { try await $0.enter(mode: pair[1]) }
            }
            #expect(error?.code == .privilege)
            #expect(error?.message.contains("mode") == true)
        }
    }

    @Test(arguments: [LabPlatform.ciscoIOSXE, .ciscoIOSXR, .ciscoNXOS, .aristaEOS, .juniperJunos, .nokiaSRLinux])
    func drivesASimulatedDevice(platform: LabPlatform) async throws {
        let file = try #require(PublishedDefinitions.files.first { $0.name == platform.rawValue })
        let hasEnable = [.ciscoIOSXE, .ciscoNXOS, .aristaEOS].contains(platform)
        let lab = LabDevice("d1", address: "127.1.0.1", platform: platform, faults: hasEnable ? [.loginExec] : [])
        try await withBench([lab]) { bench in
            var device = bench.device(lab, secrets: ["enable": Secret(Hush.enable)])
            device.platform = file.path
            try await withDevice(device, options: bench.options) { session in
                let version = try await session.send("show version")
                #expect(version.status == .ok && version.pages == 0 && !version.output.isEmpty)
                let start = await session.mode
                try await session.enter(mode: "configuration")
                // "Parsing error: ..." is none of the words that the published definition of SR Linux knows.
                #expect(try await session.send("frobnicate").status == (platform == .nokiaSRLinux ? .ok : .failed))
                try await session.enter(mode: start)
                #expect(
                    try await session.send("show version").output.split(separator: "\n").count
                        == version.output.split(separator: "\n").count)
            }
        }
    }
}
