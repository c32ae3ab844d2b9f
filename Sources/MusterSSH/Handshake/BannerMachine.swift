/// The lines before a server's SSH version line (RFC 4253, 4.2).
///
/// A server may send lines of its own before `SSH-…`. libssh2 fails on a blank one and reads without a bound, so they end here.
struct BannerMachine {
    enum Verdict: Equatable {
        /// No version line yet.
        case incomplete
        /// The version line is there; these bytes and all later ones are for the engine.
        case ssh([UInt8])
        /// Not an SSH server.
        case notSSH
    }

    /// More than any real server says before its version line.
    static let byteLimit = 128 * 1024
    static let lineLimit = 2048
    /// A version line has 255 bytes at the most (RFC 4253, 4.2).
    static let versionLimit = 255
    /// The lines that are kept, for an error.
    static let linesKept = 50

    private(set) var lines: [String] = []
    private var lineCount = 0
    private var pending: [UInt8] = []
    private var total = 0

    /// Takes bytes until the version line has begun.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        pending.append(contentsOf: bytes)
        total += bytes.count
        while true {
            if pending.starts(with: Array("SSH-".utf8)) {
                // One that is too long is for the engine to refuse.
                let isWhole = pending.prefix(Self.versionLimit).contains(UInt8(ascii: "\n")) || pending.count > Self.versionLimit
                return isWhole ? .ssh(pending) : .incomplete
            }
            guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else { break }
            if lines.count < Self.linesKept { lines.append(text(of: pending[..<end])) }
            pending.removeSubrange(...end)
            lineCount += 1
            if lineCount > Self.lineLimit { return .notSSH }
        }
        // Telnet's option negotiation begins with IAC, and no SSH server sends that byte.
        if total > Self.byteLimit || pending.first == 0xFF { return .notSSH }
        return .incomplete
    }

    /// What was seen instead of a version line, for an error.
    var seen: String {
        let begun = pending.isEmpty ? [] : [text(of: pending[...])]
        return (lines + begun).filter { !$0.isEmpty }.prefix(3).joined(separator: " | ")
    }

    /// Whether what was seen looks like telnet's option negotiation (RFC 854).
    var looksLikeTelnet: Bool { pending.first == 0xFF }

    private func text(of line: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in line.prefix(120) where byte != UInt8(ascii: "\r") {
            text += (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
        }
        return text
    }
}
