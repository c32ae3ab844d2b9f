import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Devices that cannot be reached, and logins that are refused.
@Suite(.timeLimit(.minutes(5))) struct ReachingLoopbackTests {
    @Test func unknownHost_whenTheNameHasNoAddress() async throws {
        try await withBench { bench in
            let device = Device(
                name: "ghost", address: "no-such-device.invalid", port: Int(bench.lab.port), platform: "cisco_iosxe", user: "netops",
                password: Secret(Hush.password))
            let result = try await bench.badDay(device)
            #expect(result.status == .unreachable)
            #expect(result.attempts == 1)
            let error = try #require(result.error)
            #expect(error.code == .unknownHost)
            #expect(error.phase == .resolve)
            #expect(error.message.contains("'no-such-device.invalid' has no address"))
            #expect(error.hint?.contains("`address`") == true)
            #expect(result.commands.map(\.status) == [.skipped])
            #expect(result.phases.resolve != nil)
            #expect(result.phases.connect == nil)
        }
    }

    @Test func bracketsAreAdvised_whenAPortStandsBehindAnIPv6Address() async throws {
        try await withBench { bench in
            let device = Device(name: "v6", address: "::1:40305", platform: "linux", user: "netops", password: Secret(Hush.password))
            let error = try await bench.run(["x"], on: [device]).results[0].error
            #expect(error?.code == .unknownHost)
            #expect(error?.hint == "an IPv6 address with a port is written [::1]:40305")
        }
    }

    @Test func connectionRefused_whenNothingListensAtThePort() async throws {
        // A port that was free a moment ago, at an address that no other test uses.
        let port = try await withLoopbackServer({ _ in }, { $0.port })
        try await withBench { bench in
            let device = Device(
                name: "closed", address: "127.77.0.1", port: port, platform: "cisco_iosxe", user: "netops", password: Secret(Hush.password))
            let result = try await bench.badDay(device)
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .connection)
            #expect(result.error?.phase == .connect)
            #expect(result.error?.message == "no connection to 127.77.0.1:\(port): connection refused")
            #expect(result.error?.hint?.contains("SSH is enabled") == true)
            #expect(result.phases.connect != nil)
            #expect(result.phases.handshake == nil)
        }
    }

    @Test func timeout_whenTheAddressSwallowsPackets() async throws {
        let hole = try BlackHole()
        defer { hole.close() }
        try await withBench(waits: true) { bench in
            let device = Device(
                name: "hole", address: "127.0.0.1", port: hole.port, platform: "cisco_iosxe", user: "netops",
                password: Secret(Hush.password))
            let result = try await bench.badDay(device, options: bench.impatient)
            #expect(result.status == .timeout)
            #expect(result.error?.code == .timeout)
            #expect(result.error?.phase == .connect)
            #expect(result.error?.message == "no answer from 127.0.0.1:\(hole.port) within 10s")
            #expect(result.error?.hint?.contains("--connect-timeout") == true)
            #expect(result.elapsed >= .seconds(10))
        }
    }

    @Test func refused_whenThePasswordIsWrong() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1")
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab, password: Hush.wrong))
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .authentication)
            #expect(result.error?.phase == .authenticate)
            #expect(result.error?.message.contains("user netops was refused (tried: password)") == true)
            #expect(result.error?.message.contains("the device accepts") == true)
            #expect(result.error?.hint == "check the user name and the password or key")
            // One refusal, for each counts against the account.
            #expect(bench.lab.counts(at: lab.address).loginsRefused == 1)
        }
    }

    @Test func refused_whenTheDeviceTakesNoPasswordAtAll() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.refusePassword])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab))
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .authentication)
        }
    }

    @Test func refusedOnce_whenKeyboardInteractiveGetsAWrongPassword() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.keyboardInteractive])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab, password: Hush.wrong))
            #expect(result.error?.code == .authentication)
            #expect(result.error?.message.contains("keyboard-interactive") == true)
            let good = try await bench.badDay(bench.device(lab))
            #expect(good.status == .ok)
        }
    }

    @Test func credentialError_whenThereIsNothingToLogInWith() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1")
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab, password: nil))
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .credential)
            #expect(result.error?.phase == .authenticate)
            #expect(result.error?.message.contains("no credential for user netops") == true)
            #expect(result.error?.hint?.contains("--ask-password") == true)
        }
    }

    @Test func credentialError_whenTheKeyFileIsMissing() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1")
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.identities = ["\(bench.folder)/no_such_key"]
            let result = try await bench.badDay(device)
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .credential)
            #expect(result.error?.phase == .authenticate)
            #expect(result.error?.message == "the key file \(bench.folder)/no_such_key is of no use: there is no such file")
            #expect(bench.lab.counts(at: lab.address).connectionsTotal == 0)
        }
    }

    @Test func usageError_whenThePlatformIsUnknown() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1")
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.platform = "cisco_iosxxe"
            let result = try await bench.badDay(device)
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .usage)
            #expect(result.error?.message == "unknown platform 'cisco_iosxxe'")
            #expect(result.error?.hint?.contains("cisco_iosxe") == true)
        }
    }
}
