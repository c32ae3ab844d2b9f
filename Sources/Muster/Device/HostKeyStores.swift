import MusterInventory
package import MusterSSH

/// The known hosts of a run: one store for each list of files that a device names, and mostly one in all.
struct HostKeyStores: Sendable {
    private var stores: [[String]: HostKeyStore] = [:]
    private let usual: [String]
    /// The one of nearly all devices, which need not look for it.
    private var usualStore: HostKeyStore?

    /// Reads the files, each list once.
    ///
    /// - Throws: `MusterError` with code `usage` when one exists and cannot be read; `CancellationError`.
    static func load(for devices: [Device], options: RunOptions) async throws -> HostKeyStores {
        var stores = HostKeyStores(usual: options.knownHostsFiles)
        let checked = devices.filter { ($0.hostKeyPolicy ?? options.hostKeys) != .off }
        for (files, devices) in Dictionary(grouping: checked, by: { stores.files(of: $0) }) {
            stores.stores[files] = try await HostKeyStore.load(for: devices, files: files)
        }
        stores.usualStore = stores.stores[stores.usual]
        return stores
    }

    private init(usual: [String]) {
        self.usual = usual
    }

    private func files(of device: Device) -> [String] {
        device.knownHostsFiles.isEmpty ? usual : device.knownHostsFiles
    }

    /// What is known of a device; nil for one that is not checked.
    subscript(device: Device) -> HostKeyStore? { device.knownHostsFiles.isEmpty ? usualStore : stores[device.knownHostsFiles] }

    /// Lines that made no sense, as file and line.
    var unreadable: [String] { Set(stores.values.flatMap(\.unreadable)).sorted() }

    /// Waits until every pin is in its file, or could not be written.
    func flush() async {
        for store in stores.values { _ = await store.flush() }
    }
}

extension HostKeyStore {
    /// Reads the known hosts files, those that ssh reads when none is named.
    ///
    /// - Throws: `MusterError` with code `usage` when one of them exists and cannot be read.
    package static func load(for devices: [Device], files: [String]) async throws -> HostKeyStore {
        let paths = files.isEmpty ? usualPaths(home: HomeFolder.path ?? "") : files
        do {
            return try await load(paths: paths, for: devices.map(\.hostKeyName))
        } catch let problem as KnownHostsFile.Problem {
            throw MusterError(
                .usage, phase: .hostKey, device: "", message: "the known hosts file cannot be read: \(problem)",
                hint: "make it readable, name another with --known-hosts, or check no keys with --host-keys off")
        }
    }
}
