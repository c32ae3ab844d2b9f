import MusterConsole
import MusterInventory
import MusterSSH
import MusterTransport

/// What all devices of a run share: known hosts, key files, time limits, the listener for events.
final class DeviceEnvironment: Sendable {
    let knownHosts: HostKeyStores
    let hostKeys: HostKeyPolicy
    /// Key files, agents and their answers.
    let keys: KeyRing
    /// Sees that no account is locked.
    let breaker: LoginBreaker
    let servers = KnownServers()
    let codes: OneTimeCodes
    let connectTimeout: Duration
    let commandTimeout: Duration
    let answers: [AnsweredQuestion]
    let commandMode: String?
    let stopsOnFailure: Bool
    let outputLimit: Int
    let outputFolder: OutputFolder
    let keepAlive: KeepAlive
    /// The definitions of all devices' platforms.
    let platforms: PlatformLibrary
    /// The bastions that devices of the run are behind.
    let bastions: BastionPool
    /// The programs that connect in place of TCP.
    let proxies = ProxyPrograms()
    /// What `ssh` children need; `nil` when no device wants one.
    let openSSH: OpenSSHEnvironment?
    /// Where sessions are recorded; `nil` when they are not.
    let recordings: RecordingFolder?
    let events: @Sendable (RunEvent) -> Void

    private init(
        options: RunOptions, platforms: PlatformLibrary, knownHosts: HostKeyStores, keys: KeyRing,
        openSSH: OpenSSHEnvironment?, recordings: RecordingFolder?, events: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.platforms = platforms
        self.knownHosts = knownHosts
        hostKeys = options.hostKeys
        self.keys = keys
        breaker = LoginBreaker(limit: options.maxAuthFailures)
        codes = OneTimeCodes(ask: options.ask)
        connectTimeout = options.connectTimeout
        commandTimeout = options.commandTimeout
        answers = options.answers.map(\.rule)
        commandMode = options.commandMode
        stopsOnFailure = options.stopsOnFailure
        outputLimit = max(1 << 16, options.outputLimit)
        outputFolder = OutputFolder(options.outputFolder)
        keepAlive = KeepAlive(interval: options.keepAlive)
        self.openSSH = openSSH
        self.recordings = recordings
        bastions = BastionPool(channels: options.bastionChannels)
        self.events = events
    }

    /// Reads the files that the devices need, each once and off the event loops.
    ///
    /// - Throws: `MusterError` with code `usage` when a known hosts file exists and cannot be read, the folder for recordings is of no use, or a
    ///   bastion is one of telnet; with code `definition` when a platform's can't be used.
    static func load(
        devices: [Device], options: RunOptions, events: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> DeviceEnvironment {
        if let bastion = devices.lazy.flatMap(\.jump).first(where: { $0.transport == .telnet }) { throw bastion.telnetRefusal }
        let platforms = try await options.platforms.reading(Set(devices.map(\.platform)))
        for warning in platforms.library.warnings { events(.warning(host: nil, "\(warning.place): \(warning.message)")) }
        var recordings: RecordingFolder?
        if let recording = options.recording { recordings = try await RecordingFolder.open(recording) }
        let all = devices + devices.flatMap(\.jump)
        let keys = try await KeyRing.load(for: all, options: options)
        let knownHosts = try await HostKeyStores.load(for: all, options: options)
        let lines = knownHosts.unreadable
        if let first = lines.first {
            let more = lines.count > 1 ? " and \(lines.count - 1) more lines make" : " makes"
            events(.warning(host: nil, "\(first)\(more) no sense as a known host; what it was to say is not known"))
        }
        let unchecked = Set(all.filter { $0.transport != .telnet && ($0.hostKeyPolicy ?? options.hostKeys) == .off }.map(\.name))
        if let name = unchecked.first {
            let whose = unchecked.count == 1 ? "key of \(name) is" : "keys of \(unchecked.count) devices are"
            events(.warning(host: nil, "the host \(whose) not checked: whoever answers in that place gets the passwords"))
        }
        return DeviceEnvironment(
            options: options, platforms: platforms.library, knownHosts: knownHosts, keys: keys,
            openSSH: try await OpenSSHEnvironment.open(for: devices, options: options), recordings: recordings, events: events)
    }

    /// Writes what is left to write and frees what the run held.
    func close() async {
        await knownHosts.flush()
        await proxies.close()
        await keys.close()
        await openSSH?.close()
    }
}
