/// A kind of device that the lab can imitate.
package enum LabPlatform: String, CaseIterable, Sendable {
    case ciscoIOSXE = "cisco_iosxe"
    case ciscoIOSXR = "cisco_iosxr"
    case ciscoNXOS = "cisco_nxos"
    case aristaEOS = "arista_eos"
    case juniperJunos = "juniper_junos"
    case nokiaSRLinux = "nokia_srlinux"
    case frr
    case linux
}
