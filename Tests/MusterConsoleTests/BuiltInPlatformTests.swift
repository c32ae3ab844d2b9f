import Testing

@testable import MusterConsole

/// What every definition that is part of the program has to have.
struct BuiltInPlatformTests {
    private static let named = Platform.builtInNames.filter { $0 != "generic" }

    @Test func thereAreManyPlatforms() {
        #expect(Platform.builtInNames.count >= 45)
        #expect(Platform.aliases.count >= 200)
        for alias in Platform.aliases.keys { #expect(!Platform.builtInNames.contains(alias), "\(alias)") }
    }

    @Test(arguments: named)
    func saysWhatItIsForAndHowItsVersionIsAsked(_ name: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        #expect(platform.summary?.isEmpty == false)
        #expect(platform.versionCommand?.isEmpty == false)
    }

    @Test(arguments: named)
    func carriesTestsOfEveryKind(_ name: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        let prompts = platform.tests.cases[.prompts] ?? []
        #expect(prompts.count >= 4)
        #expect(prompts.contains { $0.expected == nil }, "a text that is no prompt")
        let errors = platform.tests.cases[.errors] ?? []
        #expect(errors.count { $0.expected != nil } >= 2)
        #expect(errors.contains { $0.expected == nil }, "a harmless text")
        // Of modes with the same prompt one is enough.
        let scratch = MatchScratch()
        for mode in platform.modes {
            #expect(prompts.contains { $0.expected != nil && mode.prompt.matches($0.text, scratch) }, "\(mode.name)")
        }
    }

    @Test(arguments: named)
    func answersNothingThatDestroys(_ name: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        let scratch = MatchScratch()
        for question in [
            "Proceed with reload? [confirm]", "Delete flash:/x? [confirm]", "Overwrite? [yes/no] ", "Continue? (y/n): ",
            "Are you sure you want to reset the system? (y/n) ", "Do you want to continue? [y/n]:", "Erase startup-config? [Y/N]:",
            "Do you really want to reboot system? (y/N): ", "Format flash:? [confirm]", "Password: ",
        ] {
            let line = Array(question.utf8)
            #expect(!platform.questions.contains { $0.pattern.match(in: line, scratch) != nil }, "\(question)")
            #expect(!platform.pagers.contains { $0.pattern.match(in: line, scratch) != nil }, "\(question)")
        }
    }

    /// The beginning of what devices say of their version.
    private static let versions: [(String, String)] = [
        ("adtran_os", "ADTRAN, Inc. OS version R13.1.0"),
        ("allied_telesis_awplus", "AlliedWare Plus (TM) 5.4.9 01/01/19 10:10:10"),
        ("arista_eos", "Arista DCS-7050TX-64-R\nHardware version:    01.00"),
        ("arista_eos", " vEOS\nHardware version:    "),
        ("aruba_aoscx", "-----------------------\nArubaOS-CX\n(c) Copyright"),
        ("aruba_arubaos", "Aruba Operating System Software.\nArubaOS (MODEL: Aruba7210), Version 8.6.0.4"),
        ("cisco_asa", "Cisco Adaptive Security Appliance Software Version 9.8(1)"),
        ("cisco_ftd", "-----[ ftd1 ]-----\nModel                     : Cisco Firepower 2110 Threat Defense (77) Version 6.4.0"),
        ("cisco_iosxe", "Cisco IOS XE Software, Version 16.09.04\nCisco IOS Software [Fuji], ISR Software"),
        ("cisco_iosxe", "Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE11"),
        ("cisco_iosxe", "Cisco Internetwork Operating System Software \nIOS (tm) C2950 Software"),
        ("cisco_iosxr", "Wed Nov 25 09:10:11.123 UTC\nCisco IOS XR Software, Version 7.5.2 LNT"),
        ("cisco_nxos", "Cisco Nexus Operating System (NX-OS) Software\nTAC support:"),
        ("cumulus_linux", "Linux leaf01 5.10.0-cl-1-amd64 #1 SMP Debian 5.10.162-1+cl5.3.0u1 x86_64 GNU/Linux"),
        ("dell_os10", "Dell SmartFabric OS10 Enterprise\nCopyright"),
        ("dell_os6", "Machine Description............... Dell Networking Switch"),
        ("dell_os9", "Dell Real Time Operating System Software\nDell Operating System Version:  2.0"),
        ("dell_sonic", "Software Version  : 4.0.0-Enterprise_Premium\nProduct           : Enterprise SONiC"),
        ("extreme_exos", "Switch      : 800444-00-04\nImage   : ExtremeXOS version 22.5.1.7"),
        ("freebsd", "FreeBSD host 14.0-RELEASE FreeBSD 14.0-RELEASE #0"),
        ("frr", "FRRouting 8.4.4 (r1) on Linux(6.1.0-18-amd64)."),
        ("hp_comware", "HPE Comware Software, Version 7.1.070, Release 3507"),
        ("hp_procurve", "Image stamp:    /ws/swbuildm/rel_yakima/code/build"),
        ("huawei_vrp", "Huawei Versatile Routing Platform Software\nVRP (R) software, Version 5.170 (S5720 V200R011C10SPC600)"),
        ("huawei_vrp8", "Huawei Versatile Routing Platform Software\nVRP (R) software, Version 8.180 (CE6850 V200R005C10)"),
        ("juniper_junos", "Hostname: r1\nModel: mx80\nJunos: 18.1R1.9"),
        ("linux", "Linux host 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux"),
        ("netgear_prosafe", "Switch: 1\n\nSystem Description............................. M4300-28G ProSAFE"),
        ("nokia_srlinux", "Hostname             : srl1\nChassis Type         : 7220 IXR-D2\nSoftware Version     : v21.6.1"),
        ("ruckus_fastiron", "  Copyright (c) Ruckus Networks\n  HW: Stackable ICX7150-24-POE"),
        ("ruijie_rgos", "System description      : Ruijie 10G Routing Switch(S5750) By Ruijie Networks"),
        ("sonic", "SONiC Software Version: SONiC.202205.0\nDistribution: Debian 11.3"),
        ("ubiquiti_edgeos", "Version:      v1.10.10\nBuild ID:     5210357\nHW model:     EdgeRouter X 5-Port"),
        ("ubiquiti_edgeswitch", "Switch: 1\nSystem Description............................. EdgeSwitch 24 250W"),
        ("vyos", "Version:          VyOS 1.3.0\nRelease train:    equuleus"),
    ]

    @Test(arguments: versions)
    func isToldByItsVersionAlone(_ name: String, _ answer: String) {
        let scratch = MatchScratch()
        let text = Array(answer.utf8)
        let told = Platform.builtInNames.filter { other in
            Platform.builtIn(named: other)?.detection.probes.contains { $0.pattern.match(in: text, scratch) != nil } ?? false
        }
        #expect(told == [name])
    }
}
