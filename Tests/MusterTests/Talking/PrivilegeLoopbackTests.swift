import Muster
import MusterInventory
import MusterLab
import Testing

/// Devices that want `enable` before they answer.
@Suite(.timeLimit(.minutes(5))) struct PrivilegeLoopbackTests {
    static let platforms: [LabPlatform] = [.ciscoIOSXE, .aristaEOS]

    private func device(_ platform: LabPlatform, faults: [LabFault] = []) -> LabDevice {
        LabDevice("r1", address: "127.1.0.1", platform: platform, faults: [.loginExec] + faults)
    }

    @Test(arguments: platforms)
    func entersThePrivilegedMode_whenTheSecretIsRight(platform: LabPlatform) async throws {
        let lab = device(platform)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(
                bench.device(lab, secrets: ["enable": Secret(Hush.enable)]), ["show running-config"])
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].mode == "privileged_exec")
            #expect(result.commands[0].prompt == "r1#")
            #expect(result.commands[0].output.contains("hostname r1"))
        }
    }

    @Test(arguments: platforms)
    func privilegeError_whenTheSecretIsWrong(platform: LabPlatform) async throws {
        let lab = device(platform)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab, secrets: ["enable": Secret(Hush.wrong)]))
            #expect(result.status == .failed)
            let error = try #require(result.error)
            #expect(error.code == .privilege)
            #expect(error.phase == .privilege)
            #expect(error.message.contains("the device refused the mode"), "\(error)")
            #expect(error.message.contains("expected the prompt of the mode 'privileged_exec'"), "\(error)")
            #expect(error.hint?.contains("Check the secret") == true)
            #expect(result.commands.map(\.status) == [.skipped])
        }
    }

    @Test(arguments: platforms)
    func goesOnInTheModeBelow_whenTheSecretIsMissing(platform: LabPlatform) async throws {
        let lab = device(platform)
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab))
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].mode == "exec")
            #expect(result.warnings.contains { $0.contains("'enable' secret") }, "\(result.warnings)")
        }
    }

    @Test(arguments: platforms)
    func asksForNoSecret_whenTheModeAtHandIsWanted(platform: LabPlatform) async throws {
        let lab = device(platform)
        try await withBench([lab]) { bench in
            var options = bench.options
            options.commandMode = "exec"
            let result = try await bench.badDay(bench.device(lab), options: options)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].mode == "exec")
            #expect(!result.warnings.contains { $0.contains("secret") }, "\(result.warnings)")
        }
    }

    @Test(arguments: platforms)
    func credentialError_whenTheSecretIsMissingForAModeThatIsWanted(platform: LabPlatform) async throws {
        let lab = device(platform)
        try await withBench([lab]) { bench in
            var options = bench.options
            options.commandMode = "configuration"
            let result = try await bench.run(["show version"], on: [bench.device(lab)], options: options).result("r1")
            let error = try #require(result.error)
            #expect(error.code == .credential)
            #expect(error.phase == .privilege)
            #expect(error.message.contains("the device asks for the secret 'enable'"), "\(error)")
            #expect(error.hint?.contains("'enable' secret") == true)
            #expect(result.commands.map(\.status) == [.skipped])
        }
    }

    @Test func timeoutWithoutTheSecret_whenTheDeviceFallsSilentAfterIt() async throws {
        // The gate holds what follows the login; the error quotes what came before.
        let lab = device(.ciscoIOSXE, faults: [.gate(LabGate(holding: "terminal"))])
        try await withBench([lab], waits: true) { bench in
            var options = bench.options
            options.commandTimeout = .seconds(10)
            let result = try await bench.badDay(bench.device(lab, secrets: ["enable": Secret(Hush.enable)]), options: options)
            #expect(result.status == .timeout)
            #expect(result.error?.code == .timeout)
            #expect(result.error?.message.contains("expected the prompt 'r1#'") == true, "\(String(describing: result.error))")
        }
    }
}
