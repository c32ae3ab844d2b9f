import CLibSSH2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A message that somebody else is to sign.
struct SignatureRequest: Sendable {
    let message: [UInt8]
    let algorithm: String
    let signer: any RemoteSigner
}

/// The signature of one login by public key, from libssh2's question for it to the answer.
///
/// libssh2 asks by a plain call. Where the answer takes time it is told to come back, which it does when its operation is called again.
struct PendingSignature {
    private enum State {
        case none
        /// libssh2 has asked, and nobody knows yet.
        case wanted(SignatureRequest)
        /// Somebody has been asked.
        case asked
        case answered(Result<[UInt8], KeyProblem>)
    }

    private var state = State.none
    private var signer = Signer.locked
    /// Why there was none; of the last login by public key.
    private(set) var problem: KeyProblem?
    /// Whether there was none since the key is locked.
    private(set) var isLocked = false

    /// Begins a login.
    mutating func begin(_ offer: KeyOffer) {
        signer = offer.signer
    }

    /// Ends a login; why there was no signature remains known.
    mutating func end() {
        state = .none
        signer = .locked
    }

    /// Whether somebody has been asked and has not answered.
    var isAwaited: Bool { if case .asked = state { true } else { false } }

    /// Whether the answer is there and libssh2 does not know it.
    var isAnswered: Bool { if case .answered = state { true } else { false } }

    /// What is to be asked for, once.
    mutating func takeRequest() -> SignatureRequest? {
        guard case .wanted(let request) = state else { return nil }
        state = .asked
        return request
    }

    /// Takes the answer; one that nobody waits for is dropped.
    mutating func answer(_ result: Result<[UInt8], KeyProblem>) {
        if isAwaited { state = .answered(result) }
    }

    /// Gives up waiting: the connection has ended.
    mutating func giveUp() {
        if isAwaited { state = .answered(.failure(.agent(.cancelled))) }
    }

    /// The answer to libssh2's question: a signature, nothing yet, or that there is none.
    private mutating func signature(of message: [UInt8]) -> Result<[UInt8], KeyProblem>? {
        switch state {
        case .answered(let result): return result
        case .asked, .wanted: return nil
        case .none: break
        }
        guard let algorithm = Self.algorithm(of: message) else { return .failure(.damaged) }
        switch signer {
        case .key(let key): return key.signature(of: message, algorithm: algorithm).map { .success($0) } ?? .failure(.damaged)
        case .remote(let signer):
            state = .wanted(SignatureRequest(message: message, algorithm: algorithm, signer: signer))
            return nil
        case .locked:
            isLocked = true
            return .failure(.needsPassphrase)
        }
    }

    /// The algorithm that the message to sign names (RFC 4252, 7): which one it is depends on libssh2's version and the server.
    private static func algorithm(of message: [UInt8]) -> String? {
        var reader = PacketReader(bytes: message[...])
        // Session, message number, user, service, method, "with a signature".
        guard reader.string() != nil, reader.byte() == 50, reader.string() != nil, reader.string() != nil, reader.string() != nil,
            reader.byte() == 1
        else { return nil }
        return reader.text()
    }

    /// Gives libssh2 the signature of the wire behind `abstract`.
    static let callback: Callback = { _, signature, length, message, count, abstract in
        guard let wire = EngineWire.wire(abstract), !wire.isDead, let signature, let length, let message else { return -1 }
        let bytes = [UInt8](UnsafeRawBufferPointer(start: message, count: count))
        switch wire.signing.signature(of: bytes) {
        case nil: return LIBSSH2_ERROR_EAGAIN
        case .failure(let problem):
            wire.signing.problem = problem
            return -1
        case .success(let result):
            // libssh2 frees it, so it must come from malloc.
            guard let copy = malloc(max(1, result.count)) else { return -1 }
            result.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: result.count) }
            signature.pointee = copy.assumingMemoryBound(to: UInt8.self)
            length.pointee = result.count
            return 0
        }
    }

    typealias Callback =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?, UnsafePointer<UInt8>?, Int,
            UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> Int32
}
