import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Devices that are reached by telnet.
@Suite(.timeLimit(.minutes(5))) struct TelnetLoopbackTests {
    private func withTelnetBench<R>(_ device: LabDevice, waits: Bool = false, _ body: (Bench, Device) async throws -> R) async throws -> R {
        try await withBench([device], waits: waits) {
            $0.listensForTelnet = true
        } _: { bench in
            var target = bench.device(device)
            target.transport = .telnet
            target.port = Int(bench.lab.telnetPort)
            return try await body(bench, target)
        }
    }

    @Test(arguments: LabPlatform.allCases)
    func logsInAndAnswers_onEachPlatform(platform: LabPlatform) async throws {
        // A command that the devices beside it know, too.
        let command = platform == .linux ? "lab newlines" : "show version"
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", platform: platform)) { bench, device in
            let result = try await bench.badDay(device, [command])
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands.map(\.status) == [.ok])
            #expect(result.commands[0].output.count > 20)
            #expect(result.phases.resolve != nil && result.phases.connect != nil && result.phases.login != nil)
            #expect(result.phases.handshake == nil && result.phases.authenticate == nil && result.phases.open == nil)
            #expect(bench.lab.counts(at: "127.1.0.1").cleanLogouts == 1)
            #expect(bench.lab.counts(at: "127.1.0.1").loginsRefused == 0)
        }
    }

    @Test(arguments: [
        LabTelnetFault.silent, .garbage, .pressAnyKey, .passwordOnly, .userOnly, .noLogin, .echoesPassword, .forgetsTypeAhead,
    ])
    func logsIn_howeverTheServerIs(fault: LabTelnetFault) async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", faults: [.telnet(fault)])) { bench, device in
            let result = try await bench.badDay(device)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].output.contains("Cisco IOS XE"))
            #expect(bench.lab.counts(at: "127.1.0.1").loginsRefused == 0)
        }
    }

    @Test(arguments: [
        [LabFault.noEcho, .telnet(.silent)], [.noEcho], [.trickle(.zero), .telnet(.garbage)], [.junk],
        [.banner("Login: with your badge\nPassword: that of the directory\n% Login invalid\nr1#\n")], [.huge(bytes: 2_000_000)],
        [.pagerRefused],
    ])
    func answers_whenTheDeviceIsOdd(faults: [LabFault]) async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", faults: faults)) { bench, device in
            let result = try await bench.badDay(device)
            #expect(result.error == nil, "\(String(describing: result.error))")
            #expect(result.commands[0].output.contains("Cisco IOS XE"))
        }
    }

    @Test(arguments: [LabPlatform.ciscoIOSXE, .aristaEOS])
    func entersThePrivilegedMode(platform: LabPlatform) async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", platform: platform, faults: [.loginExec])) { bench, device in
            var device = device
            device.secrets = ["enable": Secret(Hush.enable)]
            let result = try await bench.badDay(device, ["show running-config"])
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.commands[0].mode == "privileged_exec")
        }
    }

    @Test(arguments: LabPlatform.allCases)
    func authenticationError_afterOneTry(platform: LabPlatform) async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", platform: platform)) { bench, device in
            var device = device
            device.password = Secret(Hush.wrong)
            let result = try await bench.badDay(device)
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .authentication)
            #expect(result.error?.phase == .login)
            #expect(bench.lab.counts(at: "127.1.0.1").loginsRefused == 1, "each refusal counts against the account")
        }
    }

    @Test func authenticationError_whenOnlyThePasswordIsAskedForAndItIsWrong() async throws {
        let faults: [LabFault] = [.telnet(.passwordOnly), .telnet(.echoesPassword)]
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", faults: faults)) { bench, device in
            var device = device
            device.password = Secret(Hush.wrong)
            let result = try await bench.badDay(device)
            #expect(result.error?.code == .authentication)
            #expect(result.error?.message.contains("Password: <secret>") == true, "\(String(describing: result.error))")
            #expect(bench.lab.counts(at: "127.1.0.1").loginsRefused == 1)
        }
    }

    @Test func connectionLost_whenTheDeviceHangsUpInsteadOfRefusing() async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", faults: [.telnet(.closesOnRefusal)])) { bench, device in
            var device = device
            device.password = Secret(Hush.wrong)
            let result = try await bench.badDay(device)
            #expect(result.error?.code == .connectionLost)
            #expect(result.error?.hint?.contains("refuse a login without a word") == true)
        }
    }

    @Test func credentialError_whenThereIsNoPassword() async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1")) { bench, device in
            var device = device
            device.password = nil
            let result = try await bench.badDay(device)
            #expect(result.error?.code == .credential)
            #expect(result.error?.phase == .login)
            #expect(result.error?.hint == "Give the host a 'password'")
        }
    }

    @Test(arguments: [LabFault.Phase.accept, .banner, .auth, .login])
    func connectionLost_whenTheDeviceHangsUp(phase: LabFault.Phase) async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", faults: [.dropAt(phase)])) { bench, device in
            let result = try await bench.badDay(device)
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .connectionLost, "\(String(describing: result.error))")
        }
    }

    @Test func promptError_whenTheDeviceFallsSilent() async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", faults: [.stallAt(.login)]), waits: true) { bench, device in
            let result = try await bench.badDay(device, options: bench.impatient)
            #expect(result.error?.code == .prompt)
            #expect(result.error?.phase == .login)
            #expect(result.error?.hint?.contains("took the login and said nothing more") == true, "\(String(describing: result.error))")
        }
    }

    @Test func sessionEnds_whenTheCommandIsCutOff() async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1", faults: [.dropMidCommand])) { bench, device in
            let result = try await bench.badDay(device)
            #expect(result.error?.code == .connectionLost)
            #expect(result.commands[0].output.contains("Cisco"))
        }
    }

    @Test func hintsAtSSH_whenThatAnswers() async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1"), waits: true) { bench, device in
            var device = device
            device.port = Int(bench.lab.port)
            let result = try await bench.run(["show version"], on: [device], options: bench.impatient).result("r1")
            #expect(result.error?.hint?.contains("SSH server") == true, "\(String(describing: result.error))")
        }
    }

    @Test func session_worksInAScope() async throws {
        try await withTelnetBench(LabDevice("r1", address: "127.1.0.1")) { bench, device in
            let outputs = try await withDevice(device, options: bench.options) { session in
                try await session.enter(mode: "configuration")
                return [try await session.send("hostname other").prompt, try await session.send("end").prompt]
            }
            #expect(outputs == ["other(config)#", "other#"])
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
            #expect(bench.lab.counts(at: "127.1.0.1").cleanLogouts == 1)
        }
    }
}
