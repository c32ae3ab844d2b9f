extension CiscoIOSXE {
    static func runningConfiguration(_ state: LabShellState) -> String {
        let facts = state.facts
        var text = """
            Building configuration...

            Current configuration : \(4100 + facts.number(30, below: 900)) bytes
            !
            ! Last configuration change at \(facts.booted.time) UTC \(facts.booted.weekday) \(facts.booted.monthName) \(facts.booted.day) \(facts.booted.year)
            !
            version 17.9
            service timestamps debug datetime msec
            service timestamps log datetime msec
            platform qfp utilization monitor load 80
            !
            hostname \(state.hostname)
            !
            boot-start-marker
            boot-end-marker
            !
            enable secret 9 $9$lab$notarealhash
            !
            aaa new-model
            aaa authentication login default local
            aaa authorization exec default local
            !
            ip domain name example.net
            login on-success log
            subscriber templating
            !
            username \(state.user) privilege 15 secret 9 $9$lab$notarealhash
            !

            """
        for port in ports(facts) {
            text += "interface \(port.name)\n"
            if !port.description.isEmpty { text += " description \(port.description)\n" }
            text += port.address.map { " ip address \($0) \(port.mask)\n" } ?? " no ip address\n"
            if !port.isUp { text += " shutdown\n" }
            text += port.name.hasPrefix("Gig") ? " negotiation auto\n!\n" : "!\n"
        }
        text += "router ospf 1\n router-id \(ports(facts).last?.address ?? "")\n"
        for net in 0..<3 as Range<UInt64> { text += " network 10.\(facts.number(3, below: 200)).\(net).0 0.0.0.255 area 0\n" }
        text += "!\nip forward-protocol nd\nno ip http server\nip ssh version 2\n!\n"
        for entry in 1...12 as ClosedRange<UInt64> {
            text += "ip access-list extended ACL-\(entry.digits(2))\n \(entry * 10) permit tcp 10.\(entry).0.0 0.0.255.255 any eq 22\n"
            text += " \(entry * 10 + 10) deny   ip any any log\n"
        }
        text += """
            !
            snmp-server location rack \(1 + facts.number(31, below: 40))
            !
            banner motd ^C
            Access for authorised people only.
            ^C
            !
            line con 0
             stopbits 1
            line vty 0 4
             transport input ssh
            !
            ntp server 192.0.2.123
            !
            end


            """
        return state.withChanges(text)
    }
}
