import Foundation
import Muster
import MusterLab
import MusterTestSupport
import Testing

@testable import MusterCommands

/// `muster platforms detect` against simulated devices.
@Suite(.timeLimit(.minutes(5))) struct DetectLoopbackTests {
    /// Runs `muster` with a run that is none of the script's.
    private func muster(_ world: World, _ arguments: String...) async -> Int32 {
        var surroundings = world.all
        surroundings.runner = { tasks, options, control, events, each in
            try await withResults(of: tasks, options: options, control: control, events: events) { results in
                for await result in results { try await each(result) }
            }
        }
        return await MusterTool.run(arguments, in: surroundings)
    }

    private func withDetectLab<R>(_ body: (Lab, String, String) async throws -> R) async throws -> R {
        let devices = [
            LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE), LabDevice("r2", address: "127.1.0.2", platform: .aristaEOS),
            LabDevice("r3", address: "127.1.0.3", platform: .juniperJunos),
            LabDevice("dead", address: "127.1.0.4", faults: [.dropAt(.accept)]), LabDevice("r4", address: "127.1.0.5", platform: .frr),
        ]
        return try await withLab(LabConfiguration(devices: devices)) { lab in
            let inventory = """
                # the lab
                defaults: {user: admin, password: {env: PW}, port: \(lab.port)}
                hosts:
                  r1:   # unknown as yet
                    address: 127.1.0.1
                  r2: {address: 127.1.0.2, platform: linux}
                  r3: {address: 127.1.0.3, platform: junos}
                  r4: {address: 127.1.0.5, platform: auto}

                """
            return try await withFiles(["lab.yaml": inventory]) { folder in try await body(lab, "\(folder)/lab.yaml", inventory) }
        }
    }

    @Test func writesWhatIsNew_andNothingElse() async throws {
        try await withDetectLab { _, path, before in
            let world = World(["PW": "admin"])
            let known = path.replacing("lab.yaml", with: "known_hosts")
            #expect(
                await muster(
                    world, "platforms", "detect", "-i", path, "-F", "none", "--known-hosts", known, "--write", "--yes") == 0,
                "\(world.errors)")
            #expect(
                world.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
                    == ["r1 cisco_iosxe", "r2 arista_eos", "r3 juniper_junos", "r4 frr"])
            // That one is to be found out says nothing else than what was found.
            let lines = world.output.split(separator: "\n").filter { $0.contains("the inventory says otherwise") }
            #expect(lines.count == 1 && lines[0].hasPrefix("r2 "))
            #expect(world.errors.contains("4 devices: 4 certain, 0 not, 0 not reached\n"))
            #expect(world.errors.contains("wrote the platform of 3 hosts into \(path)\n"))
            let after = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                after
                    == before.replacing("    address: 127.1.0.1\n", with: "    platform: cisco_iosxe\n    address: 127.1.0.1\n")
                    .replacing("platform: linux", with: "platform: arista_eos").replacing("platform: auto", with: "platform: frr"))
        }
    }

    @Test func leavesTheInventoryAlone_whenItIsNotToldToWrite() async throws {
        try await withDetectLab { _, path, before in
            let world = World(["PW": "admin"])
            let known = path.replacing("lab.yaml", with: "known_hosts")
            #expect(
                await muster(
                    world, "platforms", "detect", "-i", path, "-F", "none", "--known-hosts", known, "-w", "r1", "-o", "json") == 0)
            let rows = try #require(try JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [[String: Any]])
            #expect(rows.count == 1 && rows[0]["platform"] as? String == "cisco_iosxe" && rows[0]["certain"] as? Bool == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
            // Nobody to ask.
            #expect(await muster(World(["PW": "admin"]), "platforms", "detect", "-i", path, "--write") == 64)
        }
    }

    @Test func saysWhichDeviceWasNotReached() async throws {
        try await withDetectLab { lab, path, _ in
            let world = World(["PW": "admin"])
            #expect(
                await muster(
                    world, "platforms", "detect", "-w", "admin@127.1.0.4:\(lab.port)", "--password-env", "PW", "-F", "none", "--host-keys",
                    "off") == 2, "\(world.errors)")
            #expect(world.output.contains("not reached"))
            #expect(world.errors.contains("1 device: 0 certain, 0 not, 1 not reached\n"))
            #expect(await muster(World(), "platforms", "detect", "-p", "linux", "-i", path) == 64)
        }
    }
}
