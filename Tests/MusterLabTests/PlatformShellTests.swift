import Testing

@testable import MusterLab

struct PlatformShellTests {
    struct Expectation: Sendable, CustomTestStringConvertible {
        let platform: LabPlatform
        let prompt: String
        let pagerOff: String
        let version: String
        let configure: String?
        let configurationPrompt: String
        let rejection: String
        var testDescription: String { platform.rawValue }
    }

    static let expectations = [
        Expectation(
            platform: .ciscoIOSXE, prompt: "d1#", pagerOff: "terminal length 0", version: "show version", configure: "configure terminal",
            configurationPrompt: "d1(config)#", rejection: "% Invalid input detected at '^' marker."),
        Expectation(
            platform: .ciscoIOSXR, prompt: "RP/0/RP0/CPU0:d1#", pagerOff: "terminal length 0", version: "show version",
            configure: "configure terminal", configurationPrompt: "RP/0/RP0/CPU0:d1(config)#",
            rejection: "% Invalid input detected at '^' marker."),
        Expectation(
            platform: .ciscoNXOS, prompt: "d1# ", pagerOff: "terminal length 0", version: "show version", configure: "configure terminal",
            configurationPrompt: "d1(config)# ", rejection: "% Invalid command at '^' marker."),
        Expectation(
            platform: .aristaEOS, prompt: "d1#", pagerOff: "terminal length 0", version: "show version", configure: "configure",
            configurationPrompt: "d1(config)#", rejection: "% Invalid input"),
        Expectation(
            platform: .juniperJunos, prompt: "admin@d1> ", pagerOff: "set cli screen-length 0", version: "show version",
            configure: "configure", configurationPrompt: "\n[edit]\nadmin@d1# ", rejection: "unknown command."),
        Expectation(
            platform: .nokiaSRLinux, prompt: "--{ running }--[  ]--\r\nA:d1# ", pagerOff: "environment cli-engine type basic",
            version: "show version", configure: "enter candidate", configurationPrompt: "--{ candidate shared default }--[  ]--\r\nA:d1# ",
            rejection: "Parsing error: "),
        Expectation(
            platform: .frr, prompt: "d1# ", pagerOff: "terminal length 0", version: "show version", configure: "configure terminal",
            configurationPrompt: "d1(config)# ", rejection: "% Unknown command: frobnicate"),
        Expectation(
            platform: .linux, prompt: "admin@d1:~$ ", pagerOff: "stty rows 0", version: "uname -a", configure: nil, configurationPrompt: "",
            rejection: "bash: frobnicate: command not found"),
    ]

    static let rejections = [
        "% Invalid", "% Ambiguous", "% Incomplete", "% Unknown", "unknown command", "syntax error", "Parsing error", "command not found",
    ]

    @Test(arguments: expectations)
    func endsInThePrompt_whenShellOpensAndAfterEachCommand(_ expected: Expectation) {
        var typist = Typist(expected.platform, name: "d1")
        #expect(typist.screen.hasSuffix(expected.prompt))
        #expect(typist.type(expected.pagerOff + "\n").hasSuffix(expected.prompt))
        let version = typist.type(expected.version + "\n")
        #expect(version.hasSuffix(expected.prompt))
        #expect(version.contains("d1") || expected.platform == .ciscoIOSXR || expected.platform == .aristaEOS)
        #expect(!version.contains("--More--"))
        #expect(typist.type("\n").hasSuffix(expected.prompt))
    }

    @Test(arguments: expectations)
    func rejects_whenCommandIsUnknown(_ expected: Expectation) {
        var typist = Typist(expected.platform, name: "d1")
        let output = typist.type("frobnicate the device\n")
        #expect(output.contains(expected.rejection))
        #expect(output.hasSuffix(expected.prompt))
    }

    @Test(arguments: expectations.filter { $0.configure != nil })
    func changesThePrompt_whenConfiguring(_ expected: Expectation) throws {
        var typist = Typist(expected.platform, name: "d1")
        let output = typist.type(try #require(expected.configure) + "\n")
        #expect(
            output.split(separator: "\r\n").joined(separator: "\n").hasSuffix(
                expected.configurationPrompt.split(separator: "\r\n").joined(separator: "\n")))
    }

    @Test(arguments: [
        (
            LabPlatform.ciscoIOSXE,
            [
                "show version", "show clock", "show ip interface brief", "show interfaces", "show interfaces status",
                "show interfaces description", "show inventory", "show running-config", "show ip route", "show cdp neighbors",
                "show lldp neighbors", "show users", "show logging",
            ]
        ),
        (
            .ciscoIOSXR,
            [
                "show version", "show clock", "show platform", "show inventory", "show ipv4 interface brief", "show interfaces brief",
                "show interfaces description", "show route", "show lldp neighbors", "show users", "show processes cpu",
                "show running-config", "show logging",
            ]
        ),
        (
            .ciscoNXOS,
            [
                "show version", "show clock", "show hostname", "show inventory", "show interface status", "show interface description",
                "show ip interface brief", "show ip route", "show cdp neighbors", "show vlan brief", "show users", "show running-config",
                "show logging",
            ]
        ),
        (
            .aristaEOS,
            [
                "show version", "show clock", "show hostname", "show inventory", "show interfaces status", "show interfaces description",
                "show ip interface brief", "show ip route", "show lldp neighbors", "show vlan", "show users", "show running-config",
                "show logging",
            ]
        ),
        (
            .juniperJunos,
            [
                "show version", "show system uptime", "show chassis hardware", "show chassis alarms", "show interfaces terse",
                "show interfaces descriptions", "show route", "show lldp neighbors", "show arp", "show bgp summary", "show configuration",
                "show system users", "show log messages",
            ]
        ),
        (
            .nokiaSRLinux,
            [
                "show version", "show platform chassis", "show interface brief", "show interface", "show network-instance summary",
                "show network-instance default route-table", "show system lldp neighbor", "show system application", "show system uptime",
                "show system users", "show system clock", "info",
            ]
        ),
        (
            .frr,
            [
                "show version", "show interface brief", "show interface", "show ip route", "show ip bgp summary", "show ip ospf neighbor",
                "show daemons", "show memory", "show users", "show logging", "show clock", "show running-config",
            ]
        ),
        (
            .linux,
            [
                "uname -a", "hostname", "whoami", "id", "date", "uptime", "cat /etc/os-release", "ls", "df", "free", "ip address", "ps",
                "who",
            ]
        ),
    ])
    func prints_whenADozenCommandsAreTyped(_ platform: LabPlatform, _ commands: [String]) {
        #expect(commands.count >= 12)
        for command in commands {
            let output = Typist(platform, name: "d1", command: command).screen
            #expect(output.utf8.count > 2, "\(command)")
            for rejection in Self.rejections { #expect(!output.contains(rejection), "\(command): \(output)") }
        }
    }

    @Test func putsTheDateFirst_whenIOSXRShowsSomething() {
        var typist = Typist(.ciscoIOSXR)
        #expect(typist.type("show platform\n").hasPrefix("show platform\r\n\r\nThu Jan  1 00:00:00."))
    }

    @Test func asksBeforeLosingChanges_whenIOSXRLeavesConfiguration() {
        var typist = Typist(.ciscoIOSXR)
        typist.type("configure\ninterface Gi0/0/0/0\n")
        #expect(typist.type("end\n").hasSuffix("(yes/no/cancel)? [cancel]:"))
        #expect(typist.type("no\n").hasSuffix("RP/0/RP0/CPU0:r1#"))
    }

    @Test func answersExitStatus_whenLinuxRunsOneCommand() {
        #expect(Typist(.linux, command: "true").closed?.status == 0)
        #expect(Typist(.linux, command: "false").closed?.status == 1)
        #expect(Typist(.linux, command: "nonsense").closed?.status == 127)
        #expect(Typist(.linux, command: "cat /etc/hostname").screen == "r1\n")
        var typist = Typist(.linux)
        typist.type("false\n")
        #expect(typist.type("echo $?\n").contains("\r\n1\r\n"))
        typist.type("exit 3\n")
        #expect(typist.closed?.status == 3)
    }

    @Test func requiresPrivilege_whenEOSIsUnprivileged() {
        var typist = Typist(.aristaEOS, faults: [.loginExec])
        #expect(typist.type("show running-config\n").contains("% Invalid input (privileged mode required)"))
    }
}
