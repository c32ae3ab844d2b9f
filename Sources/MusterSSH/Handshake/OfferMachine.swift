/// Reads a server's first bytes up to the end of its KEXINIT (RFC 4253, 4.2 and 7.1).
struct OfferMachine {
    enum Verdict: Equatable {
        case incomplete
        case offer(ServerOffer)
        case failed(SSHError)
    }

    private var banner = BannerMachine()
    /// From the version line on.
    private var bytes: [UInt8] = []
    private var hasBegun = false

    /// A version line has 255 bytes at the most (RFC 4253, 4.2).
    private static let lineLimit = 255
    /// A packet that every implementation takes has 35,000 (RFC 4253, 6.1).
    private static let packetLimit = 35_000

    /// Takes bytes until all is there.
    mutating func receive(_ new: UnsafeRawBufferPointer) -> Verdict {
        guard !hasBegun else {
            bytes.append(contentsOf: new)
            return verdict
        }
        switch banner.receive(new) {
        case .incomplete: return .incomplete
        case .notSSH:
            return .failed(
                SSHError(
                    .notSSH, stage: .handshake, "expected an SSH version line, seen \"\(banner.seen)\"",
                    hint: banner.looksLikeTelnet ? "this port speaks telnet" : "is this the SSH port?"))
        case .ssh(let all):
            hasBegun = true
            bytes = all
            return verdict
        }
    }

    /// What was seen when no more comes.
    var seen: String {
        if let version { return "\"\(version)\" and no key exchange" }
        let text = hasBegun ? Self.text(of: bytes[...]) : banner.seen
        return text.isEmpty ? "nothing" : "\"\(text)\""
    }

    private var version: String? { lineEnd.map { Self.text(of: bytes[..<$0]) } }
    private var lineEnd: Int? { bytes.firstIndex(of: UInt8(ascii: "\n")) }

    private var verdict: Verdict {
        guard let lineEnd else {
            return bytes.count > Self.lineLimit ? unusable("its version line is longer than \(Self.lineLimit) bytes") : .incomplete
        }
        let version = Self.text(of: bytes[..<lineEnd])
        guard version.hasPrefix("SSH-2.0-") || version.hasPrefix("SSH-1.99-") else {
            return .failed(
                SSHError(
                    .notSSH, stage: .handshake, "the device's SSH version line cannot be used: \"\(version)\"",
                    hint: version.hasPrefix("SSH-1.") ? "it speaks the first version of SSH only, which is broken" : nil))
        }
        var reader = PacketReader(bytes: bytes[(lineEnd + 1)...])
        guard let length = reader.integer() else { return .incomplete }
        guard length <= Self.packetLimit, length > 2 else { return unusable("its first packet claims \(length) bytes") }
        guard bytes.count >= lineEnd + 1 + 4 + length else { return .incomplete }
        let type = bytes[lineEnd + 1 + 5]
        guard type != 1 else { return .failed(disconnect(at: lineEnd + 1 + 6)) }
        guard let lists = KeyExchangeInit(transcript: bytes) else {
            return unusable("its first packet, of type \(type), is no key exchange")
        }
        return .offer(ServerOffer(banner: version, linesBefore: banner.lines, lists: lists))
    }

    private func unusable(_ what: String) -> Verdict {
        .failed(SSHError(.keyExchange, stage: .handshake, "the key exchange failed: \(what)"))
    }

    /// The reason of a DISCONNECT, whose number begins at an index (RFC 4253, 11.1).
    private func disconnect(at start: Int) -> SSHError {
        var reader = PacketReader(bytes: bytes[start...])
        let number = reader.integer() ?? 0
        let text = reader.text().map { Self.text(of: Array($0.utf8)[...]) } ?? ""
        let reason = text.isEmpty ? "reason \(number)" : "\(text) (reason \(number))"
        return SSHError(.connectionLost, stage: .handshake, "the device disconnected: \(reason)")
    }

    private static func text(of line: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in line.prefix(lineLimit) where byte != UInt8(ascii: "\r") {
            text += (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
        }
        return text
    }
}
