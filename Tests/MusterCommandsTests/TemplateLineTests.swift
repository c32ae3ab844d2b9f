import Testing

@testable import MusterCommands

/// Names in commands, filled in for each device before anything is connected to.
@Suite struct TemplateLineTests {
    private static let inventory = """
        defaults: {user: netops, platform: cisco_iosxe}
        hosts:
          r1: {address: 192.0.2.1, data: {uplink: Gi1, site: ams}}
          r2: {address: 192.0.2.2, data: {uplink: Gi2}}
        """

    private func muster(_ arguments: [String], files: [String: String] = [:]) async throws -> (status: Int32, world: World) {
        try await withFiles(["inventory.yaml": Self.inventory].merging(files) { $1 }) { folder in
            let world = World()
            let all = arguments.map { $0.replacing("FOLDER", with: folder) }
            return (await MusterTool.run(all + ["-i", "\(folder)/inventory.yaml"], in: world.all), world)
        }
    }

    @Test func eachDeviceGetsItsOwn() async throws {
        let (status, world) = try await muster(["run", "show interface {{ data.uplink }}", "ping {{ address }}"])
        #expect(status == 0)
        #expect(world.tasks.map(\.commands) == [["show interface Gi1", "ping 192.0.2.1"], ["show interface Gi2", "ping 192.0.2.2"]])
    }

    @Test func dryRunShowsThemFilledIn() async throws {
        let (status, world) = try await muster(["run", "--dry-run", "-o", "jsonl", "show interface {{ data.uplink }}"])
        #expect(status == 0)
        #expect(
            world.output.contains(
                #""host":"r2","address":"192.0.2.2","port":22,"user":"netops","platform":"cisco_iosxe","commands":["show interface Gi2"]"#))
        #expect(world.runs == 0)
    }

    @Test func everyMissingNameIsNamedWithItsPlaceAndItsHosts() async throws {
        let (status, world) = try await muster(
            ["run", "show {{ data.sitee }}", "--commands-file", "FOLDER/checks.txt"],
            files: ["checks.txt": "# checks\nshow clock\n  show {{ data.site }} {{ hots }}\n"])
        #expect(status == 65)
        let lines = world.errors.split(separator: "\n")
        #expect(lines[0] == "muster: names can't be filled in, so nothing was connected to")
        #expect(lines.contains("  command 1:6: there is no 'data.sitee', for r1; did you mean 'data.site'?"), "\(world.errors)")
        #expect(lines.contains("  command 1:6: there is no 'data.sitee', for r2"))
        #expect(lines.contains { $0.hasSuffix("/checks.txt:3:6: there is no 'data.site', for r2") })
        #expect(lines.contains { $0.hasSuffix("/checks.txt:3:22: there is no 'hots', for all 2 devices; did you mean 'host'?") })
        #expect(lines.count == 5)
        #expect(world.runs == 0)
    }

    @Test func textThatIsNoTemplateIsWrongUsage_unlessItIsLiteral() async throws {
        let (status, world) = try await muster(["run", "docker ps --format {{.Names}}"])
        #expect(status == 64)
        #expect(world.errors.contains("--no-templates sends braces as they are"))
        #expect(world.errors.contains("  command 1:20: '.Names' is no name"))
        let literal = try await muster(["run", "--no-templates", "docker ps --format {{.Names}}"])
        #expect(literal.status == 0)
        #expect(literal.world.commands == ["docker ps --format {{.Names}}"])
        let escaped = try await muster(["run", "show run | include {{ '{{' }}"])
        #expect(escaped.world.commands == ["show run | include {{"])
    }

    @Test func modeAndStopGoToTheRun() async throws {
        let (status, world) = try await muster(
            ["run", "--mode-name", "configuration", "--stop-on-failure", "--batch", "50%", "--max-failures", "2", "shutdown"])
        #expect(status == 0)
        #expect(world.options.commandMode == "configuration")
        #expect(world.options.stopsOnFailure)
        #expect(world.options.rollout.batch == .percent(50))
        #expect(world.options.rollout.maxFailures == .count(2))
    }

    @Test(arguments: ["0", "0%", "101%", "-1", "ten"]) func batchHasToBeAPart(text: String) async throws {
        let (status, world) = try await muster(["run", "--batch=\(text)", "x"])
        #expect(status == 64)
        #expect(world.errors.contains("'\(text)'"))
    }
}
