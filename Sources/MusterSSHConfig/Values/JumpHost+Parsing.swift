extension JumpHost {
    /// Reads the hops of `ProxyJump`, outermost first; nil when the text makes no sense.
    static func hops(_ text: String) -> [JumpHost]? {
        var hops: [JumpHost] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let hop = JumpHost(part) else { return nil }
            hops.append(hop)
        }
        return hops
    }

    /// Reads one hop.
    private init?(_ text: Substring) {
        var rest = text
        if rest.hasPrefix("ssh://") {
            rest = rest.dropFirst(6)
            if rest.hasSuffix("/") { rest = rest.dropLast() }
            guard !rest.contains("/") else { return nil }
        }
        guard !rest.contains(where: \.isWhitespace) else { return nil }
        user = nil
        // A user's name may hold '@', a host's never does.
        if let at = rest.lastIndex(of: "@") {
            guard at > rest.startIndex else { return nil }
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var portText: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            portText = after.isEmpty ? nil : after.dropFirst()
        } else {
            // An IPv6 address wants brackets: which colon would part it from the port?
            let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = String(parts[0])
            portText = parts.count > 1 ? parts[1] : nil
        }
        guard !host.isEmpty else { return nil }
        guard let portText else { return }
        guard let number = PortText.parse(String(portText)) else { return nil }
        port = number
    }
}

/// A TCP port as `ssh_config` writes it.
enum PortText {
    /// The number, or nil when the text is no port; of the services' names, ssh's own is known.
    static func parse(_ text: String) -> Int? {
        if text == "ssh" { return 22 }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        guard let number = Int(text), (1...65535).contains(number) else { return nil }
        return number
    }
}
