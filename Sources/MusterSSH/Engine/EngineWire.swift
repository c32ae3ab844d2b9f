import CLibSSH2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The two buffers that stand in for a socket, and what libssh2's callbacks leave behind.
///
/// libssh2 holds a reference to it through the session's `abstract` pointer. Output is always accepted, so EAGAIN only ever means
/// that more input is needed, and no half-sent packet exists.
final class EngineWire {
    private var inbound: [UInt8] = []
    private var inboundStart = 0
    private var outbound: [UInt8] = []

    /// What RECV may still hand out; see `openTap`.
    private var allowance = 0
    /// The peer has ended its side.
    var ended = false
    /// libssh2 may see that end now, since all input has been consumed.
    var endIsVisible = false
    /// No more I/O: every call from libssh2 fails, so that it unwinds.
    var isDead = false

    /// Both sides' first bytes in plain text, for explaining a key exchange that failed; `nil` once it succeeded.
    private(set) var transcript: (received: [UInt8], sent: [UInt8])? = ([], [])
    private static let transcriptLimit = 16 * 1024

    init() {
        // What a usual handshake comes to.
        outbound.reserveCapacity(1536)
        transcript?.received.reserveCapacity(1536)
        transcript?.sent.reserveCapacity(1536)
    }

    /// The reason that the server gave for disconnecting.
    var disconnectReason: String?
    /// What answers keyboard-interactive questions.
    var questions = KeyboardInteractive()
    /// The signature that a login waits for.
    var signing = PendingSignature()

    var unread: Int { inbound.count - inboundStart }
    /// What is to be sent.
    var unsent: Int { outbound.count }

    // MARK: Input

    func feed(_ bytes: UnsafeRawBufferPointer) {
        inbound.append(contentsOf: bytes)
        if let received = transcript?.received, received.count < Self.transcriptLimit {
            transcript?.received.append(contentsOf: bytes.prefix(Self.transcriptLimit - received.count))
        }
    }

    func forgetTranscript() { transcript = nil }

    /// Lets RECV hand out the next piece of input.
    ///
    /// libssh2 drops queued channel data when it meets the server's DISCONNECT, or the end of the connection, in the same call.
    /// The last bytes of what is at hand are therefore given in pieces shorter than the shortest DISCONNECT packet, and never more
    /// at once than a channel read takes out again.
    func openTap() {
        let tail = 256
        allowance = unread > tail ? min(unread - tail, 24 * 1024) : 32
    }

    private func receive(into buffer: UnsafeMutableRawPointer, count: Int) -> Int {
        if isDead { return Int(-ECONNRESET) }
        guard unread > 0 else { return endIsVisible ? 0 : Int(-EAGAIN) }
        let taken = min(count, unread, allowance)
        guard taken > 0 else { return Int(-EAGAIN) }
        inbound.withUnsafeBytes { buffer.copyMemory(from: $0.baseAddress! + inboundStart, byteCount: taken) }
        inboundStart += taken
        allowance -= taken
        if unread == 0 {
            // An idle session keeps no buffer to speak of: memory per session is what limits the fleet.
            inbound.removeAll(keepingCapacity: inbound.capacity <= 2048)
            inboundStart = 0
        }
        return taken
    }

    // MARK: Output

    private func accept(_ bytes: UnsafeRawBufferPointer) -> Int {
        if isDead { return Int(-EPIPE) }
        outbound.append(contentsOf: bytes)
        if let sent = transcript?.sent, sent.count < Self.transcriptLimit {
            transcript?.sent.append(contentsOf: bytes.prefix(Self.transcriptLimit - sent.count))
        }
        return bytes.count
    }

    func takeOutbound() -> [UInt8] {
        defer { outbound = [] }
        return outbound
    }

    /// Takes back, for the next bytes, the memory of those that were sent; a large one is let go.
    func recycle(_ sent: consuming [UInt8]) {
        guard outbound.capacity == 0, sent.capacity <= 2048 else { return }
        // Emptied before it is kept: with a second owner the memory would be copied instead.
        sent.removeAll(keepingCapacity: true)
        outbound = consume sent
    }

    // MARK: Callbacks

    /// Directs a session's I/O to its wire.
    static func install(on session: OpaquePointer) {
        let receive: ReceiveCallback = { _, buffer, count, _, abstract in
            guard let wire = EngineWire.wire(abstract), let buffer else { return Int(-ECONNRESET) }
            return wire.receive(into: buffer, count: count)
        }
        let send: SendCallback = { _, buffer, count, _, abstract in
            guard let wire = EngineWire.wire(abstract), let buffer else { return Int(-EPIPE) }
            return wire.accept(UnsafeRawBufferPointer(start: buffer, count: count))
        }
        let disconnect: DisconnectCallback = { _, reason, message, length, _, _, abstract in
            let text = message.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: Int(length)), as: UTF8.self) } ?? ""
            EngineWire.wire(abstract)?.disconnectReason = text.isEmpty ? "reason \(reason)" : "\(text) (reason \(reason))"
        }
        libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, unsafeBitCast(receive, to: UnsafeMutableRawPointer.self))
        libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, unsafeBitCast(send, to: UnsafeMutableRawPointer.self))
        libssh2_session_callback_set(session, LIBSSH2_CALLBACK_DISCONNECT, unsafeBitCast(disconnect, to: UnsafeMutableRawPointer.self))
    }

    /// The wire behind a callback's `abstract` pointer.
    static func wire(_ abstract: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> EngineWire? {
        abstract?.pointee.map { Unmanaged<EngineWire>.fromOpaque($0).takeUnretainedValue() }
    }

    private typealias Abstract = UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private typealias ReceiveCallback =
        @convention(c) (libssh2_socket_t, UnsafeMutableRawPointer?, Int, Int32, Abstract?) -> Int
    private typealias SendCallback =
        @convention(c) (libssh2_socket_t, UnsafeRawPointer?, Int, Int32, Abstract?) -> Int
    private typealias DisconnectCallback =
        @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32, Abstract?) -> Void
}
