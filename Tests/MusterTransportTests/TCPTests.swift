import MusterTestSupport
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import MusterTransport

struct TCPLoopbackTests {
    private let loop = Loops.next()

    @Test func bytesThatCameEarly_areDeliveredAtTheStart() async throws {
        try await withLoopbackServer { connection in
            write("hello", to: connection)
            readToEnd(of: connection)
        } _: { server in
            let addresses = try await TCP.resolve(host: "127.0.0.1", port: server.port, on: loop, deadline: loop.now + .seconds(60))
            let transport = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .seconds(60))
            let sink = Sink()
            loop.execute { transport.start(sink) }
            await sink.wait { $0.bytes == Array("hello".utf8) }
            loop.execute { transport.close() }
            await sink.wait { $0.end == .closedHere }
        }
    }

    @Test func echo_comesBackWhole_whenMuchIsSent() async throws {
        try await withLoopbackServer { connection in
            var buffer = [UInt8](repeating: 0, count: 65536)
            while case let count = buffer.withUnsafeMutableBytes({ read(connection, $0) }), count > 0 {
                write(Array(buffer[..<count]), to: connection)
            }
        } _: { server in
            let addresses = try await TCP.resolve(host: "127.0.0.1", port: server.port, on: loop, deadline: loop.now + .seconds(60))
            let transport = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .seconds(60))
            let sink = Sink()
            let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0) }
            loop.execute {
                transport.start(sink)
                for start in stride(from: 0, to: bytes.count, by: 100_000) { transport.send(Array(bytes[start..<start + 100_000])) }
            }
            await sink.wait { $0.bytes.count == bytes.count }
            #expect(sink.bytes == bytes)
        }
    }

    @Test func telnetsConnection_isKeptUntilThePeerEndsIt() async throws {
        try await withLoopbackServer { connection in
            // It has more to say after the farewell, and ends the connection when it is told to.
            var buffer = [UInt8](repeating: 0, count: 100)
            while case let count = buffer.withUnsafeMutableBytes({ read(connection, $0) }), count > 0 {
                if buffer[..<count].contains(UInt8(ascii: "!")) { return }
                write("bye\r\n", to: connection)
            }
        } _: { server in
            let addresses = try await TCP.resolve(host: "127.0.0.1", port: server.port, on: loop, deadline: loop.now + .seconds(60))
            let tcp = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .seconds(60))
            let telnet = TelnetTransport(over: tcp, terminal: .init(columns: 80, rows: 24, types: ["vt100"]))
            let sink = Sink()
            let loop = loop
            loop.execute {
                telnet.start(sink)
                telnet.send(Array("exit\n".utf8))
            }
            async let closed: Void = {
                await telnet.linger(quiet: .seconds(60), atMost: .seconds(60))
                loop.execute { telnet.close() }
            }()
            await sink.wait { !$0.bytes.isEmpty || $0.end != nil }
            loop.execute { telnet.send(Array("!".utf8)) }
            await sink.wait { $0.end != nil }
            await closed
            #expect(sink.end == .closedByPeer)
        }
    }

    @Test func telnetsFarewell_isWaitedForNoLongerThanTheDeviceIsSilent() async throws {
        try await withLoopbackServer { connection in
            readToEnd(of: connection)
        } _: { server in
            let addresses = try await TCP.resolve(host: "127.0.0.1", port: server.port, on: loop, deadline: loop.now + .seconds(60))
            let tcp = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .seconds(60))
            let telnet = TelnetTransport(over: tcp, terminal: .init(columns: 80, rows: 24, types: ["vt100"]))
            let sink = Sink()
            loop.execute { telnet.start(sink) }
            await telnet.linger(quiet: .milliseconds(10), atMost: .seconds(600))
            loop.execute { telnet.close() }
            await sink.wait { $0.end == .closedHere }
        }
    }

    @Test func peersEnd_isTold() async throws {
        try await withLoopbackServer { _ in
        } _: { server in
            let addresses = try await TCP.resolve(host: "localhost", port: server.port, on: loop, deadline: loop.now + .seconds(60))
            let transport = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .seconds(60))
            let sink = Sink()
            loop.execute { transport.start(sink) }
            await sink.wait { $0.end == .closedByPeer }
        }
    }

    @Test func refusedPort_isNamed() async throws {
        // A port that was free a moment ago, and whose server is gone.
        let port = try await withLoopbackServer({ _ in }) { $0.port }
        let addresses = try await TCP.resolve(host: "127.0.0.1", port: port, on: loop, deadline: loop.now + .seconds(60))
        await #expect(throws: TransportError.connectFailed(address: "127.0.0.1:\(port)", "Connection refused")) {
            _ = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .seconds(60))
        }
    }

    @Test func silentAddress_timesOut() async throws {
        // A listener whose queue is full answers no further connection: a black hole on loopback.
        let hole = try BlackHole()
        let addresses = try await TCP.resolve(host: "127.0.0.1", port: hole.port, on: loop, deadline: loop.now + .seconds(60))
        await #expect(throws: TransportError.connectTimedOut(address: "127.0.0.1:\(hole.port)")) {
            _ = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .milliseconds(50))
        }
        hole.close()
    }

    @Test func unknownName_isAnError() async throws {
        // RFC 6761: names under .invalid never exist.
        do {
            _ = try await TCP.resolve(host: "no-such-host.invalid", port: 22, on: loop, deadline: loop.now + .seconds(60))
            Issue.record("expected no address")
        } catch {
            guard case .unknownHost = error else {
                Issue.record("unexpected: \(error)")
                return
            }
        }
    }

    @Test func cancelledTask_stopsWaiting() async throws {
        let hole = try BlackHole()
        let addresses = try await TCP.resolve(host: "127.0.0.1", port: hole.port, on: loop, deadline: loop.now + .seconds(600))
        let error = await withTaskGroup(of: TransportError?.self) { group in
            group.addTask {
                do {
                    _ = try await TCP.connect(to: addresses, on: loop, deadline: loop.now + .seconds(600))
                    return nil
                } catch {
                    return error as? TransportError
                }
            }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(error == .cancelled)
        hole.close()
    }
}

/// Keeps what a transport delivers.
final class Sink: ByteReceiver {
    struct Seen: Sendable {
        var bytes: [UInt8] = []
        var end: TransportEnd?
    }
    private struct State {
        var seen = Seen()
        var waiting: [(condition: @Sendable (Seen) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var bytes: [UInt8] { state.withLock { $0.seen.bytes } }
    var end: TransportEnd? { state.withLock { $0.seen.end } }

    func received(_ bytes: UnsafeRawBufferPointer) {
        let copy = Array(bytes)
        change { $0.bytes += copy }
    }
    func burstEnded() {}
    func ended(_ end: TransportEnd) { change { $0.end = end } }

    private func change(_ edit: (inout Seen) -> Void) {
        let met = state.withLock { state in
            edit(&state.seen)
            let seen = state.seen
            let met = state.waiting.filter { $0.condition(seen) }.map(\.continuation)
            state.waiting.removeAll { $0.condition(seen) }
            return met
        }
        for continuation in met { continuation.resume() }
    }

    func wait(until condition: @escaping @Sendable (Seen) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if condition(state.seen) { return true }
                state.waiting.append((condition, continuation))
                return false
            }
            if isMet { continuation.resume() }
        }
    }
}
