import Testing

@testable import MusterSSH

struct OfferMachineTests {
    private func feed(_ bytes: [UInt8], to machine: inout OfferMachine) -> ProbeStep<ServerOffer> {
        bytes.withUnsafeBytes { machine.receive($0) }
    }

    private func error(_ bytes: [UInt8]) -> SSHError? {
        var machine = OfferMachine()
        if case .failed(let error) = feed(bytes, to: &machine) { return error }
        return nil
    }

    @Test func offer_isReadFromTheFirstBytes() {
        let hello = ServerHello.bytes(
            keyExchange: "curve25519-sha256,kex-strict-s-v00@openssh.com", hostKey: "ssh-ed25519,rsa-sha2-512",
            cipher: "aes128-ctr,aes128-cbc",
            mac: "hmac-sha1")
        var machine = OfferMachine()
        guard case .done(let offer) = feed(Array("Keep out\r\n".utf8) + hello + [1, 2, 3], to: &machine) else {
            Issue.record("expected an offer")
            return
        }
        #expect(offer.banner == "SSH-2.0-test")
        #expect(offer.linesBefore == ["Keep out"])
        #expect(offer[.keyExchange] == ["curve25519-sha256"])
        #expect(offer[.hostKey] == ["ssh-ed25519", "rsa-sha2-512"])
        #expect(offer[.cipher] == ["aes128-ctr", "aes128-cbc"])
        #expect(offer[.mac] == ["hmac-sha1"])
        #expect(offer.hasStrictKeyExchange)
    }

    @Test func offer_isReadWhenItComesByteByByte() {
        var machine = OfferMachine()
        let hello = ServerHello.bytes()
        for (index, byte) in hello.enumerated() {
            let verdict = feed([byte], to: &machine)
            let isDone = if case .done = verdict { true } else { false }
            #expect(isDone == (index == hello.count - 1))
        }
    }

    @Test func oldProtocol_isRefused() {
        #expect(error(Array("SSH-1.5-Cisco-1.25\n".utf8))?.kind == .notSSH)
        #expect(error(Array("SSH-1.99-Cisco-1.25\n".utf8)) == nil)
    }

    @Test func otherProtocols_areNamed() {
        #expect(error([0xFF, 0xFB, 1])?.hint == "this port speaks telnet")
        #expect(error(Array("SSH-2.0-\(String(repeating: "x", count: 300))".utf8))?.kind == .keyExchange)
    }

    @Test func packetsThatMeanNothing_arePassedOver() {
        var machine = OfferMachine()
        let hello = ServerHello.bytes()
        let version = Array("SSH-2.0-test\r\n".utf8)
        let ignored = PlainPackets.packet([2] + WireBytes.string(Array("noise".utf8)))
        guard case .done(let offer) = feed(version + ignored + hello.dropFirst(version.count), to: &machine) else {
            Issue.record("expected an offer")
            return
        }
        #expect(offer[.hostKey] == ["ssh-ed25519"])
    }

    @Test func disconnect_isToldWithItsReason() {
        let text = "Too many connections"
        let payload: [UInt8] = [1, 0, 0, 0, 12, 0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) + [0, 0, 0, 0]
        let packet: [UInt8] = [0, 0, 0, UInt8(payload.count + 5), 4] + payload + [0, 0, 0, 0]
        let error = error(Array("SSH-2.0-x\r\n".utf8) + packet)
        #expect(error?.kind == .connectionLost)
        #expect(error?.message == "the device disconnected: Too many connections (reason 12)")
    }

    @Test(
        arguments: [[0xFF, 0xFF, 0xFF, 0xFF, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 12, 4, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]] as [[UInt8]])
    func nonsense_isRefused(packet: [UInt8]) {
        #expect(error(Array("SSH-2.0-x\r\n".utf8) + packet)?.kind == .keyExchange)
    }
}
