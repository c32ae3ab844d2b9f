extension InventoryHost {
    /// The devices of a node set without an inventory: `[user@]address[:port]`, an IPv6 address with a port in brackets.
    ///
    /// A device is named by its address; by all that was written, when two would have the same name.
    ///
    /// - Throws: `SelectionError` for a group or a glob, which need an inventory, and for an entry that is no address.
    public static func adHoc(_ nodes: NodeSet) throws(SelectionError) -> [InventoryHost] {
        var hosts: [(written: String, host: InventoryHost)] = []
        var uses: [String: Int] = [:]
        for written in try nodes.names() {
            let host = try adHoc(written)
            uses[host.name, default: 0] += 1
            hosts.append((written, host))
        }
        return hosts.map { written, host in
            guard uses[host.name, default: 0] > 1 else { return host }
            return InventoryHost(name: written, address: host.address, port: host.port, user: host.user)
        }
    }

    /// One device: `[user@]address[:port]`, also as a URI, `ssh://…`.
    ///
    /// - Throws: `SelectionError` when the text is no address.
    public static func adHoc(_ text: String) throws(SelectionError) -> InventoryHost {
        func fail(_ message: String, hint: String? = nil) -> SelectionError {
            SelectionError(expression: text, message: message, hint: hint)
        }
        var rest = Substring(text)
        // As ssh takes it.
        if rest.hasPrefix("ssh://") {
            rest = rest.dropFirst("ssh://".count)
            if rest.hasSuffix("/") { rest = rest.dropLast() }
        }
        var user: String?
        // A user's name may hold '@', an address never does.
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
            if user?.isEmpty ?? true { throw fail("expected a user before '@'") }
        }
        var address = rest
        var port: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw fail("'[' without ']'") }
            address = rest[rest.index(after: rest.startIndex)..<end]
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw fail("expected ':' and a port after ']'") }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = rest.firstIndex(of: ":"), rest.lastIndex(of: ":") == colon {
            // Two colons or more make an IPv6 address without a port.
            address = rest[..<colon]
            port = rest[rest.index(after: colon)...]
        }
        guard !address.isEmpty else { throw fail("expected an address") }
        guard let port else { return InventoryHost(name: String(address), user: user) }
        guard let number = Int(port), (1...65535).contains(number) else {
            throw fail("port: found \(String(port).quotedForMessage), expected 1 to 65535")
        }
        return InventoryHost(name: String(address), port: number, user: user)
    }
}
