import Testing

@testable import MusterLab

@Suite(.enabled(if: OpenSSHClient.isInstalled), .timeLimit(.minutes(5)))
struct LabServerTests {
    #if os(Linux)
        private let address = "127.1.0.1"
    #else
        private let address = "127.0.0.1"
    #endif

    /// A lab of one device, and a client for it.
    private func withClient(
        _ platform: LabPlatform = .ciscoIOSXE, faults: [LabFault] = [], _ change: (inout LabConfiguration) -> Void = { _ in },
        _ body: (Lab, OpenSSHClient) async throws -> Void
    ) async throws {
        var configuration = LabConfiguration(devices: [LabDevice("r1", address: address, platform: platform, faults: faults)])
        change(&configuration)
        try await withLab(configuration) { lab in
            let client = try await OpenSSHClient(port: lab.port)
            defer { client.remove() }
            try await body(lab, client)
        }
    }

    @Test func countsACleanLogout_whenAKeyLogsInAndTheShellIsLeft() async throws {
        try await withClient { lab, client in
            let outcome = try await client.withKey(address, ["-tt"], input: "terminal length 0\nshow version\nexit\n")
            #expect(outcome.output.contains("Configuration register is 0x2102\r\nr1#"))
            #expect(outcome.status == 0)
            try await lab.waitUntil { $0.connectionsOpen == 0 }
            #expect(lab.counts.sessionsTotal == 1)
            #expect(lab.counts.cleanLogouts == 1)
            #expect(lab.counts.lostSessions == 0)
            #expect(lab.counts.sessionsOpen == 0)
            #expect(lab.counts(at: address).cleanLogouts == 1)
            #expect(lab.typed(at: address) == ["terminal length 0", "show version", "exit"])
        }
    }

    @Test func logsIn_whenThePasswordIsRight() async throws {
        try await withClient { lab, client in
            let outcome = try await client.withPassword("admin", address, ["show", "privilege"])
            #expect(outcome.output.contains("Current privilege level is 15"))
            try await lab.waitUntil { $0.cleanLogouts == 1 }
        }
    }

    @Test func refuses_whenThePasswordIsWrong() async throws {
        try await withClient { lab, client in
            let outcome = try await client.withPassword("nonsense", address, ["show", "privilege"])
            #expect(outcome.status == 255)
            #expect(outcome.errors.contains("Permission denied"))
            try await lab.waitUntil { $0.connectionsOpen == 0 && $0.connectionsTotal == 1 }
            #expect(lab.counts.loginsRefused == 1)
            #expect(lab.counts.sessionsTotal == 0)
        }
    }

    @Test func refusesTheRightPassword_whenThatIsItsFault() async throws {
        try await withClient(faults: [.refusePassword]) { lab, client in
            let outcome1 = try await client.withPassword("admin", address, ["show", "clock"])
            #expect(outcome1.status == 255)
            #expect(lab.counts.loginsRefused == 1)
        }
    }

    @Test func asksInteractively_whenThatIsItsFault() async throws {
        try await withClient(faults: [.keyboardInteractive]) { lab, client in
            let outcome2 = try await client.withPassword("admin", address, ["show", "clock"])
            #expect(outcome2.status == 255)
            let outcome = try await client.withPassword("admin", address, ["show", "clock"], method: "keyboard-interactive")
            #expect(outcome.output.contains("UTC"))
            let outcome3 = try await client.withPassword("wrong", address, ["show", "clock"], method: "keyboard-interactive")
            #expect(outcome3.status == 255)
            #expect(lab.counts.loginsRefused == 1)
        }
    }

    @Test func admitsListedKeysOnly_whenKeysAreListed() async throws {
        try await withClient(.ciscoIOSXE, { $0.authorizedKeys = [] }) { lab, client in
            let outcome4 = try await client.withKey(address, ["show clock"])
            #expect(outcome4.status == 255)
            #expect(lab.counts.loginsRefused >= 1)
            #expect(lab.counts.sessionsTotal == 0)
        }
    }

    @Test func answersWithExitStatus_whenLinuxRunsACommand() async throws {
        try await withClient(.linux) { _, client in
            let outcome = try await client.withKey(address, ["nonsense"])
            #expect(outcome.status == 127)
            #expect(outcome.output == "bash: line 1: nonsense: command not found\n")
        }
    }

    @Test func sendsEveryByte_whenOutputIsHuge() async throws {
        try await withClient { _, client in
            let outcome = try await client.withKey(address, ["lab huge 3000000"])
            #expect(outcome.output.utf8.count == 3_000_000)
        }
    }

    @Test func sendsTheSameBytes_whenItTrickles() async throws {
        try await withClient(faults: [.trickle(.zero)]) { _, client in
            let outcome = try await client.withKey(address, ["show version"])
            #expect(outcome.output.hasSuffix("Configuration register is 0x2102\r\n"))
        }
    }

    @Test func showsAnotherKey_whenTheHostKeyHasChanged() async throws {
        try await withClient(faults: [.changedHostKey]) { lab, client in
            let outcome5 = try await client.withKey(address, ["show clock"], checking: "accept-new")
            #expect(outcome5.status == 0)
            let second = try await client.withKey(address, ["show clock"], checking: "accept-new")
            #expect(second.status == 255)
            #expect(second.errors.contains("REMOTE HOST IDENTIFICATION HAS CHANGED"))
            #expect(lab.hostKeys != lab.changedHostKeys)
        }
    }

    @Test(arguments: LabFault.Phase.allCases.filter { $0 != .pty })
    func endsTheConnection_whenItDropsAtAPhase(_ phase: LabFault.Phase) async throws {
        try await withClient(faults: [.dropAt(phase)]) { lab, client in
            let outcome6 = try await client.withKey(address, ["show clock"])
            #expect(outcome6.status == 255)
            try await lab.waitUntil { $0.connectionsOpen == 0 && $0.connectionsTotal == 1 }
            #expect(lab.counts.cleanLogouts == 0)
        }
    }

    @Test func countsALostSession_whenItDropsMidCommand() async throws {
        try await withClient(faults: [.dropMidCommand]) { lab, client in
            let outcome = try await client.withKey(address, ["show version"])
            #expect(outcome.output.contains("Cisco IOS XE"))
            #expect(!outcome.output.contains("0x2102"))
            try await lab.waitUntil { $0.lostSessions == 1 }
        }
    }

    @Test func holdsTheAnswer_untilTheGateIsOpened() async throws {
        let gate = LabGate(holding: "show version")
        try await withClient(faults: [.gate(gate)]) { lab, client in
            async let outcome = client.withKey(address, ["show version"])
            await gate.waitForArrivals()
            #expect(lab.counts.sessionsOpen == 1)
            gate.open()
            let answered = try await outcome
            #expect(answered.output.contains("0x2102"))
        }
    }

    @Test func endsAllThreads_whenTheScopeEndsWhileSessionsHang() async throws {
        let gate = LabGate(holding: "show version")
        let client = try await withLab(LabConfiguration(devices: [LabDevice("r1", address: address, faults: [.gate(gate)])])) { lab in
            let client = try await OpenSSHClient(port: lab.port)
            let session = Task { try await client.withKey(address, ["show version"]) }
            await gate.waitForArrivals()
            return (client, session)
        }
        let outcome = try await client.1.value
        #expect(outcome.status == 255)
        client.0.remove()
    }

    @Test func refusesTheKeyExchange_whenNoAlgorithmIsCommon() async throws {
        try await withClient(.ciscoIOSXE, { $0.algorithms = .init(keyExchange: "diffie-hellman-group1-sha1") }) { _, client in
            let outcome = try await client.withKey(address, ["show clock"])
            #expect(outcome.status == 255)
            #expect(outcome.errors.contains("no matching key exchange method"), "\(outcome.errors)")
        }
    }

    @Test func throws_whenTwoDevicesShareAnAddress() async throws {
        let devices = [LabDevice("a", address: address), LabDevice("b", address: address)]
        await #expect(throws: LabError.self) { try await withLab(LabConfiguration(devices: devices)) { _ in } }
        await #expect(throws: LabError.self) {
            try await withLab(LabConfiguration(devices: [LabDevice("a", address: "192.0.2.1")])) { _ in }
        }
    }

    @Test func throwsCancellation_whenTheWaitIsCancelled() async throws {
        try await withLab { lab in
            let waiting = Task { try await lab.waitUntil { $0.sessionsTotal == 99 } }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
    }

    #if os(Linux)
        @Test func isADeviceOfItsOwn_whenAnAddressWasNotPlanned() async throws {
            try await withClient { lab, client in
                #expect(lab.answersEverywhere)
                let outcome = try await client.withKey("127.9.8.7", ["-tt"], input: "exit\n")
                #expect(outcome.output.contains("lab-127-9-8-7#"))
                #expect(lab.counts(at: "127.9.8.7").sessionsTotal == 1)
            }
        }

        @Test func carriesConnectionsOnwards_whenUsedAsABastion() async throws {
            try await withClient { lab, client in
                let options = client.options().joined(separator: " ")
                let proxy =
                    "ProxyCommand=\(OpenSSHClient.path) \(options) -o BatchMode=yes -i \(client.key) -W r1:\(lab.port) admin@127.2.0.1"
                let outcome = try await client.withKey("192.0.2.1", ["lab huge 500000"], extra: ["-o", proxy])
                #expect(outcome.output.utf8.count == 500_000)
                #expect(lab.counts.forwards == 1)
                #expect(lab.counts(at: address).sessionsTotal == 1)
            }
        }
    #endif
}
