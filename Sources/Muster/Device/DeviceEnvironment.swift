import MusterSSH
import MusterTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What all devices of a run share: known hosts, key files, time limits, the listener for events.
struct DeviceEnvironment: Sendable {
    var knownHosts: KnownHostsFile?
    var hostKeys: HostKeyPolicy
    /// The content of each key file, or why it cannot be read.
    var keyFiles: [String: KeyFileContent]
    var connectTimeout: Duration
    var commandTimeout: Duration
    var keepAlive: KeepAlive
    /// The bastions that devices of the run are behind.
    let bastions = BastionPool()
    var events: @Sendable (RunEvent) -> Void

    /// A key file's bytes, or why they could not be had.
    enum KeyFileContent: Sendable {
        case content([UInt8])
        case unreadable(String)
    }

    /// Reads the files that the devices need, each once and off the event loops.
    ///
    /// - Throws: `MusterError` with code `usage` when the known hosts file exists and cannot be read.
    static func load(
        devices: [Device], options: RunOptions, events: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> DeviceEnvironment {
        var keyFiles: [String: KeyFileContent] = [:]
        let all = devices + devices.flatMap(\.jump)
        for path in Set(all.flatMap(\.identities)) { keyFiles[path] = try await read(path) }
        let knownHosts = try await knownHosts(options)
        if let lines = knownHosts?.unreadable, let first = lines.first {
            let more = lines.count > 1 ? " and \(lines.count - 1) more lines make" : " makes"
            events(.warning(host: nil, "\(first)\(more) no sense as a known host; what it was to say is not known"))
        }
        return DeviceEnvironment(
            knownHosts: knownHosts, hostKeys: options.hostKeys, keyFiles: keyFiles,
            connectTimeout: options.connectTimeout, commandTimeout: options.commandTimeout,
            keepAlive: KeepAlive(interval: options.keepAlive), events: events)
    }

    private static func knownHosts(_ options: RunOptions) async throws -> KnownHostsFile? {
        guard options.hostKeys != .off else { return nil }
        let path = options.knownHostsFile ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.ssh/known_hosts"
        do {
            return try await KnownHostsFile.load(path: path)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw MusterError(
                .usage, phase: .hostKey, device: "", message: "the known hosts file \(path) cannot be read",
                hint: "make it readable, name another with --known-hosts, or check no keys with --host-keys off")
        }
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
