import Dispatch
import Foundation
import MusterTransport
import Synchronization

extension TransportConformance {
    /// Checks one thing.
    ///
    /// It waits for what should happen without a limit of its own: the test brings one.
    ///
    /// - Throws: `ConformanceProblem`, and what making the transport throws.
    package func check(_ behaviour: TransportBehaviour) async throws {
        switch behaviour {
        case .deliversWhatCameBeforeTheStart: try await deliversWhatCameBeforeTheStart()
        case .carriesMuchBothWaysInOrder: try await carriesMuchBothWaysInOrder()
        case .sendsFromWithinADelivery: try await sendsFromWithinADelivery()
        case .tellsTheEndOfEachBurst: try await tellsTheEndOfEachBurst()
        case .tellsTheOthersEndOnceAfterTheLastBytes: try await tellsTheOthersEndOnceAfterTheLastBytes()
        case .tellsItsOwnEndOnce: try await tellsItsOwnEndOnce()
        case .writesWhatWasSentBeforeTheClose: try await writesWhatWasSentBeforeTheClose()
        case .canBeClosedFromWithinADelivery: try await canBeClosedFromWithinADelivery()
        case .takesMuchThoughNobodyReads: try await takesMuchThoughNobodyReads()
        case .tellsABreakOnce: try await tellsABreakOnce()
        case .ignoresWhatIsSentAfterTheEnd: try await ignoresWhatIsSentAfterTheEnd()
        }
    }

    // MARK: The checks

    private func deliversWhatCameBeforeTheStart() async throws {
        let text = Self.text(5000)
        let written = DispatchSemaphore(value: 0)
        try await run { connection in
            write(onTheWire(text), to: connection)
            written.signal()
            readToEnd(of: connection)
        } _: { transport, witness in
            try await Blocking.run { written.wait() }
            transport.loop.execute { transport.start(witness) }
            await witness.wait { $0.bytes.count >= text.count }
            try expect(witness.seen.bytes == text, "what came first is not what was written first")
        }
    }

    private func carriesMuchBothWaysInOrder() async throws {
        let text = Self.text(2_000_000)
        try await run(echo) { transport, witness in
            transport.loop.execute {
                transport.start(witness)
                for start in stride(from: 0, to: text.count, by: 100_000) { transport.send(Array(text[start..<start + 100_000])) }
            }
            await witness.wait { $0.bytes.count >= text.count || !$0.ends.isEmpty }
            try expect(witness.seen.bytes == text, "\(witness.seen.bytes.count) bytes came back, and they are not those that were sent")
        }
    }

    private func sendsFromWithinADelivery() async throws {
        let rounds = 50
        let lent = Mutex<(any ByteTransport)?>(nil)
        let witness = TransportWitness { _ in lent.withLock { $0 }?.send(Array("ball".utf8)) }
        try await run(echo, witness: witness) { transport, witness in
            lent.withLock { $0 = transport }
            transport.loop.execute {
                transport.start(witness)
                transport.send(Array("ball".utf8))
            }
            await witness.wait { $0.bytes.count >= 4 * rounds }
            try expect(witness.seen.bytes.starts(with: Array("ballball".utf8)), "not what was sent")
            lent.withLock { $0 = nil }
        }
    }

    private func tellsTheEndOfEachBurst() async throws {
        try await run(echo) { transport, witness in
            for round in 1...20 {
                transport.loop.execute {
                    if round == 1 { transport.start(witness) }
                    transport.send(Self.text(100))
                }
                await witness.wait { $0.bytes.count >= 100 * round && !$0.isInBurst }
            }
        }
    }

    private func tellsTheOthersEndOnceAfterTheLastBytes() async throws {
        let text = Self.text(500_000)
        try await run { connection in
            write(onTheWire(text), to: connection)
            shutdown(connection, Int32(SHUT_WR))
            readToEnd(of: connection)
        } _: { transport, witness in
            transport.loop.execute { transport.start(witness) }
            await witness.wait { !$0.ends.isEmpty }
            try expect(witness.seen.bytes == text, "\(witness.seen.bytes.count) of \(text.count) bytes came before the end")
            try expect(witness.seen.ends == [.closedByPeer], "told as \(witness.seen.ends)")
        }
    }

    private func tellsItsOwnEndOnce() async throws {
        try await run(readToEnd) { transport, witness in
            transport.loop.execute {
                transport.start(witness)
                transport.close()
                transport.close()
            }
            await witness.wait { !$0.ends.isEmpty }
            transport.loop.execute { transport.close() }
            try expect(witness.seen.ends == [.closedHere], "told as \(witness.seen.ends)")
        }
    }

    private func writesWhatWasSentBeforeTheClose() async throws {
        let text = Self.text(300_000)
        let got = Gathering()
        try await run { connection in
            got.gather(from: connection)
        } _: { transport, witness in
            transport.loop.execute {
                transport.start(witness)
                transport.send(text)
                transport.close()
                transport.send(Array("too late".utf8))
            }
            await witness.wait { !$0.ends.isEmpty }
            let bytes = await got.all()
            try expect(bytes == onTheWire(text), "\(bytes.count) bytes arrived of \(onTheWire(text).count)")
        }
    }

    private func canBeClosedFromWithinADelivery() async throws {
        let lent = Mutex<(any ByteTransport)?>(nil)
        let witness = TransportWitness { _ in lent.withLock { $0 }?.close() }
        let handler: @Sendable (Int32) -> Void = { connection in
            write(onTheWire(Self.text(1_000_000)), to: connection)
            readToEnd(of: connection)
        }
        try await run(handler, witness: witness) { transport, witness in
            lent.withLock { $0 = transport }
            transport.loop.execute { transport.start(witness) }
            await witness.wait { !$0.ends.isEmpty }
            lent.withLock { $0 = nil }
            try expect(witness.seen.ends == [.closedHere], "told as \(witness.seen.ends)")
        }
    }

    private func takesMuchThoughNobodyReads() async throws {
        // More than a kernel takes at once.
        let text = Self.text(8_000_000)
        let wire = onTheWire(text)
        let mayRead = DispatchSemaphore(value: 0)
        let problem = Mutex<String?>("the other side never got to the end")
        try await run { connection in
            mayRead.wait()
            var got: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while got.count < wire.count {
                let count = buffer.withUnsafeMutableBytes { read(connection, $0) }
                guard count > 0 else { break }
                got += buffer[..<count]
            }
            let what = got == wire ? nil : "\(got.count) bytes came of \(wire.count), or others"
            problem.withLock { $0 = what }
            write("done", to: connection)
            readToEnd(of: connection)
        } _: { transport, witness in
            defer { mayRead.signal() }
            await onLoop(of: transport) {
                transport.start(witness)
                transport.send(text)
            }
            // The loop came back though nothing was read, and turns.
            await onLoop(of: transport) {}
            mayRead.signal()
            await witness.wait { $0.bytes == Array("done".utf8) || !$0.ends.isEmpty }
            if let problem = problem.withLock({ $0 }) { throw ConformanceProblem(description: problem) }
        }
    }

    private func tellsABreakOnce() async throws {
        try await run { connection in
            write(onTheWire(Array("bye".utf8)), to: connection)
            // A close with bytes unread, or without lingering, is a reset.
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            var buffer: UInt8 = 0
            _ = Foundation.read(connection, &buffer, 1)
        } _: { transport, witness in
            transport.loop.execute { transport.start(witness) }
            await witness.wait { $0.bytes == Array("bye".utf8) || !$0.ends.isEmpty }
            transport.loop.execute { transport.send(Array("?".utf8)) }
            await witness.wait { !$0.ends.isEmpty }
            guard let end = witness.seen.ends.first, tellsResets else { return }
            if case .lost = end { return }
            throw ConformanceProblem(description: "told as \(end)")
        }
    }

    private func ignoresWhatIsSentAfterTheEnd() async throws {
        try await run { _ in
        } _: { transport, witness in
            transport.loop.execute { transport.start(witness) }
            await witness.wait { !$0.ends.isEmpty }
            await onLoop(of: transport) {
                transport.send(Self.text(1000))
                transport.close()
            }
        }
    }

    // MARK: What they share

    /// Runs `handler` as the other side and `body` with a transport to it, closes, and sees that the end was told once and was the last.
    private func run(
        _ handler: @escaping @Sendable (Int32) -> Void, witness: TransportWitness = TransportWitness(),
        _ body: @escaping @Sendable (any ByteTransport, TransportWitness) async throws -> Void
    ) async throws {
        try await withLoopbackServer(handler) { server in
            try await withTransport(server.port) { transport in
                try await body(transport, witness)
                transport.loop.execute { transport.close() }
                await witness.wait { !$0.ends.isEmpty }
                // What is still on its way on the loop comes before this.
                for _ in 0..<3 { await onLoop(of: transport) {} }
                try expect(witness.seen.ends.count == 1, "the end was told \(witness.seen.ends.count) times")
                try expect(!witness.seen.isHaunted, "something was delivered after the end")
            }
        }
    }

    private func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw ConformanceProblem(description: what()) }
    }
}

/// Sends back what it gets.
private let echo: @Sendable (Int32) -> Void = { connection in
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = buffer.withUnsafeMutableBytes({ read(connection, $0) }), count > 0 {
        write(Array(buffer[..<count]), to: connection)
    }
}

/// What a work on a transport's loop returns.
private func onLoop<T: Sendable>(of transport: any ByteTransport, _ work: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
        transport.loop.execute { continuation.resume(returning: work()) }
    }
}

/// All that a connection brings, up to its end.
private final class Gathering: Sendable {
    private struct State {
        var bytes: [UInt8]?
        var waiting: CheckedContinuation<[UInt8], Never>?
    }
    private let state = Mutex(State())

    func gather(from connection: Int32) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = buffer.withUnsafeMutableBytes({ read(connection, $0) }), count > 0 { bytes += buffer[..<count] }
        let waiting = state.withLock { state in
            state.bytes = bytes
            return state.waiting
        }
        waiting?.resume(returning: bytes)
    }

    func all() async -> [UInt8] {
        await withCheckedContinuation { continuation in
            let bytes = state.withLock { state in
                if state.bytes == nil { state.waiting = continuation }
                return state.bytes
            }
            if let bytes { continuation.resume(returning: bytes) }
        }
    }
}
