/// Messages to and from an `ssh` that shares its connection, as OpenSSH's PROTOCOL.mux describes them.
enum MuxMessage {
    /// The protocol's version, which both sides name first.
    static let version: UInt32 = 4

    private enum Number {
        static let hello: UInt32 = 0x0000_0001
        static let newStdioForward: UInt32 = 0x1000_0008
        static let permissionDenied: UInt32 = 0x8000_0002
        static let failure: UInt32 = 0x8000_0003
        static let sessionOpened: UInt32 = 0x8000_0006
    }

    /// What an ssh answers.
    enum Reply: Sendable, Equatable {
        case hello(version: UInt32)
        case opened
        /// It did not come about: why, as far as ssh tells.
        case refused(String)
        /// Something that nobody waits for.
        case other
    }

    /// The greeting and the request for a connection to a host and port; two descriptors follow it, to read from and to write to.
    static func connection(to host: String, port: Int) -> [UInt8] {
        framed(word(Number.hello) + word(version))
            + framed(word(Number.newStdioForward) + word(0) + string("") + string(host) + word(UInt32(clamping: port)))
    }

    fileprivate static func reply(_ payload: ArraySlice<UInt8>) -> Reply {
        var rest = payload
        switch takeWord(&rest) {
        case Number.hello?: return takeWord(&rest).map { .hello(version: $0) } ?? .other
        case Number.sessionOpened?: return .opened
        case Number.failure?, Number.permissionDenied?:
            _ = takeWord(&rest)
            let count = takeWord(&rest).map(Int.init) ?? 0
            return .refused(String(decoding: rest.prefix(count), as: UTF8.self))
        default: return .other
        }
    }

    fileprivate static func takeWord(_ bytes: inout ArraySlice<UInt8>) -> UInt32? {
        guard bytes.count >= 4 else { return nil }
        defer { bytes = bytes.dropFirst(4) }
        return bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func word(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func string(_ text: String) -> [UInt8] {
        word(UInt32(text.utf8.count)) + Array(text.utf8)
    }

    private static func framed(_ payload: [UInt8]) -> [UInt8] {
        word(UInt32(payload.count)) + payload
    }
}

/// Takes the bytes of an ssh's answers apart.
struct MuxReader: Sendable {
    /// Longer than any message that ssh sends.
    static let limit = 64 * 1024

    private var bytes: [UInt8] = []

    /// - Returns: The messages that are complete; nil for what is none.
    mutating func receive(_ new: some Sequence<UInt8>) -> [MuxMessage.Reply]? {
        bytes += new
        var rest = bytes[...]
        var replies: [MuxMessage.Reply] = []
        while true {
            var next = rest
            guard let length = MuxMessage.takeWord(&next) else { break }
            guard length <= Self.limit else { return nil }
            guard next.count >= Int(length) else { break }
            replies.append(MuxMessage.reply(next.prefix(Int(length))))
            rest = next.dropFirst(Int(length))
        }
        bytes = Array(rest)
        return replies
    }
}
