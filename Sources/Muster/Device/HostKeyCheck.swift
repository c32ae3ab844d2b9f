package import MusterInventory
package import MusterSSH

/// Whether the host key that a device shows is the right one: by the inventory's pins where there are any, else by the known hosts files.
struct HostKeyCheck {
    let device: Device
    let environment: DeviceEnvironment

    private var name: HostKeyName { device.hostKeyName }
    private var policy: HostKeyPolicy { device.hostKeyPolicy ?? environment.hostKeys }
    /// What is known; nil when nothing is to be checked.
    private var store: HostKeyStore? { policy == .off ? nil : environment.knownHosts[device] }

    /// The key types to ask the device for first.
    var knownTypes: [String] {
        guard let known = store else { return [] }
        if device.hostKeys.isEmpty { return known.types(name) }
        // A fingerprint alone does not tell its type, but the known hosts files may.
        return device.hostKeys.compactMap(\.type)
            + known.entries(name).map(\.key).filter { key in device.hostKeys.contains { $0.matches(key) } }.map(\.type)
    }

    /// Lets the right key pass; pins an unknown one when the policy says so.
    ///
    /// - Parameter gap: Set to what libssh2 lacks, where another client could see the right key.
    /// - Throws: `MusterError` with code `host_key`.
    func check(_ key: HostKey, gap: inout SSHError.Gap?) throws(MusterError) {
        guard let known = store else { return }
        let pins = policy == .acceptNew
        // A pin in the inventory pins nothing anew; a key that was revoked stays so.
        let verdict = pins && device.hostKeys.isEmpty ? pinIfUnknown(key, in: known) : known.verdict(name, key: key)
        if case .revoked(let entry) = verdict {
            throw failure(
                "the host key of \(name) is revoked: \(key.shown) (\(entry.origin))", hint: "the device needs a new host key")
        }
        guard device.hostKeys.isEmpty else { return try checkPins(key, gap: &gap) }
        switch verdict {
        case .known, .revoked: return
        case .unknown where pins: return
        case .unknown:
            throw failure(
                "the host key of \(name) is not known: \(key.shown)",
                hint: "compare the fingerprint with the device's and add the key to \(known.file.path) (muster keys accept does), "
                    + "or use --host-keys accept-new once")
        case .changed(let entries) where askableTypes.isDisjoint(with: entries.map(\.key.type)):
            // Not the device's fault, and no sign of an attack: Muster can't see the known key.
            gap = .algorithms(.hostKey, device: entries.flatMap { HostKeyType.algorithms(of: $0.key.type) })
            throw failure(
                "the known host key of \(name) can't be asked for with libssh2 \(LibSSH2.version): expected \(entries.shown), seen \(key.shown)",
                hint: "muster keys accept -w \(device.name) looks for the known key in another way and adds the others; "
                    + "transport: auto goes on with the system's ssh"
                    + (device.legacy ? "" : "; or set `legacy: true` if the device is old"))
        case .changed(let entries):
            let others = entries.allSatisfy { $0.key.type != key.type }
            throw failure(
                "the host key of \(name) has changed: expected \(entries.shown), seen \(key.shown)",
                hint: (others ? "the device has no key of a known type any more: " : "")
                    + "someone may be in between; if the device was replaced, remove the old key: ssh-keygen -R '\(name)' -f \(known.file.path)"
            )
        case .certified(let entries):
            gap = .keyType("certificate of a host")
            throw failure(
                "the host key of \(name) is vouched for by a certificate authority alone (\(entries.map(\.origin).joined(separator: ", "))), "
                    + "and certificates can't be verified: seen \(key.shown)",
                hint:
                    "transport: auto goes on with the system's ssh, which verifies them; or compare the fingerprint with the device's and "
                    + "add the key itself: `host_key` in the inventory, or \(known.file.path)"
            )
        }
    }

    /// Whether the device should be asked for a key of another type, since it may have the pinned one as well.
    ///
    /// - Parameter shown: The types of the keys that it has shown, one for each time that it was asked.
    func wantsAnother(than shown: [String]) -> Bool {
        // One that is shown again is all that there is.
        device.hostKeys.contains { $0.type == nil } && Set(shown).count == shown.count
    }

    /// The types of host keys that the device can be asked for.
    private var askableTypes: Set<String> {
        let preferences = device.legacy ? AlgorithmPreferences.legacy : .standard
        let names = preferences.hostKey.split(separator: ",").map(String.init)
        return Set(names.filter(LibSSH2.hostKeyAlgorithms.contains).compactMap(HostKeyType.type))
    }

    /// Pins a key unless something is known of its host, and tells what became of it.
    private func pinIfUnknown(_ key: HostKey, in store: HostKeyStore) -> KnownHosts.Verdict {
        let (host, type, fingerprint, file) = (device.name, key.type, key.fingerprint, store.file.path)
        return store.pinIfUnknown(name, key: key) { [events = environment.events] reason in
            if let reason {
                events(.notPinned(host: host, keyType: type, fingerprint: fingerprint, reason: reason))
            } else {
                events(.pinned(host: host, keyType: type, fingerprint: fingerprint, file: file))
            }
        }
    }

    private func checkPins(_ key: HostKey, gap: inout SSHError.Gap?) throws(MusterError) {
        guard !device.hostKeys.contains(where: { $0.matches(key) }) else { return }
        let types = device.hostKeys.compactMap(\.type)
        if types.count == device.hostKeys.count, askableTypes.isDisjoint(with: types) {
            // Another key of the device, as far as anyone can tell.
            gap = .algorithms(.hostKey, device: types.flatMap(HostKeyType.algorithms))
            throw failure(
                "the host key that the inventory has for \(name) can't be asked for with libssh2 \(LibSSH2.version): "
                    + "expected \(pinsShown), seen \(key.shown)",
                hint: "transport: auto goes on with the system's ssh; or add another key of the device to `host_key`"
                    + (device.legacy ? "" : "; or set `legacy: true` if the device is old"))
        }
        throw notPinned(key.shown, type: key.type)
    }

    /// The error for keys that are not the pinned ones.
    ///
    /// - Parameters:
    ///   - shown: what the device showed, for the message.
    ///   - type: the type of the one key that it showed.
    func notPinned(_ shown: String, type: String? = nil) -> MusterError {
        let mayBeOther = device.hostKeys.contains { $0.type == nil || $0.type != type }
        return failure(
            "the host key of \(name) is not the one in the inventory: expected \(pinsShown), seen \(shown)",
            hint: (mayBeOther ? "muster keys scan shows whether it is another key of the same device; if not, " : "")
                + "someone may be in between; if the device was replaced, correct its `host_key`")
    }

    private var pinsShown: String { device.hostKeys.map(\.shown).joined(separator: " or ") }

    private func failure(_ message: String, hint: String) -> MusterError {
        MusterError(.hostKey, phase: .hostKey, device: device.name, message: message, hint: hint)
    }
}

extension Device {
    /// The name under which its key stands in known hosts files.
    package var hostKeyName: HostKeyName { HostKeyName(host: address, port: port, alias: hostKeyAlias) }
}

extension HostKeyPin {
    /// Whether a key is the one that is pinned.
    package func matches(_ key: HostKey) -> Bool {
        (type == nil || type == key.type) && (base64.map { HostKey(base64: $0) == key } ?? (fingerprint == key.fingerprint))
    }

    /// For messages: a key as its type and fingerprint.
    package var shown: String {
        base64.flatMap { HostKey(base64: $0) }.map(\.shown) ?? description
    }
}

extension HostKey {
    /// For messages: `ssh-ed25519 SHA256:…`.
    package var shown: String { "\(type) \(fingerprint)" }
}

extension [KnownHosts.Entry] {
    /// For messages: each key and where it is known from.
    package var shown: String { map { "\($0.key.shown) (\($0.origin))" }.joined(separator: ", ") }
}
