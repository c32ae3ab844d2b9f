/// What the collection of TextFSM templates "ntc-templates" calls the platforms that it has templates for.
enum NTCTemplates {
    /// The platforms of the index of its release 9.3.
    static let platforms: Set<String> = [
        "aethra_atosnt", "alcatel_aos", "alcatel_sros", "allied_telesis_awplus", "arista_eos", "aruba_aoscx", "aruba_os",
        "aruba_procurve", "avaya_ers", "avaya_vsp", "broadcom_icos", "brocade_fastiron", "brocade_netiron", "checkpoint_gaia",
        "ciena_saos", "cisco_apic", "cisco_asa", "cisco_ftd", "cisco_fxos", "cisco_ios", "cisco_nvfis", "cisco_nxos", "cisco_s300",
        "cisco_viptela", "cisco_wlc_ssh", "cisco_xr", "dell_force10", "dell_powerconnect", "dlink_ds", "edgecore", "eltex",
        "ericsson_ipos", "extreme_exos", "extreme_slxos", "fortinet", "fsas_sir", "hp_comware", "hp_procurve", "huawei_ont",
        "huawei_smartax", "huawei_vrp", "ipinfusion_ocnos", "juniper_junos", "juniper_screenos", "linux", "mikrotik_routeros",
        "oneaccess_oneos", "paloalto_panos", "ruckus_fastiron", "ubiquiti_edgerouter", "ubiquiti_edgeswitch", "vmware_nsxv", "vyos",
        "watchguard_firebox", "yamaha", "zte_zxros", "zyxel_os",
    ]

    /// Whether there are templates for the platform.
    static func has(_ name: String) -> Bool {
        // The index takes any name with "vyos" in it.
        platforms.contains(name) || name.contains("vyos")
    }
}
