import CLibCrypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The keys that a known hosts file holds, in the format of sshd(8).
package struct KnownHosts: Sendable {
    /// One key of the file.
    package struct Entry: Sendable, Equatable {
        package var key: HostKey
        package var isRevoked: Bool
        /// File and line, for errors.
        package var origin: String
    }

    /// What a file says about a key that a host shows.
    package enum Verdict: Sendable, Equatable {
        case known
        case unknown
        case changed([Entry])
        case revoked(Entry)
    }

    /// A line's key, as it stands in the file: it is decoded when its host is asked for, and most never are.
    private struct Line: Sendable {
        var base64: ArraySlice<UInt8>
        var isRevoked: Bool
        var number: Int
    }

    private struct Matcher: Sendable {
        var patterns: [String]
        var line: Line
    }

    private struct HashedName: Sendable {
        var salt: [UInt8]
        var digest: [UInt8]
        var line: Line
    }

    private let file: String
    /// Plain names, which most are, are looked up and not searched.
    private var byName: [String: [Line]] = [:]
    private var byPattern: [Matcher] = []
    private var hashed: [HashedName] = []
    /// Lines that could not be read, as file and line.
    package private(set) var unreadable: [String] = []

    package init() {
        file = ""
    }

    /// Reads a file's content; lines that make no sense are passed over and listed in `unreadable`.
    package init(_ content: [UInt8], file: String) {
        self.file = file
        var start = 0
        var number = 0
        while start < content.count {
            let end = content[start...].firstIndex(of: UInt8(ascii: "\n")) ?? content.count
            number += 1
            if !read(content[start..<end], number: number) { unreadable.append("\(file):\(number)") }
            start = end + 1
        }
    }

    /// Takes one line; false when it makes no sense.
    private mutating func read(_ text: ArraySlice<UInt8>, number: Int) -> Bool {
        var fields = text.split(
            maxSplits: 5, whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") })[...]
        guard let first = fields.first, first.first != UInt8(ascii: "#") else { return true }
        var isRevoked = false
        if first.first == UInt8(ascii: "@") {
            // A certificate authority signs keys; the key itself is no host's.
            if first.elementsEqual("@cert-authority".utf8) { return true }
            guard first.elementsEqual("@revoked".utf8) else { return false }
            isRevoked = true
            fields = fields.dropFirst()
        }
        guard fields.count >= 3, let names = fields.first, Self.isBase64(fields[fields.startIndex + 2]) else { return false }
        let line = Line(base64: fields[fields.startIndex + 2], isRevoked: isRevoked, number: number)
        if names.starts(with: "|1|".utf8) {
            let parts = names.split(separator: UInt8(ascii: "|"))
            guard parts.count == 3, let salt = Data(base64Encoded: Data(parts[1])), let digest = Data(base64Encoded: Data(parts[2])) else {
                return false
            }
            hashed.append(HashedName(salt: [UInt8](salt), digest: [UInt8](digest), line: line))
            return true
        }
        let special: [UInt8] = [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "!")]
        let patterns = names.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self).lowercased() }
        if names.contains(where: special.contains) {
            byPattern.append(Matcher(patterns: patterns, line: line))
        } else {
            for name in patterns { byName[name, default: []].append(line) }
        }
        return true
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

    /// How a host stands in the file: its name, or `[name]:port` for a port other than 22.
    package static func name(host: String, port: Int) -> String {
        port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    }

    /// The keys that the file holds for a host.
    package func entries(host: String, port: Int) -> [Entry] {
        let name = Self.name(host: host, port: port)
        var found = byName[name] ?? []
        for matcher in byPattern where Self.matches(name, patterns: matcher.patterns) { found.append(matcher.line) }
        for candidate in hashed where Self.hash(name, salt: candidate.salt) == candidate.digest { found.append(candidate.line) }
        return found.compactMap { line in
            guard let key = HostKey(base64: String(decoding: line.base64, as: UTF8.self)) else { return nil }
            return Entry(key: key, isRevoked: line.isRevoked, origin: line.number == 0 ? "pinned in this run" : "\(file):\(line.number)")
        }
    }

    /// What the file says about `key` shown by a host.
    ///
    /// As in ssh, a known key of another type makes an unknown one a changed one: the known type was asked for first.
    package func verdict(host: String, port: Int, key: HostKey) -> Verdict {
        let entries = entries(host: host, port: port)
        if let revoked = entries.first(where: { $0.isRevoked && $0.key == key }) { return .revoked(revoked) }
        let valid = entries.filter { !$0.isRevoked }
        if valid.isEmpty { return .unknown }
        return valid.contains { $0.key == key } ? .known : .changed(valid)
    }

    /// Adds a key that is not in the file yet.
    package mutating func add(host: String, port: Int, key: HostKey) {
        let line = Line(base64: Array(key.base64.utf8)[...], isRevoked: false, number: 0)
        byName[Self.name(host: host, port: port), default: []].append(line)
    }

    /// The line of a file for a host's key.
    package static func line(host: String, port: Int, key: HostKey) -> String {
        "\(name(host: host, port: port)) \(key.type) \(key.base64)\n"
    }

    private static func matches(_ name: String, patterns: [String]) -> Bool {
        var matched = false
        for pattern in patterns {
            if pattern.hasPrefix("!") {
                if glob(pattern.dropFirst()[...], name[...]) { return false }
            } else if glob(pattern[...], name[...]) {
                matched = true
            }
        }
        return matched
    }

    /// `*` and `?`, as in ssh_config(5); the time is at most the product of both lengths.
    private static func glob(_ pattern: Substring, _ text: Substring) -> Bool {
        var pattern = pattern
        var text = text
        var retry: (pattern: Substring, text: Substring)?
        while true {
            if let wanted = pattern.first {
                if wanted == "*" {
                    pattern = pattern.dropFirst()
                    retry = (pattern, text)
                    continue
                }
                if let found = text.first, wanted == "?" || wanted == found {
                    pattern = pattern.dropFirst()
                    text = text.dropFirst()
                    continue
                }
            } else if text.isEmpty {
                return true
            }
            guard let last = retry, !last.text.isEmpty else { return false }
            let rest = last.text.dropFirst()
            retry = (last.pattern, rest)
            (pattern, text) = (last.pattern, rest)
        }
    }

    private static func hash(_ name: String, salt: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        var length: UInt32 = 0
        let bytes = Array(name.utf8)
        _ = HMAC(EVP_sha1(), salt, Int32(salt.count), bytes, bytes.count, &digest, &length)
        return digest
    }
}
