#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One line of a known hosts file, in the format of sshd(8).
struct KnownHostsLine {
    /// Whom the line is about.
    enum Names {
        /// Names as they are, in small letters.
        case plain([String])
        /// Patterns, and perhaps names among them.
        case patterns([String])
        /// A name that only its HMAC tells.
        case hashed(salt: [UInt8], digest: [UInt8])
    }

    /// What a line says.
    enum Reading {
        /// Nothing: it is empty or a comment.
        case blank
        case entry(KnownHostsLine)
        /// What it was to say is not known.
        case nonsense
    }

    var marker: KnownHosts.Marker
    var names: Names
    /// The key's type as the line has it.
    var type: ArraySlice<UInt8>
    /// The key: it is decoded when its host is asked for, and most never are.
    var base64: ArraySlice<UInt8>

    /// Reads a line without its end.
    static func read(_ text: ArraySlice<UInt8>) -> Reading {
        var fields = text.split(
            maxSplits: 5, whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") })[...]
        guard let first = fields.first, first.first != UInt8(ascii: "#") else { return .blank }
        var marker = KnownHosts.Marker.none
        if first.first == UInt8(ascii: "@") {
            guard let known = KnownHosts.Marker(rawValue: String(decoding: first, as: UTF8.self)) else { return .nonsense }
            marker = known
            fields = fields.dropFirst()
        }
        guard fields.count >= 3, let names = fields.first else { return .nonsense }
        let type = fields[fields.startIndex + 1]
        let base64 = fields[fields.startIndex + 2]
        guard isBase64(base64), let names = read(names: names) else { return .nonsense }
        return .entry(KnownHostsLine(marker: marker, names: names, type: type, base64: base64))
    }

    private static func read(names: ArraySlice<UInt8>) -> Names? {
        if names.first == UInt8(ascii: "|") {
            let parts = names.split(separator: UInt8(ascii: "|"))
            guard parts.count == 3, parts[0].elementsEqual("1".utf8), let salt = Data(base64Encoded: Data(parts[1])),
                let digest = Data(base64Encoded: Data(parts[2])), salt.count == HashedNames.length, digest.count == HashedNames.length
            else { return nil }
            return .hashed(salt: [UInt8](salt), digest: [UInt8](digest))
        }
        let parts = names.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self).lowercased() }
        return names.contains(where: "*?!".utf8.contains) ? .patterns(parts) : .plain(parts)
    }

    private static func isBase64(_ text: ArraySlice<UInt8>) -> Bool {
        text.count >= 8 && text.count % 4 == 0
            && text.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}
