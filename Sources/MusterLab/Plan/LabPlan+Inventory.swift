import Foundation
import Yams

extension LabPlan {
    /// Writes the fleet as an inventory that muster reads, for its owner's eyes only, as it holds a password.
    ///
    /// - Parameters:
    ///   - path: The file, which is replaced whole.
    ///   - port: The port that the lab listens at.
    ///   - telnetPort: The port for telnet.
    ///   - configuration: Where the user, the password and the secret come from.
    /// - Throws: `LabError.inventory`.
    package func write(to path: String, port: UInt16, telnetPort: UInt16 = 0, _ configuration: LabConfiguration) throws(LabError) {
        let text = inventory(port: port, telnetPort: telnetPort, configuration)
        // Made beside its place and then moved, so that nobody reads half a file or one with wider permissions.
        let temporary = path + ".\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .inventory(path: path, reason: String(cString: strerror(errno))) }
        let written = text.utf8.withContiguousStorageIfAvailable { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
        close(descriptor)
        guard written == true, rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw .inventory(path: path, reason: reason)
        }
    }

    /// The fleet as the text of an inventory.
    package func inventory(port: UInt16, telnetPort: UInt16 = 0, _ configuration: LabConfiguration) -> String {
        var text = """
            # Simulated devices; written by muster-lab.
            defaults:
              user: \(Self.quoted(configuration.user))
              password: \(Self.quoted(configuration.password))
              enable: \(Self.quoted(configuration.enableSecret))
              port: \(port)
            groups:

            """
        let used = Set(entries.filter(\.device.isBuiltIn).map(\.device.platform))
        for platform in LabPlatform.allCases where used.contains(platform) {
            text += "  \(platform.rawValue): {platform: \(platform.rawValue)}\n"
        }
        text += "hosts:\n"
        for entry in entries {
            if !entry.device.isBuiltIn {
                let platform = Self.quoted(entry.device.platformName)
                text += "  \(Self.quoted(entry.device.name)): {address: \(entry.device.address), platform: \(platform), "
            } else {
                text += "  \(entry.device.name): {address: \(entry.device.address), groups: [\(entry.device.platform.rawValue)], "
            }
            if entry.usesTelnet { text += "transport: telnet, port: \(telnetPort), " }
            text += "data: {site: \(entry.site), role: \(entry.role)"
            let faults = entry.device.faults.compactMap(\.text)
            if !faults.isEmpty { text += ", lab_faults: [\(faults.map(Self.quoted).joined(separator: ", "))]" }
            text += "}}\n"
        }
        return text
    }

    /// Reads an inventory that the lab wrote, or one like it: hosts with a loopback address, and a platform of their own or of a group's.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - configuration: Gets the user, password, secret and port that the inventory's defaults name, and the port of the hosts that use telnet.
    /// - Throws: `LabError.inventory` and `LabError.fault`.
    package init(inventory path: String, _ configuration: inout LabConfiguration) throws(LabError) {
        let text: String
        let root: [String: Any]?
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
            root = try Yams.load(yaml: text) as? [String: Any]
        } catch {
            throw .inventory(path: path, reason: "could not be read: \(error)")
        }
        guard let root, let hosts = root["hosts"] as? [String: Any] else {
            throw .inventory(path: path, reason: "expected a mapping with 'hosts'")
        }
        let defaults = root["defaults"] as? [String: Any] ?? [:]
        let groups = root["groups"] as? [String: Any] ?? [:]
        if let user = defaults["user"] as? String { configuration.user = user }
        if let password = defaults["password"] as? String { configuration.password = password }
        if let secret = defaults["enable"] as? String { configuration.enableSecret = secret }
        if configuration.port == 0, let port = (defaults["port"] as? Int).flatMap({ UInt16(exactly: $0) }) { configuration.port = port }
        var entries: [Entry] = []
        for (name, value) in hosts.sorted(by: { $0.key < $1.key }) {
            let host = value as? [String: Any] ?? [:]
            guard let address = host["address"] as? String, LoopbackAddress.number(address) != nil else {
                throw .inventory(path: path, reason: "host '\(name)': expected an address in 127.0.0.0/8")
            }
            let memberships = host["groups"] as? [String] ?? []
            let named =
                host["platform"] as? String ?? memberships.lazy.compactMap { (groups[$0] as? [String: Any])?["platform"] as? String }.first
                ?? defaults["platform"] as? String ?? LabPlatform.ciscoIOSXE.rawValue
            guard let platform = LabPlatform(rawValue: named) else {
                throw .inventory(path: path, reason: "host '\(name)': the lab does not know the platform '\(named)'")
            }
            let data = host["data"] as? [String: Any] ?? [:]
            var faults: [LabFault] = []
            for text in data["lab_faults"] as? [String] ?? [] { faults.append(try LabFault(text)) }
            let usesTelnet = host["transport"] as? String == "telnet"
            if usesTelnet {
                configuration.listensForTelnet = true
                if configuration.telnetPort == 0 { configuration.telnetPort = (host["port"] as? Int).flatMap { UInt16(exactly: $0) } ?? 0 }
            }
            entries.append(
                Entry(
                    device: LabDevice(name, address: address, platform: platform, faults: faults), site: data["site"] as? String ?? "",
                    role: data["role"] as? String ?? platform.role, usesTelnet: usesTelnet))
        }
        self.init(entries: entries)
    }

    /// A YAML string in double quotes.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            switch character {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted.append(character)
            }
        }
        return quoted + "\""
    }
}
