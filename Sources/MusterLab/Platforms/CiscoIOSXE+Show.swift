extension CiscoIOSXE {
    static let showCommands: [LabCommand] = [
        LabCommand("show version") { state, _ in
            var reply = LabReply.text(version(state))
            reply.isVersion = true
            return reply
        },
        .shows("show clock") { "*\($0.facts.clock.time).\($0.facts.number(20, below: 1000).digits(3)) UTC \(longDate($0.facts.clock))\n" },
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
