/// The names of the platforms that an inventory may use.
func knownPlatforms() -> Set<String> {
    ["cisco_iosxe", "cisco_iosxr", "cisco_nxos", "arista_eos", "juniper_junos", "nokia_srlinux", "frr", "linux", "generic"]
}

/// This program's version.
let musterVersion = "0.1.0"

/// The version of the SSH engine, as `muster --version` shows it.
func engineVersion() -> String {
    "libssh2 unknown"
}
