import Foundation
import MusterTestSupport
import MusterTransport
import Synchronization
import Testing

@testable import MusterSSH

extension SSHSession {
    fileprivate var operationCalls: Int { engine.operationCalls }
}

/// Signatures that take their time, with OpenSSH's own server.
@Suite(.timeLimit(.minutes(5))) struct SigningLoopbackTests {
    /// Signs when a test says so.
    private final class SlowSigner: RemoteSigner {
        private struct State {
            var request: (message: [UInt8], algorithm: String, done: @Sendable (Result<[UInt8], KeyProblem>) -> Void)?
            var waiting: CheckedContinuation<Void, Never>?
        }
        private let state = Mutex(State())

        let wasGivenUp = Mutex(false)

        func sign(
            _ message: [UInt8], algorithm: String, then done: @escaping @Sendable (Result<[UInt8], KeyProblem>) -> Void
        ) -> @Sendable () -> Void {
            state.withLock { state in
                state.request = (message, algorithm, done)
                state.waiting?.resume()
                state.waiting = nil
            }
            return { self.wasGivenUp.withLock { $0 = true } }
        }

        func waitUntilAsked() async {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if state.request != nil { continuation.resume() } else { state.waiting = continuation }
                }
            }
        }

        func answer(_ make: ([UInt8], String) -> Result<[UInt8], KeyProblem>) {
            guard let request = state.withLock({ $0.request }) else { return }
            request.done(make(request.message, request.algorithm))
        }
    }

    private struct Source: KeySource {
        let offer: KeyOffer
        var name: String { "slow key" }
        var identity: String { "slow" }
        var isAgents: Bool { false }
        func prepare() async -> KeyPreparation { .ready(offer) }
        func unlock(for device: String) async {}
    }

    private func withKey<R>(_ body: (OpenSSHServer, SSHSession, SlowSigner, PrivateKey) async throws -> R) async throws -> R {
        try await withOpenSSHServer { server in
            guard case .key(let key) = try await KeyFile.read(path: server.userKey).unlock(passphrase: nil) else {
                throw KeyProblem.damaged
            }
            let loop = Loops.next()
            let deadline = loop.now + .seconds(60)
            let addresses = try await TCP.resolve(host: "127.0.0.1", port: server.port, on: loop, deadline: deadline)
            let session = SSHSession(transport: try await TCP.connect(to: addresses, on: loop, deadline: deadline))
            _ = try await session.handshake()
            do {
                let result = try await body(server, session, SlowSigner(), key)
                await session.close()
                return result
            } catch {
                await session.close()
                throw error
            }
        }
    }

    private func credential(_ signer: SlowSigner, _ key: PrivateKey) -> Credential {
        .key(Source(offer: KeyOffer(name: "slow key", publicKey: key.publicKey, signer: .remote(signer))))
    }

    @Test func libssh2IsNotCalled_whileASignatureIsAwaited_andOnceWhenItHasCome() async throws {
        try await withKey { server, session, signer, key in
            async let login: Void = session.logIn(user: server.user, credentials: [credential(signer, key)])
            await signer.waitUntilAsked()
            let calls = await session.operationCalls
            for _ in 0..<20 { await session.step() }
            let callsThen = await session.operationCalls
            #expect(callsThen == calls)
            signer.answer { message, algorithm in
                key.signature(of: message, algorithm: algorithm).map { .success($0) } ?? .failure(.damaged)
            }
            try await login
        }
    }

    @Test func signatureThatFailed_endsTheOfferAndNotTheConnection() async throws {
        try await withKey { server, session, signer, key in
            async let login: Void = session.logIn(
                user: server.user, credentials: [credential(signer, key), .keyFile(server.userKey)])
            await signer.waitUntilAsked()
            signer.answer { _, _ in .failure(.agent(.refused)) }
            // The same key, which was not refused: the file is as good as another.
            try await login
        }
    }

    @Test func sessionThatIsAborted_whileASignatureIsAwaited_ends() async throws {
        try await withKey { server, session, signer, key in
            async let login: Void = session.logIn(user: server.user, credentials: [credential(signer, key)])
            await signer.waitUntilAsked()
            await session.expire()
            do {
                try await login
                Issue.record("expected an error")
            } catch let error as SSHError {
                #expect(error.kind == .timedOut)
                #expect(error.message.contains("a signature by the agent"))
            }
            #expect(signer.wasGivenUp.withLock { $0 })
            // It comes too late, and nobody minds.
            signer.answer { _, _ in .success([1]) }
        }
    }
}
