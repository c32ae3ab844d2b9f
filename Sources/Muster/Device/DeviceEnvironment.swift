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
        for path in Set(devices.flatMap(\.identities)) { keyFiles[path] = await read(path) }
        return DeviceEnvironment(
            knownHosts: try await knownHosts(options), hostKeys: options.hostKeys, keyFiles: keyFiles,
            connectTimeout: options.connectTimeout, commandTimeout: options.commandTimeout, events: events)
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

    private static func read(_ path: String) async -> KeyFileContent {
        do {
            let data = try await Blocking.run { try Data(contentsOf: URL(fileURLWithPath: path)) }
            return .content([UInt8](data))
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            return .unreadable(exists ? "it cannot be read" : "there is no such file")
        }
    }
}
