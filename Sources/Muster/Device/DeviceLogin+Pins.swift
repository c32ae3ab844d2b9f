import MusterInventory
import MusterSSH

extension DeviceLogin {
    /// The keys that the inventory pins, as lines of known hosts files, for the bastions and then the device; nil where it pins none.
    ///
    /// ssh compares whole keys. Where only a fingerprint is pinned, the key is one that a known hosts file has, or the device is asked for it
    /// first: a key with that fingerprint is the right one, whoever shows it.
    func pinnedLines() async throws(MusterError) -> [String?] {
        var texts: [String?] = []
        for hop in device.jump + [device] {
            guard !hop.hostKeys.isEmpty, hop.hostKeyPolicy ?? environment.hostKeys != .off else {
                texts.append(nil)
                continue
            }
            let known = environment.knownHosts[hop]?.entries(hop.hostKeyName) ?? []
            let revoked = known.filter { $0.marker == .revoked }.map { "@revoked " + KnownHosts.line(hop.hostKeyName, key: $0.key) }
            let lines = try await pinnedKeys(of: hop, known: known.map(\.key)).map { KnownHosts.line(hop.hostKeyName, key: $0) }
            texts.append((lines + revoked).joined())
        }
        return texts
    }

    private func pinnedKeys(of hop: Device, known: [HostKey]) async throws(MusterError) -> [HostKey] {
        let pinned = hop.hostKeys.compactMap { $0.base64.flatMap(HostKey.init(base64:)) }
        let matching = known.filter { key in hop.hostKeys.contains { $0.matches(key) } }
        guard pinned.isEmpty, matching.isEmpty else { return pinned + matching }
        guard hop.jump.isEmpty, hop.name == device.name || device.jump.first?.name == hop.name else {
            throw failure(
                .usage, phase: .hostKey, "the transport openssh cannot check the fingerprint that the inventory pins for \(hop.name)",
                hint: "behind a bastion it needs the key itself in `host_key`: `muster keys scan` shows it; or use the transport ssh")
        }
        let scan = try await SurveyVisit(device: hop, environment: environment, loop: loop).hostKeys()
        let shown = scan.keys.filter { key in hop.hostKeys.contains { $0.matches(key) } }
        guard shown.isEmpty else { return shown }
        throw HostKeyCheck(device: hop, environment: environment).notPinned(scan.keys.map(\.shown).joined(separator: ", "))
    }
}
