/// Names that other tools have for the platforms: netmiko's device types, Ansible's network_os, scrapli's and NAPALM's.
enum PlatformAliases {
    /// The platform of each alias.
    static let table: [String: String] = [
        // A10 ACOS
        "a10": "a10_acos", "a10_ssh": "a10_acos",
        // Adtran AOS
        "adtran_os_ssh": "adtran_os", "adtran_os_telnet": "adtran_os",
        // Alcatel-Lucent Enterprise OmniSwitch
        "alcatel_aos_ssh": "alcatel_aos", "aos": "alcatel_aos",
        // Allied Telesis AlliedWare Plus
        "allied_telesis_awplus_ssh": "allied_telesis_awplus", "awplus": "allied_telesis_awplus",
        // Arista EOS
        "arista_eos_ssh": "arista_eos", "arista_eos_telnet": "arista_eos", "eos": "arista_eos", "arista.eos.eos": "arista_eos",
        "arista": "arista_eos",
        // HPE Aruba Networking AOS-CX
        "aruba_aoscx_ssh": "aruba_aoscx", "aoscx": "aruba_aoscx", "arubaoscx": "aruba_aoscx", "arubanetworks.aoscx.aoscx": "aruba_aoscx",
        // HPE Aruba Networking controllers
        "aruba_os": "aruba_arubaos", "aruba_os_ssh": "aruba_arubaos", "aruba": "aruba_arubaos", "aruba_wlc": "aruba_arubaos",
        "community.network.aruba": "aruba_arubaos",
        // Extreme ERS
        "avaya_ers_ssh": "avaya_ers", "extreme_ers": "avaya_ers", "extreme_ers_ssh": "avaya_ers",
        // Broadcom ICOS and FASTPATH
        "broadcom_icos_ssh": "broadcom_icos",
        // Brocade and Extreme NetIron
        "brocade_netiron_ssh": "brocade_netiron", "brocade_netiron_telnet": "brocade_netiron", "extreme_netiron": "brocade_netiron",
        "extreme_netiron_ssh": "brocade_netiron", "extreme_netiron_telnet": "brocade_netiron", "ironware": "brocade_netiron",
        "community.network.ironware": "brocade_netiron",
        // Check Point Gaia
        "checkpoint_gaia_ssh": "checkpoint_gaia",
        // Ciena SAOS 6 and 8
        "ciena_saos_ssh": "ciena_saos", "ciena_saos_telnet": "ciena_saos", "ciena.saos6.saos6": "ciena_saos",
        // Ciena SAOS 10
        "ciena_saos10_ssh": "ciena_saos10", "saos10": "ciena_saos10", "ciena.saos10.saos10": "ciena_saos10",
        // Cisco WLC with AireOS
        "cisco_wlc": "cisco_aireos", "cisco_wlc_ssh": "cisco_aireos", "aireos": "cisco_aireos", "community.network.aireos": "cisco_aireos",
        // Cisco ASA
        "cisco_asa_ssh": "cisco_asa", "asa": "cisco_asa", "cisco.asa.asa": "cisco_asa",
        // Cisco small business switches
        "cisco_s200": "cisco_cbs", "cisco_s200_ssh": "cisco_cbs", "cisco_s200_telnet": "cisco_cbs", "cisco_s300": "cisco_cbs",
        "cisco_s300_ssh": "cisco_cbs", "cisco_s300_telnet": "cisco_cbs", "cisco_s500": "cisco_cbs", "cisco_s500_ssh": "cisco_cbs",
        "cisco_s500_telnet": "cisco_cbs", "s350": "cisco_cbs", "ciscosmb": "cisco_cbs", "community.ciscosmb.ciscosmb": "cisco_cbs",
        // Cisco Secure Firewall Threat Defense
        "cisco_ftd_ssh": "cisco_ftd",
        // Cisco IOS and IOS XE
        "cisco_ios": "cisco_iosxe", "cisco_ios_ssh": "cisco_iosxe", "cisco_ios_telnet": "cisco_iosxe", "cisco_ios_serial": "cisco_iosxe",
        "cisco_xe": "cisco_iosxe", "cisco_xe_ssh": "cisco_iosxe", "cisco_xe_telnet": "cisco_iosxe", "cisco_ioswlc": "cisco_iosxe",
        "cisco_ioswlc_ssh": "cisco_iosxe", "cisco_ioswlc_telnet": "cisco_iosxe", "ios": "cisco_iosxe", "iosxe": "cisco_iosxe",
        "cisco.ios.ios": "cisco_iosxe", "cisco": "cisco_iosxe",
        // Cisco IOS XR
        "cisco_xr": "cisco_iosxr", "cisco_xr_ssh": "cisco_iosxr", "cisco_xr_telnet": "cisco_iosxr", "iosxr": "cisco_iosxr",
        "cisco.iosxr.iosxr": "cisco_iosxr",
        // Cisco NX-OS
        "cisco_nxos_ssh": "cisco_nxos", "cisco_nxos_telnet": "cisco_nxos", "nxos": "cisco_nxos", "nxos_ssh": "cisco_nxos",
        "cisco.nxos.nxos": "cisco_nxos",
        // Cisco SD-WAN with Viptela OS
        "cisco_viptela_ssh": "cisco_viptela",
        // Citrix NetScaler
        "netscaler": "citrix_netscaler", "netscaler_ssh": "citrix_netscaler",
        // NVIDIA Cumulus Linux
        "cumulus_linux_ssh": "cumulus_linux", "cumulus": "cumulus_linux",
        // Dell SmartFabric OS10
        "dell_os10_ssh": "dell_os10", "dellos10": "dell_os10", "dellemc.os10.os10": "dell_os10",
        // Dell EMC Networking OS6
        "dell_os6_ssh": "dell_os6", "dell_emc": "dell_os6", "dell_dnos6": "dell_os6", "dell_dnos6_telnet": "dell_os6",
        "dell_powerconnect": "dell_os6",
        "dell_powerconnect_ssh": "dell_os6", "dell_powerconnect_telnet": "dell_os6", "dellos6": "dell_os6", "dellemc.os6.os6": "dell_os6",
        // Dell EMC Networking OS9
        "dell_os9_ssh": "dell_os9", "dell_dnos9": "dell_os9", "dell_dnos9_ssh": "dell_os9", "dell_force10": "dell_os9",
        "dell_force10_ssh": "dell_os9", "dellos9": "dell_os9", "dellemc.os9.os9": "dell_os9",
        // Enterprise SONiC
        "dell_sonic_ssh": "dell_sonic", "dell_enterprisesonic": "dell_sonic", "enterprise_sonic": "dell_sonic",
        "dellemc.enterprise_sonic.sonic": "dell_sonic",
        // D-Link switches
        "dlink_ds": "dlink_os", "dlink_ds_ssh": "dlink_os", "dlink_ds_telnet": "dlink_os",
        // Edgecore switches
        "edgecore_ecs": "edgecore",
        // Eltex ESR
        "eltex_esr_ssh": "eltex_esr",
        // Eltex MES
        "eltex": "eltex_mes", "eltex_ssh": "eltex_mes",
        // Ericsson IPOS
        "ericsson_ipos_ssh": "ericsson_ipos",
        // Extreme EXOS
        "extreme": "extreme_exos", "extreme_ssh": "extreme_exos", "extreme_telnet": "extreme_exos", "extreme_exos_ssh": "extreme_exos",
        "extreme_exos_telnet": "extreme_exos", "exos": "extreme_exos", "community.network.exos": "extreme_exos",
        // Extreme SLX-OS and Brocade NOS
        "extreme_slx": "extreme_slxos", "extreme_slx_ssh": "extreme_slxos", "extreme_nos": "extreme_slxos",
        "extreme_nos_ssh": "extreme_slxos", "extreme_vdx": "extreme_slxos", "extreme_vdx_ssh": "extreme_slxos",
        "brocade_nos": "extreme_slxos", "brocade_nos_ssh": "extreme_slxos", "brocade_vdx": "extreme_slxos",
        "brocade_vdx_ssh": "extreme_slxos", "slxos": "extreme_slxos", "community.network.slxos": "extreme_slxos", "nos": "extreme_slxos",
        "community.network.nos": "extreme_slxos",
        // Extreme VOSS
        "extreme_vsp": "extreme_voss", "extreme_vsp_ssh": "extreme_voss", "avaya_vsp": "extreme_voss", "avaya_vsp_ssh": "extreme_voss",
        "voss": "extreme_voss", "community.network.voss": "extreme_voss",
        // F5 BIG-IP
        "f5_ltm": "f5_bigip", "f5_ltm_ssh": "f5_bigip", "f5_tmsh": "f5_bigip", "f5_tmsh_ssh": "f5_bigip", "f5_linux": "f5_bigip",
        "f5_linux_ssh": "f5_bigip", "bigip": "f5_bigip",
        // Fortinet FortiOS
        "fortinet": "fortinet_fortios", "fortinet_ssh": "fortinet_fortios", "fortios": "fortinet_fortios",
        "fortinet.fortios.fortios": "fortinet_fortios",
        // FreeBSD, OpenBSD, NetBSD
        "bsd": "freebsd", "openbsd": "freebsd", "netbsd": "freebsd",
        // FRRouting
        "frrouting": "frr", "vtysh": "frr", "cumulus_vtysh": "frr", "frr.frr.frr": "frr",
        // Anything
        "generic_ssh": "generic", "generic_telnet": "generic", "generic_termserver": "generic", "generic_termserver_telnet": "generic",
        "terminal_server": "generic", "default": "generic",
        // HPE Comware
        "hp_comware_ssh": "hp_comware", "hp_comware_telnet": "hp_comware", "h3c_comware": "hp_comware", "h3c_comware_ssh": "hp_comware",
        "comware": "hp_comware", "h3c": "hp_comware",
        // HP ProCurve and ArubaOS-Switch
        "hp_procurve_ssh": "hp_procurve", "hp_procurve_telnet": "hp_procurve", "aruba_procurve": "hp_procurve",
        "aruba_procurve_ssh": "hp_procurve", "aruba_procurve_telnet": "hp_procurve", "aruba_osswitch": "hp_procurve",
        "aruba_osswitch_ssh": "hp_procurve", "procurve": "hp_procurve", "arubaoss": "hp_procurve",
        // Huawei SmartAX
        "huawei_smartax_ssh": "huawei_smartax", "huawei_smartaxmmi": "huawei_smartax", "huawei_smartaxmmi_ssh": "huawei_smartax",
        "huawei_olt": "huawei_smartax", "huawei_olt_ssh": "huawei_smartax", "huawei_olt_telnet": "huawei_smartax",
        // Huawei VRP 5
        "huawei": "huawei_vrp", "huawei_ssh": "huawei_vrp", "huawei_telnet": "huawei_vrp", "huawei_vrp_ssh": "huawei_vrp",
        // Huawei VRP 8
        "huawei_vrpv8": "huawei_vrp8", "huawei_vrpv8_ssh": "huawei_vrp8", "ce": "huawei_vrp8", "cloudengine": "huawei_vrp8",
        "community.network.ce": "huawei_vrp8",
        // IP Infusion OcNOS
        "ipinfusion_ocnos_ssh": "ipinfusion_ocnos", "ipinfusion_ocnos_telnet": "ipinfusion_ocnos", "ocnos": "ipinfusion_ocnos",
        "bcomos": "ipinfusion_ocnos",
        // Juniper Junos
        "juniper": "juniper_junos", "juniper_ssh": "juniper_junos", "juniper_junos_ssh": "juniper_junos",
        "juniper_junos_telnet": "juniper_junos", "junos": "juniper_junos", "junipernetworks.junos.junos": "juniper_junos",
        // Juniper ScreenOS
        "juniper_screenos_ssh": "juniper_screenos", "screenos": "juniper_screenos",
        // Linux
        "linux_ssh": "linux", "ovs_linux": "linux", "ovs_linux_ssh": "linux", "corelight_linux": "linux", "corelight_linux_ssh": "linux",
        "opengear_linux": "linux", "opengear_linux_ssh": "linux", "pc": "linux",
        // NVIDIA Onyx
        "mellanox": "mellanox_onyx", "mellanox_ssh": "mellanox_onyx", "mellanox_mlnxos": "mellanox_onyx",
        "mellanox_mlnxos_ssh": "mellanox_onyx", "onyx": "mellanox_onyx", "mellanox.onyx.onyx": "mellanox_onyx",
        // MikroTik RouterOS
        "mikrotik_routeros_ssh": "mikrotik_routeros", "mikrotik_switchos": "mikrotik_routeros",
        "mikrotik_switchos_ssh": "mikrotik_routeros", "ros": "mikrotik_routeros", "routeros": "mikrotik_routeros",
        "community.routeros.routeros": "mikrotik_routeros",
        // Netgear managed switches
        "netgear_prosafe_ssh": "netgear_prosafe",
        // Nokia ISAM
        "nokia_isam_ssh": "nokia_isam", "nokia_sros_classic_aram": "nokia_isam",
        // Nokia SR Linux
        "nokia_srl": "nokia_srlinux", "nokia_srl_ssh": "nokia_srlinux", "srl": "nokia_srlinux", "srlinux": "nokia_srlinux",
        "nokia.srlinux.srlinux": "nokia_srlinux",
        // Nokia SR OS, MD-CLI
        "nokia_sros_ssh": "nokia_sros", "nokia_sros_telnet": "nokia_sros", "sros_md": "nokia_sros", "nokia.sros.md": "nokia_sros",
        // Nokia SR OS, classic CLI
        "alcatel_sros": "nokia_sros_classic", "alcatel_sros_ssh": "nokia_sros_classic", "sros": "nokia_sros_classic",
        "community.network.sros": "nokia_sros_classic", "nokia.sros.classic": "nokia_sros_classic",
        // Palo Alto Networks PAN-OS
        "paloalto_panos_ssh": "paloalto_panos", "paloalto_panos_telnet": "paloalto_panos", "panos": "paloalto_panos",
        // Raisecom ROS
        "raisecom_ros_ssh": "raisecom_ros", "raisecom_ros_telnet": "raisecom_ros", "raisecom_roap": "raisecom_ros",
        "raisecom_roap_ssh": "raisecom_ros", "raisecom": "raisecom_ros", "raisecom_telnet": "raisecom_ros",
        // Ruckus ICX and Brocade FastIron
        "ruckus_fastiron_ssh": "ruckus_fastiron", "ruckus_fastiron_telnet": "ruckus_fastiron", "brocade_fastiron": "ruckus_fastiron",
        "brocade_fastiron_ssh": "ruckus_fastiron", "brocade_fastiron_telnet": "ruckus_fastiron", "icx": "ruckus_fastiron",
        "community.network.icx": "ruckus_fastiron",
        // Ruijie RGOS and FS FSOS
        "ruijie_os": "ruijie_rgos", "ruijie_os_ssh": "ruijie_rgos", "ruijie_os_telnet": "ruijie_rgos", "fiberstore_fsos": "ruijie_rgos",
        "fiberstore_fsos_ssh": "ruijie_rgos", "fiberstore_fsosv2": "ruijie_rgos", "fiberstore_fsosv2_ssh": "ruijie_rgos",
        "fiberstore_fsosv2_telnet": "ruijie_rgos",
        // Community SONiC
        "edgecore_sonic": "sonic", "edgecore_sonic_ssh": "sonic",
        // TP-Link JetStream
        "tplink_jetstream_ssh": "tplink_jetstream", "tplink_jetstream_telnet": "tplink_jetstream",
        // Ubiquiti EdgeOS
        "ubiquiti_edgerouter": "ubiquiti_edgeos", "ubiquiti_edgerouter_ssh": "ubiquiti_edgeos", "edgeos": "ubiquiti_edgeos",
        "community.network.edgeos": "ubiquiti_edgeos",
        // Ubiquiti EdgeSwitch
        "ubiquiti_edge": "ubiquiti_edgeswitch", "ubiquiti_edge_ssh": "ubiquiti_edgeswitch",
        "ubiquiti_edgeswitch_ssh": "ubiquiti_edgeswitch", "edgeswitch": "ubiquiti_edgeswitch",
        "community.network.edgeswitch": "ubiquiti_edgeswitch",
        // Versa FlexVNF
        "flexvnf": "versa_flexvnf", "flexvnf_ssh": "versa_flexvnf",
        // VyOS
        "vyos_ssh": "vyos", "vyatta_vyos": "vyos", "vyatta_vyos_ssh": "vyos", "brocade_vyos": "vyos", "brocade_vyos_ssh": "vyos",
        "vyos_vyos": "vyos", "vyos.vyos.vyos": "vyos",
        // Yamaha routers
        "yamaha": "yamaha_rt", "yamaha_ssh": "yamaha_rt", "yamaha_telnet": "yamaha_rt",
        // ZTE ZXROS
        "zte_zxros_ssh": "zte_zxros", "zte_zxros_telnet": "zte_zxros",
        // Zyxel switches and gateways
        "zyxel_os_ssh": "zyxel_os", "zyxel": "zyxel_os",
    ]
}
