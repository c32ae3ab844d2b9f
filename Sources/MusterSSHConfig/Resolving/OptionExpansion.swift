/// Makes of the values as they are written what they stand for on one host.
struct OptionExpansion {
    let raw: RawOptions
    let host: String
    let facts: LocalFacts

    /// All values of the host.
    func options() throws(SSHConfigProblem) -> SSHOptions {
        var options = SSHOptions(host: host)
        options.origins = raw.origins
        options.hostName = raw.texts[.hostName] == nil ? nil : try hostName
        options.port = raw.port
        options.user = raw.texts[.user]
        options.namesIdentities = !raw.identityFiles.isEmpty
        for file in raw.identityFiles where file.lowercased() != "none" {
            options.identityFiles.append(try path(file, keyword: "identityfile"))
        }
        for file in raw.certificateFiles { options.certificateFiles.append(try path(file, keyword: "certificatefile")) }
        options.identityAgent = try agent()
        options.preferredAuthentications = raw.texts[.preferredAuthentications]?.split(separator: ",").map { String($0.trimmingSpaces) }
        options.hostKeyAlias = raw.texts[.hostKeyAlias]
        options.bindAddress = raw.texts[.bindAddress]
        if let files = raw.paths[.userKnownHostsFile] {
            var expanded: [String] = []
            for file in files { expanded.append(try path(file, keyword: "userknownhostsfile")) }
            options.userKnownHostsFiles = expanded
        }
        options.globalKnownHostsFiles = raw.paths[.globalKnownHostsFile]
        setFlags(in: &options)
        options.connectTimeout = raw.times[.connectTimeout]
        options.aliveInterval = raw.times[.aliveInterval]
        options.aliveCountMax = raw.aliveCountMax
        options.hostKeyChecking = raw.hostKeyChecking
        options.addressFamily = raw.addressFamily
        options.keyExchange = raw.algorithms[.keyExchange]
        options.hostKeyAlgorithms = raw.algorithms[.hostKey]
        options.ciphers = raw.algorithms[.ciphers]
        options.macs = raw.algorithms[.macs]
        options.publicKeyAlgorithms = raw.algorithms[.publicKey]
        options.proxyJump = try jump()
        options.proxyCommand = try command()
        options.others = raw.others
        return options
    }

    private func setFlags(in options: inout SSHOptions) {
        options.identitiesOnly = raw.flags[.identitiesOnly]
        options.compression = raw.flags[.compression]
        options.tcpKeepAlive = raw.flags[.tcpKeepAlive]
        options.publicKeyAuthentication = raw.flags[.publicKeyAuthentication]
        options.passwordAuthentication = raw.flags[.passwordAuthentication]
        options.keyboardInteractiveAuthentication = raw.flags[.keyboardInteractiveAuthentication]
    }

    // MARK: Tokens

    private func problem(_ keyword: String, _ message: String) -> SSHConfigProblem {
        SSHConfigProblem(raw.origins[keyword] ?? .init(file: "ssh_config"), "\(keyword), for \(host.escapedForMessage): \(message)")
    }

    private func expanded(_ text: String, keyword: String, _ tokens: Tokens) throws(SSHConfigProblem) -> String {
        do {
            return try tokens.expanded(text)
        } catch {
            let allowed = tokens.values.keys.sorted().map { "%\($0)" }.joined(separator: ", ")
            throw problem(
                keyword, "found \(error.token.escapedForMessage) in '\(text.escapedForMessage)', expected %% or one of \(allowed)")
        }
    }

    /// The name to connect to.
    private var hostName: String {
        get throws(SSHConfigProblem) {
            guard let name = raw.texts[.hostName] else { return host.lowercased() }
            return try expanded(name, keyword: "hostname", Tokens(values: ["h": host])).lowercased()
        }
    }

    private var user: String { raw.texts[.user] ?? facts.user }
    private var port: String { String(raw.port ?? 22) }

    /// The tokens of paths.
    private var tokens: Tokens {
        get throws(SSHConfigProblem) {
            let name = try hostName
            let jump = raw.proxyJump?.last?.host ?? ""
            let digest = facts.sha1(Array((facts.hostName + name + port + user + jump).utf8))
            let hex = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
            return Tokens(values: [
                "C": hex, "L": String(facts.hostName.prefix { $0 != "." }), "l": facts.hostName, "d": facts.home, "h": name, "j": jump,
                "i": String(facts.userID), "k": raw.texts[.hostKeyAlias] ?? host, "n": host, "p": port, "r": user, "u": facts.user,
            ])
        }
    }

    /// The tokens of what goes through a proxy.
    private var proxyTokens: Tokens {
        get throws(SSHConfigProblem) { Tokens(values: ["h": try hostName, "n": host, "p": port, "r": user]) }
    }

    // MARK: Paths

    private func path(_ text: String, keyword: String) throws(SSHConfigProblem) -> String {
        guard let path = facts.expandingTilde(text) else {
            throw problem(keyword, "found '\(text.escapedForMessage)', and there is no such user")
        }
        // Before the variables, so that what these hold is taken as it is.
        let plain = path.utf8.contains(UInt8(ascii: "%")) ? try expanded(path, keyword: keyword, try tokens) : path
        return try variables(in: plain, keyword: keyword)
    }

    /// Replaces `${NAME}`.
    private func variables(in text: String, keyword: String) throws(SSHConfigProblem) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstRange(of: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            let name = String(rest[start.upperBound..<end])
            guard let value = facts.environment[name] else {
                throw problem(keyword, "the environment variable '\(name.escapedForMessage)' is not set")
            }
            result += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private func agent() throws(SSHConfigProblem) -> SSHOptions.IdentityAgent? {
        guard let text = raw.texts[.identityAgent] else { return nil }
        if text == "none" { return SSHOptions.IdentityAgent.none }
        let variable = text == "SSH_AUTH_SOCK" ? text[...] : text.hasPrefix("$") && !text.hasPrefix("${") ? text.dropFirst() : nil
        if let variable {
            // Without the variable there is no agent, as for ssh.
            guard let socket = facts.environment[String(variable)], !socket.isEmpty else { return SSHOptions.IdentityAgent.none }
            return .socket(socket)
        }
        return .socket(try path(text, keyword: "identityagent"))
    }

    // MARK: The way there

    private func jump() throws(SSHConfigProblem) -> [JumpHost] {
        guard let hops = raw.proxyJump, !hops.isEmpty else { return [] }
        let tokens = try proxyTokens
        var expanded: [JumpHost] = []
        for hop in hops {
            var hop = hop
            hop.host = try self.expanded(hop.host, keyword: "proxyjump", tokens)
            if let user = hop.user { hop.user = try self.expanded(user, keyword: "proxyjump", tokens) }
            expanded.append(hop)
        }
        if let last = expanded.last, last.host == host, last.port ?? 22 == raw.port ?? 22, last.user ?? user == user {
            throw problem("proxyjump", "the way to \(host.escapedForMessage) leads through itself")
        }
        return expanded
    }

    private func command() throws(SSHConfigProblem) -> String? {
        guard raw.proxyJump?.isEmpty ?? true, let written = raw.proxyCommand, let command = written else { return nil }
        let tokens = try proxyTokens
        // A shell runs the command, so a name must not be able to say anything to it; ssh 9.6 and later refuse the same.
        for (letter, value) in tokens.values.sorted(by: { $0.key < $1.key }) where command.contains("%\(letter)") {
            guard !value.hasPrefix("-"), !value.contains(where: { "'`\"$\\;&<>|(){}\n\r\t ".contains($0) }) else {
                throw problem("proxycommand", "'\(value.escapedForMessage)' for %\(letter) holds what means something to a shell")
            }
        }
        return try expanded(command, keyword: "proxycommand", tokens)
    }
}
