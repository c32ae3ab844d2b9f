import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Servers that do not get as far as a prompt.
@Suite(.timeLimit(.minutes(5))) struct HandshakeLoopbackTests {
    private func device(port: Int) -> Device {
        Device(name: "odd", address: "127.0.0.1", port: port, platform: "cisco_iosxe", user: "netops", password: Secret(Hush.password))
    }

    @Test func namesTheOffer_whenThereIsNoCommonAlgorithm() async throws {
        var configuration = LabConfiguration()
        configuration.algorithms.cipher = "chacha20-poly1305@openssh.com"
        try await withLab(configuration) { odd in
            try await withBench { bench in
                let result = try await bench.badDay(device(port: Int(odd.port)))
                #expect(result.status == .unreachable)
                let error = try #require(result.error)
                #expect(error.code == .noCommonAlgorithm)
                #expect(error.phase == .handshake)
                #expect(error.message.contains("the device offers chacha20-poly1305@openssh.com"), "\(error)")
                #expect(error.message.contains("Muster offers aes"), "\(error)")
                #expect(error.hint?.contains("aes256-ctr") == true)
            }
        }
    }

    @Test func oldAlgorithms_areUsedByWishAlone_andNamedInTheResult() async throws {
        let old = LabDevice("old", address: "127.1.0.1")
        try await withBench([old], adjust: { $0.algorithms.keyExchange = "diffie-hellman-group14-sha1" }) { bench in
            var device = bench.device(old)
            let refused = try #require(try await bench.run(["show version"], on: [device]).results.first)
            #expect(refused.error?.code == .noCommonAlgorithm)
            #expect(refused.error?.hint?.contains("legacy: true") == true)
            #expect(refused.legacyAlgorithms.isEmpty)
            device.legacy = true
            let result = try #require(try await bench.run(["show version"], on: [device]).results.first)
            #expect(result.status == .ok, "\(String(describing: result.error))")
            #expect(result.legacyAlgorithms == ["diffie-hellman-group14-sha1"])
        }
    }

    @Test func timeout_whenTheServerSendsNoVersionLine() async throws {
        try await withLoopbackServer { connection in
            readToEnd(of: connection)
        } _: { server in
            try await withBench(waits: true) { bench in
                let result = try await bench.badDay(device(port: server.port), options: bench.impatient)
                #expect(result.status == .timeout)
                #expect(result.error?.code == .timeout)
                #expect(result.error?.phase == .handshake)
                #expect(result.error?.message == "expected an SSH version line, seen nothing within 10s")
            }
        }
    }

    @Test(arguments: [
        ("SSH-1.5-Cisco-1.25\n", MusterError.Code.handshake, "the device's SSH version line cannot be used: \"SSH-1.5-Cisco-1.25\" (after"),
        (
            "SSH-2.0-quiet\r\n", .timeout,
            "expected the end of the key exchange, seen the version line \"SSH-2.0-quiet\" and nothing after it within"
        ),
    ])
    func versionLineIsNamed_whenNothingCanComeOfIt(line: String, code: MusterError.Code, message: String) async throws {
        try await withLoopbackServer { connection in
            write(line, to: connection)
            readToEnd(of: connection)
        } _: { server in
            try await withBench(waits: true) { bench in
                let result = try await bench.badDay(device(port: server.port), options: bench.impatient)
                #expect(result.error?.code == code)
                #expect(result.error?.message.hasPrefix(message) == true, "\(String(describing: result.error))")
            }
        }
    }

    @Test func showsWhatWasSaid_whenTheServerIsAWebServer() async throws {
        try await withLoopbackServer { connection in
            write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", to: connection)
        } _: { server in
            try await withBench { bench in
                let result = try await bench.badDay(device(port: server.port))
                #expect(result.status == .unreachable)
                #expect(result.error?.phase == .handshake)
                #expect(result.error?.message.contains("expected an SSH version line, seen \"HTTP/1.1 400 Bad Request") == true)
            }
        }
    }

    @Test func notSSH_whenTheServerSpeaksTelnet() async throws {
        try await withLoopbackServer { connection in
            write([0xFF, 0xFD, 0x18, 0xFF, 0xFD, 0x20], to: connection)
            readToEnd(of: connection)
        } _: { server in
            try await withBench { bench in
                let result = try await bench.badDay(device(port: server.port))
                #expect(result.status == .unreachable)
                #expect(result.error?.code == .handshake)
                #expect(result.error?.phase == .handshake)
                #expect(result.error?.hint == "this port speaks telnet")
            }
        }
    }

    @Test func handshakeError_whenTheServerTalksForeverBeforeItsVersion() async throws {
        try await withLoopbackServer { connection in
            for _ in 0..<3000 { write("still not SSH\r\n", to: connection) }
            readToEnd(of: connection)
        } _: { server in
            try await withBench { bench in
                let result = try await bench.badDay(device(port: server.port))
                #expect(result.error?.code == .handshake)
                #expect(result.error?.message.contains("seen \"still not SSH | still not SSH") == true)
            }
        }
    }

    static let drops: [(LabFault.Phase, [Phase])] = [
        (.accept, [.handshake]), (.banner, [.handshake]), (.kex, [.handshake]), (.auth, [.authenticate]), (.open, [.open]), (.pty, [.open]),
        (.shell, [.open]),
        // The end may come with the grant of the shell, or behind it.
        (.login, [.open, .login]),
    ]

    @Test(arguments: drops)
    func connectionLost_whenTheDeviceDropsAtAnyPhase(dropped: LabFault.Phase, expected: [Phase]) async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.dropAt(dropped)])
        try await withBench([lab]) { bench in
            let result = try await bench.badDay(bench.device(lab))
            #expect(result.status == .unreachable)
            let error = try #require(result.error)
            #expect(error.code == .connectionLost)
            #expect(expected.contains(error.phase), "\(error)")
            #expect(error.message.contains("closed") || error.message.contains("ended") || error.message.contains("broke"), "\(error)")
            #expect(error.message.contains("after "), "\(error)")
            #expect(result.commands.map(\.status) == [.skipped])
        }
    }

    @Test func everyPhase_isAmongTheDrops() {
        #expect(Self.drops.map(\.0) == LabFault.Phase.allCases)
    }

    static let stalls: [(LabFault.Phase, Phase, String)] = [
        (.accept, .handshake, "expected an SSH version line, seen nothing within 10s"),
        (
            .banner, .handshake,
            #"expected the end of the key exchange, seen the version line "SSH-2.0-MusterLab_1.0" and nothing after it within 10s"#
        ),
        (
            .kex, .handshake,
            #"expected the end of the key exchange, seen the version line "SSH-2.0-MusterLab_1.0" and nothing after it within 10s"#
        ),
        (.auth, .authenticate, "expected an answer to the login, and none came within 10s"),
        (.open, .open, "expected a shell, and none was opened within 10s"),
        (.pty, .open, "expected a shell, and none was opened within 10s"),
        (.shell, .open, "expected a shell, and none was opened within 10s"),
        (.login, .open, "expected a shell, and none was opened within 10s"),
    ]

    @Test(arguments: stalls)
    func timeout_whenTheDeviceFallsSilentAtAnyPhase(stalled: LabFault.Phase, phase: Phase, message: String) async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.stallAt(stalled)])
        try await withBench([lab], waits: true) { bench in
            let result = try await bench.badDay(bench.device(lab), options: bench.impatient)
            #expect(result.status == .timeout)
            #expect(result.error?.code == .timeout)
            #expect(result.error?.phase == phase)
            #expect(result.error?.message == message)
        }
    }

    @Test func promptError_whenTheDeviceNeverPrompts() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.neverPrompts])
        try await withBench([lab], waits: true) { bench in
            let result = try await bench.badDay(bench.device(lab), options: bench.impatient)
            #expect(result.status == .timeout)
            let error = try #require(result.error)
            #expect(error.code == .prompt)
            #expect(error.phase == .login)
            #expect(error.message.contains("expected a prompt like /"), "\(error)")
            #expect(error.message.contains("nothing was seen"), "\(error)")
            #expect(error.hint?.contains("Is cisco_iosxe the device's platform?") == true, "\(error)")
            #expect(result.phases.login != nil)
        }
    }
}
