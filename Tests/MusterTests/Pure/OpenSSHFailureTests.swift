import Testing

@testable import Muster

/// What is made of what `ssh` said; all texts are OpenSSH's own.
struct OpenSSHFailureTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var reached: Phase
        var said: String
        var code: MusterError.Code
        var phase: Phase
        var message: String

        init(_ reached: Phase, _ said: String, _ code: MusterError.Code, _ phase: Phase, _ message: String) {
            self.reached = reached
            self.said = said
            self.code = code
            self.phase = phase
            self.message = message
        }

        var testDescription: String { said }
    }

    /// What ssh logs until it is so far.
    private static let steps: [(Phase, String)] = [
        (.connect, "debug1: Connecting to 127.0.0.1 [127.0.0.1] port 22."), (.handshake, "debug1: Connection established."),
        (.hostKey, "debug1: Server host key: ssh-ed25519 SHA256:seen"), (.authenticate, "debug1: SSH2_MSG_NEWKEYS sent"),
        (.open, "Authenticated to 127.0.0.1 ([127.0.0.1]:22) using \"password\"."), (.login, "debug1: Entering interactive session."),
    ]

    static let changed = """
        @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
        @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
        @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
        IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
        The fingerprint for the ED25519 key sent by the remote host is
        SHA256:seen.
        Add correct host key in /tmp/kh2 to get rid of this message.
        Offending ED25519 key in /tmp/kh2:1
          remove with:
          ssh-keygen -f "/tmp/kh2" -R "[127.0.0.1]:22822"
        Host key for [127.0.0.1]:22822 has changed and you have requested strict checking.
        Host key verification failed.
        """

    static let samples: [Sample] = [
        .init(
            .resolve, "ssh: Could not resolve hostname no-such.invalid: Name or service not known", .unknownHost, .resolve,
            "no address for no-such.invalid: Name or service not known"),
        .init(
            .resolve, "command-line: line 0: Bad configuration option: bad", .usage, .resolve,
            "ssh does not accept its configuration: \"command-line: line 0: Bad configuration option: bad\""),
        .init(
            .resolve, "Bad owner or permissions on /root/.ssh/config", .usage, .resolve,
            "ssh does not accept its configuration: \"Bad owner or permissions on /root/.ssh/config\""),
        .init(
            .connect, "ssh: connect to host 127.0.0.1 port 1: Connection refused", .connection, .connect,
            "no connection to 127.0.0.1 port 1: Connection refused"),
        .init(
            .connect, "ssh: connect to host 192.0.2.1 port 22: Connection timed out", .timeout, .connect,
            "no connection to 192.0.2.1 port 22: Connection timed out"),
        .init(
            .connect, "ssh: connect to host 192.0.2.1 port 22: No route to host", .connection, .connect,
            "no connection to 192.0.2.1 port 22: No route to host"),
        .init(
            .connect,
            "channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\n"
                + "kex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535",
            .connection, .connect, "no connection through the bastion: connect failed: Connection refused"),
        .init(
            .handshake, "Connection timed out during banner exchange\nConnection to 127.0.0.1 port 22 timed out", .timeout, .handshake,
            "the device did not answer in the handshake"),
        .init(
            .handshake, "kex_exchange_identification: Connection closed by remote host\nConnection closed by 127.0.0.1 port 22",
            .connectionLost, .handshake, "the connection ended: \"kex_exchange_identification: Connection closed by remote host\""),
        .init(
            .handshake, "Unable to negotiate with 127.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss",
            .noCommonAlgorithm, .handshake, "no common host key type: the device offers ssh-rsa,ssh-dss, and ssh none of these"),
        .init(
            .handshake,
            "Unable to negotiate with 127.0.0.1 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1",
            .noCommonAlgorithm, .handshake, "no common key exchange method: the device offers diffie-hellman-group1-sha1"),
        .init(
            .hostKey, changed, .hostKey, .hostKey,
            "the host key has changed: expected the known one (/tmp/kh2:1), seen ssh-ed25519 SHA256:seen"),
        .init(
            .hostKey,
            "No ED25519 host key is known for [127.0.0.1]:22822 and you have requested strict checking.\nHost key verification failed.",
            .hostKey, .hostKey, "the host key is not known: ssh-ed25519 SHA256:seen"),
        .init(
            .authenticate, "netops@127.0.0.1: Permission denied (publickey,password).", .authentication, .authenticate,
            "netops@127.0.0.1 was refused; accepted are publickey, password"),
        .init(
            .authenticate,
            "Load key \"/keys/k\": incorrect passphrase supplied to decrypt private key\nnetops@r1: Permission denied (publickey).",
            .authentication, .authenticate, "netops@r1 was refused; accepted are publickey"),
        .init(
            .authenticate,
            "Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures\nDisconnected from 127.0.0.1 port 22",
            .authentication, .authenticate, "the device allows no more tries"),
        .init(
            .authenticate, "Connection closed by 127.0.0.1 port 22", .connectionLost, .authenticate,
            "the connection ended: \"Connection closed by 127.0.0.1 port 22\""),
        .init(
            .login, "PTY allocation request failed on channel 0", .channel, .open,
            "the device refused the session: \"PTY allocation request"),
        .init(
            .login, "Timeout, server 127.0.0.1 not responding.", .timeout, .login,
            "the connection ended: \"Timeout, server 127.0.0.1 not responding.\""),
        .init(
            .login, "client_loop: send disconnect: Broken pipe", .connectionLost, .login,
            "the connection ended: \"client_loop: send disconnect: Broken pipe\""),
        .init(
            .authenticate, "something \u{1B}[31mnew", .authentication, .authenticate,
            "ssh ended with status 255: \"something \\u{1b}[31mnew\""),
        .init(.connect, "", .connection, .connect, "ssh ended with status 255 and said nothing"),
    ]

    @Test(arguments: [Int32(126), 127]) func usage_whenAShellFindsNoSSH(status: Int32) {
        var log = OpenSSHLog()
        _ = log.receive(Array("sh: 4: ssh: not found\n".utf8))
        let failure = OpenSSHFailure(log: log, status: status)
        #expect(failure.code == .usage)
        #expect(failure.message == "ssh cannot be run: \"sh: 4: ssh: not found\"")
    }

    @Test(arguments: samples) func codeAndPhase_areReadOffTheText(sample: Sample) {
        var log = OpenSSHLog()
        for (phase, line) in Self.steps {
            guard sample.reached != .resolve else { break }
            _ = log.receive(Array((line + "\r\n").utf8))
            if phase == sample.reached { break }
        }
        #expect(log.phase == sample.reached)
        _ = log.receive(Array(sample.said.replacing("\n", with: "\r\n").utf8))
        log.end()
        let failure = OpenSSHFailure(log: log, status: 255)
        #expect(failure.code == sample.code)
        #expect(failure.phase == sample.phase)
        #expect(failure.message.hasPrefix(sample.message), "\(failure.message)")
    }

    @Test(arguments: [(1, true), (2, true), (3, false), (4, false)])
    func refusal_isABastions_untilTheDeviceHasShownItsKey(steps: Int, isBastions: Bool) {
        var log = OpenSSHLog()
        for (_, line) in Self.steps.prefix(steps) { _ = log.receive(Array((line + "\n").utf8)) }
        _ = log.receive(Array("netops@gate: Permission denied (password).\n".utf8))
        #expect(OpenSSHFailure(log: log, status: 255).isBastions == isBastions)
    }

    @Test func changedKeyIsNotBelieved_whenTheBannerSaysSo() {
        var log = OpenSSHLog()
        for (_, line) in Self.steps.prefix(4) { _ = log.receive(Array((line + "\n").utf8)) }
        _ = log.receive(Array((Self.changed + "\nnetops@r1: Permission denied (password).\n").utf8))
        #expect(OpenSSHFailure(log: log, status: 255).code == .authentication)
    }
}
