import Yams

/// Puts the platforms of hosts into the text of an inventory file, and changes nothing else of it.
package struct PlatformEdit {
    /// The changed text.
    package private(set) var text: String
    /// The hosts that have to be edited by hand, with the reason.
    package private(set) var refused: [(host: String, reason: String)] = []
    /// How many hosts were changed.
    package private(set) var count = 0

    /// A piece of the text and what comes in its place.
    private struct Change {
        var range: Range<String.Index>
        var replacement: String
    }

    /// Edits `text`, which is known to be an inventory.
    ///
    /// - Parameters:
    ///   - text: The file's content.
    ///   - platforms: The platform of each host; hosts that are not in the file are left aside.
    package init(of text: String, setting platforms: [String: String]) {
        self.text = text
        guard let changed = edited(text, platforms), !changed.isEmpty else { return }
        if let whole = Self.applied(changed.map(\.1), to: text), Self.differsOnlyInPlatforms(text, whole, Set(changed.map(\.0))) {
            self.text = whole
            count = changed.count
            return
        }
        // Some host shares its text with others. The rest is found by trying one after the other.
        for host in changed.map(\.0).sorted() {
            guard let platform = platforms[host], let change = edited(self.text, [host: platform])?.first?.1,
                let next = Self.applied([change], to: self.text), Self.differsOnlyInPlatforms(self.text, next, [host])
            else {
                refused.append((host, "its entry is shared with others"))
                continue
            }
            self.text = next
            count += 1
        }
    }

    /// The change for each host of the file that can be changed; nil where the text is no inventory.
    private mutating func edited(_ text: String, _ platforms: [String: String]) -> [(String, Change)]? {
        guard let hosts = Self.root(text)?["hosts"]?.mapping else { return nil }
        var changes: [(String, Change)] = []
        for (key, value) in hosts {
            guard let host = key.string, let platform = platforms[host] else { continue }
            if let change = Self.change(of: value, behind: key, to: platform, in: text) {
                changes.append((host, change))
            } else if !refused.contains(where: { $0.host == host }) {
                refused.append((host, "its entry is an alias, or written in a way that is not understood"))
            }
        }
        return changes
    }

    private static func root(_ text: String) -> Node? {
        try? Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    }

    // MARK: One host

    private static func change(of value: Node, behind key: Node, to platform: String, in text: String) -> Change? {
        guard let keyMark = key.mark, let valueMark = value.mark else { return nil }
        let name =
            platform.unicodeScalars.allSatisfy {
                "-._/".unicodeScalars.contains($0) || $0.properties.isAlphabetic || ("0"..."9").contains($0)
            }
            ? platform : "'" + platform.replacing("'", with: "''") + "'"
        if value.null != nil { return emptyEntry(value, keyMark, name, text) }
        // An alias brings the node of another place.
        guard let mapping = value.mapping, (valueMark.line, valueMark.column) > (keyMark.line, keyMark.column) else { return nil }
        if let pair = mapping.first(where: { $0.key.string == "platform" }) {
            return replacement(of: pair.value, behind: pair.key, name, text)
        }
        guard let first = mapping.first?.key.mark, let start = YAMLSyntax.index(of: first, in: text) else {
            guard let start = YAMLSyntax.index(of: valueMark, in: text), text[start...].hasPrefix("{") else { return nil }
            let inside = text.index(after: start)
            return Change(range: inside..<inside, replacement: "platform: \(name)")
        }
        if let open = YAMLSyntax.index(of: valueMark, in: text), text[open...].hasPrefix("{") {
            return Change(range: start..<start, replacement: "platform: \(name), ")
        }
        let lineStart = text[..<start].lastIndex(where: \.isNewline).map { text.index(after: $0) } ?? text.startIndex
        let indent = text[lineStart..<start]
        guard indent.allSatisfy({ $0 == " " }) else { return nil }
        let end = text[start...].first(where: \.isNewline).map(String.init) ?? "\n"
        return Change(range: start..<start, replacement: "platform: \(name)\(end)\(indent)")
    }

    /// `r1:` with nothing behind it.
    private static func emptyEntry(_ value: Node, _ keyMark: Mark, _ name: String, _ text: String) -> Change? {
        guard let key = YAMLSyntax.index(of: keyMark, in: text), let length = tokenLength(text[key...]) else { return nil }
        let afterKey = text.index(key, offsetBy: length)
        guard let colon = text[afterKey...].first(where: { $0 != " " }), colon == ":", let place = text[afterKey...].firstIndex(of: ":")
        else {
            return nil
        }
        let inside = text.index(after: place)
        guard let written = value.scalar?.string, !written.isEmpty else {
            return Change(range: inside..<inside, replacement: " {platform: \(name)}")
        }
        guard let mark = value.mark, let start = YAMLSyntax.index(of: mark, in: text), text[start...].hasPrefix(written) else { return nil }
        return Change(range: start..<text.index(start, offsetBy: written.count), replacement: "{platform: \(name)}")
    }

    private static func replacement(of value: Node, behind key: Node, _ name: String, _ text: String) -> Change? {
        guard let scalar = value.scalar, let keyMark = key.mark, let mark = value.mark,
            (mark.line, mark.column) > (keyMark.line, keyMark.column), let start = YAMLSyntax.index(of: mark, in: text)
        else { return nil }
        let length = scalar.style == .plain ? scalar.string.count : tokenLength(text[start...])
        guard let length, scalar.style != .plain || text[start...].hasPrefix(scalar.string) else { return nil }
        return Change(range: start..<text.index(start, offsetBy: length), replacement: name)
    }

    /// The length of the key or quoted scalar that `text` begins with.
    private static func tokenLength(_ text: Substring) -> Int? {
        guard let quote = text.first, quote == "'" || quote == "\"" else {
            // Names of hosts have no blank and no colon with a blank behind it.
            let end = text.indices.first { index in
                let next = text.index(after: index)
                return text[index].isWhitespace || text[index] == ":" && (next == text.endIndex || text[next].isWhitespace)
            }
            return end.map { text.distance(from: text.startIndex, to: $0) }
        }
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            let next = text.index(after: index)
            if quote == "\"", text[index] == "\\" {
                index = next < text.endIndex ? text.index(after: next) : next
            } else if text[index] == quote {
                // Twice in single quotes is one.
                guard quote == "'", next < text.endIndex, text[next] == "'" else { return text.distance(from: text.startIndex, to: next) }
                index = text.index(after: next)
            } else {
                index = next
            }
        }
        return nil
    }

    // MARK: All hosts

    private static func applied(_ changes: [Change], to text: String) -> String? {
        let ordered = changes.sorted { $0.range.lowerBound < $1.range.lowerBound }
        var result = ""
        var place = text.startIndex
        for change in ordered {
            guard place <= change.range.lowerBound else { return nil }
            result += text[place..<change.range.lowerBound] + change.replacement
            place = change.range.upperBound
        }
        return result + text[place...]
    }

    /// Whether both texts say the same but for the platforms of `hosts`.
    private static func differsOnlyInPlatforms(_ before: String, _ after: String, _ hosts: Set<String>) -> Bool {
        guard var old = root(before), var new = root(after) else { return false }
        for host in hosts {
            forgetPlatform(of: host, in: &old)
            forgetPlatform(of: host, in: &new)
        }
        return old == new
    }

    private static func forgetPlatform(of host: String, in root: inout Node) {
        guard let entry = root["hosts"]?[host] else { return }
        let pairs = entry.mapping.map { $0.filter { $0.key.string != "platform" }.map { ($0.key, $0.value) } } ?? []
        root["hosts"]?[host] = Node(pairs)
    }
}
