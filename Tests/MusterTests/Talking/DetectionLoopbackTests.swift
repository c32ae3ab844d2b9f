import Foundation
import Muster
import MusterInventory
import MusterLab
import Testing

/// Devices whose platform is found out in the session that then goes on.
@Suite(.timeLimit(.minutes(5))) struct DetectionLoopbackTests {
    @Test func findsOutEveryPlatform_sideBySide() async throws {
        let labs = LabPlatform.allCases.enumerated().map { index, platform in
            LabDevice("d\(index)", address: "127.1.0.\(index + 1)", platform: platform)
        }
        try await withBench(labs) { bench in
            let devices = labs.map { lab in
                var device = bench.device(lab)
                device.platform = "auto"
                return device
            }
            let record = try await bench.run(["show version", "show version"], on: devices)
            for (index, platform) in LabPlatform.allCases.enumerated() {
                let result = try record.result("d\(index)")
                #expect(result.platform == platform.rawValue)
                #expect(result.error == nil, "\(platform): \(String(describing: result.error))")
                #expect(result.commands.map(\.mode).allSatisfy { $0 != "unknown" && $0 != "cli" }, "\(platform)")
                // The same on a second asking: the session goes on as it should.
                #expect(result.commands[0].status == result.commands[1].status)
            }
            let warnings = record.events.compactMap { if case .warning(_, let text) = $0 { text } else { nil } }
            #expect(!warnings.contains { $0.contains("might be") || $0.contains("generic") }, "\(warnings)")
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
        }
    }

    @Test func findsItOutOverTelnet() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .aristaEOS)
        try await withBench([lab]) {
            $0.listensForTelnet = true
        } _: { bench in
            var device = bench.device(lab)
            device.transport = .telnet
            device.port = Int(bench.lab.telnetPort)
            device.platform = "autodetect"
            let result = try await bench.badDay(device)
            #expect(result.platform == "arista_eos" && result.status == .ok, "\(String(describing: result.error))")
        }
    }

    @Test func reachesThePrivilegedMode_whenTheDetectedPlatformHasOne() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE, faults: [.loginExec])
        try await withBench([lab]) { bench in
            var device = bench.device(lab, secrets: ["enable": Secret(Hush.enable)])
            device.platform = "auto"
            let result = try await bench.badDay(device)
            #expect(result.platform == "cisco_iosxe" && result.commands[0].mode == "privileged_exec", "\(String(describing: result.error))")
        }
    }

    @Test func saysWhatItIs_whenTheLoginFailsAfterThat() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE, faults: [.loginExec])
        try await withBench([lab]) { bench in
            var device = bench.device(lab, secrets: ["enable": Secret(Hush.wrong)])
            device.platform = "auto"
            let result = try await bench.badDay(device)
            #expect(result.error?.code == .privilege)
            #expect(result.platform == "cisco_iosxe")
        }
    }

    @Test func needsNoSecret_whenNothingButThePlatformIsAskedFor() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE, faults: [.loginExec])
        try await withBench([lab]) { bench in
            let tasks = [DeviceTask(detecting: bench.device(lab, secrets: ["enable": Secret(Hush.wrong)]))]
            try await withResults(of: tasks, options: bench.options) { results in
                for await result in results {
                    #expect(result.error == nil, "\(String(describing: result.error))")
                    #expect(result.platform == "cisco_iosxe" && result.warnings.isEmpty)
                }
            }
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
            #expect(bench.lab.counts(at: "127.1.0.1").cleanLogouts == 1)
        }
    }

    /// A definition of one's own, found by its path and in a folder.
    @Test func drivesADeviceByADefinitionFromAFile() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE)
        try await withBench([lab]) { bench in
            let definition = """
                modes:
                  - {name: boss, prompt_pattern: '^[\\w.-]+#$'}
                on_open_instructions: [{send_input: {input: terminal length 0}}]
                """
            try Data(definition.utf8).write(to: URL(fileURLWithPath: "\(bench.folder)/my_os.yaml"))
            var device = bench.device(lab)
            device.platform = "\(bench.folder)/my_os.yaml"
            #expect(try await bench.badDay(device).commands.map(\.mode) == ["boss"])
            device.platform = "my_os"
            var options = bench.options
            options.platforms = try await PlatformDefinitions(folders: [bench.folder])
            #expect(try await bench.badDay(device, options: options).commands.map(\.mode) == ["boss"])
        }
    }

    @Test func connectsToNothing_whenADefinitionIsBad() async throws {
        try await withBench { bench in
            try Data("modes: [{name: a, prompt_pattern: '('}]\n".utf8).write(to: URL(fileURLWithPath: "\(bench.folder)/bad.yaml"))
            var device = bench.healthy[0]
            device.platform = "\(bench.folder)/bad.yaml"
            let error = await #expect(throws: MusterError.self) {
                try await withResults(of: ["show version"], on: [device], options: bench.options) { _ in }
            }
            #expect(error?.code == .definition)
            #expect(error?.message.contains("bad.yaml:1:35: modes[0].prompt_pattern") == true, "\(String(describing: error))")
            #expect(bench.lab.counts(at: device.address).connectionsTotal == 0)
        }
    }
}
