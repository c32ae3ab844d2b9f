/// Puts the files of an inventory together: names across files, membership, precedence.
struct InventoryAssembly {
    var problems: [InventoryProblem] = []
    private var warnings: [InventoryWarning] = []
    private let knownPlatforms: Set<String>?
    private var defaults: InventoryLayer?
    private var groups: [String: InventoryLayer] = [:]
    private var groupOrder: [String] = []
    private var hosts: [(name: String, layer: InventoryLayer)] = []
    private var hostPositions: [String: SourcePosition] = [:]
    private var emptyPosition: SourcePosition?
    private var fileOrder: [String: Int] = [:]
    private var seen: Set<InventoryFile.FileIdentity> = []

    init(knownPlatforms: Set<String>?) {
        self.knownPlatforms = knownPlatforms
    }

    /// Fixes the place of a file in the order of problems.
    mutating func register(_ file: String) {
        if fileOrder[file] == nil { fileOrder[file] = fileOrder.count }
    }

    /// Adds a file.
    ///
    /// One that was added before, by whatever path, is left out.
    mutating func add(_ file: InventoryFile) {
        if let identity = file.identity, !seen.insert(identity).inserted { return }
        register(file.path)
        let contents = InventoryReader.read(file, problems: &problems)
        if emptyPosition == nil || contents.hostsPosition.line > 1 { emptyPosition = contents.hostsPosition }
        if let new = contents.defaults { addDefaults(new) }
        for (name, layer) in contents.groups {
            if let first = groups[name] {
                reportDuplicate("group", name, layer.position, first: first.position)
            } else {
                groups[name] = layer
                groupOrder.append(name)
            }
        }
        hosts.reserveCapacity(hosts.count + contents.hosts.count)
        for (name, layer) in contents.hosts {
            if let first = hostPositions.updateValue(layer.position, forKey: name) {
                hostPositions[name] = first
                reportDuplicate("host", name, layer.position, first: first)
            } else {
                hosts.append((name, layer))
            }
        }
        if let plain = contents.firstPlainSecret, let mode = file.readableByOthers {
            let octal = String(mode, radix: 8)
            warnings.append(
                InventoryWarning(
                    at: plain, "a plain secret in a file that others can read (mode 0\(octal))",
                    hint: "run 'chmod 600 \(file.path)', or use a reference such as {env: NAME}"))
        }
    }

    private mutating func addDefaults(_ new: InventoryLayer) {
        var fields = new.fields
        if let earlier = defaults { fields.fill(from: earlier.fields) }
        defaults = InventoryLayer(.defaults, at: new.position, fields)
    }

    private mutating func reportDuplicate(_ kind: String, _ name: String, _ position: SourcePosition, first: SourcePosition) {
        problems.append(InventoryProblem(at: position, "duplicate \(kind) \(name.quotedForMessage); the first is at \(first)"))
    }

    /// Checks what only the whole shows, and resolves the hosts.
    mutating func finished(sources: [String]) throws(InventoryProblems) -> Inventory {
        for name in groupOrder {
            guard let layer = groups[name] else { continue }
            checkReferences(of: layer, owner: .group(name))
        }
        for (name, layer) in hosts { checkReferences(of: layer, owner: .host(name)) }
        checkPlatform(of: defaults, owner: .defaults)
        checkCycles()
        if problems.isEmpty, hosts.isEmpty {
            if let emptyPosition {
                problems.append(InventoryProblem(at: emptyPosition, "the inventory has no hosts; expected at least one under 'hosts'"))
            } else {
                problems.append(
                    InventoryProblem(file: sources.first ?? "inventory", message: "no inventory file was given", hint: "name one with -i"))
            }
        }
        guard problems.isEmpty else { throw InventoryProblems(sortedProblems()) }
        return resolved()
    }

    /// The order of the files, then that of the lines.
    ///
    /// A mistake behind an alias is found once for each alias, and told once.
    private func sortedProblems() -> [InventoryProblem] {
        var seen: Set<InventoryProblem> = []
        let unique = problems.filter { seen.insert($0).inserted }
        let keyed = unique.enumerated().map { index, problem in
            (key: (fileOrder[problem.file] ?? .max, problem.line ?? 0, problem.column ?? 0, index), problem: problem)
        }
        return keyed.sorted { $0.key < $1.key }.map(\.problem)
    }

    // MARK: Checks

    private mutating func checkReferences(of layer: InventoryLayer, owner: InventoryOwner) {
        for reference in layer.fields.groups?.value ?? [] where groups[reference.value] == nil {
            let known = groupOrder.isEmpty ? "none is defined" : "expected one of " + abridged(groupOrder)
            let several = reference.value.contains(",") ? "write several groups as a list: [a, b]" : nil
            problems.append(
                InventoryProblem(
                    at: reference.position, "unknown group \(reference.value.quotedForMessage) in \(owner); \(known)",
                    hint: several ?? Suggestion.hint(for: reference.value, among: groupOrder)))
        }
        checkPlatform(of: layer, owner: owner)
    }

    private mutating func checkPlatform(of layer: InventoryLayer?, owner: InventoryOwner) {
        guard let knownPlatforms, let platform = layer?.fields.platform, !knownPlatforms.contains(platform.value),
            !InventoryPaths.isDefinition(platform.value)
        else { return }
        let names = knownPlatforms.sorted()
        let hint = Suggestion.hint(for: platform.value, among: names)
        problems.append(
            InventoryProblem(
                at: platform.position,
                "unknown platform \(platform.value.quotedForMessage) in \(owner)"
                    + (hint == nil ? "; expected one of \(abridged(names))" : ""),
                hint: hint))
    }

    private func abridged(_ names: [String]) -> String {
        let shown = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    }

    /// Reports each cycle of groups once, at the entry that closes it.
    private mutating func checkCycles() {
        var finished: Set<String> = []
        for name in groupOrder where !finished.contains(name) {
            // An explicit stack: a chain of groups may be as long as the file.
            var path = [name]
            var next = [0]
            var onPath: Set<String> = [name]
            while let current = path.last, let index = next.last {
                let parents = groups[current]?.fields.groups?.value ?? []
                guard index < parents.count else {
                    finished.insert(current)
                    onPath.remove(current)
                    path.removeLast()
                    next.removeLast()
                    continue
                }
                next[next.count - 1] += 1
                let parent = parents[index]
                if onPath.contains(parent.value) {
                    let start = path.firstIndex(of: parent.value) ?? 0
                    let cycle = (path[start...] + [parent.value]).map { $0.escapedForMessage() }.joined(separator: " → ")
                    problems.append(InventoryProblem(at: parent.position, "the groups form a cycle: \(cycle)"))
                } else if !finished.contains(parent.value), groups[parent.value] != nil {
                    path.append(parent.value)
                    next.append(0)
                    onPath.insert(parent.value)
                }
            }
        }
    }

    // MARK: Resolution

    /// What a list of groups and the defaults amount to; shared by all hosts with the same list.
    private struct Chain {
        var names: [String] = []
        var layers: [InventoryLayer] = []
        var fields = InventoryFields()
        var data: [String: InventoryValue] = [:]
    }

    private func chain(for listed: [String]) -> Chain {
        var chain = Chain()
        var seen: Set<String> = []
        var waiting = Array(listed.reversed())
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted, let layer = groups[name] else { continue }
            chain.names.append(name)
            chain.layers.append(layer)
            chain.fields.fill(from: layer.fields)
            waiting += (layer.fields.groups?.value ?? []).map(\.value).reversed()
        }
        if let defaults {
            chain.layers.append(defaults)
            chain.fields.fill(from: defaults.fields)
        }
        chain.data = chain.fields.data.mapValues(\.value)
        chain.fields.data = [:]
        return chain
    }

    private func resolved() -> Inventory {
        var chains: [[String]: Chain] = [:]
        var members: [String: [String]] = [:]
        for name in groupOrder { members[name] = [] }
        let resolvedHosts = hosts.map { name, layer in
            let listed = layer.fields.groups?.value.map(\.value) ?? []
            let chain: Chain
            if let known = chains[listed] {
                chain = known
            } else {
                chain = self.chain(for: listed)
                chains[listed] = chain
            }
            for group in chain.names { members[group, default: []].append(name) }
            var fields = layer.fields
            var data = chain.data
            for (key, value) in fields.data { data[key] = value.value }
            fields.data = [:]
            fields.fill(from: chain.fields)
            return InventoryHost(name: name, fields: fields, data: data, groups: chain.names, layers: [layer] + chain.layers)
        }
        return Inventory(hosts: resolvedHosts, groups: members, warnings: warnings)
    }
}
