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

    private struct Matcher: Sendable {
        var patterns: [String]
        var entry: Entry
    }

    private struct HashedName: Sendable {
        var salt: [UInt8]
        var digest: [UInt8]
        var entry: Entry
    }

    /// Plain names, which most are, are looked up and not searched.
    private var byName: [String: [Entry]] = [:]
    private var byPattern: [Matcher] = []
    private var hashed: [HashedName] = []
    /// Lines that could not be read, as file and line.
    package private(set) var unreadable: [String] = []

    package init() {}

    /// Reads a file's text; lines that make no sense are passed over and listed in `unreadable`.
    package init(text: String, file: String) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            read(line: line, origin: "\(file):\(index + 1)")
        }
    }

    private mutating func read(line: Substring, origin: String) {
        var fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })[...]
        guard let first = fields.first, !first.hasPrefix("#") else { return }
        var isRevoked = false
        if first.hasPrefix("@") {
            // A certificate authority signs keys; the key itself is no host's.
            if first == "@cert-authority" { return }
            guard first == "@revoked" else { return unreadable.append(origin) }
            isRevoked = true
            fields = fields.dropFirst()
        }
        guard fields.count >= 3, let names = fields.first, let key = HostKey(base64: fields[fields.startIndex + 2]) else {
            return unreadable.append(origin)
        }
        let entry = Entry(key: key, isRevoked: isRevoked, origin: origin)
        if names.hasPrefix("|1|") {
            let parts = names.split(separator: "|")
            guard parts.count == 3, let salt = Data(base64Encoded: String(parts[1])), let digest = Data(base64Encoded: String(parts[2]))
            else {
                return unreadable.append(origin)
            }
            hashed.append(HashedName(salt: [UInt8](salt), digest: [UInt8](digest), entry: entry))
            return
        }
        let patterns = names.split(separator: ",").map { $0.lowercased() }
        if patterns.contains(where: { $0.contains("*") || $0.contains("?") || $0.hasPrefix("!") }) {
            byPattern.append(Matcher(patterns: patterns, entry: entry))
        } else {
            for name in patterns { byName[name, default: []].append(entry) }
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
        for matcher in byPattern where Self.matches(name, patterns: matcher.patterns) { found.append(matcher.entry) }
        for candidate in hashed where Self.hash(name, salt: candidate.salt) == candidate.digest { found.append(candidate.entry) }
        return found
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

    /// Adds a key, as `line` says it in a file.
    package mutating func add(host: String, port: Int, key: HostKey, origin: String) {
        byName[Self.name(host: host, port: port), default: []].append(Entry(key: key, isRevoked: false, origin: origin))
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
