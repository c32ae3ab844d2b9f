import CLibSSH2
import MusterTransport
import Testing

@testable import MusterSSH

/// What is said of a handshake that failed.
struct HandshakeFlawTests {
    private let version = Array("SSH-2.0-test\r\n".utf8)

    private func error(_ code: Int32, received: [UInt8] = [], end: TransportEnd? = nil, stage: SSHError.Stage = .handshake) -> SSHError {
        SSHErrorReport(
            code: code, operation: .handshake, stage: stage, text: "", disconnectReason: nil, transcript: (received, []),
            deviceBanner: nil, end: end
        ).error
    }

    @Test func missingHostKey_isNamed() {
        let error = error(LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, received: ServerHello.bytes(hostKey: ""))
        #expect(error.kind == .keyExchange)
        #expect(error.message == "the key exchange failed: the device offers no host key algorithm at all")
        #expect(error.hint?.contains("host key") == true)
    }

    @Test func garbage_isNoEndOfTheConnection() {
        let error = error(LIBSSH2_ERROR_SOCKET_DISCONNECT, received: version + Array(repeating: 0xAA, count: 64))
        #expect(error.kind == .keyExchange)
        #expect(error.message == "the key exchange failed: a packet claims to have 2863311530 bytes")
    }

    @Test func goodHandshake_hasNoFlaw() {
        #expect(PlainPackets.flaw(in: ServerHello.bytes()) == nil)
        // Behind NEWKEYS nothing can be read.
        let all = ServerHello.bytes() + PlainPackets.packet([21]) + Array(repeating: 0xAA, count: 64)
        #expect(PlainPackets.flaw(in: all) == nil)
    }

    @Test(arguments: ["SSH-1.5-Cisco-1.25", "SSH-1.0-x"])
    func firstVersionOfSSH_isRefusedByItsLine(line: String) {
        let refusal = PlainPackets.refusal(ofVersionIn: Array("\(line)\n".utf8))
        #expect(refusal?.kind == .notSSH)
        #expect(refusal?.message == "the device's SSH version line cannot be used: \"\(line)\"")
        #expect(PlainPackets.refusal(ofVersionIn: Array("SSH-1.99-x\r\n".utf8)) == nil)
    }

    @Test(arguments: [
        (LIBSSH2_ERROR_SOCKET_DISCONNECT, SSHError.Stage.handshake), (LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, .handshake),
        (LIBSSH2_ERROR_SOCKET_RECV, .authentication), (LIBSSH2_ERROR_PROTO, .authentication), (LIBSSH2_ERROR_SOCKET_RECV, .open),
    ])
    func endOfTheWay_isNoDoingOfTheDevice(code: Int32, stage: SSHError.Stage) {
        let error = error(code, received: ServerHello.bytes(), end: .lost("the bastion's connection ended"), stage: stage)
        #expect(error.kind == .connectionLost)
        #expect(error.message.contains("the bastion's connection ended"))
        #expect(!error.message.contains("the device closed"))
        let closed = self.error(code, received: ServerHello.bytes(), end: .closedByPeer, stage: stage)
        #expect(closed.kind == .connectionLost)
        #expect(closed.message.contains("the device closed the connection"))
    }
}
