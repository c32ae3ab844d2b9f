import CMalloc
import Foundation
import Testing

@testable import MusterSSH

struct SSHEngineTests {
    @Test func ownVersionLine_isSentBeforeTheServers() {
        var engine = SSHEngine(preferences: .standard)
        guard case .needsInput = engine.perform(.handshake) else {
            Issue.record("expected to wait for the server")
            return
        }
        #expect(engine.takeOutbound().starts(with: "SSH-2.0-libssh2".utf8))
    }

    @Test func pendingOperation_isNotCalledAgain_whenNothingCame() {
        var engine = SSHEngine(preferences: .standard)
        _ = engine.perform(.handshake)
        let calls = engine.operationCalls
        #expect(calls > 0)
        for _ in 0..<10 { _ = engine.perform(.handshake) }
        #expect(engine.operationCalls == calls)
        Array("SSH-2.0-test".utf8).withUnsafeBytes { engine.feed($0) }
        _ = engine.perform(.handshake)
        #expect(engine.operationCalls > calls)
    }

    @Test func library_isInitialisedOnce() {
        #expect(LibSSH2.isInitialised)
        #expect(!LibSSH2.version.isEmpty)
    }

    @Test func offer_hasNoBrokenCipher() throws {
        var engine = SSHEngine(preferences: .standard)
        ServerHello.bytes(keyExchange: "none-such").withUnsafeBytes { engine.feed($0) }
        guard case .failed = engine.perform(.handshake) else {
            Issue.record("expected no common algorithm")
            return
        }
        let sent = engine.transcript?.sent ?? []
        let offered = try #require(KeyExchangeInit(transcript: sent)?.lists[.cipherOut])
        #expect(offered.contains("aes128-ctr"))
        for broken in ["arcfour", "blowfish", "cast128"] { #expect(!offered.contains { $0.contains(broken) }) }
        // libssh2 crashes in a goodbye after a handshake that failed.
        engine.disconnect()
    }

    @Test func knownHostKeyType_isAskedForFirst() throws {
        var engine = SSHEngine(preferences: .legacy.preferring(hostKeyTypes: ["ssh-rsa"]))
        ServerHello.bytes(keyExchange: "none-such").withUnsafeBytes { engine.feed($0) }
        _ = engine.perform(.handshake)
        let sent = engine.transcript?.sent ?? []
        let offered = try #require(KeyExchangeInit(transcript: sent)?.lists[.hostKey])
        #expect(offered.first == "ssh-rsa" || offered.first == "rsa-sha2-512")
    }

    @Test func serverThatOffersOnlyArcfour_isAnError() {
        var engine = SSHEngine(preferences: .standard)
        ServerHello.bytes(cipher: "arcfour").withUnsafeBytes { engine.feed($0) }
        guard case .failed = engine.perform(.handshake) else {
            Issue.record("expected no common cipher")
            return
        }
        engine.disconnect()
        engine.close()
    }

    @Test func endOfInput_failsTheHandshake() {
        var engine = SSHEngine(preferences: .standard)
        _ = engine.perform(.handshake)
        engine.endInput()
        guard case .failed = engine.perform(.handshake) else {
            Issue.record("expected the end to be noticed")
            return
        }
    }

    #if os(Linux)
        /// In a process of its own, where nothing else allocates.
        @Test func abandonedHandshakes_leakNothing() async {
            await #expect(processExitsWith: .success) {
                func abandon(_ keyExchange: String) {
                    var engine = SSHEngine(preferences: .standard)
                    ServerHello.bytes(keyExchange: keyExchange).withUnsafeBytes { engine.feed($0) }
                    guard case .needsInput = engine.perform(.handshake) else { exit(2) }
                    engine.close()
                }
                for keyExchange in ["curve25519-sha256", "diffie-hellman-group14-sha256"] {
                    for _ in 0..<20 { abandon(keyExchange) }
                    let before = muster_allocated_bytes()
                    for _ in 0..<100 { abandon(keyExchange) }
                    let grown = Int(muster_allocated_bytes()) - Int(before)
                    // Without unwinding the call in flight it would be 0.3 KB (curve25519) and 7.4 KB (group14) each.
                    if grown > 100 * 100 { exit(3) }
                }
                exit(0)
            }
        }
    #endif
}
