import Testing

@testable import MusterSSH

struct AlgorithmMismatchTests {
    private let ours = ServerHello.bytes(
        keyExchange: "curve25519-sha256,ext-info-c", hostKey: "ssh-ed25519,ssh-rsa", cipher: "aes128-ctr", mac: "hmac-sha2-256,hmac-sha1")

    @Test func nothing_whenEveryListHasACommonName() {
        #expect(AlgorithmMismatch(received: ServerHello.bytes(), sent: ours) == nil)
    }

    @Test func listsAreNamed_whenOneHasNoCommonName() throws {
        let mismatch = try #require(AlgorithmMismatch(received: ServerHello.bytes(keyExchange: "sntrup761x25519-sha512"), sent: ours))
        #expect(
            mismatch.message
                == "no common key exchange: the device offers sntrup761x25519-sha512; Muster offers curve25519-sha256")
        #expect(mismatch.hint(libraryVersion: "1.10.0").contains("sntrup761"))
    }

    @Test func rsaOnlyDevice_isToldWhatTheLibraryLacks() throws {
        let mismatch = try #require(AlgorithmMismatch(received: ServerHello.bytes(hostKey: "rsa-sha2-512,rsa-sha2-256"), sent: ours))
        #expect(mismatch.category == .hostKey)
        #expect(mismatch.hint(libraryVersion: "1.10.0").contains("libssh2 1.11 or later"))
    }

    @Test func truncatedPacket_isNoList() {
        let bytes = ServerHello.bytes()
        for count in [0, 5, 20, 60] { #expect(KeyExchangeInit(transcript: Array(bytes.prefix(count))) == nil) }
    }

    @Test func linesBeforeTheVersion_arePassedOver() {
        #expect(KeyExchangeInit(transcript: Array("hello\r\n\r\n".utf8) + ServerHello.bytes()) != nil)
    }
}
