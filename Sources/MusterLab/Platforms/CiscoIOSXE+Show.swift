extension CiscoIOSXE {
    static let showCommands: [LabCommand] = [
        .version("show version", version),
        .shows("show clock") { "*\($0.facts.clock.time).\($0.facts.number(20, below: 1000).digits(3)) UTC \(longDate($0.facts.clock))\n" },
        .shows("show ip interface brief", interfacesBrief),
        .shows("show interfaces description", descriptions),
        .shows("show interfaces status", interfacesStatus),
        LabCommand("show interfaces [line]") { state, arguments in
            let wanted = arguments.joined().lowercased()
            let ports = ports(state.facts).filter { wanted.isEmpty || $0.name.lowercased() == wanted || $0.short.lowercased() == wanted }
            return .text(ports.map { details($0, state.facts) }.joined())
        },
        .shows("show inventory", inventory),
        .shows("show running-config", in: .privileged, runningConfiguration),
        .shows("show startup-config", in: .privileged, runningConfiguration),
        .shows("show ip route", routes),
        .shows("show cdp neighbors", cdp),
        .shows("show lldp neighbors", lldp),
        .shows("show users") { state in
            """
                Line       User       Host(s)              Idle       Location
            *  1 vty 0     \(state.user.padded(10)) idle                 00:00:00 192.0.2.\(1 + state.facts.number(60, below: 250))

              Interface    User               Mode         Idle     Peer Address

            """
        },
        .shows("show logging", logging),
        .shows("show privilege") { "Current privilege level is \($0.mode == .exec ? 1 : 15)\n" },
        .shows("show arp", arp),
        .shows("show ip arp", arp),
        .shows("show processes cpu") { state in
            let load = state.facts.number(70, below: 30)
            return "CPU utilization for five seconds: \(load)%/0%; one minute: \(load / 2 + 1)%; five minutes: \(load / 2)%\n"
                + " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process\n"
                + "   1           4          12        333  0.00%  0.00%  0.00%   0 Chunk Manager\n"
                + "   2        1034      120031          8  0.00%  0.00%  0.00%   0 Load Meter\n"
        },
    ]

    private static func longDate(_ clock: LabClock) -> String { "\(clock.weekday) \(clock.monthName) \(clock.day) \(clock.year)" }

    private static func version(_ state: LabShellState) -> String {
        let facts = state.facts
        return """
            Cisco IOS XE Software, Version 17.09.04a
            Cisco IOS Software [Cupertino], ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.9.4a, RELEASE SOFTWARE (fc3)
            Technical Support: http://www.cisco.com/techsupport
            Copyright (c) 1986-2023 by Cisco Systems, Inc.
            Compiled Fri 20-Oct-23 10:44 by mcpre

            ROM: IOS-XE ROMMON

            \(state.hostname) uptime is \(facts.uptimeInWords)
            Uptime for this control processor is \(facts.uptimeInWords)
            System returned to ROM by reload
            System image file is "bootflash:packages.conf"
            Last reload reason: Reload Command

            Technology Package License Information:

            -----------------------------------------------------------------
            Technology     Type         Technology-package  Technology-package
                                        Current             Next reboot
            -----------------------------------------------------------------
            Smart License  Perpetual    network-advantage   network-advantage
            Smart License  Subscription dna-advantage       dna-advantage

            The current throughput level is 500000 kbps

            cisco ISR4451-X/K9 (2RU) processor with 1687137K/6147K bytes of memory.
            Processor board ID \(facts.serial)
            Router operating mode: Autonomous
            4 Gigabit Ethernet interfaces
            32768K bytes of non-volatile configuration memory.
            4194304K bytes of physical memory.
            7341807K bytes of flash memory at bootflash:.

            Configuration register is 0x2102
            """
    }
}
