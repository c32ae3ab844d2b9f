/// A server's version line and the packets before encryption begins (RFC 4253, 4.2 and 6).
struct PlainPackets {
    /// What this side sends as its version line, without its end; nobody needs to know the version.
    static let ownVersion = Array("SSH-2.0-Muster".utf8)

    private var banner = BannerMachine()
    /// The version line without its end.
    private(set) var version: [UInt8]?
    /// From the version line on, what has not been handed out.
    private var bytes: [UInt8] = []
    private var hasBegun = false

    private static let lineLimit = BannerMachine.versionLimit
    /// A packet that every implementation takes has 35,000 (RFC 4253, 6.1).
    private static let packetLimit = 35_000

    /// The lines before the version line.
    var linesBefore: [String] { banner.lines }

    /// What was seen when no more comes.
    var seen: String {
        if let version { return "\"\(Self.text(of: version[...]))\" and no key exchange" }
        let text = hasBegun ? Self.text(of: bytes[...]) : banner.seen
        return text.isEmpty ? "nothing" : "\"\(text)\""
    }

    /// Takes bytes.
    mutating func receive(_ new: [UInt8]) throws(SSHError) {
        let result = new.withUnsafeBytes { bytes in
            do throws(SSHError) { return Result<Void, SSHError>.success(try receive(bytes)) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Takes bytes.
    mutating func receive(_ new: UnsafeRawBufferPointer) throws(SSHError) {
        if hasBegun {
            bytes.append(contentsOf: new)
        } else {
            switch banner.receive(new) {
            case .incomplete: return
            case .notSSH:
                throw SSHError(
                    .notSSH, stage: .handshake, "expected an SSH version line, seen \"\(banner.seen)\"",
                    hint: banner.looksLikeTelnet ? "this port speaks telnet" : "is this the SSH port?")
            case .ssh(let all):
                hasBegun = true
                bytes = all
            }
        }
        if version == nil { try readVersion() }
    }

    private mutating func readVersion() throws(SSHError) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            if bytes.count > Self.lineLimit { throw Self.unusable("its version line is longer than \(Self.lineLimit) bytes") }
            return
        }
        let line = bytes[..<(end > 0 && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end)]
        if let refusal = Self.refusal(ofVersion: line) { throw refusal }
        version = Array(line)
        bytes.removeSubrange(...end)
    }

    private static func refusal(ofVersion line: ArraySlice<UInt8>) -> SSHError? {
        let shown = text(of: line)
        guard !shown.hasPrefix("SSH-2.0-"), !shown.hasPrefix("SSH-1.99-") else { return nil }
        return SSHError(
            .notSSH, stage: .handshake, "the device's SSH version line cannot be used: \"\(shown)\"",
            hint: shown.hasPrefix("SSH-1.") ? "it speaks the first version of SSH only, which is broken" : nil)
    }

    /// Why a server cannot be spoken to, when the first line of what it sent says so.
    static func refusal(ofVersionIn bytes: [UInt8]) -> SSHError? {
        bytes.firstIndex(of: UInt8(ascii: "\n")).flatMap { refusal(ofVersion: bytes[..<$0]) }
    }

    /// The version line, where that is all that a server has sent.
    static func onlyVersion(in bytes: [UInt8]) -> String? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")), end == bytes.count - 1 else { return nil }
        return text(of: bytes[..<end])
    }

    /// What is wrong with what a server sent in the handshake, as far as that is in plain text; `nil` when nothing is, or nothing that shows.
    static func flaw(in bytes: [UInt8]) -> SSHError? {
        var packets = PlainPackets()
        do throws(SSHError) {
            try packets.receive(bytes)
            guard let first = try packets.next() else { return nil }
            guard let lists = KeyExchangeInit(payload: first[...]) else {
                return unusable("its first packet, of type \(first[0]), is no key exchange")
            }
            for category in KeyExchangeInit.Category.allCases where lists.lists[category]?.isEmpty != false {
                return SSHError(
                    .keyExchange, stage: .handshake, "the key exchange failed: the device offers no \(category.title) at all",
                    hint: category == .hostKey ? "it may have no host key yet: create one on the device" : nil)
            }
            // Behind NEWKEYS all is encrypted.
            while let next = try packets.next(), next[0] != 21 {}
            return nil
        } catch {
            return error
        }
    }

    /// The next packet's payload; `nil` when it is not all there.
    ///
    /// - Throws: `SSHError` for a packet that makes no sense, and for the server's DISCONNECT.
    mutating func next() throws(SSHError) -> [UInt8]? {
        guard version != nil else { return nil }
        while true {
            var reader = PacketReader(bytes: bytes[...])
            guard let length = reader.integer() else { return nil }
            guard length <= Self.packetLimit, length > 2 else { throw Self.unusable("a packet claims to have \(length) bytes") }
            guard bytes.count >= 4 + length else { return nil }
            let padding = Int(bytes[4])
            guard padding + 1 < length else { throw Self.unusable("a packet has \(padding) bytes of padding in \(length)") }
            let payload = Array(bytes[5..<(4 + length - padding)])
            bytes.removeFirst(4 + length)
            switch payload[0] {
            case 1: throw Self.disconnect(payload)
            // IGNORE and DEBUG may come at any time.
            case 2, 4: continue
            default: return payload
            }
        }
    }

    /// A payload as a packet.
    static func packet(_ payload: [UInt8]) -> [UInt8] {
        // Whole blocks of eight bytes, with at least four bytes of padding.
        let padding = 4 + (8 - (payload.count + 5 + 4) % 8) % 8
        return WireBytes.integer(payload.count + padding + 1) + [UInt8(padding)] + payload + Array(repeating: 0, count: padding)
    }

    static func unusable(_ what: String) -> SSHError {
        SSHError(.keyExchange, stage: .handshake, "the key exchange failed: \(what)")
    }

    /// The reason of a DISCONNECT (RFC 4253, 11.1).
    private static func disconnect(_ payload: [UInt8]) -> SSHError {
        var reader = PacketReader(bytes: payload[1...])
        let number = reader.integer() ?? 0
        let text = reader.string().map { Self.text(of: $0) } ?? ""
        let reason = text.isEmpty ? "reason \(number)" : "\(text) (reason \(number))"
        return SSHError(.connectionLost, stage: .handshake, "the device disconnected: \(reason)")
    }

    /// Bytes of a peer's, fit for a line of a message.
    static func text(of line: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in line.prefix(lineLimit) where byte != UInt8(ascii: "\r") {
            text += (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
        }
        return text
    }
}

/// SSH's data types as bytes (RFC 4251, 5).
enum WireBytes {
    static func integer(_ value: Int) -> [UInt8] {
        [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    static func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
        integer(bytes.count) + Array(bytes)
    }

    /// A positive number, given from its highest byte on.
    static func number(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digits = bytes.drop { $0 == 0 }
        return string((digits.first ?? 0) > 127 ? [0] + Array(digits) : Array(digits))
    }
}
