import Foundation
import MusterTestSupport
import MusterTransport
import Testing

@testable import MusterSSH

/// A channel through OpenSSH's sshd to a port, as bastions give it, behaves like any transport.
struct SSHConformanceLoopbackTests {
    @Test(.timeLimit(.minutes(5)), arguments: TransportBehaviour.allCases)
    func tunnel(_ behaviour: TransportBehaviour) async throws {
        try await withOpenSSHServer { server in
            // A reset on the far side comes through as an end.
            try await TransportConformance(tellsResets: false) { port, body in
                let loop = Loops.next()
                let deadline = loop.now + .seconds(60)
                let addresses = try await TCP.resolve(host: "127.0.0.1", port: server.port, on: loop, deadline: deadline)
                let session = SSHSession(transport: try await TCP.connect(to: addresses, on: loop, deadline: deadline))
                do {
                    _ = try await session.handshake()
                    try await session.logIn(user: server.user, credentials: [.keyFile(server.userKey)])
                    try await body(try await tunnel(session, port))
                } catch {
                    await session.close()
                    throw error
                }
                await session.close()
            }.check(behaviour)
        }
    }

    private func tunnel(_ session: SSHSession, _ port: Int) async throws -> SSHChannel {
        try await withCheckedThrowingContinuation { continuation in
            session.loop.execute {
                session.assumeIsolated { $0.openTunnel(to: "127.0.0.1", port: port) { continuation.resume(with: $0) } }
            }
        }
    }
}
