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

/// Several things that do not match, and what would help.
struct AlgorithmHintTests {
    private let ours = ServerHello.bytes(
        keyExchange: "curve25519-sha256,ext-info-c", hostKey: "ssh-ed25519", cipher: "aes128-ctr", mac: "hmac-sha2-256")

    @Test func oneSettingIsNamed_whenAllOfItIsOld() throws {
        let old = ServerHello.bytes(
            keyExchange: "diffie-hellman-group1-sha1", hostKey: "ssh-rsa", cipher: "3des-cbc", mac: "hmac-sha1")
        let mismatch = try #require(AlgorithmMismatch(received: old, sent: ours))
        #expect(mismatch.message.contains("no common key exchange: the device offers diffie-hellman-group1-sha1"))
        #expect(mismatch.message.contains("; no common cipher: the device offers 3des-cbc; Muster offers aes128-ctr"))
        #expect(mismatch.message.split(separator: "no common cipher").count == 2)
        let hint = mismatch.hint(libraryVersion: "1.10.0")
        #expect(hint.hasSuffix("makes Muster offer diffie-hellman-group1-sha1, ssh-rsa, 3des-cbc, hmac-sha1"), "\(hint)")
    }

    @Test func eachNeedIsNamed_whenOneSettingIsNotEnough() throws {
        let odd = ServerHello.bytes(
            keyExchange: "diffie-hellman-group1-sha1", hostKey: "ssh-ed25519", cipher: "made-up", mac: "hmac-sha2-256")
        let hint = try #require(AlgorithmMismatch(received: odd, sent: ours)).hint(libraryVersion: "1.10.0")
        #expect(hint.contains("legacy: true"))
        #expect(hint.contains("; and allow one of Muster's ciphers"))
        #expect(hint.contains("transport: openssh"))
    }

    @Test func configurationIsNamed_whenItLeavesOutWhatTheDeviceHas() throws {
        let usual = ServerHello.bytes(hostKey: "ssh-ed25519", cipher: "aes256-ctr", mac: "hmac-sha2-256")
        let hint = try #require(AlgorithmMismatch(received: usual, sent: ours)).hint(libraryVersion: "1.10.0")
        #expect(hint.contains("aes256-ctr would do, and ssh_config leaves it out"), "\(hint)")
    }
}
