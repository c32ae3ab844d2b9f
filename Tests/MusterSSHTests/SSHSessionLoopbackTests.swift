import Foundation
import MusterLab
import MusterTestSupport
import MusterTransport
import Testing

@testable import MusterSSH

/// Keeps what a channel delivers and lets a test wait for it.
actor Collector: ByteReceiver {
    let loop: Loop
    private(set) var bytes: [UInt8] = []
    private(set) var end: TransportEnd?
    private var waiting: [(condition: ([UInt8], TransportEnd?) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor }

    init(loop: Loop) { self.loop = loop }

    nonisolated func received(_ bytes: UnsafeRawBufferPointer) {
        let copy = Array(bytes)
        assumeIsolated { $0.bytes += copy }
    }
    nonisolated func burstEnded() { assumeIsolated { $0.check() } }
    nonisolated func ended(_ end: TransportEnd) {
        assumeIsolated {
            $0.end = end
            $0.check()
        }
    }

    private func check() {
        let met = waiting.filter { $0.condition(bytes, end) }
        waiting.removeAll { $0.condition(bytes, end) }
        for entry in met { entry.continuation.resume() }
    }

    func wait(until condition: @escaping @Sendable ([UInt8], TransportEnd?) -> Bool) async {
        if condition(bytes, end) { return }
        await withCheckedContinuation { waiting.append((condition, $0)) }
    }

    func start(_ channel: SSHChannel) { channel.start(self) }
    func send(_ text: String, to channel: SSHChannel) { channel.send(Array(text.utf8)) }
}

struct SSHSessionLoopbackTests {
    private func connect(port: Int, address: String = "127.0.0.1") async throws -> TCPTransport {
        let loop = Loops.next()
        let deadline = loop.now + .seconds(60)
        let addresses = try await TCP.resolve(host: address, port: port, on: loop, deadline: deadline)
        return try await TCP.connect(to: addresses, on: loop, deadline: deadline)
    }

    private func withSession<R>(port: Int, address: String = "127.0.0.1", _ body: (SSHSession) async throws -> R) async throws -> R {
        let session = SSHSession(transport: try await connect(port: port, address: address))
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }

    private func error(_ work: () async throws -> Void) async -> SSHError? {
        do {
            try await work()
            return nil
        } catch {
            return error as? SSHError
        }
    }

    @Test func password_logsInAndTheShellAnswers() async throws {
        try await withLab { lab in
            try await withSession(port: Int(lab.port), address: "127.1.2.3") { session in
                let key = try await session.handshake()
                #expect(lab.hostKeys.contains { key.fingerprint == $0.fingerprint })
                try await session.logIn(user: "admin", credentials: [.password("admin")])
                let channel = try await session.openShell(terminal: TerminalSize(columns: 511, rows: 24), type: "vt100")
                let collector = Collector(loop: session.loop)
                await collector.start(channel)
                await collector.send("terminal length 0\nshow version\n", to: channel)
                await collector.wait { bytes, _ in
                    String(decoding: bytes, as: UTF8.self).contains("0x2102") && bytes.last == UInt8(ascii: "#")
                }
            }
            try await lab.waitUntil { $0.sessionsOpen == 0 }
            #expect(lab.counts.cleanLogouts == 1)
        }
    }

    @Test func wrongPassword_isRefusedWithoutShowingIt() async throws {
        try await withLab { lab in
            let error = await error {
                try await withSession(port: Int(lab.port)) { session in
                    _ = try await session.handshake()
                    try await session.logIn(user: "admin", credentials: [.password("sesame-4711")])
                }
            }
            #expect(error?.kind == .refused)
            #expect(
                error?.message == "user admin was refused (tried: password); the device accepts password,publickey"
                    || error?.message.contains("publickey") == true)
            #expect(!"\(String(describing: error))".contains("sesame"))
            // A wrong password is offered once only: each refusal counts against the account.
            #expect(lab.counts.loginsRefused == 1)
        }
    }

    @Test func keyboardInteractive_isAnsweredByThePromptsText() async throws {
        var configuration = LabConfiguration()
        configuration.authentication = [.keyboardInteractive]
        try await withLab(configuration) { lab in
            try await withSession(port: Int(lab.port)) { session in
                _ = try await session.handshake()
                try await session.logIn(user: "admin", credentials: [.password("admin")])
            }
        }
    }

    @Test func questionOtherThanAPassword_isNamedInTheError() async throws {
        var configuration = LabConfiguration()
        configuration.authentication = [.keyboardInteractive]
        configuration.interactivePrompts = ["Token code: "]
        configuration.interactiveAnswers = ["123456"]
        try await withLab(configuration) { lab in
            let error = await error {
                try await withSession(port: Int(lab.port)) { session in
                    _ = try await session.handshake()
                    try await session.logIn(user: "admin", credentials: [.password("admin")])
                }
            }
            #expect(error?.kind == .credential)
            #expect(error?.message.contains("the device asked \"Token code:\" for user admin") == true)
            // No answer is no attempt.
            #expect(lab.counts.loginsRefused == 1)
        }
    }

    @Test(arguments: ["ed25519", "ecdsa"]) func keyFile_logsInToOpenSSH(type: String) async throws {
        try await withOpenSSHServer(userKeyType: type) { server in
            try await withSession(port: server.port) { session in
                _ = try await session.handshake()
                try await session.logIn(user: server.user, credentials: [.keyFile(server.userKey)])
                _ = try await session.openShell(terminal: TerminalSize(columns: 511, rows: 24), type: "vt100")
            }
        }
    }

    @Test func encryptedKeyFile_needsItsPassphrase() async throws {
        try await withOpenSSHServer(passphrase: "let me in") { server in
            try await withSession(port: server.port) { session in
                _ = try await session.handshake()
                try await session.logIn(
                    user: server.user, credentials: [.keyFile(server.userKey, passphrase: "let me in")])
            }
            let error = await error {
                try await withSession(port: server.port) { session in
                    _ = try await session.handshake()
                    try await session.logIn(
                        user: server.user, credentials: [.keyFile(server.userKey, passphrase: "wrong")])
                }
            }
            #expect(error?.kind == .credential)
            #expect(error?.message.contains("wrong passphrase") == true)
        }
    }

    @Test func rsaKeyThatOpenSSHRefusesBySHA1_isOfferedBySHA2_overAnotherConnection() async throws {
        try await withOpenSSHServer(userKeyType: "rsa") { server in
            var login = Login(user: server.user, credentials: [.keyFile(server.userKey)])
            var connections = 0
            var isIn = false
            while !isIn, connections < 3 {
                connections += 1
                let progress = try await withSession(port: server.port) { session in
                    _ = try await session.handshake()
                    return try await session.logIn(login)
                }
                switch progress {
                case .loggedIn: isIn = true
                case .again(let next, _):
                    login = next
                    login.reconnected()
                }
            }
            #expect(isIn)
            #expect(connections == (LibSSH2.lacksRSASHA2 ? 2 : 1))
        }
    }

    @Test func noCommonAlgorithm_namesBothOffers() async throws {
        try await withOpenSSHServer(configuration: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"]) { server in
            let error = await error {
                try await withSession(port: server.port) { session in _ = try await session.handshake() }
            }
            #expect(error?.kind == .noCommonAlgorithm)
            #expect(error?.message.contains("the device offers sntrup761x25519-sha512@openssh.com") == true)
            #expect(error?.message.contains("Muster offers ") == true)
        }
    }

    @Test func nothingIsLost_whenDataAndTheEndArriveTogether() async throws {
        let device = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE, faults: [.dropMidCommand, .huge(bytes: 60_000)])
        try await withLab(LabConfiguration(devices: [device])) { lab in
            // How much the device says before it drops the line, read without any holding back.
            var counts: [Int] = []
            for holds in [false, true] {
                let transport = HoldingTransport(try await connect(port: Int(lab.port), address: "127.1.0.1"))
                let session = SSHSession(transport: transport)
                _ = try await session.handshake()
                try await session.logIn(user: "admin", credentials: [.password("admin")])
                let channel = try await session.openShell(terminal: TerminalSize(columns: 511, rows: 24), type: "vt100")
                let collector = Collector(loop: session.loop)
                await collector.start(channel)
                await collector.wait { bytes, _ in bytes.last == UInt8(ascii: "#") }
                if holds { transport.hold() }
                await collector.send("show version\n", to: channel)
                await collector.wait { _, end in end != nil }
                counts.append(await collector.bytes.count)
                await session.close()
            }
            #expect(counts[0] > 100)
            #expect(counts[0] == counts[1])
        }
    }

    @Test(arguments: LabFault.Phase.allCases) func dropAtAnyPhase_isALostConnection(phase: LabFault.Phase) async throws {
        let device = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE, faults: [.dropAt(phase)])
        try await withLab(LabConfiguration(devices: [device])) { lab in
            var reachedShell = false
            let error = await error {
                try await withSession(port: Int(lab.port), address: "127.1.0.1") { session in
                    _ = try await session.handshake()
                    try await session.logIn(user: "admin", credentials: [.password("admin")])
                    let channel = try await session.openShell(terminal: TerminalSize(columns: 80, rows: 24), type: "vt100")
                    let collector = Collector(loop: session.loop)
                    await collector.start(channel)
                    await collector.wait { _, end in end != nil }
                    reachedShell = true
                }
            }
            // After the grant, the end may come with it or behind it.
            #expect(error?.kind == .connectionLost || (phase == .login && reachedShell), "\(String(describing: error))")
        }
    }

    @Test func silentServer_isToldApartByItsStage_whenTheTimeIsOver() async throws {
        try await withLoopbackServer { connection in
            readToEnd(of: connection)
        } _: { server in
            let session = SSHSession(transport: try await connect(port: server.port))
            async let handshake = session.handshake()
            await session.expire()
            let result: Result<HostKey, any Error>
            do { result = .success(try await handshake) } catch { result = .failure(error) }
            guard case .failure(let error as SSHError) = result else {
                Issue.record("expected the time to be over")
                return
            }
            #expect(error.kind == .timedOut)
            #expect(error.message == "expected an SSH version line, seen nothing")
        }
    }

    @Test func httpServer_isNamedByWhatItSaid() async throws {
        try await withLoopbackServer { connection in
            write("HTTP/1.1 400 Bad Request\r\n\r\n", to: connection)
        } _: { server in
            let error = await error { try await withSession(port: server.port) { session in _ = try await session.handshake() } }
            #expect(error?.message.contains("HTTP/1.1 400 Bad Request") == true, "\(String(describing: error))")
        }
    }

    @Test func linesBeforeTheVersion_doNotDisturb() async throws {
        try await withLab { lab in
            try await withLoopbackServer { connection in
                write("\r\n*** Authorised use only ***\r\n", to: connection)
                relay(connection, toPort: Int(lab.port))
            } _: { server in
                try await withSession(port: server.port) { session in
                    _ = try await session.handshake()
                    try await session.logIn(user: "admin", credentials: [.password("admin")])
                }
            }
        }
    }

    @Test func rekeyInMidOutput_losesNothing() async throws {
        try await withOpenSSHServer(configuration: ["RekeyLimit 64K"]) { server in
            try await withSession(port: server.port) { session in
                _ = try await session.handshake()
                try await session.logIn(user: server.user, credentials: [.keyFile(server.userKey)])
                let channel = try await session.openShell(terminal: TerminalSize(columns: 511, rows: 24), type: "dumb")
                let collector = Collector(loop: session.loop)
                await collector.start(channel)
                await collector.send("stty -echo; head -c 2000000 /dev/zero | tr '\\0' x; echo; echo do''ne\n", to: channel)
                await collector.wait { bytes, end in end != nil || String(decoding: bytes.suffix(400), as: UTF8.self).contains("done") }
                #expect(await collector.bytes.filter { $0 == UInt8(ascii: "x") }.count >= 2_000_000)
            }
        }
    }

    @Test(arguments: [false, true]) func compressionIsAgreedOn_whenItIsAskedFor(asks: Bool) async throws {
        try await withOpenSSHServer(configuration: ["Compression yes"]) { server in
            var preferences = AlgorithmPreferences.standard
            preferences.compresses = asks
            let session = SSHSession(transport: try await connect(port: server.port), preferences: preferences)
            _ = try await session.handshake()
            try await session.logIn(user: server.user, credentials: [.keyFile(server.userKey)])
            #expect(await session.compression == (asks ? "zlib@openssh.com" : "none"))
            let channel = try await session.start("seq 200000", on: session.openExec())
            let collector = Collector(loop: session.loop)
            await collector.start(channel)
            await collector.wait { _, end in end != nil }
            let lines = await collector.bytes.split(separator: UInt8(ascii: "\n"))
            #expect(lines.count == 200_000)
            #expect(lines.last == Array("200000".utf8)[...])
            await session.close()
        }
    }

    @Test func cancelledSession_resumesWhatWaits() async throws {
        let device = LabDevice("r1", address: "127.1.0.1", platform: .ciscoIOSXE, faults: [.stallAt(.auth)])
        try await withLab(LabConfiguration(devices: [device])) { lab in
            let session = SSHSession(transport: try await connect(port: Int(lab.port), address: "127.1.0.1"))
            _ = try await session.handshake()
            async let login: Void = session.logIn(user: "admin", credentials: [.password("admin")])
            session.cancel()
            var error: SSHError?
            do { try await login } catch let thrown as SSHError { error = thrown }
            #expect(error?.kind == .cancelled)
            await session.close()
            try await lab.waitUntil { $0.sessionsOpen == 0 }
        }
    }
}

extension SSHSession {
    fileprivate var compression: String? { engine.compression }
}
