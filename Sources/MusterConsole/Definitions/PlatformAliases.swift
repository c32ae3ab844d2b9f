/// Names that other tools have for the platforms: netmiko's device types, Ansible's network_os, scrapli's and NAPALM's.
enum PlatformAliases {
    /// The platform of each alias.
    static let table: [String: String] = [
        // Arista EOS
        "eos": "arista_eos", "arista.eos.eos": "arista_eos",
        // Cisco IOS and IOS XE
        "cisco_ios": "cisco_iosxe", "cisco_xe": "cisco_iosxe", "ios": "cisco_iosxe", "iosxe": "cisco_iosxe", "cisco.ios.ios": "cisco_iosxe",
        // Cisco IOS XR
        "cisco_xr": "cisco_iosxr", "iosxr": "cisco_iosxr", "cisco.iosxr.iosxr": "cisco_iosxr",
        // Cisco NX-OS
        "nxos": "cisco_nxos", "nxos_ssh": "cisco_nxos", "cisco.nxos.nxos": "cisco_nxos",
        // FRRouting
        "frrouting": "frr", "vtysh": "frr", "frr.frr.frr": "frr",
        // Juniper Junos
        "junos": "juniper_junos", "juniper": "juniper_junos", "junipernetworks.junos.junos": "juniper_junos",
        // Linux
        "linux_ssh": "linux",
        // Nokia SR Linux
        "srl": "nokia_srlinux", "srlinux": "nokia_srlinux", "nokia_srl": "nokia_srlinux", "nokia.srlinux.srlinux": "nokia_srlinux",
        // Anything
        "default": "generic",
    ]
}
