extension CiscoIOSXE {
    struct Port {
        let name: String
        let short: String
        let address: String?
        let mask: String
        let description: String
        let isUp: Bool
        let index: UInt64
    }

    static func ports(_ facts: LabFacts) -> [Port] {
        let neighbours = ["core-01", "core-02", "agg-11", ""]
        var ports = (0..<4).map { index in
            Port(
                name: "GigabitEthernet0/0/\(index)", short: "Gi0/0/\(index)", address: index < 3 ? facts.interfaceAddress(index) : nil,
                mask: "255.255.255.0", description: neighbours[Int(index)].isEmpty ? "" : "to \(neighbours[Int(index)])", isUp: index < 3,
                index: index)
        }
        ports.append(
            Port(
                name: "Loopback0", short: "Lo0", address: "10.255.\(facts.number(8, below: 250)).\(1 + facts.number(9, below: 250))",
                mask: "255.255.255.255", description: "router id", isUp: true, index: 9))
        return ports
    }

    static func interfacesBrief(_ state: LabShellState) -> String {
        "Interface              IP-Address      OK? Method Status                Protocol\n"
            + ports(state.facts).map { port in
                port.name.padded(22) + " " + (port.address ?? "unassigned").padded(15) + " YES "
                    + (port.address == nil ? "unset  " : "NVRAM  ") + (port.isUp ? "up" : "administratively down").padded(22)
                    + (port.isUp ? "up" : "down") + "\n"
            }.joined()
    }

    static func descriptions(_ state: LabShellState) -> String {
        "Interface                      Status         Protocol Description\n"
            + ports(state.facts).map { port in
                port.short.padded(31) + (port.isUp ? "up" : "admin down").padded(15) + (port.isUp ? "up" : "down").padded(9)
                    + port.description + "\n"
            }.joined()
    }

    static func interfacesStatus(_ state: LabShellState) -> String {
        "\nPort         Name               Status       Vlan       Duplex  Speed Type\n"
            + ports(state.facts).dropLast().map { port in
                port.short.padded(13) + port.description.padded(19) + (port.isUp ? "connected" : "disabled").padded(13)
                    + "routed       full   1000 10/100/1000BaseTX\n"
            }.joined()
    }

    static func details(_ port: Port, _ facts: LabFacts) -> String {
        let packets = facts.uptime * (3 + port.index)
        return """
            \(port.name) is \(port.isUp ? "up" : "administratively down"), line protocol is \(port.isUp ? "up" : "down")
              Hardware is ISR4451-X-4x1GE, address is \(facts.dottedMAC(port.index)) (bia \(facts.dottedMAC(port.index)))
              Description: \(port.description)
              Internet address is \(port.address ?? "unassigned")/24
              MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
                 reliability 255/255, txload 1/255, rxload 1/255
              Encapsulation ARPA, loopback not set
              Keepalive not supported
              Full Duplex, 1000Mbps, link type is auto, media type is RJ45
              Last input 00:00:0\(facts.clock.seconds % 10), output 00:00:00, output hang never
              Input queue: 0/375/0/0 (size/max/drops/flushes); Total output drops: 0
              5 minute input rate \(1000 + facts.clock.seconds % 900) bits/sec, 2 packets/sec
              5 minute output rate 2000 bits/sec, 3 packets/sec
                 \(packets) packets input, \(packets * 97) bytes, 0 no buffer
                 0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
                 \(packets * 2) packets output, \(packets * 143) bytes, 0 underruns
                 0 output errors, 0 collisions, 1 interface resets

            """
    }

    static func inventory(_ state: LabShellState) -> String {
        let facts = state.facts
        return """
            NAME: "Chassis", DESCR: "Cisco ISR4451 Chassis"
            PID: ISR4451-X/K9      , VID: V05  , SN: \(facts.serial)

            NAME: "Power Supply Module 0", DESCR: "450W AC Power Supply for Cisco ISR4450, ISR4350"
            PID: PWR-4450-AC       , VID: V03  , SN: \(facts.serial("DCA", 1))

            NAME: "Fan Tray", DESCR: "Cisco ISR4450, ISR4350 Fan Assembly"
            PID: ACS-4450-FANASSY  , VID:      , SN:

            NAME: "module 0", DESCR: "Cisco ISR4451 Built-In NIM controller"
            PID: ISR4451-X/K9      , VID:      , SN:

            NAME: "module R0", DESCR: "Cisco ISR4451 Route Processor"
            PID: ISR4451-X/K9      , VID: V05  , SN: \(facts.serial("FOC", 2))


            """
    }

    static func routes(_ state: LabShellState) -> String {
        let facts = state.facts
        let second = facts.number(3, below: 200)
        var lines = """
            Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
                   D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
                   N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
                   E1 - OSPF external type 1, E2 - OSPF external type 2, m - OMP
                   i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
                   * - candidate default, U - per-user static route, + - replicated route

            Gateway of last resort is 10.\(second).0.254 to network 0.0.0.0

            S*    0.0.0.0/0 [1/0] via 10.\(second).0.254
                  10.0.0.0/8 is variably subnetted, 38 subnets, 3 masks

            """
        for port in 0..<3 as Range<UInt64> {
            lines += "C        10.\(second).\(port).0/24 is directly connected, GigabitEthernet0/0/\(port)\n"
            lines += "L        \(facts.interfaceAddress(port))/32 is directly connected, GigabitEthernet0/0/\(port)\n"
        }
        for net in 10..<42 as Range<UInt64> {
            lines += "O        10.\(second).\(net).0/24 [110/\(net % 7 + 2)] via 10.\(second).1.254, "
            lines += "\(facts.number(net, below: 7))w\(net % 7)d, GigabitEthernet0/0/1\n"
        }
        return lines
    }

    static func cdp(_ state: LabShellState) -> String {
        """
        Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge
                          S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone,
                          D - Remote, C - CVTA, M - Two-port Mac Relay

        Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
        core-01.example  Gig 0/0/0         \((120 + state.facts.clock.seconds % 60).digits(3))              R S I  C9500-24Y Twe 1/0/4
        core-02.example  Gig 0/0/1         \((120 + state.facts.clock.seconds % 47).digits(3))              R S I  C9500-24Y Twe 1/0/4
        agg-11.example   Gig 0/0/2         \((120 + state.facts.clock.seconds % 31).digits(3))              S I    C9300-48U Gig 1/0/48

        Total cdp entries displayed : 3

        """
    }

    static func lldp(_ state: LabShellState) -> String {
        """
        Capability codes:
            (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
            (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other

        Device ID           Local Intf     Hold-time  Capability      Port ID
        core-01             Gi0/0/0        120        B,R             Twe1/0/4
        core-02             Gi0/0/1        120        B,R             Twe1/0/4

        Total entries displayed: 2


        """
    }

    static func arp(_ state: LabShellState) -> String {
        "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
            + ports(state.facts).prefix(3).map { port in
                "Internet  \((port.address ?? "").padded(15))          -   \(state.facts.dottedMAC(port.index))  ARPA   \(port.name)\n"
            }.joined()
    }

    static func logging(_ state: LabShellState) -> String {
        let facts = state.facts
        var text = """
            Syslog logging: enabled (0 messages dropped, 3 messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)

                Console logging: disabled
                Monitor logging: level debugging, 0 messages logged, xml disabled
                Buffer logging:  level debugging, 48 messages logged, xml disabled
                Trap logging: level informational, 51 message lines logged

            Log Buffer (4096 bytes):


            """
        for entry in 0..<16 as Range<UInt64> {
            let moment = LabClock(seconds: facts.clock.seconds - (16 - entry) * 613)
            let port = entry % 3
            text += "*\(moment.monthName) \(moment.day) \(moment.time).\(facts.number(entry, below: 1000).digits(3)): "
            text += "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/0/\(port), changed state to "
            text += entry % 2 == 0 ? "down\n" : "up\n"
        }
        return text
    }
}
