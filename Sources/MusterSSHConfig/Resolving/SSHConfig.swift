/// An `ssh_config`: the user's and the system's, or a file that was named, with all that they include.
///
/// It is read once; what it says of a host is then looked up without reading anything.
package struct SSHConfig: Sendable {
    /// Which files make the configuration.
    package enum Place: Sendable, Hashable {
        /// `~/.ssh/config`, and after it `/etc/ssh/ssh_config`; neither need exist.
        case standard
        /// This file alone.
        case file(String)
        /// None.
        case nothing
    }

    /// The directives of each file, the user's before the system's.
    private let sources: [[Directive]]
    /// What has no effect, in the order of the lines.
    package let notes: [SSHConfigNote]
    /// What is known of this side.
    package let facts: LocalFacts

    /// The key files that ssh tries when it is told of none, the best first.
    ///
    /// DSA keys are left out: servers have not taken them by default since OpenSSH 7.0.
    package var defaultIdentityFiles: [String] {
        ["id_ed25519", "id_ecdsa", "id_rsa"].map { facts.home + "/.ssh/" + $0 }
    }

    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - place: Which files.
    ///   - facts: What is known of this side.
    ///   - files: How files are read; on the calling thread.
    /// - Throws: All mistakes.
    package static func load(
        _ place: Place, facts: LocalFacts, files: SSHConfigFiles = .system
    ) throws(SSHConfigProblems) -> SSHConfig {
        var reader = ConfigReader(files: files, facts: facts)
        var sources: [[Directive]] = []
        switch place {
        case .nothing: break
        case .file(let path):
            sources = [reader.read(path, isUsers: true, isTrusted: true, mayBeMissing: false)]
        case .standard:
            sources = [
                reader.read(facts.home + "/.ssh/config", isUsers: true, isTrusted: false, mayBeMissing: true),
                reader.read("/etc/ssh/ssh_config", isUsers: false, isTrusted: true, mayBeMissing: true),
            ]
        }
        guard reader.problems.isEmpty else { throw SSHConfigProblems(problems: reader.problems) }
        return SSHConfig(sources: sources, notes: reader.notes, facts: facts)
    }

    /// What the configuration says of a host.
    ///
    /// - Parameters:
    ///   - host: What would be typed after `ssh`.
    ///   - hostName: The address, when it is settled already: what `HostName` says does not count then.
    ///   - user: The user, when it is settled already.
    ///   - port: The port, when it is settled already.
    /// - Throws: A value that makes no sense for this host: an unknown token, an environment variable that is not set.
    package func resolve(
        host: String, hostName: String? = nil, user: String? = nil, port: Int? = nil
    ) throws(SSHConfigProblem) -> SSHOptions {
        let walk = walked(host: host, hostName: hostName, user: user, port: port)
        var options = try OptionExpansion(raw: walk.options, host: host, facts: facts).options()
        options.isNamed = walk.isNamed
        return options
    }

    /// Whether a `Host` or `Match` line names the host with more than `*`.
    package func names(_ host: String) -> Bool {
        walked(host: host).isNamed
    }

    func walked(host: String, hostName: String? = nil, user: String? = nil, port: Int? = nil) -> ConfigWalk {
        var given = RawOptions()
        // The address is one, whatever it looks like.
        given.texts[.hostName] = hostName?.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
        given.texts[.user] = user
        given.port = port
        var walk = ConfigWalk(host: host, given: given, facts: facts)
        walk.run(sources)
        return walk
    }
}
