import Synchronization

extension Platform {
    /// The names of the definitions that are part of the program.
    package static let builtInNames = sources.keys.sorted()

    /// Names that other tools have for these platforms: netmiko's device types, Ansible's network_os, scrapli's and NAPALM's.
    package static let aliases: [String: String] = [
        "cisco_ios": "cisco_iosxe", "cisco_xe": "cisco_iosxe", "ios": "cisco_iosxe", "iosxe": "cisco_iosxe", "cisco.ios.ios": "cisco_iosxe",
        "cisco_xr": "cisco_iosxr", "iosxr": "cisco_iosxr", "cisco.iosxr.iosxr": "cisco_iosxr",
        "nxos": "cisco_nxos", "nxos_ssh": "cisco_nxos", "cisco.nxos.nxos": "cisco_nxos",
        "eos": "arista_eos", "arista.eos.eos": "arista_eos",
        "junos": "juniper_junos", "juniper": "juniper_junos", "junipernetworks.junos.junos": "juniper_junos",
        "srl": "nokia_srlinux", "srlinux": "nokia_srlinux", "nokia_srl": "nokia_srlinux", "nokia.srlinux.srlinux": "nokia_srlinux",
        "frrouting": "frr", "vtysh": "frr", "frr.frr.frr": "frr",
        "linux_ssh": "linux", "default": "generic", "autodetect": "generic",
    ]

    /// The built-in definition of that name or alias, or nil.
    ///
    /// Each is read once per process, when it is first asked for.
    package static func builtIn(named name: String) -> Platform? {
        let name = aliases[name] ?? name
        return cache.withLock { cache in
            if let platform = cache[name] { return platform }
            guard let bytes = sources[name]?() else { return nil }
            // Every built-in definition is read by the tests.
            let text = String(decoding: bytes, as: UTF8.self)
            let platform = try? load(yaml: text, name: name, file: "\(name).yaml")
            cache[name] = platform
            return platform
        }
    }

    /// The built-in name or alias that `name` was most likely meant to be, for "did you mean".
    package static func nearestBuiltIn(to name: String) -> String? {
        nearest(name, in: builtInNames + aliases.keys.sorted())
    }

    private static let cache = Mutex<[String: Platform]>([:])

    private static let sources: [String: @Sendable () -> [UInt8]] = [
        "arista_eos": { PackageResources.arista_eos_yaml },
        "cisco_iosxe": { PackageResources.cisco_iosxe_yaml },
        "cisco_iosxr": { PackageResources.cisco_iosxr_yaml },
        "cisco_nxos": { PackageResources.cisco_nxos_yaml },
        "frr": { PackageResources.frr_yaml },
        "generic": { PackageResources.generic_yaml },
        "juniper_junos": { PackageResources.juniper_junos_yaml },
        "linux": { PackageResources.linux_yaml },
        "nokia_srlinux": { PackageResources.nokia_srlinux_yaml },
    ]
}
