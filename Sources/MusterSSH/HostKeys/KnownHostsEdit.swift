/// Changes to the content of a known hosts file; every other line stays as it is, byte for byte.
struct KnownHostsEdit {
    /// A host's key.
    typealias Pair = (name: HostKeyName, key: HostKey)

    /// Keys that are not the hosts' any more.
    var removed: [Pair]
    /// Keys that are.
    var added: [Pair]

    /// The changed content, and the lines, counted from 1, that still say what was to be removed, since they say it of other hosts too, by a
    /// pattern.
    func applied(to content: [UInt8]) -> (content: [UInt8], kept: [Int]) {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var kept: [Int] = []
        var start = 0
        var number = 0
        while start < content.count {
            let end = content[start...].firstIndex(of: UInt8(ascii: "\n")) ?? content.count
            number += 1
            let text = content[start..<end]
            switch fate(of: text) {
            case .stays: result += text + [UInt8(ascii: "\n")]
            case .cannotGo:
                result += text + [UInt8(ascii: "\n")]
                kept.append(number)
            case .keepsNames(let names): result += rewritten(text, names: names) + [UInt8(ascii: "\n")]
            case .goes: break
            }
            start = end + 1
        }
        for (name, key) in added { result += KnownHosts.line(name, key: key).utf8 }
        return (result, kept)
    }

    private enum Fate {
        case stays, goes, cannotGo
        case keepsNames([String])
    }

    private func fate(of text: ArraySlice<UInt8>) -> Fate {
        guard !removed.isEmpty, case .entry(let line) = KnownHostsLine.read(text), line.marker == .none,
            let key = HostKey(base64: String(decoding: line.base64, as: UTF8.self))
        else { return .stays }
        let names = Set(removed.filter { $0.key == key }.map(\.name.text))
        guard !names.isEmpty else { return .stays }
        switch line.names {
        case .plain(let all):
            let rest = all.filter { !names.contains($0) }
            return rest.count == all.count ? .stays : rest.isEmpty ? .goes : .keepsNames(rest)
        case .hashed(let salt, let digest):
            var hashed = HashedNames()
            hashed.append(salt: salt, digest: digest, line: 0)
            return hashed.lines(of: names).isEmpty ? .stays : .goes
        case .patterns(let patterns):
            let pattern = HostPattern(patterns)
            return names.contains(where: pattern.matches) ? .cannotGo : .stays
        }
    }

    /// The line with other names in the first field.
    private func rewritten(_ text: ArraySlice<UInt8>, names: [String]) -> [UInt8] {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let rest = text.drop(while: isBlank).drop { !isBlank($0) }
        return Array(names.joined(separator: ",").utf8) + rest
    }
}
