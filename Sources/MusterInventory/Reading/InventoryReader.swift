/// Where a field stands, for messages.
enum InventoryOwner: CustomStringConvertible {
    case host(String)
    case group(String)
    case defaults

    var description: String {
        switch self {
        case .host(let name): "host " + name.quotedForMessage
        case .group(let name): "group " + name.quotedForMessage
        case .defaults: "defaults"
        }
    }
}

/// A key of a mapping, where it is, and its value.
struct InventoryEntry {
    let key: String
    let position: SourcePosition
    let value: YAMLNode
    /// Whether the mapping has the key before.
    var isRepeated = false
}

/// Turns the nodes of one file into layers, and notes every mistake on the way.
struct InventoryReader {
    /// What one file says.
    struct Contents {
        var defaults: InventoryLayer?
        var groups: [(name: String, layer: InventoryLayer)] = []
        var hosts: [(name: String, layer: InventoryLayer)] = []
        /// The key `hosts`, or the start of the file.
        var hostsPosition: SourcePosition
        var firstPlainSecret: SourcePosition?
    }

    let file: InventoryFile
    let hasRepeatedKeys: Bool
    let paths: InventoryPaths
    var problems: [InventoryProblem] = []
    var contents: Contents
    /// Reads a file into layers.
    static func read(_ file: InventoryFile, problems: inout [InventoryProblem]) -> Contents {
        let start = SourcePosition(file: file.path, line: 1, column: 1)
        guard let document = YAMLDocument.parse(file, problems: &problems) else { return Contents(hostsPosition: start) }
        var reader = InventoryReader(
            file: file, hasRepeatedKeys: document.hasRepeatedKeys, paths: InventoryPaths(file: file.path),
            contents: Contents(hostsPosition: start))
        reader.readRoot(document.root, start: start)
        problems += reader.problems
        return reader.contents
    }

    private init(file: InventoryFile, hasRepeatedKeys: Bool, paths: InventoryPaths, contents: Contents) {
        self.file = file
        self.hasRepeatedKeys = hasRepeatedKeys
        self.paths = paths
        self.contents = contents
    }

    // MARK: The top of the file

    private mutating func readRoot(_ root: YAMLNode?, start: SourcePosition) {
        guard let root, !root.isNull else {
            report(start, "the inventory is empty; expected a mapping with defaults, groups and hosts")
            return
        }
        guard root.isMapping else {
            report(
                position(of: root), "found \(root.kind), expected a mapping with defaults, groups and hosts",
                hint: YAMLSyntax.looksLikeINI(file.text) ? YAMLSyntax.iniHint : nil)
            return
        }
        for entry in entries(of: root, in: "the inventory") {
            switch entry.key {
            case "defaults":
                if let fields = readFields(entry.value, of: .defaults) {
                    contents.defaults = InventoryLayer(.defaults, at: entry.position, fields)
                }
            case "groups":
                for group in section(entry, of: "groups") {
                    let named = checkName(group, kind: "group")
                    let fields = readFields(group.value, of: .group(group.key)) ?? InventoryFields()
                    guard named, !group.isRepeated else { continue }
                    contents.groups.append((group.key, InventoryLayer(.group(group.key), at: group.position, fields)))
                }
            case "hosts":
                contents.hostsPosition = entry.position
                let hosts = section(entry, of: "hosts")
                contents.hosts.reserveCapacity(hosts.count)
                for host in hosts {
                    let named = checkName(host, kind: "host")
                    let fields = readFields(host.value, of: .host(host.key)) ?? InventoryFields()
                    guard named, !host.isRepeated else { continue }
                    contents.hosts.append((host.key, InventoryLayer(.host, at: host.position, fields)))
                }
            // The habit of other tools: a place for anchors that aliases refer to.
            case _ where entry.key.hasPrefix("x-"): break
            default:
                report(
                    entry.position, "unknown key \(entry.key.quotedForMessage); expected one of defaults, groups, hosts",
                    hint: topLevelHint(entry.key))
            }
        }
    }

    private func topLevelHint(_ key: String) -> String? {
        if let hint = Suggestion.hint(for: key, among: ["defaults", "groups", "hosts"]) { return hint }
        if ["all", "ungrouped"].contains(key) { return "this looks like an Ansible inventory; Muster's has defaults, groups and hosts" }
        return "hosts go under 'hosts:'; a key that begins with 'x-' is left alone"
    }

    /// The entries of `groups` or `hosts`.
    private mutating func section(_ entry: InventoryEntry, of name: String) -> [InventoryEntry] {
        if entry.value.isNull { return [] }
        guard entry.value.isMapping else {
            let one = String(name.dropLast())
            report(
                position(of: entry.value), "'\(name)': found \(entry.value.kind), expected a mapping with a key for each \(one)",
                hint: "write each \(one) as 'name:' on a line of its own")
            return []
        }
        return entries(of: entry.value, in: name, keepRepeated: true)
    }

    /// Names go into node sets and selections, so their operators can't be part of one.
    private mutating func checkName(_ entry: InventoryEntry, kind: String) -> Bool {
        if entry.key.isEmpty {
            report(entry.position, "the name of a \(kind) is empty")
            return false
        }
        // Nearly every name is of these, and the tables of Unicode take their time.
        if entry.key.utf8.allSatisfy({ Self.isPlainNameByte($0) }) { return true }
        let bad = entry.key.unicodeScalars.first {
            NodeSet.reserved.contains($0) || $0.properties.isWhitespace || $0.properties.generalCategory == .control
        }
        guard let bad else { return true }
        let ranges = bad == "[" ? "a range is not expanded here; give each \(kind) a key of its own" : nil
        report(
            entry.position,
            "the name of \(kind) \(entry.key.quotedForMessage) contains \(String(bad).quotedForMessage), which node sets need", hint: ranges
        )
        return false
    }

    private static func isPlainNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D...0x2F, 0x3A, 0x5F: true
        default: false
        }
    }

    // MARK: Nodes

    /// The entries of a mapping: repeated keys reported, merge keys (`<<`) followed, explicit keys before merged ones.
    ///
    /// - Parameter keepRepeated: Whether entries with a repeated key are returned, marked, so that they are checked as well.
    mutating func entries(of node: YAMLNode, in place: @autoclosure () -> String, keepRepeated: Bool = false) -> [InventoryEntry] {
        guard case .mapping(let pairs) = node.content else { return [] }
        var entries: [InventoryEntry] = []
        entries.reserveCapacity(pairs.count)
        var merged: [InventoryEntry] = []
        var first: [String: SourcePosition] = [:]
        for pair in pairs {
            let here = position(of: pair.key)
            guard case .scalar(let text) = pair.key.content else {
                report(
                    here, "a key of \(place()) is \(pair.key.kind), expected text",
                    hint: pair.key.isMapping ? Self.jinjaHint : "put a value that begins with '[' in quotes")
                continue
            }
            if text == "<<", pair.key.isPlain {
                merged += mergeEntries(pair.value, in: place())
                continue
            }
            let key = pair.key.isNull ? "" : text
            if hasRepeatedKeys {
                if let earlier = first[key] {
                    let what = keepRepeated ? String(place().dropLast()) : "key"
                    let scope = keepRepeated ? "" : " in \(place())"
                    report(here, "duplicate \(what) \(key.quotedForMessage)\(scope); the first is at \(earlier)")
                    if keepRepeated { entries.append(InventoryEntry(key: key, position: here, value: pair.value, isRepeated: true)) }
                    continue
                }
                first[key] = here
            }
            entries.append(InventoryEntry(key: key, position: here, value: pair.value))
        }
        guard !merged.isEmpty else { return entries }
        var known = Set(entries.map(\.key))
        for entry in merged where known.insert(entry.key).inserted { entries.append(entry) }
        return entries
    }

    private mutating func mergeEntries(_ node: YAMLNode, in place: String) -> [InventoryEntry] {
        let nodes = if case .sequence(let list) = node.content { list } else { [node] }
        var entries: [InventoryEntry] = []
        for node in nodes {
            guard node.isMapping else {
                report(position(of: node), "'<<' in \(place): found \(node.kind), expected an alias of a mapping")
                continue
            }
            entries += self.entries(of: node, in: place)
        }
        return entries
    }

    mutating func report(_ position: SourcePosition, _ message: String, hint: String? = nil) {
        problems.append(InventoryProblem(at: position, message, hint: hint))
    }

    func position(of node: YAMLNode) -> SourcePosition {
        SourcePosition(file: file.path, line: node.line, column: node.column)
    }
}
