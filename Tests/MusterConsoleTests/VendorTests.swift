import MusterTransport
import Testing

@testable import MusterConsole

/// Whole sessions as the vendors' devices hold them: what the device prints, what is typed.
struct VendorTests {
    enum Line {
        case device(String)
        case typed(String)
        case pause(Int)
        case submit(String)
    }

    struct Session: Sendable, CustomStringConvertible {
        var description: String
        var platform: String
        var secrets: [String: String] = [:]
        var lines: [Line]
        var output: String
        var mode: String
        var failure: String?
    }

    static let sessions: [Session] = [
        Session(
            description: "IOS XR prints the date before every answer", platform: "cisco_iosxr",
            lines: [
                .device("\r\n\r\n\r\nRP/0/RP0/CPU0:ron#"), .typed("\n"), .device("\r\nRP/0/RP0/CPU0:ron#"),
                .typed("terminal length 0\nterminal width 511\n"), .submit("show version brief"), .typed("show version brief\n"),
                .device(
                    "terminal length 0\r\nSun Jan  4 10:00:00.000 UTC\r\nRP/0/RP0/CPU0:ron#terminal width 511\r\nSun Jan  4 10:00:00.100 UTC\r\n"
                ),
                .device(
                    "RP/0/RP0/CPU0:ron#show version brief\r\nSun Jan  4 10:00:00.200 UTC\r\nCisco IOS XR Software\r\n\r\nRP/0/RP0/CPU0:ron#"
                ),
            ],
            output: "Sun Jan  4 10:00:00.200 UTC\nCisco IOS XR Software", mode: "privileged_exec"),
        Session(
            description: "NX-OS rejects a command", platform: "cisco_nxos",
            lines: [
                .device("Cisco Nexus Operating System (NX-OS) Software\r\n\rn9k# "), .typed("\n"), .device("\r\n\rn9k# "),
                .typed("terminal length 0\nterminal width 511\n"), .submit("show verzion"), .typed("show verzion\n"),
                .device("terminal length 0\r\n\rn9k# terminal width 511\r\n\rn9k# show verzion\r\n                 ^\r\n"),
                .device("% Invalid command at '^' marker.\r\n\rn9k# "),
            ],
            output: "                 ^\n% Invalid command at '^' marker.", mode: "privileged_exec",
            failure: "% Invalid command at '^' marker."),
        Session(
            description: "EOS asks for the enable secret", platform: "arista_eos", secrets: ["enable": "e"],
            lines: [
                .device("Last login: Sun Jan  4\r\r\nleaf1>"), .typed("\n"), .device("\r\nleaf1>"), .typed("enable\n"),
                .device("enable\r\nPassword: "), .typed("e\n"), .device("\r\nleaf1#"),
                .typed("terminal length 0\nterminal width 32767\n"), .submit("show hostname"), .typed("show hostname\n"),
                .device("terminal length 0\r\nPagination disabled.\r\nleaf1#terminal width 32767\r\nWidth set to 32767 columns.\r\n"),
                .device("leaf1#show hostname\r\nHostname: leaf1\r\nFQDN:     leaf1\r\nleaf1#"),
            ],
            output: "Hostname: leaf1\nFQDN:     leaf1", mode: "privileged_exec"),
        Session(
            description: "Junos with a line above its prompt", platform: "juniper_junos",
            lines: [
                .device("--- JUNOS 21.4R3 built\r\n{master:0}\r\nuser@r1> "), .typed("\n"), .device("\r\n\r\n{master:0}\r\nuser@r1> "),
                .typed("set cli complete-on-space off\nset cli screen-length 0\nset cli screen-width 511\n"),
                .submit("show chassis hardware"),
                .typed("show chassis hardware\n"),
                .device(
                    "set cli complete-on-space off \r\nDisabling complete-on-space\r\n\r\n{master:0}\r\nuser@r1> set cli screen-length 0 \r\n"
                ),
                .device(
                    "Screen length set to 0\r\n\r\n{master:0}\r\nuser@r1> set cli screen-width 511 \r\nScreen width set to 511\r\n\r\n"),
                .device(
                    "{master:0}\r\nuser@r1> show chassis hardware \r\nHardware inventory:\r\nChassis  JN123\r\n\r\n{master:0}\r\nuser@r1> "),
            ],
            output: "Hardware inventory:\nChassis  JN123", mode: "exec"),
        Session(
            description: "Junos pages in spite of all", platform: "juniper_junos",
            lines: [
                .device("user@r1> "), .typed("\n"), .device("\r\n\r\nuser@r1> "),
                .typed("set cli complete-on-space off\nset cli screen-length 0\nset cli screen-width 511\n"), .submit("show log"),
                .typed("show log\n"),
                .device(
                    "set cli complete-on-space off\r\n\r\nuser@r1> set cli screen-length 0\r\n\r\nuser@r1> set cli screen-width 511\r\n\r\n"
                ),
                .device("user@r1> show log\r\none\r\n---(more)---"), .pause(50), .typed(" "),
                .device("\r                                        \rtwo\r\n---(more 100%)---"), .pause(50), .typed(" "),
                .device("\r                                        \r\r\nuser@r1> "),
            ],
            output: "one\ntwo", mode: "exec"),
        Session(
            description: "SR Linux with two lines of prompt", platform: "nokia_srlinux",
            lines: [
                .device("Welcome\r\n--{ running }--[  ]--\r\nA:srl1# "), .typed("\n"), .device("\r\n--{ running }--[  ]--\r\nA:srl1# "),
                .typed("environment cli-engine type basic\n"),
                .device("environment cli-engine type basic\r\n--{ running }--[  ]--\r\nA:srl1# "),
                .typed("environment complete-on-space false\n"),
                .device("environment complete-on-space false\r\n--{ running }--[  ]--\r\nA:srl1# "),
                .submit("show version"), .typed("show version\n"),
                .device("show version\r\n-----\r\nHostname : srl1\r\n-----\r\n--{ running }--[  ]--\r\nA:srl1# "),
            ],
            output: "-----\nHostname : srl1\n-----", mode: "exec"),
        Session(
            description: "SR Linux shows a pending change in its upper line", platform: "nokia_srlinux",
            lines: [
                .device("--{ running }--[  ]--\r\nA:srl1# "), .device("\r\n--{ running }--[  ]--\r\nA:srl1# "),
                .device("environment cli-engine type basic\r\n--{ running }--[  ]--\r\nA:srl1# "),
                .device("environment complete-on-space false\r\n--{ running }--[  ]--\r\nA:srl1# "),
                .submit("enter candidate"), .device("enter candidate\r\n--{ candidate shared default }--[  ]--\r\nA:srl1# "), .pause(200),
            ],
            output: "", mode: "configuration"),
        Session(
            description: "vtysh", platform: "frr",
            lines: [
                .device("\r\nHello, this is FRRouting (version 8.4).\r\n\r\nfrr1# "), .typed("\n"), .device("\r\nfrr1# "),
                .typed("terminal length 0\n"), .submit("show ip bgp summary"), .typed("show ip bgp summary\n"),
                .device("terminal length 0\r\nfrr1# show ip bgp summary\r\n% No BGP neighbors found\r\nfrr1# "),
            ],
            output: "% No BGP neighbors found", mode: "privileged_exec"),
        Session(
            description: "bash with a title, colours and bracketed paste", platform: "linux",
            lines: [
                .device("Linux h 6.1\r\n\u{1B}[?2004h\u{1B}]0;u@h: ~\u{7}\u{1B}[01;32mu@h\u{1B}[00m:\u{1B}[01;34m~\u{1B}[00m$ "),
                .typed("\n"),
                .device("\r\n\u{1B}[?2004l\r\u{1B}[?2004h\u{1B}]0;u@h: ~\u{7}\u{1B}[01;32mu@h\u{1B}[00m:\u{1B}[01;34m~\u{1B}[00m$ "),
                .submit("ls --color"), .typed("ls --color\n"),
                .device("ls --color\r\n\u{1B}[?2004l\r\u{1B}[0m\u{1B}[01;34mdir\u{1B}[0m  file\r\n"),
                .device("\u{1B}[?2004h\u{1B}]0;u@h: ~\u{7}\u{1B}[01;32mu@h\u{1B}[00m:\u{1B}[01;34m~\u{1B}[00m$ "),
            ],
            output: "dir  file", mode: "user"),
        Session(
            description: "zsh marks a line without end and erases the mark", platform: "linux",
            lines: [
                .device("\u{1B}[1m\u{1B}[7m%\u{1B}[27m\u{1B}[1m\u{1B}[0m" + String(repeating: " ", count: 510) + "\r \rhost% "),
                .typed("\n"),
                .device("\r\r\n\u{1B}[1m\u{1B}[7m%\u{1B}[27m\u{1B}[1m\u{1B}[0m" + String(repeating: " ", count: 510) + "\r \rhost% "),
                .submit("pwd"), .typed("pwd\n"),
                .device("p\u{8}pwd\r\r\n/home/u\r\n\u{1B}[1m\u{1B}[7m%\u{1B}[27m\u{1B}[1m\u{1B}[0m"),
                .device(String(repeating: " ", count: 510) + "\r \rhost% "),
            ],
            output: "/home/u", mode: "user"),
        Session(
            description: "a plain shell reports a command that does not exist", platform: "linux",
            lines: [
                .device("# "), .typed("\n"), .device("\r\n# "), .submit("shw"), .typed("shw\n"),
                .device("shw\r\nsh: 1: shw: not found\r\n# "),
            ],
            output: "sh: 1: shw: not found", mode: "root", failure: "sh: 1: shw: not found"),
    ]

    @Test(arguments: sessions)
    func answersTheSame_howeverTheBytesArrive(_ session: Session) throws {
        for arrival in [Dialogue.Arrival.whole, .byteByByte, .random(11), .random(12)] {
            var device = try Dialogue(session.platform, secrets: session.secrets, arrival: arrival)
            device.start(timeout: .seconds(15))
            for line in session.lines {
                switch line {
                case .device(let text): device.says(text)
                case .typed(let text): #expect(device.takeTyped() == text, "\(arrival)")
                case .pause(let milliseconds): device.pause(.milliseconds(milliseconds))
                case .submit(let command):
                    #expect(device.isOpened, "\(arrival)")
                    device.submit(command)
                }
            }
            let exchange = try device.takeExchange()
            #expect(exchange.text == session.output, "\(arrival)")
            #expect(exchange.mode == session.mode)
            #expect(exchange.failure == session.failure)
            #expect(device.machine.setUpFailures == [])
        }
    }
}
