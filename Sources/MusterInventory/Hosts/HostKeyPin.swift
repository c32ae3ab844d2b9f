#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A host key that an inventory vouches for: its fingerprint, or the key itself.
public struct HostKeyPin: Sendable, Hashable, CustomStringConvertible {
    /// The key's type, such as `ssh-ed25519`; nil when only a fingerprint is known.
    public let type: String?
    /// The key in base64, as a known hosts file has it; nil when only the fingerprint is known.
    public let base64: String?
    /// The fingerprint as ssh shows it, `SHA256:…`; nil when the key itself is known.
    public let fingerprint: String?

    /// Why a text is no pin.
    public struct Malformed: Error, Sendable, Hashable {
        /// What is wrong with it.
        public let found: String
        /// What to do about it.
        public let hint: String?
    }

    /// The forms that a pin may have, for messages.
    package static let expected = "SHA256:… or a key such as 'ssh-ed25519 AAAA…'"

    /// Reads a pin: `SHA256:…` as ssh shows it, with or without the key's type before it, or a key as in a known hosts or public key file.
    ///
    /// - Throws: `Malformed`.
    public init(_ text: String) throws(Malformed) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = words.first else { throw Malformed(found: "empty text", hint: nil) }
        let print = words.firstIndex { $0.hasPrefix("SHA256:") }
        if let print, print < 2 {
            type = print == 1 ? first : nil
            fingerprint = try Self.fingerprint(words[print])
            base64 = nil
            return
        }
        if words.contains(where: { $0.hasPrefix("MD5:") }) || Self.looksLikeMD5(first) {
            throw Malformed(found: "an MD5 fingerprint", hint: "ssh-keygen -l shows the SHA256 one; muster keys scan does so too")
        }
        guard words.count >= 2, let data = Data(base64Encoded: words[1]) else {
            throw Malformed(found: Self.shown(text), hint: nil)
        }
        guard data.starts(with: [UInt8(0), 0, 0, UInt8(truncatingIfNeeded: first.utf8.count)] + Array(first.utf8)) else {
            throw Malformed(found: "a key that is not of the type \(first.quotedForMessage)", hint: "copy the whole line of the key")
        }
        (type, base64, fingerprint) = (first, words[1], nil)
    }

    /// A SHA-256 hash has 32 bytes: 43 digits of base64, which ssh shows without the padding.
    private static func fingerprint(_ text: String) throws(Malformed) -> String {
        let digits = text.dropFirst("SHA256:".count)
        let plain = digits.hasSuffix("=") ? digits.dropLast() : digits
        guard plain.count == 43, Data(base64Encoded: plain + "=") != nil else {
            throw Malformed(
                found: shown(text), hint: "a fingerprint has 43 characters behind SHA256:, here are \(plain.count)")
        }
        return "SHA256:" + plain
    }

    private static func looksLikeMD5(_ text: String) -> Bool {
        let parts = text.split(separator: ":")
        return parts.count == 16 && parts.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }
    }

    private static func shown(_ text: String) -> String { text.quotedForMessage }

    /// The pin as it can be written in an inventory.
    public var description: String {
        [type, fingerprint ?? base64].compactMap { $0 }.joined(separator: " ")
    }
}
