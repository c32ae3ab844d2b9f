import Testing

@testable import Muster

/// What `ssh` says on its way, as OpenSSH 9.2 says it.
struct OpenSSHLogTests {
    private static let wayIn = """
        debug1: Connecting to 127.0.0.1 [127.0.0.1] port 22822.\r
        debug1: Connection established.\r
        debug1: Local version string SSH-2.0-OpenSSH_9.2p1\r
        debug1: Server host key: ssh-ed25519 SHA256:LmKTaNFXCBCj48ATFr7rAD0rgVkrof8zVJLb9f2uBDQ\r
        Warning: Permanently added '[127.0.0.1]:22822' (ED25519) to the list of known hosts.\r
        debug1: SSH2_MSG_NEWKEYS sent\r
        debug1: Next authentication method: publickey\r
        Authenticated to 127.0.0.1 ([127.0.0.1]:22822) using "publickey".\r
        debug1: channel 0: new session [client-session] (inactive timeout: 0)\r
        debug1: Entering interactive session.\r

        """

    @Test(arguments: [1, 7, 10_000]) func phasesAreTold_howeverTheTextIsCut(size: Int) {
        var log = OpenSSHLog()
        var events: [OpenSSHLog.Event] = []
        var rest = Array(Self.wayIn.utf8)[...]
        while !rest.isEmpty {
            events += log.receive(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(
            events == [
                .phase(.connect), .phase(.handshake), .phase(.hostKey),
                .pinned(keyType: "ssh-ed25519", fingerprint: "SHA256:LmKTaNFXCBCj48ATFr7rAD0rgVkrof8zVJLb9f2uBDQ"),
                .phase(.authenticate), .phase(.open), .phase(.login), .interactive,
            ])
        #expect(log.isInteractive)
        #expect(log.lines == ["Warning: Permanently added '[127.0.0.1]:22822' (ED25519) to the list of known hosts."])
    }

    @Test func linesAreHandedOn_onceTheSessionIsOpen() {
        var log = OpenSSHLog()
        _ = log.receive(Array(Self.wayIn.utf8))
        let events = log.receive(Array("debug1: channel 2: new\r\nchannel 2: open failed: x\r\n".utf8))
        #expect(events == [.said("debug1: channel 2: new"), .said("channel 2: open failed: x")])
        #expect(log.lines.last == "channel 2: open failed: x")
    }

    @Test func agreementIsRead_andNothingThatComesAfterTheKeys() {
        var log = OpenSSHLog()
        let text = """
            debug1: Connection established.
            debug1: kex: algorithm: diffie-hellman-group14-sha1
            debug1: kex: host key algorithm: ssh-ed25519
            debug1: kex: server->client cipher: aes128-ctr MAC: hmac-sha1 compression: none
            debug1: Server host key: ssh-ed25519 SHA256:LmKTaNFXCBCj48ATFr7rAD0rgVkrof8zVJLb9f2uBDQ
            debug1: SSH2_MSG_NEWKEYS sent
            debug1: kex: algorithm: made-up

            """
        _ = log.receive(Array(text.utf8))
        #expect(log.agreed == ["diffie-hellman-group14-sha1", "ssh-ed25519", "aes128-ctr", "hmac-sha1"])
    }

    @Test func lastKeyIsTheTrueOne_whenTheServerHasAnotherPrinted() {
        var log = OpenSSHLog()
        let lines = [
            "debug1: Connecting to r1 [192.0.2.1] port 22.", "debug1: Connection established.", "debug1: Remote: x",
            "debug1: Server host key: ssh-ed25519 SHA256:false", "debug1: Server host key: ssh-ed25519 SHA256:true",
            "Warning: Permanently added 'r1' (ED25519) to the list of known hosts.", "",
        ]
        let events = log.receive(Array(lines.joined(separator: "\n").utf8))
        #expect(
            events == [
                .phase(.connect), .phase(.handshake), .phase(.hostKey), .pinned(keyType: "ssh-ed25519", fingerprint: "SHA256:true"),
            ])
    }

    @Test func bannerPinsNothing_whenItLooksLikeSSH() {
        var log = OpenSSHLog()
        _ = log.receive(Array(Self.wayIn.utf8.prefix { _ in true }.split(separator: 10)[..<6].joined(separator: [10])) + [10])
        #expect(log.phase == .authenticate)
        #expect(log.receive(Array("Warning: Permanently added 'x' (RSA) to the list of known hosts.\n".utf8)).isEmpty)
    }

    @Test func memoryIsBounded_whenTheBannerIsHuge() {
        var log = OpenSSHLog()
        _ = log.receive([UInt8](repeating: 65, count: 100_000) + [10])
        #expect(log.lines[0].count == OpenSSHLog.maximumLine)
        for _ in 0..<1000 { _ = log.receive(Array("x\n".utf8)) }
        #expect(log.lines.count == OpenSSHLog.maximumLines)
    }

    @Test func certificateIsTheHostsKey() {
        var log = OpenSSHLog()
        let text = """
            debug1: Connection established.
            debug1: Server host certificate: ssh-ed25519-cert-v01@openssh.com SHA256:abc, serial 0 ID "r1" CA ssh-ed25519 SHA256:def valid forever
            debug1: Host '127.0.0.1' is known and matches the ED25519-CERT host certificate.
            debug1: SSH2_MSG_NEWKEYS sent

            """
        let events = log.receive(Array(text.utf8))
        #expect(events == [.phase(.connect), .phase(.handshake), .phase(.hostKey), .phase(.authenticate)])
        #expect(log.hostKey?.type == "ssh-ed25519")
        #expect(log.hostKey?.fingerprint == "SHA256:abc")
    }

    @Test func phasesGoOn_whenALineIsMissing() {
        var log = OpenSSHLog()
        // Kerberos did the key exchange: no host key is shown.
        let text = "debug1: Connection established.\ndebug1: SSH2_MSG_NEWKEYS sent\n"
        #expect(log.receive(Array(text.utf8)).last == .phase(.authenticate))
        #expect(log.receive(Array("debug1: Entering interactive session.\n".utf8)) == [.phase(.open), .phase(.login), .interactive])
        // New keys in mid-session lead nowhere.
        _ = log.receive(Array("debug1: SSH2_MSG_NEWKEYS sent\n".utf8))
        #expect(log.phase == .login)
    }

    @Test func keyIsNotKept_whenSSHCannotWriteIt() {
        var log = OpenSSHLog()
        let text = """
            debug1: Connection established.
            debug1: Server host key: ssh-ed25519 SHA256:abc
            Failed to add the host to the list of known hosts (/proc/x).

            """
        let events = log.receive(Array(text.utf8))
        #expect(events.last == .notPinned(keyType: "ssh-ed25519", fingerprint: "SHA256:abc", reason: "ssh could not write /proc/x"))
    }

    @Test func statisticsAreNoWords() {
        var log = OpenSSHLog()
        _ = log.receive(Array(Self.wayIn.utf8))
        let before = log.lines
        _ = log.receive(
            Array("Transferred: sent 2128, received 2504 bytes, in 0.0 seconds\nBytes per second: sent 1.0, received 2.0\n".utf8))
        #expect(log.lines == before)
    }
}
