/// What a Junos device prints.
enum JunosText {
    @Sendable static func version(_ state: LabShellState) -> String {
        """
        Hostname: \(state.hostname)
        Model: vmx
        Junos: 21.4R3-S5.4
        JUNOS OS Kernel 64-bit  [20231004.9b3f8a5_builder_stable_12_214]
        JUNOS OS libs [20231004.9b3f8a5_builder_stable_12_214]
        JUNOS OS runtime [20231004.9b3f8a5_builder_stable_12_214]
        JUNOS OS time zone information [20231004.9b3f8a5_builder_stable_12_214]
        JUNOS network stack and utilities [20231108.115504_builder_junos_214_r3_s5]
        JUNOS libs [20231108.115504_builder_junos_214_r3_s5]
        JUNOS runtime [20231108.115504_builder_junos_214_r3_s5]
        JUNOS mx runtime [20231108.115504_builder_junos_214_r3_s5]
        JUNOS daemons [20231108.115504_builder_junos_214_r3_s5]
        JUNOS Routing mpls-oam-basic [20231108.115504_builder_junos_214_r3_s5]

        """
    }

    @Sendable static func uptime(_ state: LabShellState) -> String {
        let facts = state.facts
        let ago =
            "(\(facts.uptime / 604_800)w\(facts.uptime / 86_400 % 7)d \((facts.uptime / 3600 % 24).digits(2)):\((facts.uptime / 60 % 60).digits(2)) ago)"
        return """
            Current time: \(facts.clock.date) \(facts.clock.time) UTC
            Time Source:  NTP CLOCK
            System booted: \(facts.booted.date) \(facts.booted.time) UTC \(ago)
            Protocols started: \(facts.booted.date) \(facts.booted.time) UTC \(ago)
            Last configured: \(facts.booted.date) \(facts.booted.time) UTC \(ago) by \(state.user)

            """
    }

    @Sendable static func hardware(_ state: LabShellState) -> String {
        """
        Hardware inventory:
        Item             Version  Part number  Serial number     Description
        Chassis                                VM\(state.facts.serial("", 0))        VMX
        Midplane
        Routing Engine 0                                         RE-VMX
        CB 0                                                     VMX SCB
        FPC 0                                                    Virtual FPC
          CPU            Rev. 1.0 RIOT-LITE    BUILTIN
          MIC 0                                                  Virtual
            PIC 0                 BUILTIN      BUILTIN           Virtual

        """
    }

    @Sendable static func terse(_ state: LabShellState) -> String {
        "Interface               Admin Link Proto    Local                 Remote\n"
            + String.rows(0..<8) { port in
                "ge-0/0/\(port)                up    up\nge-0/0/\(port).0              up    up   inet     \(state.facts.interfaceAddress(port))/24\n"
                    + "                                   multiservice\n"
            }
            + "lo0                     up    up\nlo0.0                   up    up   inet     10.255.7.\(1 + state.facts.number(9, below: 250))     --> 0/0\n"
    }

    @Sendable static func routes(_ state: LabShellState) -> String {
        let second = state.facts.number(3, below: 200)
        return "\ninet.0: 42 destinations, 42 routes (42 active, 0 holddown, 0 hidden)\n+ = Active Route, - = Last Active, * = Both\n\n"
            + "0.0.0.0/0          *[Static/5] 3w2d 01:10:11\n                    >  to 10.\(second).0.254 via ge-0/0/0.0\n"
            + String.rows(1..<21) {
                "10.\(second).\($0).0/24      *[OSPF/10] 2d 0\($0 % 9):10:11, metric \($0)\n                    >  to 10.\(second).1.254 via ge-0/0/\($0 % 8).0\n"
            }
    }

    @Sendable static func configuration(_ state: LabShellState) -> String {
        """
        ## Last commit: \(state.facts.booted.date) \(state.facts.booted.time) UTC by \(state.user)
        version 21.4R3-S5.4;
        system {
            host-name \(state.hostname);
            root-authentication {
                encrypted-password "$6$lab$notarealhash"; ## SECRET-DATA
            }
            login {
                user \(state.user) {
                    uid 2000;
                    class super-user;
                }
            }
            services {
                ssh;
            }
            ntp {
                server 192.0.2.123;
            }
        }
        interfaces {
        \(String.rows(0..<8) { interface($0, state) })\
        }
        protocols {
            ospf {
                area 0.0.0.0 {
                    interface all;
                }
            }
        }

        """ + state.changedLines.map { "## \($0)\n" }.joined()
    }

    /// What a commit that fails prints.
    static let refusal = """
        [edit system host-name]
          'host-name \(LabShellState.failingWord)'
            the value is not allowed
        error: configuration check-out failed

        """

    @Sendable static func differences(_ state: LabShellState) -> String {
        state.differences.map { old, new in
            guard let old, let name = new.split(separator: " ").last, let before = old.split(separator: " ").last else {
                let words = new.split(separator: " ").dropFirst()
                return "[edit]\n\(new.hasPrefix("delete") ? "-" : "+")  \(words.joined(separator: " "));\n"
            }
            return "[edit system]\n-  host-name \(before);\n+  host-name \(name);\n"
        }.joined()
    }

    private static func interface(_ port: Int, _ state: LabShellState) -> String {
        "    ge-0/0/\(port) {\n        description \"to pe-\(state.facts.number(port, below: 40).digits(2))\";\n        unit 0 {\n            family inet {\n"
            + "                address \(state.facts.interfaceAddress(port))/24;\n            }\n        }\n    }\n"
    }
}
