import MusterInventory
import MusterSSH
import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the `ssh` children of a run share.
final class OpenSSHEnvironment: Sendable {
    let options: OpenSSHOptions
    let knownHostsFiles: [String]
    /// Where secrets are asked for; `nil` without a helper that could ask.
    let desk: AskpassDesk?
    /// The algorithms of this `ssh`.
    let repertoire: OpenSSHRepertoire
    /// The variables of this process, with the run's agent.
    let variables: [String: String]
    /// Whether there is an agent for devices that name none.
    var hasAgent: Bool { variables["SSH_AUTH_SOCK"]?.isEmpty == false }
    let files = OpenSSHFiles()
    /// Those that are logged in to bastions.
    let masters = OpenSSHMasters()

    private init(options: RunOptions, desk: AskpassDesk?, repertoire: OpenSSHRepertoire) {
        self.options = options.openSSH
        knownHostsFiles = options.knownHostsFiles
        self.desk = desk
        self.repertoire = repertoire
        var variables = ProcessInfo.processInfo.environment
        variables["SSH_AUTH_SOCK"] = options.agentSocket
        self.variables = variables
    }

    /// Prepares for `ssh` children, if any of the devices may want one.
    ///
    /// - Throws: `MusterError` with code `usage` when the helper's socket cannot be made; `CancellationError`.
    static func open(for devices: [Device], options: RunOptions) async throws -> OpenSSHEnvironment? {
        let all = devices + devices.flatMap(\.jump)
        guard all.contains(where: { $0.transport == .openssh || $0.transport == .auto }) else { return nil }
        let loop = Loops.next()
        let wantsAlgorithms = all.contains { $0.transport == .auto || $0.legacy }
        let repertoire = wantsAlgorithms ? try await OpenSSHRepertoire.of(options.openSSH.program, on: loop) : OpenSSHRepertoire()
        guard let helper = options.openSSH.askpassHelper else {
            return OpenSSHEnvironment(options: options, desk: nil, repertoire: repertoire)
        }
        do {
            return OpenSSHEnvironment(options: options, desk: try await AskpassDesk.open(helper: helper, on: loop), repertoire: repertoire)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw MusterError(
                .usage, phase: .resolve, device: "", message: "no socket for ssh's questions can be made: \(systemWords(error))",
                hint: "is the temporary folder writable, and its path short?")
        }
    }

    func close() async {
        await masters.close()
        await desk?.close()
        await files.close()
    }

    /// Whether this `ssh` has what libssh2 lacked.
    func fills(_ gap: SSHError.Gap) -> Bool {
        switch gap {
        case .algorithms(let kind, let offered): !repertoire.known.names(of: kind).isDisjoint(with: offered)
        case .rsaSHA2: repertoire.known.hostKeys.contains { $0.hasPrefix("rsa-sha2-") }
        case .keyType: !repertoire.known.hostKeys.isEmpty
        }
    }

    // MARK: What ssh is told

    /// What ssh is told of a machine on the way, or the last.
    ///
    /// - Parameters:
    ///   - login: Who logs in there, and with what.
    ///   - pins: The only host keys that are right, as lines of a known hosts file; nil where the known hosts decide.
    /// - Throws: What the system says when no file can be written; `CancellationError`.
    func hop(to device: Device, as login: OpenSSHLogin, pins: String?) async throws -> OpenSSHCommand.Hop {
        var hop = OpenSSHCommand.Hop(
            host: device.address, alias: device.ssh.alias, port: device.port, user: login.user, identities: login.identities,
            passwords: login.passwords.count, hostKeys: device.hostKeyPolicy, knownHostsFiles: files(of: device),
            hostKeyAlias: device.hostKeyAlias, proxyCommand: device.ssh.proxyCommand)
        hop.settings = login.settings + repertoire.settings(for: device.ssh, legacy: device.legacy) + device.ssh.forOpenSSH
        if let pins { hop.pinFile = try await files.write(pins) }
        if let lines = device.ssh.openSSHLines {
            hop.proxyCommand = hop.proxyCommand ?? "none"
            hop.configuration = lines.isEmpty ? OpenSSHCommand.Configuration.none : .file(try await files.write(Self.configuration(lines)))
        }
        return hop
    }

    /// The known hosts files that ssh is told of for a device; none where it is to find them by itself.
    private func files(of device: Device) -> [String] {
        // ssh has them in the home folder of the user database, whatever $HOME says. Where nobody has read its configuration, that may name some.
        guard device.knownHostsFiles.isEmpty, knownHostsFiles.isEmpty, device.ssh.openSSHLines != nil, HomeFolder.isMoved,
            let home = HomeFolder.path
        else { return device.knownHostsFiles }
        return HostKeyStore.usualPaths(home: home)
    }

    /// The file that ssh writes a device's key to; nil where its configuration decides, which nobody has read.
    func fileForPins(of device: Device) -> String? {
        if let file = files(of: device).first ?? knownHostsFiles.first { return file }
        return device.ssh.openSSHLines == nil ? nil : HomeFolder.ofSystem.flatMap { HostKeyStore.usualPaths(home: $0).first }
    }

    /// A configuration with these lines; an ssh that does not know one of the keywords does without.
    static func configuration(_ lines: [String]) -> String {
        var keywords: [Substring] = []
        for line in lines {
            let keyword = line.prefix { $0 != " " }
            if !keywords.contains(keyword) { keywords.append(keyword) }
        }
        return (["IgnoreUnknown " + keywords.joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
    }

    /// The command line to a machine.
    func command(to target: OpenSSHCommand.Hop, through bastions: [OpenSSHCommand.Hop], hostKeys: HostKeyPolicy, connectTimeout: Duration)
        -> OpenSSHCommand
    {
        var command = OpenSSHCommand(
            target: target, bastions: bastions, hostKeys: hostKeys, knownHostsFiles: knownHostsFiles, connectTimeout: connectTimeout)
        command.program = options.program
        command.asksNothing = desk == nil
        switch options.configurationFile {
        case nil: command.configuration = .standard
        case "none": command.configuration = .none
        case let path?: command.configuration = .file(path)
        }
        return command
    }
}
