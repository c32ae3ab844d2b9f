import Foundation
import MusterLab
import MusterTestSupport
import MusterTransport
import Synchronization
import Testing

@testable import MusterSSH

/// Signs of life on an idle session.
@Suite(.timeLimit(.minutes(5))) struct KeepAliveLoopbackTests {
    @Test func signOfLifeGoesOut_andTheSystemIsTold_whenNothingElseHappens() async throws {
        try await withLab { lab in
            let loop = Loops.next()
            let deadline = loop.now + .seconds(60)
            let addresses = try await TCP.resolve(host: "127.0.0.1", port: Int(lab.port), on: loop, deadline: deadline)
            let transport = ListeningTransport(try await TCP.connect(to: addresses, on: loop, deadline: deadline))
            let session = SSHSession(transport: transport)
            _ = try await session.handshake()
            try await session.logIn(user: "admin", credentials: [.password("admin")])
            #expect(transport.settings == nil)
            let settings = KeepAlive(interval: .milliseconds(50), count: 4)
            await transport.sendingOf {
                await session.keepAlive(settings)
            }
            #expect(transport.settings == settings)
            await session.close()
            #expect(lab.counts(at: "127.0.0.1").lostSessions == 0)
        }
    }

    @Test func nothingIsSent_whenTheIntervalIsZero() async throws {
        try await withLab { lab in
            let loop = Loops.next()
            let deadline = loop.now + .seconds(60)
            let addresses = try await TCP.resolve(host: "127.0.0.1", port: Int(lab.port), on: loop, deadline: deadline)
            let transport = ListeningTransport(try await TCP.connect(to: addresses, on: loop, deadline: deadline))
            let session = SSHSession(transport: transport)
            _ = try await session.handshake()
            try await session.logIn(user: "admin", credentials: [.password("admin")])
            await session.keepAlive(KeepAlive(interval: .zero))
            #expect(await session.isBeating == false)
            #expect(transport.settings == nil)
            let none = KeepAlive(interval: .zero, asksByTCP: false)
            await session.keepAlive(none)
            #expect(await session.isBeating == false)
            #expect(transport.settings == none)
            await session.keepAlive(KeepAlive(interval: .seconds(3600)))
            #expect(await session.isBeating)
            await session.close()
            #expect(await session.isBeating == false)
        }
    }

    @Test func deadPeerIsFound_whenNothingComesBack() async throws {
        try await withOpenSSHServer { server in
            let line = Mutex<Int32>(-1)
            try await withLoopbackServer { connection in
                line.withLock { $0 = connection }
                relay(connection, toPort: server.port)
            } _: { front in
                let session = try await logIn(to: server, at: front.port)
                let channel = try await session.openShell(terminal: TerminalSize(columns: 80, rows: 24), type: "dumb")
                let collector = Collector(loop: session.loop)
                await collector.start(channel)
                await collector.send("echo rea''dy\n", to: channel)
                await collector.wait { bytes, _ in String(decoding: bytes, as: UTF8.self).contains("ready") }
                dropAllThatArrives(at: line.withLock { $0 })
                let began = ContinuousClock.now
                await session.keepAlive(KeepAlive(interval: .seconds(1), count: 3))
                await collector.wait { _, end in end != nil }
                guard case .gone(let silence?) = await collector.end else {
                    Issue.record("ended as \(String(describing: await collector.end))")
                    return
                }
                #expect(silence.signs > 0 && silence.duration >= .seconds(3))
                // Interval × count is 3 s from the first sign of life on; the rest is for a busy machine.
                #expect(ContinuousClock.now - began < .seconds(20))
                await session.close()
            }
        }
    }

    /// The relay goes on confirming what it gets, as a bastion does.
    @Test func deadPeerIsFound_whenNoSystemLooksAfterIt() async throws {
        try await withOpenSSHServer { server in
            let valve = Valve()
            try await withLoopbackServer { connection in
                relay(connection, toPort: server.port, valve: valve)
            } _: { front in
                let session = try await logIn(to: server, at: front.port) { HoldingTransport($0) }
                let channel = try await session.openShell(terminal: TerminalSize(columns: 80, rows: 24), type: "dumb")
                let collector = Collector(loop: session.loop)
                await collector.start(channel)
                await collector.send("echo rea''dy\n", to: channel)
                await collector.wait { bytes, _ in String(decoding: bytes, as: UTF8.self).contains("ready") }
                valve.shut()
                await session.keepAlive(KeepAlive(interval: .milliseconds(300), count: 2))
                // A peer that is not found fails the test, and does not hold it up.
                let giveUp = session.loop.schedule(at: session.loop.now + .seconds(30)) { session.cancel() }
                defer { giveUp.cancel() }
                await collector.wait { _, end in end != nil }
                guard case .gone(let silence?) = await collector.end else {
                    Issue.record("ended as \(String(describing: await collector.end))")
                    return
                }
                // One interval until the first question, two for answers; libssh2 sends one in two seconds at the most.
                #expect(silence.duration >= .milliseconds(900))
                #expect(silence.signs == 1)
                await session.close()
            }
        }
    }

    @Test func sessionGoesOn_whenTheServerAnswersAndSaysNothingElse() async throws {
        try await withOpenSSHServer { server in
            let answers = Bursts()
            try await withLoopbackServer { connection in
                relay(connection, toPort: server.port) { answers.count() }
                answers.stop()
            } _: { front in
                let session = try await logIn(to: server, at: front.port) { HoldingTransport($0) }
                await session.keepAlive(KeepAlive(interval: .seconds(1), count: 1))
                await answers.wait(for: 3)
                let last = try await session.start("echo alive", on: session.openExec())
                let answer = Collector(loop: session.loop)
                await answer.start(last)
                await answer.wait { _, end in end != nil }
                #expect(await answer.bytes == Array("alive\n".utf8))
                await session.close()
            }
        }
    }

    @Test(arguments: [false, true]) func idleSessionLives_whenTheServerAsksForSignsOfLife(usesExec: Bool) async throws {
        // Left without an answer, sshd would hang up after two.
        try await withOpenSSHServer(configuration: ["ClientAliveInterval 1", "ClientAliveCountMax 2"]) { server in
            let asked = Bursts()
            try await withLoopbackServer { connection in
                relay(connection, toPort: server.port) { asked.count() }
                asked.stop()
            } _: { front in
                let session = try await logIn(to: server, at: front.port)
                let collector = Collector(loop: session.loop)
                let channel =
                    usesExec
                    ? try await session.start("echo ready", on: session.openExec())
                    : try await session.openShell(terminal: TerminalSize(columns: 80, rows: 24), type: "dumb")
                await collector.start(channel)
                if usesExec {
                    await collector.wait { _, end in end != nil }
                    #expect(try await session.exit(of: channel) == .status(0))
                    channel.loop.execute { channel.close() }
                } else {
                    await collector.send("echo rea''dy\n", to: channel)
                }
                await collector.wait { bytes, _ in String(decoding: bytes, as: UTF8.self).contains("ready") }
                await asked.wait(for: 6)
                let last = try await session.start("echo alive", on: session.openExec())
                let answer = Collector(loop: session.loop)
                await answer.start(last)
                await answer.wait { _, end in end != nil }
                #expect(await answer.bytes == Array("alive\n".utf8))
                await session.close()
            }
        }
    }

    /// - Parameter wrap: Puts another transport around TCP's.
    private func logIn(
        to server: OpenSSHServer, at port: Int, _ wrap: (any ByteTransport) -> any ByteTransport = { $0 }
    ) async throws -> SSHSession {
        let loop = Loops.next()
        let deadline = loop.now + .seconds(60)
        let addresses = try await TCP.resolve(host: "127.0.0.1", port: port, on: loop, deadline: deadline)
        let session = SSHSession(transport: wrap(try await TCP.connect(to: addresses, on: loop, deadline: deadline)))
        _ = try await session.handshake()
        try await session.logIn(user: server.user, credentials: [.keyFile(server.userKey)])
        return session
    }
}

/// Has the system drop all that arrives at a socket, unconfirmed, as if the line were cut.
private func dropAllThatArrives(at descriptor: Int32) {
    // struct sock_filter and struct sock_fprog of linux/filter.h: one instruction, "accept 0 bytes".
    struct Instruction {
        var code: UInt16 = 0x06
        var jumps: (UInt8, UInt8) = (0, 0)
        var value: UInt32 = 0
    }
    struct Filter {
        var length: UInt16
        var instructions: UnsafeMutablePointer<Instruction>
    }
    var instruction = Instruction()
    withUnsafeMutablePointer(to: &instruction) { pointer in
        var filter = Filter(length: 1, instructions: pointer)
        // SO_ATTACH_FILTER, which Glibc's module does not export.
        let attached = setsockopt(descriptor, SOL_SOCKET, 26, &filter, socklen_t(MemoryLayout<Filter>.size))
        #expect(attached == 0)
    }
}

/// Counts what a server sends.
private final class Bursts: Sendable {
    private struct State {
        var left: Int?
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    func count() {
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let left = state.left else { return nil }
            state.left = left - 1
            guard left == 1 else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }?.resume()
    }

    /// No more will come.
    func stop() {
        state.withLock { state in
            defer { state = State() }
            return state.waiting
        }?.resume()
    }

    /// Returns when so many more have come, or when no more will.
    func wait(for number: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0 = State(left: number, waiting: continuation) }
        }
    }
}

extension SSHSession {
    /// Whether a sign of life is due.
    fileprivate var isBeating: Bool { pulseTimer != nil }
}

/// A transport that tells what goes out.
private final class ListeningTransport: ByteTransport {
    private struct State {
        var settings: KeepAlive?
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let inner: any ByteTransport
    private let state = Mutex(State())

    init(_ inner: any ByteTransport) { self.inner = inner }

    var loop: Loop { inner.loop }
    var settings: KeepAlive? { state.withLock { $0.settings } }

    /// Returns when something was sent after `begin`.
    func sendingOf(_ begin: () async -> Void) async {
        await begin()
        await withCheckedContinuation { continuation in state.withLock { $0.waiting = continuation } }
    }

    func start(_ receiver: any ByteReceiver) { inner.start(receiver) }
    func close() { inner.close() }
    func keepAlive(_ settings: KeepAlive) -> Bool {
        state.withLock { $0.settings = settings }
        return true
    }

    func send(_ bytes: UnsafeRawBufferPointer) {
        inner.send(bytes)
        state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }?.resume()
    }
}
