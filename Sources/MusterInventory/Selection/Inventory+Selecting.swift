extension Inventory {
    /// Chooses hosts.
    ///
    /// - Parameters:
    ///   - hosts: Only these; nil for all.
    ///   - exclude: Not these.
    ///   - selection: Only those with these attributes.
    /// - Returns: Each host once, in the order of the inventory. Empty when nothing is left.
    /// - Throws: `SelectionError` for a host, group or key that the inventory does not have.
    public func select(
        hosts: NodeSet? = nil, exclude: NodeSet? = nil, where selection: Selection? = nil
    ) throws(SelectionError) -> [InventoryHost] {
        var chosen =
            try hosts.map { set throws(SelectionError) in try members(of: set) } ?? [Bool](repeating: true, count: self.hosts.count)
        if let exclude {
            for (index, excluded) in try members(of: exclude).enumerated() where excluded { chosen[index] = false }
        }
        if let selection { try check(selection) }
        return self.hosts.enumerated().filter { index, host in chosen[index] && selection?.matches(host) ?? true }.map(\.element)
    }

    /// For each host, whether it is in the set.
    private func members(of set: NodeSet) throws(SelectionError) -> [Bool] {
        var result = [Bool](repeating: false, count: hosts.count)
        for term in set.terms {
            let named = try members(of: term, in: set)
            for index in result.indices {
                switch term.operation {
                case .union: result[index] = result[index] || named[index]
                case .difference: result[index] = result[index] && !named[index]
                case .intersection: result[index] = result[index] && named[index]
                case .symmetricDifference: result[index] = result[index] != named[index]
                }
            }
        }
        return result
    }

    private func members(of term: NodeTerm, in set: NodeSet) throws(SelectionError) -> [Bool] {
        var result = [Bool](repeating: false, count: hosts.count)
        var unknown: [String] = []
        for name in try term.names(in: set) {
            if term.isGroup {
                let found = term.hasGlob ? groups.keys.filter(Glob(name).matches) : groups[name] == nil ? [] : [name]
                if found.isEmpty { unknown.append(name) }
                for group in found {
                    for member in groups[group] ?? [] { if let index = indexByName[member] { result[index] = true } }
                }
            } else if term.hasGlob {
                let glob = Glob(name)
                var any = false
                for (index, host) in hosts.enumerated() where glob.matches(host.name) {
                    result[index] = true
                    any = true
                }
                if !any { unknown.append(name) }
            } else if let index = indexByName[name] {
                result[index] = true
            } else {
                unknown.append(name)
            }
        }
        if let first = unknown.first { throw unknownName(first, of: unknown, term, set) }
        return result
    }

    private func unknownName(_ first: String, of unknown: [String], _ term: NodeTerm, _ set: NodeSet) -> SelectionError {
        let kind = term.isGroup ? "group" : "host"
        if term.hasGlob { return term.error(in: set, "no \(kind) of the inventory matches \(first.quotedForMessage)") }
        let candidates = term.isGroup ? groups.keys.sorted() : hosts.map(\.name)
        if unknown.count > 1 {
            let shown = unknown.prefix(5).map(\.quotedForMessage).joined(separator: ", ")
            let more = unknown.count > 5 ? " and \(unknown.count - 5) more" : ""
            return term.error(in: set, "the inventory has no \(kind)s \(shown)\(more)")
        }
        var hint = Suggestion.hint(for: first, among: candidates)
        if hint == nil, !term.isGroup, groups[first] != nil { hint = "\(first.quotedForMessage) is a group: write @\(first)" }
        if hint == nil, term.isGroup, indexByName[first] != nil { hint = "\(first.quotedForMessage) is a host: write it without '@'" }
        return term.error(in: set, "the inventory has no \(kind) \(first.quotedForMessage)", hint: hint)
    }

    /// A key that no host has, or a group that does not exist, would choose nothing (or, negated, everything) in silence.
    private func check(_ selection: Selection) throws(SelectionError) {
        try selection.root.forEachComparison { key, pattern, column throws(SelectionError) in
            func fail(_ message: String, _ hint: String?) -> SelectionError {
                SelectionError(expression: selection.description, column: column, message: message, hint: hint)
            }
            switch key {
            case "host", "platform": break
            case "group":
                guard pattern.glob == nil, groups[pattern.text] == nil else { break }
                throw fail(
                    "the inventory has no group \(pattern.text.quotedForMessage)",
                    Suggestion.hint(for: pattern.text, among: groups.keys.sorted()))
            default:
                guard !hosts.contains(where: { $0.data.value(at: key) != nil }) else { break }
                let keys = Set(hosts.flatMap(\.data.keys)).sorted()
                throw fail(
                    "no host has \(key.quotedForMessage) in its data",
                    Suggestion.hint(for: key, among: keys + Selection.Expression.builtIn))
            }
        }
    }
}
