import Synchronization

extension Platform {
    /// The names of the definitions that are part of the program.
    package static let builtInNames = sources.keys.sorted()

    /// Names that other tools have for these platforms.
    package static var aliases: [String: String] { PlatformAliases.table }

    /// The built-in definition of that name or alias, or nil.
    ///
    /// Each is read once per process, when it is first asked for.
    package static func builtIn(named name: String) -> Platform? {
        let name = aliases[name] ?? name
        return cache.withLock { cache in
            if let platform = cache[name] { return platform }
            // Every built-in definition is read by the tests.
            let platform = source(named: name).flatMap { try? load(yaml: $0, name: name, file: "\(name).yaml") }
            cache[name] = platform
            return platform
        }
    }

    /// The built-in definition of that name or alias, read anew, with the places of its keys; nil when there is none.
    package static func builtInDefinition(named name: String) -> Definition? {
        let name = aliases[name] ?? name
        return source(named: name).map { read(yaml: $0, name: name, file: "\(name).yaml", keepsPlaces: true) }
    }

    /// What kind of device a built-in platform is, for people.
    package static func builtInSummary(named name: String) -> String? { builtIn(named: name)?.summary }

    /// The text of a built-in definition.
    private static func source(named name: String) -> String? {
        sources[name].map { String(decoding: $0(), as: UTF8.self) }
    }

    /// The built-in name or alias that `name` was most likely meant to be, for "did you mean".
    package static func nearestBuiltIn(to name: String) -> String? {
        nearest(name, in: builtInNames + aliases.keys.sorted())
    }

    private static let cache = Mutex<[String: Platform]>([:])

    private static let sources: [String: @Sendable () -> [UInt8]] = [
        "a10_acos": { PackageResources.a10_acos_yaml },
        "adtran_os": { PackageResources.adtran_os_yaml },
        "alcatel_aos": { PackageResources.alcatel_aos_yaml },
        "allied_telesis_awplus": { PackageResources.allied_telesis_awplus_yaml },
        "arista_eos": { PackageResources.arista_eos_yaml },
        "aruba_aoscx": { PackageResources.aruba_aoscx_yaml },
        "aruba_arubaos": { PackageResources.aruba_arubaos_yaml },
        "avaya_ers": { PackageResources.avaya_ers_yaml },
        "broadcom_icos": { PackageResources.broadcom_icos_yaml },
        "brocade_netiron": { PackageResources.brocade_netiron_yaml },
        "checkpoint_gaia": { PackageResources.checkpoint_gaia_yaml },
        "ciena_saos": { PackageResources.ciena_saos_yaml },
        "cisco_aireos": { PackageResources.cisco_aireos_yaml },
        "cisco_asa": { PackageResources.cisco_asa_yaml },
        "cisco_cbs": { PackageResources.cisco_cbs_yaml },
        "cisco_ftd": { PackageResources.cisco_ftd_yaml },
        "cisco_fxos": { PackageResources.cisco_fxos_yaml },
        "cisco_iosxe": { PackageResources.cisco_iosxe_yaml },
        "cisco_iosxr": { PackageResources.cisco_iosxr_yaml },
        "cisco_nxos": { PackageResources.cisco_nxos_yaml },
        "cisco_viptela": { PackageResources.cisco_viptela_yaml },
        "citrix_netscaler": { PackageResources.citrix_netscaler_yaml },
        "cumulus_linux": { PackageResources.cumulus_linux_yaml },
        "datacom_dmos": { PackageResources.datacom_dmos_yaml },
        "dell_os10": { PackageResources.dell_os10_yaml },
        "dell_os6": { PackageResources.dell_os6_yaml },
        "dell_os9": { PackageResources.dell_os9_yaml },
        "dell_sonic": { PackageResources.dell_sonic_yaml },
        "dlink_os": { PackageResources.dlink_os_yaml },
        "edgecore": { PackageResources.edgecore_yaml },
        "eltex_esr": { PackageResources.eltex_esr_yaml },
        "eltex_mes": { PackageResources.eltex_mes_yaml },
        "ericsson_ipos": { PackageResources.ericsson_ipos_yaml },
        "extreme_exos": { PackageResources.extreme_exos_yaml },
        "extreme_slxos": { PackageResources.extreme_slxos_yaml },
        "extreme_voss": { PackageResources.extreme_voss_yaml },
        "f5_bigip": { PackageResources.f5_bigip_yaml },
        "fortinet_fortios": { PackageResources.fortinet_fortios_yaml },
        "freebsd": { PackageResources.freebsd_yaml },
        "frr": { PackageResources.frr_yaml },
        "generic": { PackageResources.generic_yaml },
        "hp_comware": { PackageResources.hp_comware_yaml },
        "hp_procurve": { PackageResources.hp_procurve_yaml },
        "huawei_smartax": { PackageResources.huawei_smartax_yaml },
        "huawei_vrp": { PackageResources.huawei_vrp_yaml },
        "huawei_vrp8": { PackageResources.huawei_vrp8_yaml },
        "ipinfusion_ocnos": { PackageResources.ipinfusion_ocnos_yaml },
        "juniper_junos": { PackageResources.juniper_junos_yaml },
        "juniper_screenos": { PackageResources.juniper_screenos_yaml },
        "linux": { PackageResources.linux_yaml },
        "mellanox_onyx": { PackageResources.mellanox_onyx_yaml },
        "mikrotik_routeros": { PackageResources.mikrotik_routeros_yaml },
        "netgear_prosafe": { PackageResources.netgear_prosafe_yaml },
        "nokia_srlinux": { PackageResources.nokia_srlinux_yaml },
        "nokia_sros": { PackageResources.nokia_sros_yaml },
        "nokia_sros_classic": { PackageResources.nokia_sros_classic_yaml },
        "paloalto_panos": { PackageResources.paloalto_panos_yaml },
        "raisecom_ros": { PackageResources.raisecom_ros_yaml },
        "ruckus_fastiron": { PackageResources.ruckus_fastiron_yaml },
        "ruijie_rgos": { PackageResources.ruijie_rgos_yaml },
        "sonic": { PackageResources.sonic_yaml },
        "tplink_jetstream": { PackageResources.tplink_jetstream_yaml },
        "ubiquiti_edgeos": { PackageResources.ubiquiti_edgeos_yaml },
        "ubiquiti_edgeswitch": { PackageResources.ubiquiti_edgeswitch_yaml },
        "versa_flexvnf": { PackageResources.versa_flexvnf_yaml },
        "vyos": { PackageResources.vyos_yaml },
        "yamaha_rt": { PackageResources.yamaha_rt_yaml },
        "zte_zxros": { PackageResources.zte_zxros_yaml },
        "zyxel_os": { PackageResources.zyxel_os_yaml },
    ]
}
