import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Devices behind bastions that the system's `ssh` is logged in to.
@Suite(.timeLimit(.minutes(5))) struct OpenSSHBastionLoopbackTests {
    private let bastion = LabDevice("bastion", address: "127.5.1.1", platform: .linux)

    private func options(_ bench: Bench) -> RunOptions {
        var options = bench.options
        options.openSSH.configurationFile = "none"
        options.openSSH.askpassHelper = OpenSSHTransportLoopbackTests.muster
        return options
    }

    private func device(_ bench: Bench, _ lab: LabDevice, behind route: [Device]) -> Device {
        var device = bench.device(lab)
        device.jump = route
        return device
    }

    /// Devices of the lab behind a route.
    private func devices(_ count: Int, behind route: [Device], in bench: Bench) -> [Device] {
        (1...count).map { device(bench, LabDevice("far\($0)", address: "127.6.4.\($0)"), behind: route) }
    }

    private func hop(_ bench: Bench, _ lab: LabDevice, password: String = Hush.password) -> Device {
        var hop = bench.device(lab, password: password)
        hop.transport = .openssh
        return hop
    }

    private func hop(_ server: OpenSSHServer, transport: DeviceTransport = .openssh) -> Device {
        var hop = Device(
            name: "sshd", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user, identities: [server.userKey])
        hop.transport = transport
        return hop
    }

    /// An ssh that writes down, for each time it is started, its process and where its control socket is.
    private func spy(_ bench: Bench, _ options: inout RunOptions) throws -> Spy {
        let script = """
            #!/bin/sh
            socket=
            for word; do if [ "$last" = -S ]; then socket=$word; fi; last=$word; done
            echo "$$ $socket" >> \(bench.folder)/started
            exec ssh "$@"

            """
        let program = "\(bench.folder)/ssh"
        try script.write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        options.openSSH.program = program
        return Spy(path: "\(bench.folder)/started")
    }

    private struct Spy {
        let path: String

        /// The masters that were started; `ssh -Q` is none.
        var masters: [(pid: pid_t, socket: String)] {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 2, let pid = pid_t(words[0]) else { return nil }
                return (pid, String(words[1]))
            }
        }

        func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) {
            for (pid, socket) in masters {
                #expect(kill(pid, 0) != 0, "ssh still runs", sourceLocation: sourceLocation)
                #expect(!FileManager.default.fileExists(atPath: socket), sourceLocation: sourceLocation)
                let folder = URL(filePath: socket).deletingLastPathComponent().path
                #expect(!FileManager.default.fileExists(atPath: folder), sourceLocation: sourceLocation)
            }
        }
    }

    @Test func oneProcessCarriesAll_whenDevicesShareABastion() async throws {
        try await withBench([bastion]) { bench in
            var options = options(bench)
            options.fanout = 50
            let spy = try spy(bench, &options)
            let far = devices(50, behind: [hop(bench, bastion)], in: bench)
            let record = try await bench.run(["show version"], on: far + bench.healthy, options: options)
            for result in record.results { #expect(result.status == .ok, "\(String(describing: result.error))") }
            #expect(try record.result("far1").commands[0].output.contains("Cisco IOS XE"))
            let counts = bench.lab.counts(at: bastion.address)
            #expect(counts.connectionsTotal == 1)
            #expect(counts.forwards == 50)
            // What is sent at the end still gets there.
            #expect(bench.lab.counts(at: "127.6.4.1").cleanLogouts == 1)
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
            #expect(spy.masters.count == 1)
            spy.expectNothingLeft()
            // Both keys are known now, each by its own name.
            let known = try String(contentsOfFile: bench.knownHosts, encoding: .utf8)
            for address in [bastion.address, "127.6.4.1"] { #expect(known.contains("[\(address)]:\(bench.lab.port) ")) }
        }
    }

    @Test func nothingIsLeft_whenTheRunIsCancelled() async throws {
        let gate = LabGate()
        let lab = LabDevice("held", address: "127.6.5.1", faults: [.gate(gate)])
        try await withBench([bastion, lab]) { bench in
            var options = options(bench)
            let spy = try spy(bench, &options)
            let control = RunControl()
            let device = device(bench, lab, behind: [hop(bench, bastion)])
            async let record = bench.run(["show version"], on: [device], options: options, control: control)
            await gate.waitForArrivals()
            control.cancel()
            #expect(try await record.result("held").status == .cancelled)
            #expect(spy.masters.count == 1)
            spy.expectNothingLeft()
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            gate.open()
        }
    }

    @Test(arguments: [DeviceTransport.openssh, .ssh]) func answers_whenAnotherBastionIsBefore(inner: DeviceTransport) async throws {
        let outer = LabDevice("outer", address: "127.5.1.2", platform: .linux)
        try await withBench([bastion, outer]) { bench in
            var second = hop(bench, bastion)
            second.transport = inner
            var first = hop(bench, outer)
            // One of them by the system's ssh, and the other one either way.
            first.transport = inner == .openssh ? .ssh : .openssh
            let far = devices(3, behind: [first, second], in: bench)
            let record = try await bench.run(["show version"], on: far, options: options(bench))
            for result in record.results { #expect(result.status == .ok, "\(String(describing: result.error))") }
            #expect(bench.lab.counts(at: bastion.address).connectionsTotal == 1)
            #expect(bench.lab.counts(at: bastion.address).forwards == 3)
            #expect(bench.lab.counts(at: outer.address).forwards == 1)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test func channelError_whenTheBastionCarriesNothing() async throws {
        try await withOpenSSHServer(configuration: ["AllowTcpForwarding no"]) { server in
            try await withBench { bench in
                let device = devices(1, behind: [hop(server)], in: bench)[0]
                let result = try await bench.badDay(device, options: options(bench))
                #expect(result.error?.code == .channel, "\(String(describing: result.error))")
                #expect(
                    result.error?.message.contains("the bastion sshd was asked, and it does not carry connections to 127.6.4.1") == true,
                    "\(String(describing: result.error))")
                #expect(result.error?.hint?.contains("AllowTcpForwarding") == true)
            }
        }
    }

    @Test func connectionError_whenTheDeviceRefusesTheBastion() async throws {
        let port = try await withLoopbackServer({ _ in }, { $0.port })
        try await withOpenSSHServer { server in
            try await withBench { bench in
                var device = device(bench, LabDevice("closed", address: "127.77.0.3"), behind: [hop(server)])
                device.port = port
                let result = try await bench.badDay(device, options: options(bench))
                #expect(result.error?.code == .connection, "\(String(describing: result.error))")
                #expect(result.error?.phase == .connect)
                #expect(
                    result.error?.message.contains(
                        "the bastion sshd was asked, and it has no connection to 127.77.0.3:\(port) (Connection refused)") == true,
                    "\(String(describing: result.error))")
            }
        }
    }

    @Test func othersGoOnOverTheSameConnection_whenDevicesSwallowPackets() async throws {
        let hole = try BlackHole()
        defer { hole.close() }
        try await withOpenSSHServer { server in
            try await withBench(waits: true) { bench in
                var options = options(bench)
                options.connectTimeout = .seconds(10)
                let spy = try spy(bench, &options)
                let silent = (1...12).map { number in
                    var silent = device(bench, LabDevice("silent\(number)", address: "127.0.0.1"), behind: [hop(server)])
                    silent.port = hole.port
                    return silent
                }
                let far = devices(5, behind: [hop(server)], in: bench)
                let record = try await bench.run(["show version"], on: silent + far, options: options)
                for device in far {
                    let result = try record.result(device.name)
                    #expect(result.status == .ok, "\(String(describing: result.error))")
                }
                for device in silent {
                    let result = try record.result(device.name)
                    #expect(result.status == .timeout)
                    #expect(
                        result.error?.message.contains("it has no connection to 127.0.0.1 port \(hole.port)") == true,
                        "\(String(describing: result.error))")
                }
                #expect(spy.masters.count == 1)
                spy.expectNothingLeft()
            }
        }
    }

    @Test func changedKeyIsRefused_behindTheBastion() async throws {
        let changing = LabDevice("changing", address: "127.6.5.9", faults: [.changedHostKey])
        try await withBench([bastion, changing]) { bench in
            let device = device(bench, changing, behind: [hop(bench, bastion)])
            #expect(try await bench.badDay(device, options: options(bench)).status == .ok)
            let result = try await bench.badDay(device, options: options(bench))
            #expect(result.error?.code == .hostKey)
            #expect(result.error?.message.contains("the host key of [127.6.5.9]:\(bench.lab.port) has changed") == true)
        }
    }

    @Test func changedKeyOfTheBastionIsRefused() async throws {
        let changing = LabDevice("changing", address: "127.5.1.3", faults: [.changedHostKey])
        try await withBench([changing]) { bench in
            let device = devices(1, behind: [hop(bench, changing)], in: bench)[0]
            #expect(try await bench.badDay(device, options: options(bench)).status == .ok)
            let result = try await bench.badDay(device, options: options(bench))
            #expect(result.error?.message.contains("the bastion changing cannot be used: the host key has changed") == true)
            #expect(bench.lab.counts(at: changing.address).forwards == 1)
        }
    }

    @Test func devicesUnderWayFailAndTheRestGoOn_whenTheBastionDies() async throws {
        let gate = LabGate()
        let held = (1...4).map { LabDevice("held\($0)", address: "127.6.6.\($0)", faults: [.gate(gate)]) }
        try await withBench([bastion] + held) { bench in
            let route = [hop(bench, bastion)]
            var options = options(bench)
            options.fanout = 4
            let spy = try spy(bench, &options)
            let lab = bench.lab
            let all = held.map { device(bench, $0, behind: route) } + devices(4, behind: route, in: bench)
            async let run = bench.run(["show version"], on: all, options: options)
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
            spy.expectNothingLeft()
        }
    }

    @Test func bastionIsAskedOnce_whenItRefusesTheLogin() async throws {
        try await withBench([bastion]) { bench in
            var options = options(bench)
            let spy = try spy(bench, &options)
            let far = devices(20, behind: [hop(bench, bastion, password: Hush.wrong)], in: bench)
            let record = try await bench.run(["show version"], on: far + bench.healthy, options: options)
            #expect(record.results.count { $0.status == .ok } == 2)
            for device in far {
                let result = try record.result(device.name)
                #expect(result.status == .unreachable)
                #expect(
                    result.error?.message.contains("the bastion bastion cannot be used: netops@127.5.1.1 was refused") == true,
                    "\(String(describing: result.error))")
            }
            #expect(bench.lab.counts(at: bastion.address).loginsRefused == 1)
            spy.expectNothingLeft()
        }
    }

    @Test func errorSaysSo_whenThereIsNoSuchProgram() async throws {
        try await withBench([bastion]) { bench in
            var options = options(bench)
            options.openSSH.program = "/nonexistent/ssh"
            let device = devices(1, behind: [hop(bench, bastion)], in: bench)[0]
            let result = try await bench.badDay(device, options: options)
            #expect(
                result.error?.message.contains("the bastion bastion cannot be used: ssh cannot be run") == true,
                "\(String(describing: result.error))")
            #expect(result.error?.message.contains("/nonexistent/ssh") == true)
        }
    }

    // MARK: The engine's gaps

    @Test func goesOnWithOpenSSH_whenLibssh2LacksTheBastionsAlgorithm() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["rsa"]) { server in
            try await withBench { bench in
                let far = devices(5, behind: [hop(server, transport: .auto)], in: bench)
                let record = try await bench.run(["show version"], on: far, options: options(bench))
                for result in record.results { #expect(result.status == .ok, "\(String(describing: result.error))") }
                let warnings = record.events.compactMap { if case .warning("sshd", let text) = $0 { text } else { nil } }
                #expect(warnings.count == 1)
                #expect(warnings.first?.hasPrefix("goes on with the system's ssh: no common host key algorithm") == true, "\(warnings)")
            }
        }
    }

    @Test func errorNamesTheSetting_whenLibssh2LacksTheBastionsAlgorithm() async throws {
        try await withOpenSSHServer(hostKeyTypes: ["rsa"]) { server in
            try await withBench { bench in
                let device = devices(1, behind: [hop(server, transport: .ssh)], in: bench)[0]
                let result = try await bench.badDay(device, options: options(bench))
                #expect(
                    result.error?.message.contains("the bastion sshd cannot be used: no common host key algorithm") == true,
                    "\(String(describing: result.error))")
                #expect(result.error?.hint?.contains("`transport: auto` has to stand at the bastion sshd in the inventory") == true)
            }
        }
    }

    @Test func usageError_whenABastionIsOneOfTelnet() async throws {
        try await withBench([bastion]) { bench in
            var hop = bench.device(bastion)
            hop.transport = .telnet
            let device = device(bench, LabDevice("far", address: "127.6.4.1"), behind: [hop])
            let error = await musterError { _ = try await bench.run(["show version"], on: [device]) }
            #expect(error?.code == .usage)
            #expect(error?.message.contains("the bastion bastion has the transport telnet") == true)
            #expect(bench.lab.counts.connectionsTotal == 0)
        }
    }
}
