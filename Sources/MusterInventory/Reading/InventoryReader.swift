import Yams

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
    let value: Node
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
    let replacedKeys: [Unicode.Scalar: String]
    let paths: InventoryPaths
    var problems: [InventoryProblem] = []
    var contents: Contents
    /// What is left of the nodes that the file may stand for.
    ///
    /// Without aliases a file has fewer nodes than bytes; with them, a small file can stand for a tree of any size.
    private var nodesLeft: Int

    /// Reads a file into layers.
    static func read(_ file: InventoryFile, problems: inout [InventoryProblem]) -> Contents {
        let start = SourcePosition(file: file.path, line: 1, column: 1)
        guard let document = YAMLDocument.parse(file, problems: &problems) else { return Contents(hostsPosition: start) }
        var reader = InventoryReader(
            file: file, replacedKeys: document.replacedKeys, paths: InventoryPaths(file: file.path),
            contents: Contents(hostsPosition: start))
        reader.readRoot(document.root, start: start)
        problems += reader.problems
        return reader.contents
    }

    private init(file: InventoryFile, replacedKeys: [Unicode.Scalar: String], paths: InventoryPaths, contents: Contents) {
        self.file = file
        self.replacedKeys = replacedKeys
        self.paths = paths
        self.contents = contents
        self.nodesLeft = Self.nodeLimit(of: file)
    }

    private static func nodeLimit(of file: InventoryFile) -> Int {
        100_000 + 10 * file.text.utf8.count
    }

    // MARK: The top of the file

    private mutating func readRoot(_ root: Node?, start: SourcePosition) {
        guard let root, !isNull(root) else {
            report(start, "the inventory is empty; expected a mapping with defaults, groups and hosts")
            return
        }
        guard case .mapping = root else {
            report(
                position(of: root), "found \(kind(of: root)), expected a mapping with defaults, groups and hosts",
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
        if isNull(entry.value) { return [] }
        guard case .mapping = entry.value else {
            let one = String(name.dropLast())
            report(
                position(of: entry.value), "'\(name)': found \(kind(of: entry.value)), expected a mapping with a key for each \(one)",
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

    // MARK: Nodes

    /// The entries of a mapping: repeated keys reported, merge keys (`<<`) followed, explicit keys before merged ones.
    ///
    /// - Parameter keepRepeated: Whether entries with a repeated key are returned, marked, so that they are checked as well.
    mutating func entries(of node: Node, in place: @autoclosure () -> String, keepRepeated: Bool = false) -> [InventoryEntry] {
        guard case .mapping(let mapping) = node, spend(mapping.count, at: node) else { return [] }
        var entries: [InventoryEntry] = []
        entries.reserveCapacity(mapping.count)
        var merged: [InventoryEntry] = []
        var first: [String: SourcePosition] = [:]
        for (keyNode, value) in mapping {
            let here = position(of: keyNode)
            guard case .scalar(let scalar) = keyNode else {
                report(
                    here, "a key of \(place()) is \(kind(of: keyNode)), expected text",
                    hint: isJinja(keyNode) ? Self.jinjaHint : "put a value that begins with '{' or '[' in quotes")
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                merged += mergeEntries(value, in: place())
                continue
            }
            var key = isNull(keyNode) ? "" : scalar.string
            if !replacedKeys.isEmpty, let scalar = key.unicodeScalars.first, let original = replacedKeys[scalar] { key = original }
            // Repeated keys exist only where some were replaced.
            if !replacedKeys.isEmpty {
                if let earlier = first[key] {
                    let what = keepRepeated ? String(place().dropLast()) : "key"
                    let scope = keepRepeated ? "" : " in \(place())"
                    report(here, "duplicate \(what) \(key.quotedForMessage)\(scope); the first is at \(earlier)")
                    if keepRepeated { entries.append(InventoryEntry(key: key, position: here, value: value, isRepeated: true)) }
                    continue
                }
                first[key] = here
            }
            entries.append(InventoryEntry(key: key, position: here, value: value))
        }
        guard !merged.isEmpty else { return entries }
        var known = Set(entries.map(\.key))
        for entry in merged where known.insert(entry.key).inserted { entries.append(entry) }
        return entries
    }

    private mutating func mergeEntries(_ node: Node, in place: String) -> [InventoryEntry] {
        let nodes: [Node] = if case .sequence(let list) = node { Array(list) } else { [node] }
        var entries: [InventoryEntry] = []
        for node in nodes {
            guard case .mapping = node else {
                report(position(of: node), "'<<' in \(place): found \(kind(of: node)), expected an alias of a mapping")
                continue
            }
            entries += self.entries(of: node, in: place)
        }
        return entries
    }

    /// Counts nodes against the limit.
    mutating func spend(_ count: Int, at node: Node) -> Bool {
        if nodesLeft < 0 { return false }
        nodesLeft -= count + 1
        if nodesLeft < 0 {
            report(position(of: node), "the aliases in this file stand for more than \(Self.nodeLimit(of: file)) values")
            return false
        }
        return true
    }

    mutating func report(_ position: SourcePosition, _ message: String, hint: String? = nil) {
        problems.append(InventoryProblem(at: position, message, hint: hint))
    }

    func position(of node: Node) -> SourcePosition {
        let mark = node.mark
        return SourcePosition(file: file.path, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}
