import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Devices that are reached through others.
@Suite(.timeLimit(.minutes(5))) struct BastionLoopbackTests {
    private let bastion = LabDevice("bastion", address: "127.5.0.1", platform: .linux)

    /// Devices of the lab behind a route.
    private func devices(_ count: Int, behind route: [Device], in bench: Bench) -> [Device] {
        (1...count).map { number in
            var device = bench.device(LabDevice("far\(number)", address: "127.6.0.\(number)"))
            device.jump = route
            return device
        }
    }

    @Test func oneConnectionCarriesAll_whenDevicesShareABastion() async throws {
        try await withBench([bastion]) { bench in
            let far = devices(80, behind: [bench.device(bastion)], in: bench)
            var options = bench.options
            options.fanout = 80
            let record = try await bench.run(["show version"], on: far + bench.healthy, options: options)
            for result in record.results { #expect(result.status == .ok, "\(String(describing: result.error))") }
            #expect(try record.result("far1").commands[0].output.contains("Cisco IOS XE"))
            let counts = bench.lab.counts(at: bastion.address)
            #expect(counts.connectionsTotal == 1)
            #expect(counts.forwards == 80)
            #expect(bench.lab.counts(at: "127.6.0.1").cleanLogouts == 1)
            // 64 channels at once, the bastion, and the two that are reached directly.
            #expect(bench.lab.counts.sessionsPeak <= 64 + 3)
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
            #expect(bench.lab.counts(at: bastion.address).lostSessions == 0)
        }
    }

    @Test func answers_whenThreeHopsAreOnTheWay() async throws {
        let hops = (1...3).map { LabDevice("hop\($0)", address: "127.5.0.\($0)", platform: .linux) }
        try await withBench(hops) { bench in
            var device = bench.device(LabDevice("far", address: "127.6.0.1"))
            device.jump = hops.map { bench.device($0) }
            let result = try await bench.badDay(device)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            for hop in hops { #expect(bench.lab.counts(at: hop.address).forwards == 1) }
            // The key is the device's own, by its own name.
            #expect(try String(contentsOfFile: bench.knownHosts, encoding: .utf8).contains("[127.6.0.1]:\(bench.lab.port)"))
        }
    }

    @Test func scopeWorks_whenOneDeviceIsBehindABastion() async throws {
        try await withBench([bastion]) { bench in
            let device = devices(1, behind: [bench.device(bastion)], in: bench)[0]
            let output = try await withDevice(device, options: bench.options) { try await $0.send("show version").output }
            #expect(output.contains("Cisco IOS XE"))
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
        }
    }

    @Test func bastionIsAskedOnce_whenItRefusesTheLogin() async throws {
        try await withBench([bastion]) { bench in
            let far = devices(20, behind: [bench.device(bastion, password: Hush.wrong)], in: bench)
            let record = try await bench.run(["show version"], on: far + bench.healthy)
            #expect(record.results.count { $0.status == .ok } == 2)
            for device in far {
                let result = try record.result(device.name)
                #expect(result.status == .unreachable)
                #expect(result.error?.phase == .connect)
                #expect(result.error?.code == .authentication)
                #expect(result.error?.message.contains("the bastion bastion cannot be used: user netops was refused") == true)
                #expect(result.error?.hint?.contains("give the bastion a password") == true)
            }
            #expect(bench.lab.counts(at: bastion.address).loginsRefused == 1)
        }
    }

    @Test func hostKeyErrorNamesTheBastion_whenItsKeyIsNotTheOneItShouldHave() async throws {
        try await withBench([bastion]) { bench in
            var hop = bench.device(bastion)
            hop.hostKeys = [try HostKeyPin("SHA256:" + String(repeating: "A", count: 43))]
            let device = devices(1, behind: [hop], in: bench)[0]
            let result = try await bench.badDay(device)
            #expect(result.error?.code == .hostKey)
            #expect(result.error?.phase == .connect)
            #expect(result.error?.message.contains("the bastion bastion cannot be used: ") == true, "\(String(describing: result.error))")
        }
    }

    @Test func channelError_whenTheBastionCarriesNothing() async throws {
        try await withOpenSSHServer(configuration: ["AllowTcpForwarding no"]) { server in
            try await withBench { bench in
                let device = devices(1, behind: [hop(server)], in: bench)[0]
                let result = try await bench.badDay(device)
                #expect(result.error?.code == .channel)
                #expect(
                    result.error?.message.contains("the bastion sshd was asked, and it does not carry connections to 127.6.0.1") == true)
                #expect(result.error?.hint?.contains("AllowTcpForwarding") == true)
            }
        }
    }

    @Test func connectionError_whenTheDeviceRefusesTheBastion() async throws {
        // A port that was free a moment ago, at an address that no other test uses.
        let port = try await withLoopbackServer({ _ in }, { $0.port })
        try await withOpenSSHServer { server in
            try await withBench { bench in
                var device = bench.device(LabDevice("closed", address: "127.77.0.2"))
                device.port = port
                device.jump = [hop(server)]
                let result = try await bench.badDay(device)
                #expect(result.error?.code == .connection)
                #expect(result.error?.phase == .connect)
                #expect(
                    result.error?.message.contains("the bastion sshd was asked, and it has no connection to 127.77.0.2:\(port)") == true)
            }
        }
    }

    @Test func othersGoOn_whenADeviceBehindTheBastionSwallowsPackets() async throws {
        let hole = try BlackHole()
        defer { hole.close() }
        try await withOpenSSHServer { server in
            try await withBench(waits: true) { bench in
                var silent = bench.device(LabDevice("silent", address: "127.0.0.1"))
                silent.port = hole.port
                silent.jump = [hop(server)]
                let far = devices(5, behind: [hop(server)], in: bench)
                let record = try await bench.run(["show version"], on: [silent] + far, options: bench.impatient)
                for device in far {
                    let result = try record.result(device.name)
                    #expect(result.status == .ok, "\(String(describing: result.error))")
                    // They did not wait for the silent one's time to be over.
                    #expect(result.elapsed < .seconds(9))
                }
                let result = try record.result("silent")
                #expect(result.status == .timeout)
                #expect(
                    result.error?.message.contains("through the bastion sshd: it has no connection to 127.0.0.1 port \(hole.port)") == true)
            }
        }
    }

    @Test func changedKeyIsRefused_behindABastion() async throws {
        let changing = LabDevice("changing", address: "127.6.0.9", faults: [.changedHostKey])
        try await withBench([bastion, changing]) { bench in
            var device = bench.device(changing)
            device.jump = [bench.device(bastion)]
            #expect(try await bench.badDay(device).status == .ok)
            let result = try await bench.badDay(device)
            #expect(result.error?.code == .hostKey)
            #expect(result.error?.message.contains("the host key of [127.6.0.9]:\(bench.lab.port) has changed") == true)
        }
    }

    @Test func devicesUnderWayFailAndTheRestGoOn_whenTheBastionDies() async throws {
        let gate = LabGate()
        let held = (1...4).map { LabDevice("held\($0)", address: "127.6.1.\($0)", faults: [.gate(gate)]) }
        try await withBench([bastion] + held) { bench in
            let route = [bench.device(bastion)]
            let behind = held.map { lab in
                var device = bench.device(lab)
                device.jump = route
                return device
            }
            var options = bench.options
            options.fanout = 4
            let lab = bench.lab
            async let run = bench.run(["show version"], on: behind + devices(4, behind: route, in: bench), options: options)
            await gate.waitForArrivals(4)
            lab.dropConnections(at: bastion.address)
            let record = try await run
            gate.open()
            for device in held {
                let result = try record.result(device.name)
                #expect(result.status == .unreachable)
                #expect(result.error?.code == .connectionLost)
                #expect(result.error?.message.contains("the bastion's connection ended") == true, "\(String(describing: result.error))")
            }
            for number in 1...4 { #expect(try record.result("far\(number)").status == .ok) }
            #expect(lab.counts(at: bastion.address).connectionsTotal == 2)
        }
    }

    @Test func theRestGoOnOverAnotherConnection_whenTheBastionDiesUnder200Devices() async throws {
        let gate = LabGate()
        let held = (1...64).map { LabDevice("held\($0)", address: "127.6.2.\($0)", faults: [.gate(gate)]) }
        try await withBench([bastion] + held) { bench in
            let route = [bench.device(bastion)]
            let behind = held.map { lab in
                var device = bench.device(lab)
                device.jump = route
                return device
            }
            var options = bench.options
            options.fanout = 200
            options.connectTimeout = .seconds(120)
            let lab = bench.lab
            async let run = bench.run(["show version"], on: behind + devices(136, behind: route, in: bench), options: options)
            await gate.waitForArrivals(64)
            lab.dropConnections(at: bastion.address)
            let record = try await run
            gate.open()
            for device in held {
                let result = try record.result(device.name)
                #expect(result.error?.code == .connectionLost)
                #expect(result.error?.message.contains("the bastion's connection ended") == true, "\(String(describing: result.error))")
            }
            for number in 1...136 {
                let result = try record.result("far\(number)")
                #expect(result.status == .ok, "\(String(describing: result.error))")
            }
            #expect(lab.counts(at: bastion.address).connectionsTotal == 2)
            try await lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
        }
    }

    @Test func waitingForATurnCostsNoConnectTime_whenThePlacesAreTaken() async throws {
        // Together much longer than the time for one to get in.
        let slow = (1...3).map { LabDevice("slow\($0)", address: "127.6.3.\($0)", faults: [.latency(.seconds(6))]) }
        try await withBench([bastion] + slow, waits: true) { bench in
            let behind = slow.map { lab in
                var device = bench.device(lab)
                device.jump = [bench.device(bastion)]
                return device
            }
            var options = bench.options
            options.bastionChannels = 1
            options.connectTimeout = .seconds(15)
            let record = try await bench.run(["show version"], on: behind, options: options)
            for result in record.results { #expect(result.status == .ok, "\(String(describing: result.error))") }
            // The bastion, and one at a time behind it.
            #expect(bench.lab.counts.sessionsPeak <= 2)
        }
    }

    @Test func othersGoOn_whenMoreDevicesAreSilentThanThereMayBeConnections() async throws {
        let hole = try BlackHole()
        defer { hole.close() }
        try await withOpenSSHServer { server in
            try await withBench(waits: true) { bench in
                let silent = (1...12).map { number in
                    var silent = bench.device(LabDevice("silent\(number)", address: "127.0.0.1"))
                    silent.port = hole.port
                    silent.jump = [hop(server)]
                    return silent
                }
                let far = devices(5, behind: [hop(server)], in: bench)
                var options = bench.options
                options.connectTimeout = .seconds(6)
                let record = try await bench.run(["show version"], on: silent + far, options: options)
                for device in far {
                    let result = try record.result(device.name)
                    #expect(result.status == .ok, "\(String(describing: result.error))")
                }
                for device in silent {
                    let result = try record.result(device.name)
                    #expect(
                        result.error?.message.contains("it has no connection to 127.0.0.1 port \(hole.port)") == true,
                        "\(String(describing: result.error))")
                }
            }
        }
    }

    /// An sshd as a bastion.
    private func hop(_ server: OpenSSHServer) -> Device {
        Device(name: "sshd", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user, identities: [server.userKey])
    }
}
