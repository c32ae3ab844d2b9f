/// The keys that known hosts files hold, in the format of sshd(8).
package struct KnownHosts: Sendable {
    /// What a line's key is for.
    package enum Marker: String, Sendable {
        /// It is the host's.
        case none = ""
        /// It must not be used, by whomever.
        case revoked = "@revoked"
        /// It signs host keys; the key itself is no host's.
        case certificateAuthority = "@cert-authority"
    }

    /// One key of a file.
    package struct Entry: Sendable, Equatable {
        package var key: HostKey
        package var marker: Marker
        /// File and line, for errors.
        package var origin: String
    }

    /// What the files say about a key that a host shows.
    package enum Verdict: Sendable, Equatable {
        case known
        case unknown
        /// Others are known, of this or another type.
        case changed([Entry])
        case revoked(Entry)
        /// The host's key is to be vouched for by a certificate authority, and nothing else is known of it.
        case certified([Entry])
    }

    private struct Line: Sendable {
        var type: ArraySlice<UInt8>
        var base64: ArraySlice<UInt8>
        var marker: Marker
        /// The file's place in `files`, and the line's in it; no place for what was added here.
        var file: Int?
        var number = 0
    }

    private var files: [String] = []
    private var lines: [Line] = []
    /// Plain names, which most are, are looked up and not searched.
    private var byName: [String: [Int]] = [:]
    private var byPattern: [(pattern: HostPattern, line: Int)] = []
    private var hashed = HashedNames()
    /// The lines with hashed names, for the names that were looked up.
    private var resolved: [String: [Int]] = [:]
    /// Lines that could not be read, as file and line.
    package private(set) var unreadable: [String] = []

    package init() {}

    /// Reads one file's content.
    package init(_ content: [UInt8], file: String) {
        add(content, file: file)
    }

    /// Reads another file's content; lines that make no sense are passed over and listed in `unreadable`.
    package mutating func add(_ content: [UInt8], file: String) {
        files.append(file)
        resolved = [:]
        var start = 0
        var number = 0
        while start < content.count {
            let end = content[start...].firstIndex(of: UInt8(ascii: "\n")) ?? content.count
            number += 1
            switch KnownHostsLine.read(content[start..<end]) {
            case .blank: break
            case .nonsense: unreadable.append("\(file):\(number)")
            case .entry(let line): add(line, number: number)
            }
            start = end + 1
        }
    }

    private mutating func add(_ line: KnownHostsLine, number: Int) {
        let place = lines.count
        lines.append(Line(type: line.type, base64: line.base64, marker: line.marker, file: files.count - 1, number: number))
        switch line.names {
        case .plain(let names): for name in names { byName[name, default: []].append(place) }
        case .patterns(let patterns): byPattern.append((HostPattern(patterns), place))
        case .hashed(let salt, let digest): hashed.append(salt: salt, digest: digest, line: place)
        }
    }

    // MARK: Looking up

    /// Looks these names up among the hashed ones, all in one pass, so that asking for them costs nothing later.
    package mutating func resolve(_ names: some Sequence<HostKeyName>) {
        guard !hashed.isEmpty else { return }
        let new = Set(names.flatMap(\.all)).filter { resolved[$0] == nil }
        let found = hashed.lines(of: new)
        for name in new { resolved[name] = found[name] ?? [] }
    }

    /// The same, with these names looked up.
    func resolving(_ names: some Sequence<HostKeyName>) -> KnownHosts {
        var copy = self
        copy.resolve(names)
        return copy
    }

    /// The keys that the files hold for a host, in the order of the files and lines.
    package func entries(_ name: HostKeyName) -> [Entry] { entries(name.text) }

    private func entries(_ name: String) -> [Entry] {
        var found = byName[name] ?? []
        for (pattern, line) in byPattern where pattern.matches(name) { found.append(line) }
        if !hashed.isEmpty { found += resolved[name] ?? hashed.lines(of: [name])[name] ?? [] }
        return found.sorted().compactMap { place in
            let line = lines[place]
            // As in ssh, a line whose key is not of the type that it names does not count.
            guard let key = HostKey(base64: String(decoding: line.base64, as: UTF8.self)), key.type.utf8.elementsEqual(line.type) else {
                return nil
            }
            return Entry(key: key, marker: line.marker, origin: line.file.map { "\(files[$0]):\(line.number)" } ?? "pinned in this run")
        }
    }

    /// The types of the keys known for a host, in the order of the files.
    package func types(_ name: HostKeyName) -> [String] {
        for text in name.all {
            let types = entries(text).filter { $0.marker == .none }.map(\.key.type)
            if !types.isEmpty { return types }
        }
        return []
    }

    /// What the files say about `key` shown by a host.
    ///
    /// As in ssh, a key of another type than the known ones has changed: the known types were asked for first. A key that is known for
    /// the host on port 22 counts on its other ports, as long as these have none of their own.
    package func verdict(_ name: HostKeyName, key: HostKey) -> Verdict {
        let own = entries(name.text)
        let others = name.withoutPort.map { entries($0) } ?? []
        if let revoked = (own + others).first(where: { $0.marker == .revoked && $0.key == key }) { return .revoked(revoked) }
        let plain = own.filter { $0.marker == .none }
        if !plain.isEmpty { return plain.contains { $0.key == key } ? .known : .changed(plain) }
        if others.contains(where: { $0.marker == .none && $0.key == key }) { return .known }
        let authorities = own.filter { $0.marker == .certificateAuthority }
        return authorities.isEmpty ? .unknown : .certified(authorities)
    }

    /// Whether the files hold no key of a host's own.
    func isUnknown(_ name: HostKeyName) -> Bool {
        !entries(name.text).contains { $0.marker == .none }
    }

    // MARK: Adding

    /// Adds a key that is in no file yet.
    package mutating func add(_ name: HostKeyName, key: HostKey) {
        byName[name.text, default: []].append(lines.count)
        lines.append(Line(type: Array(key.type.utf8)[...], base64: Array(key.base64.utf8)[...], marker: .none, file: nil))
    }

    /// The line of a file for a host's key.
    package static func line(_ name: HostKeyName, key: HostKey) -> String {
        "\(name.text) \(key.type) \(key.base64)\n"
    }
}
