import CLibSSH2
import MusterTransport

/// Turns a libssh2 error number, with what is known around it, into an error that explains itself.
///
/// The number decides, never libssh2's text: that may be empty or of an earlier call.
struct SSHErrorReport {
    let code: Int32
    let operation: EngineOperation
    let stage: SSHError.Stage
    let text: String
    let disconnectReason: String?
    let transcript: (received: [UInt8], sent: [UInt8])?
    let deviceBanner: String?
    /// How the connection has ended, if it has.
    let end: TransportEnd?
    /// Why there was no signature.
    var signatureProblem: KeyProblem?

    private var hasEnded: Bool { end != nil }

    var error: SSHError {
        if let disconnectReason {
            return SSHError(.connectionLost, stage: stage, "the device disconnected: \(disconnectReason)")
        }
        // Where libssh2 waits for one certain packet it calls the end of the connection a protocol error.
        if hasEnded, code == LIBSSH2_ERROR_PROTO { return closed }
        switch stage {
        case .handshake, .hostKey: return handshakeError
        case .authentication: return authenticationError
        case .open: return openError
        }
    }

    private var handshakeError: SSHError {
        if let transcript, let mismatch = AlgorithmMismatch(received: transcript.received, sent: transcript.sent) {
            return SSHError(
                .noCommonAlgorithm, stage: stage, mismatch.message, hint: mismatch.hint(libraryVersion: LibSSH2.version), gap: mismatch.gap)
        }
        // libssh2 has one number for much: what the device sent tells more.
        if let received = transcript?.received, let flaw = PlainPackets.flaw(in: received) { return flaw }
        switch code {
        case LIBSSH2_ERROR_BANNER_RECV, LIBSSH2_ERROR_BANNER_SEND:
            return SSHError(.notSSH, stage: stage, "the device's SSH version line cannot be used" + quoted(deviceBanner))
        case _ where hasEnded: return closed
        case LIBSSH2_ERROR_TIMEOUT:
            return SSHError(.timedOut, stage: stage, "the device did not answer in the key exchange")
        default:
            return SSHError(
                .keyExchange, stage: stage, "the key exchange failed: \(libraryText)",
                hint: "`muster audit crypto` shows what the device offers; --transport openssh may get further")
        }
    }

    private var authenticationError: SSHError {
        switch code {
        // libssh2 says so of a key too when no answer to it came.
        case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED where hasEnded:
            return closed
        case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED where signatureProblem != nil:
            return SSHError(.credential, stage: stage, signatureProblem?.message ?? "", hint: signatureProblem?.hint(path: "KEY"))
        case LIBSSH2_ERROR_PASSWORD_EXPIRED:
            return SSHError(.expired, stage: stage, "the password has expired")
        case LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
            return SSHError(.refused, stage: stage, "refused")
        case LIBSSH2_ERROR_SOCKET_NONE where isUnreadExchange, LIBSSH2_ERROR_BUFFER_TOO_SMALL where isUnreadExchange,
            LIBSSH2_ERROR_OUT_OF_BOUNDARY where isUnreadExchange:
            return SSHError(
                .brokenExchange, stage: stage, "libssh2 \(LibSSH2.version) cannot read the device's questions: \(libraryText)")
        case LIBSSH2_ERROR_FILE, LIBSSH2_ERROR_METHOD_NONE, LIBSSH2_ERROR_KEYFILE_AUTH_FAILED, LIBSSH2_ERROR_PROTO,
            LIBSSH2_ERROR_OUT_OF_BOUNDARY:
            if case .sealedKey = operation { return unreadableKey }
            if hasEnded { return closed }
            return SSHError(.connectionLost, stage: stage, "the login failed: \(libraryText)")
        case LIBSSH2_ERROR_SOCKET_DISCONNECT, LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_NONE:
            return closed
        case LIBSSH2_ERROR_TIMEOUT:
            return SSHError(.timedOut, stage: stage, "the device did not answer the login for 60s")
        case _ where hasEnded: return closed
        default:
            return SSHError(.connectionLost, stage: stage, "the login failed: \(libraryText)")
        }
    }

    /// Whether libssh2 stumbled over the questions of a keyboard-interactive exchange, and not over the connection.
    ///
    /// libssh2 1.10 does when it was asked for the methods before and the questions have a title.
    private var isUnreadExchange: Bool {
        if case .keyboardInteractive = operation { !hasEnded } else { false }
    }

    private var unreadableKey: SSHError {
        SSHError(
            .credential, stage: stage,
            "the key cannot be read: wrong passphrase, or a format that libssh2 \(LibSSH2.version) does not know",
            hint: "check the passphrase; `ssh-keygen -p -Z aes256-ctr -f KEY` rewrites a key in a form that every libssh2 reads")
    }

    private var openError: SSHError {
        switch code {
        case LIBSSH2_ERROR_CHANNEL_FAILURE:
            if case .openTunnel(let host, let port) = operation { return tunnelError(host: host, port: port) }
            return SSHError(.channel, stage: stage, "the device refused a session channel", hint: "it may have no free session")
        case LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED:
            if case .terminal = operation {
                return SSHError(
                    .channel, stage: stage, "the device refused a terminal",
                    hint: "`channel: exec` runs commands without one, where the device allows that")
            }
            if case .exec = operation { return SSHError(.execRefused, stage: stage, "the device refused to run a command without a shell") }
            return SSHError(.channel, stage: stage, "the device refused a shell")
        case LIBSSH2_ERROR_SOCKET_DISCONNECT, LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_NONE:
            return closed
        case _ where hasEnded: return closed
        default:
            return SSHError(.connectionLost, stage: stage, "the channel could not be opened: \(libraryText)")
        }
    }

    /// libssh2 hands on the server's reason (RFC 4254, 5.1) by its text alone, which is a constant of its own.
    private func tunnelError(host: String, port: Int) -> SSHError {
        let target = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        if text.contains("connect failed") {
            return SSHError(.unreachableTarget, stage: stage, "it has no connection to \(target)")
        }
        if text.contains("shortage") { return SSHError(.channelShortage, stage: stage, "it opens no further channels") }
        let why = text.contains("prohibited") ? "it does not carry connections to \(target)" : "it refused a connection to \(target)"
        return SSHError(.forwardingRefused, stage: stage, why)
    }

    private var closed: SSHError {
        let what =
            switch (stage, operation) {
            case (.handshake, _), (.hostKey, _): "during the key exchange"
            case (.authentication, _): "during the login"
            case (.open, .exec), (.open, .exit): "while the command ran"
            case (.open, _): "while the shell was opened"
            }
        // It broke, or what ended is a bastion's connection: that is not the device's doing.
        if let end, let why = end.breakage {
            return SSHError(.connectionLost, stage: stage, "the connection broke \(what): \(why)", hint: end.hint)
        }
        return SSHError(.connectionLost, stage: stage, "the device closed the connection \(what)")
    }

    private var libraryText: String { "libssh2 error \(code)" + (text.isEmpty ? "" : ", \(text)") }

    private func quoted(_ text: String?) -> String { text.map { ": \"\($0)\"" } ?? "" }
}
