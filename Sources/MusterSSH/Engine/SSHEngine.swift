import CLibSSH2

/// libssh2 without I/O: bytes that arrived go in, bytes to send come out.
///
/// One operation is in flight at a time, and it is called again only when input has come: libssh2 counts 60 seconds of its own and
/// gives up when it is called without any (LIBSSH2_READ_TIMEOUT). No pointer of libssh2's leaves this type.
struct SSHEngine: ~Copyable {
    private var session: OpaquePointer?
    private let wire: EngineWire
    private var channels: [Int: OpaquePointer] = [:]
    private var nextChannel = 0
    private var inFlight: EngineOperation?
    private var isHandshaken = false
    /// How often libssh2 was called for operations.
    private(set) var operationCalls = 0

    /// A descriptor number that is never open, so libssh2 finds nothing there to change.
    private static let noDescriptor = libssh2_socket_t(0x7fff_ffff)

    /// Makes a session; without memory for one, every operation on it fails.
    init(preferences: AlgorithmPreferences) {
        let wire = EngineWire()
        self.wire = wire
        session =
            LibSSH2.isInitialised ? libssh2_session_init_ex(nil, nil, nil, Unmanaged.passUnretained(wire).toOpaque()) : nil
        guard let session else { return }
        libssh2_session_set_blocking(session, 0)
        EngineWire.install(on: session)
        if preferences.compresses { libssh2_session_flag(session, LIBSSH2_FLAG_COMPRESS, 1) }
        for (type, names) in preferences.methods {
            libssh2_session_method_pref(session, type, names)
        }
    }

    deinit {
        Self.free(session, channels: channels, inFlight: inFlight, wire: wire)
    }

    /// Frees what libssh2 holds, at once.
    mutating func close() {
        let (session, channels, inFlight) = (self.session, self.channels, self.inFlight)
        self.session = nil
        self.channels = [:]
        self.inFlight = nil
        Self.free(session, channels: channels, inFlight: inFlight, wire: wire)
    }

    private static func free(_ session: OpaquePointer?, channels: [Int: OpaquePointer], inFlight: EngineOperation?, wire: EngineWire) {
        guard let session else { return }
        wire.isDead = true
        // An abandoned operation unwinds, and frees what it holds, only by its own error path.
        if let inFlight { _ = call(inFlight, on: session, channels: channels) }
        for channel in channels.values { libssh2_channel_free(channel) }
        // On a dead wire the first call succeeds; the bound keeps a libssh2 that disagrees from holding the loop.
        var attempts = 0
        while libssh2_session_free(session) == LIBSSH2_ERROR_EAGAIN, attempts < 8 { attempts += 1 }
        _ = wire.takeOutbound()
    }

    // MARK: Bytes

    /// Takes bytes that arrived.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        wire.feed(bytes)
    }

    /// Takes the news that no more will arrive.
    mutating func endInput() {
        wire.ended = true
    }

    /// The bytes to send, which it forgets.
    ///
    /// They are handed out and not lent: sending can end the connection, and that comes back here.
    mutating func takeOutbound() -> [UInt8] {
        wire.takeOutbound()
    }

    /// Takes back the memory of bytes that were sent.
    mutating func recycle(_ sent: consuming [UInt8]) {
        wire.recycle(consume sent)
    }

    // MARK: Operations

    /// Begins an operation, or goes on with the one in flight.
    mutating func perform(_ operation: EngineOperation) -> EngineStep {
        guard let session else { return .failed(LIBSSH2_ERROR_SOCKET_DISCONNECT) }
        if inFlight == nil, case .keyboardInteractive(_, let answers) = operation {
            wire.questions = KeyboardInteractive(answers: answers)
        }
        if inFlight == nil {
            wire.signing = PendingSignature()
            if case .publicKey(_, let offer) = operation { wire.signing.begin(offer) }
        }
        if wire.signing.isAwaited {
            // libssh2 would read nothing before it has the signature; when the connection has ended it need not come any more.
            guard wire.ended else { return .needsInput }
            wire.signing.giveUp()
        }
        // Nothing new came: calling again could only let libssh2's own 60 seconds run out. A signature is something new.
        if inFlight != nil, !wire.signing.isAnswered, wire.unread == 0, !wire.ended || wire.endIsVisible { return .needsInput }
        inFlight = operation
        while true {
            wire.openTap()
            operationCalls += 1
            let (code, channel) = Self.call(operation, on: session, channels: channels)
            if code == LIBSSH2_ERROR_EAGAIN {
                if let request = wire.signing.takeRequest() { return .needsSignature(request) }
                if wire.unread > 0 { continue }
                if wire.ended, !wire.endIsVisible {
                    wire.endIsVisible = true
                    continue
                }
                return .needsInput
            }
            inFlight = nil
            wire.signing.end()
            guard code == 0 else { return .failed(code) }
            return completed(operation, channel: channel)
        }
    }

    /// Takes the signature that was asked for, or why there is none; the operation in flight goes on with the next call.
    mutating func supply(_ signature: Result<[UInt8], KeyProblem>) {
        wire.signing.answer(signature)
    }

    private mutating func completed(_ operation: EngineOperation, channel: OpaquePointer?) -> EngineStep {
        switch operation {
        case .handshake:
            isHandshaken = true
            wire.forgetTranscript()
            return .done
        case .methods:
            // libssh2 keeps the list until the session ends; there is none when the server let the user in without asking for anything.
            return channel == nil ? .done : .methods(methodList(channel))
        case .exec(let id, _):
            // There is nothing for it to read. The wire takes all that is sent, so this waits for nothing.
            if let channel = channels[id.number] { libssh2_channel_send_eof(channel) }
            return .done
        case .exit(let id):
            return .exited(exit(of: id))
        case .openSession, .openTunnel:
            guard let channel else { return .failed(LIBSSH2_ERROR_CHANNEL_FAILURE) }
            if case .openSession = operation {
                libssh2_channel_handle_extended_data2(channel, LIBSSH2_CHANNEL_EXTENDED_DATA_MERGE)
            }
            nextChannel += 1
            channels[nextChannel] = channel
            return .opened(ChannelID(number: nextChannel))
        default:
            return .done
        }
    }

    private func methodList(_ text: OpaquePointer?) -> [String] {
        guard let text else { return [] }
        return String(cString: UnsafePointer<CChar>(text)).split(separator: ",").map(String.init)
    }

    /// Bytes that a channel may have on their way before it says that it has taken some (RFC 4254, 5.2).
    private static let window: UInt32 = 1 << 20
    private static let packet: UInt32 = 32 * 1024

    /// Calls the libssh2 function behind an operation once; the pointer is what those that return one returned.
    private static func call(
        _ operation: EngineOperation, on session: OpaquePointer, channels: [Int: OpaquePointer]
    ) -> (code: Int32, pointer: OpaquePointer?) {
        switch operation {
        case .handshake:
            return (libssh2_session_handshake(session, noDescriptor), nil)
        case .password(let user, let password):
            let code = libssh2_userauth_password_ex(
                session, user, UInt32(user.utf8.count), password, UInt32(password.utf8.count), nil)
            return (code, nil)
        case .keyboardInteractive(let user, _):
            let code = libssh2_userauth_keyboard_interactive_ex(session, user, UInt32(user.utf8.count), KeyboardInteractive.callback)
            return (code, nil)
        case .publicKey(let user, let offer):
            // The callback finds the wire by the same pointer as those for I/O.
            let code = offer.publicKey.blob.withUnsafeBufferPointer { bytes in
                libssh2_userauth_publickey(
                    session, user, bytes.baseAddress, bytes.count, PendingSignature.callback, libssh2_session_abstract(session))
            }
            return (code, nil)
        case .sealedKey(let user, let key):
            let code = key.content.withUnsafeBytes { bytes in
                libssh2_userauth_publickey_frommemory(
                    session, user, user.utf8.count, nil, 0, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count,
                    key.passphrase)
            }
            return (code, nil)
        case .methods(let user):
            if let list = libssh2_userauth_list(session, user, UInt32(user.utf8.count)) { return (0, OpaquePointer(list)) }
            // No list and no error: the server let the user in without asking for anything.
            return libssh2_userauth_authenticated(session) != 0 ? (0, nil) : (libssh2_session_last_errno(session), nil)
        case .openSession:
            let type = "session"
            let channel = libssh2_channel_open_ex(session, type, UInt32(type.utf8.count), window, packet, nil, 0)
            return channel == nil ? (libssh2_session_last_errno(session), nil) : (0, channel)
        case .openTunnel(let host, let port):
            // The originator is for the server's log; there is no connection here that it could name.
            let channel = libssh2_channel_direct_tcpip_ex(session, host, Int32(port), "127.0.0.1", 0)
            return channel == nil ? (libssh2_session_last_errno(session), nil) : (0, channel)
        case .terminal(let id, let size, let type):
            guard let channel = channels[id.number] else { return (LIBSSH2_ERROR_CHANNEL_UNKNOWN, nil) }
            let code = libssh2_channel_request_pty_ex(
                channel, type, UInt32(type.utf8.count), nil, 0, Int32(size.columns), Int32(size.rows), 0, 0)
            return (code, nil)
        case .shell(let id):
            guard let channel = channels[id.number] else { return (LIBSSH2_ERROR_CHANNEL_UNKNOWN, nil) }
            let type = "shell"
            return (libssh2_channel_process_startup(channel, type, UInt32(type.utf8.count), nil, 0), nil)
        case .exec(let id, let command):
            guard let channel = channels[id.number] else { return (LIBSSH2_ERROR_CHANNEL_UNKNOWN, nil) }
            let type = "exec"
            let code = libssh2_channel_process_startup(channel, type, UInt32(type.utf8.count), command, UInt32(command.utf8.count))
            return (code, nil)
        case .exit(let id):
            guard let channel = channels[id.number] else { return (LIBSSH2_ERROR_CHANNEL_UNKNOWN, nil) }
            return (libssh2_channel_wait_closed(channel), nil)
        }
    }

    /// Tells the server that the session is over; nothing but that, and nothing at all before a handshake that succeeded, since
    /// libssh2 crashes there on ciphers that OpenSSL refused.
    mutating func disconnect() {
        guard let session, isHandshaken, !wire.isDead else { return }
        libssh2_session_disconnect_ex(session, SSH_DISCONNECT_BY_APPLICATION, "", "")
    }

    // MARK: Channels

    /// How a read from a channel came out.
    enum Reading {
        case bytes(Int)
        case nothingYet
        case end
        case failed(Int32)
    }

    /// Reads what a channel has into `buffer`, which must hold 32 KB.
    mutating func read(_ id: ChannelID, into buffer: UnsafeMutableRawBufferPointer) -> Reading {
        guard let channel = channels[id.number] else { return .end }
        while true {
            wire.openTap()
            let count = libssh2_channel_read_ex(channel, 0, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0, libssh2_channel_eof(channel) != 0 { return .end }
            guard count == 0 || count == Int(LIBSSH2_ERROR_EAGAIN) else { return .failed(Int32(count)) }
            if wire.unread > 0 { continue }
            guard wire.ended, !wire.endIsVisible else { return .nothingYet }
            wire.endIsVisible = true
        }
    }

    /// Whether a read from the channel would bring something, as far as what came has been taken apart.
    func hasInput(_ id: ChannelID) -> Bool {
        guard let channel = channels[id.number] else { return true }
        return libssh2_poll_channel_read(channel, 0) != 0 || libssh2_channel_eof(channel) != 0
    }

    /// How the command of a channel ended, which is known when the server has closed it.
    private func exit(of id: ChannelID) -> CommandExit {
        guard let channel = channels[id.number] else { return .status(0) }
        var name: UnsafeMutablePointer<CChar>?
        var length = 0
        libssh2_channel_get_exit_signal(channel, &name, &length, nil, nil, nil, nil)
        defer { libssh2_free(session, name) }
        if let name, length > 0 { return .signal(String(decoding: UnsafeRawBufferPointer(start: name, count: length), as: UTF8.self)) }
        return .status(Int(libssh2_channel_get_exit_status(channel)))
    }

    /// Ends a channel; false while the server's word for that is awaited.
    mutating func closeChannel(_ id: ChannelID) -> Bool {
        guard let channel = channels[id.number] else { return true }
        wire.openTap()
        return libssh2_channel_close(channel) != LIBSSH2_ERROR_EAGAIN
    }

    /// Frees a channel that was closed; false while the server's word for that is awaited.
    mutating func free(_ id: ChannelID) -> Bool {
        guard let channel = channels[id.number] else { return true }
        wire.openTap()
        guard libssh2_channel_free(channel) != LIBSSH2_ERROR_EAGAIN else { return false }
        channels[id.number] = nil
        return true
    }

    /// Sends a global request that says nothing (RFC 4254, 4).
    ///
    /// - Parameter wantsAnswer: whether the server is to answer; libssh2 keeps the answer until the session ends, see `Pulse`.
    /// - Returns: Whether one went out: libssh2 sends one in two seconds at the most.
    mutating func keepAlive(wantsAnswer: Bool) -> Bool {
        guard let session, isHandshaken, !wire.isDead else { return false }
        let before = wire.unsent
        libssh2_keepalive_config(session, wantsAnswer ? 1 : 0, 1)
        var next: Int32 = 0
        libssh2_keepalive_send(session, &next)
        return wire.unsent > before
    }

    /// Takes apart what has come, when nobody reads from a channel and nothing is in flight: the server's own messages.
    ///
    /// - Parameter id: A channel that nobody uses any more; what comes for it is dropped.
    mutating func drive(_ id: ChannelID) {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 8) { buffer in
            // A channel that has ended is read to the same end over and over, while each call takes more off the wire.
            while wire.unread > 0 {
                let before = wire.unread
                switch read(id, into: buffer) {
                case .bytes: continue
                case .failed: return
                case .end, .nothingYet: if wire.unread == before { return }
                }
            }
        }
    }

    /// The algorithms that were agreed on.
    var agreed: [String] {
        guard let session else { return [] }
        return [
            LIBSSH2_METHOD_KEX, LIBSSH2_METHOD_HOSTKEY, LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC, LIBSSH2_METHOD_MAC_CS,
            LIBSSH2_METHOD_MAC_SC,
        ].compactMap { libssh2_session_methods(session, $0).map { String(cString: $0) } }
    }

    /// Writes to a channel; the number of bytes taken, 0 when its window is full.
    mutating func write(_ bytes: UnsafeRawBufferPointer, to id: ChannelID) -> Int {
        guard let channel = channels[id.number] else { return 0 }
        var written = 0
        // One call takes a packet at the most, though the window has room for more.
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = libssh2_channel_write_ex(channel, 0, rest.baseAddress?.assumingMemoryBound(to: CChar.self), rest.count)
            guard count > 0 else { break }
            written += Int(count)
        }
        return written
    }

    // MARK: What the peer said

    /// The compression of what this side sends.
    var compression: String? {
        session.flatMap { libssh2_session_methods($0, LIBSSH2_METHOD_COMP_CS) }.map { String(cString: $0) }
    }

    /// The host key that the server proved to have.
    var hostKey: HostKey? {
        guard let session else { return nil }
        var length = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(session, &length, &type), length > 0 else { return nil }
        return HostKey(blob: [UInt8](UnsafeRawBufferPointer(start: bytes, count: length)))
    }

    /// The server's version line.
    var banner: String? {
        guard let session, let text = libssh2_session_banner_get(session) else { return nil }
        return String(cString: text)
    }

    /// libssh2's text for its last error, copied.
    var lastErrorText: String {
        guard let session else { return "" }
        var text: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        libssh2_session_last_error(session, &text, &length, 0)
        return text.map { String(cString: $0) } ?? ""
    }

    /// The reason that the server gave for disconnecting.
    var disconnectReason: String? { wire.disconnectReason }
    /// Why the last keyboard-interactive exchange was given up; the connection is of no use after that.
    var interactiveStop: InteractiveStop? { wire.questions.stop }
    /// Why there was no signature in the last login by public key.
    var signatureProblem: KeyProblem? { wire.signing.problem }
    /// Whether there was none since the key is locked.
    var keyIsLocked: Bool { wire.signing.isLocked }
    /// Whether a signature is waited for.
    var awaitsSignature: Bool { wire.signing.isAwaited }
    /// Whether a code was given in the last keyboard-interactive exchange.
    var gaveCode: Bool { wire.questions.gaveCode }
    /// Both sides' first bytes, until the handshake has succeeded.
    var transcript: (received: [UInt8], sent: [UInt8])? { wire.transcript }
}
