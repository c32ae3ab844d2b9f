import MusterLab
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
            await session.keepAlive(KeepAlive(interval: .seconds(3600)))
            #expect(await session.isBeating)
            await session.close()
            #expect(await session.isBeating == false)
        }
    }
}

extension SSHSession {
    /// Whether a sign of life is due.
    fileprivate var isBeating: Bool { pulse != nil }
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
    func keepAlive(_ settings: KeepAlive) { state.withLock { $0.settings = settings } }

    func send(_ bytes: UnsafeRawBufferPointer) {
        inner.send(bytes)
        state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }?.resume()
    }
}
