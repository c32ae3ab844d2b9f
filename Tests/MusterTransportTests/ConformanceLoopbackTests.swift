import MusterTestSupport
import MusterTransport
import Testing

struct ConformanceLoopbackTests {
    @Test(.timeLimit(.minutes(5)), arguments: TransportBehaviour.allCases)
    func tcp(_ behaviour: TransportBehaviour) async throws {
        try await TransportConformance { port, body in try await body(connect(port)) }.check(behaviour)
    }

    @Test(.timeLimit(.minutes(5)), arguments: TransportBehaviour.allCases)
    func telnetOverTCP(_ behaviour: TransportBehaviour) async throws {
        let doubled: @Sendable ([UInt8]) -> [UInt8] = { text in text.flatMap { $0 == 255 ? [255, 255] : [$0] } }
        try await TransportConformance(onTheWire: doubled) { port, body in
            let terminal = TelnetCodec.Terminal(columns: 511, rows: 1000, types: ["vt100"])
            try await body(TelnetTransport(over: try await connect(port), terminal: terminal))
        }.check(behaviour)
    }

    /// A Unix socket, behind which a relay goes on to the port; a reset comes through that as an end.
    @Test(.timeLimit(.minutes(5)), arguments: TransportBehaviour.allCases)
    func local(_ behaviour: TransportBehaviour) async throws {
        try await TransportConformance(tellsResets: false) { port, body in
            try await withTemporaryFolder { folder in
                try await withUnixServer(path: "\(folder)/s") { connection in
                    relay(connection, toPort: port)
                } _: {
                    let loop = Loops.next()
                    let result = await withCheckedContinuation { continuation in
                        loop.execute { LocalTransport.connect(path: "\(folder)/s", on: loop) { continuation.resume(returning: $0) } }
                    }
                    try await body(try result.get())
                }
            }
        }.check(behaviour)
    }

    /// A transport around another, as the tests use it.
    @Test(.timeLimit(.minutes(5)), arguments: TransportBehaviour.allCases)
    func holdingTransport(_ behaviour: TransportBehaviour) async throws {
        try await TransportConformance { port, body in try await body(HoldingTransport(try await connect(port))) }.check(behaviour)
    }
}

private func connect(_ port: Int) async throws -> TCPTransport {
    let loop = Loops.next()
    let deadline = loop.now + .seconds(60)
    let addresses = try await TCP.resolve(host: "127.0.0.1", port: port, on: loop, deadline: deadline)
    return try await TCP.connect(to: addresses, on: loop, deadline: deadline)
}
