import MusterInventory
import MusterSSH
import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What all devices of a run share: known hosts, key files, time limits, the listener for events.
final class DeviceEnvironment: Sendable {
    let knownHosts: HostKeyStores
    let hostKeys: HostKeyPolicy
    /// The content of each key file, or why it cannot be read.
    let keyFiles: [String: KeyFileContent]
    /// Sees that no account is locked.
    let breaker: LoginBreaker
    let codes: OneTimeCodes
    let connectTimeout: Duration
    let commandTimeout: Duration
    let keepAlive: KeepAlive
    /// The bastions that devices of the run are behind.
    let bastions: BastionPool
    /// The programs that connect in place of TCP.
    let proxies = ProxyPrograms()
    /// What `ssh` children need; `nil` when no device wants one.
    let openSSH: OpenSSHEnvironment?
    let events: @Sendable (RunEvent) -> Void

    /// A key file's bytes, or why they could not be had.
    enum KeyFileContent: Sendable {
        case content([UInt8])
        case unreadable(String)
    }

    private init(
        options: RunOptions, knownHosts: HostKeyStores, keyFiles: [String: KeyFileContent], openSSH: OpenSSHEnvironment?,
        events: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.knownHosts = knownHosts
        hostKeys = options.hostKeys
        self.keyFiles = keyFiles
        breaker = LoginBreaker(limit: options.maxAuthFailures)
        codes = OneTimeCodes(ask: options.ask)
        connectTimeout = options.connectTimeout
        commandTimeout = options.commandTimeout
        keepAlive = KeepAlive(interval: options.keepAlive)
        self.openSSH = openSSH
        bastions = BastionPool(channels: options.bastionChannels)
        self.events = events
    }

    /// Reads the files that the devices need, each once and off the event loops.
    ///
    /// - Throws: `MusterError` with code `usage` when a known hosts file exists and cannot be read.
    static func load(
        devices: [Device], options: RunOptions, events: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> DeviceEnvironment {
        var keyFiles: [String: KeyFileContent] = [:]
        let all = devices + devices.flatMap(\.jump)
        for path in Set(all.flatMap(\.keyPaths)) { keyFiles[path] = try await read(path) }
        let knownHosts = try await HostKeyStores.load(for: all, options: options)
        let lines = knownHosts.unreadable
        if let first = lines.first {
            let more = lines.count > 1 ? " and \(lines.count - 1) more lines make" : " makes"
            events(.warning(host: nil, "\(first)\(more) no sense as a known host; what it was to say is not known"))
        }
        return DeviceEnvironment(
            options: options, knownHosts: knownHosts, keyFiles: keyFiles,
            openSSH: try await OpenSSHEnvironment.open(for: devices, options: options), events: events)
    }

    /// Writes what is left to write and frees what the run held.
    func close() async {
        if let problem = await knownHosts.flush() { events(.warning(host: nil, "a host key could not be pinned: \(problem)")) }
        await proxies.close()
        await openSSH?.close()
    }

    /// - Throws: `CancellationError` alone.
    private static func read(_ path: String) async throws -> KeyFileContent {
        do {
            return .content([UInt8](try await Blocking.run { try Data(contentsOf: URL(fileURLWithPath: path)) }))
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            return .unreadable("there is no such file")
        } catch {
            return .unreadable("it cannot be read")
        }
    }
}
