import Testing

@testable import MusterConsole

/// What is taken for a rejection, and what is not, on each platform.
struct FailureTests {
    private static let prompts = [
        "cisco_iosxe": "r1#", "cisco_iosxr": "RP/0/RP0/CPU0:r1#", "cisco_nxos": "n9k# ", "arista_eos": "leaf1#", "juniper_junos": "u@r1> ",
        "nokia_srlinux": "--{ running }--[  ]--\nA:srl1# ", "linux": "u@h:~$ ", "frr": "frr1# ",
    ]

    /// The failure that is found in `line`, as the answer to a command on a device at its prompt.
    private func failure(_ platform: String, _ line: String) throws -> String? {
        let prompt = try #require(Self.prompts[platform])
        var device = try Dialogue(platform)
        device.start()
        device.says(prompt)
        device.says("\n" + prompt)
        // Set-up is answered as it is typed.
        _ = device.typed.removeFirst()
        for _ in 0..<6 {
            for command in device.takeTyped().split(separator: "\n") { device.says(command + "\n" + prompt) }
        }
        device.submit("show it")
        device.says("show it\nfirst\n\(line)\n" + prompt)
        return try device.takeExchange().failure
    }

    @Test(arguments: [
        ("cisco_iosxe", "% Invalid input detected at '^' marker."), ("cisco_iosxe", "% Invalid IP address or hostname%"),
        ("cisco_iosxe", "%Invalid hex value"), ("cisco_iosxe", "% Ambiguous command:  \"s\""), ("cisco_iosxe", "% Incomplete command."),
        ("cisco_iosxe", "% Unknown command or computer name, or unable to find computer address"),
        ("cisco_iosxe", "% Type \"show ?\" for a list of subcommands"),
        ("cisco_iosxe", "% Unrecognized host or address, or protocol not running."),
        ("cisco_iosxr", "% Invalid input detected at '^' marker."), ("cisco_iosxr", "% Unknown parameter"),
        ("cisco_iosxr", "% This command is not authorized"),
        ("cisco_nxos", "% Invalid command at '^' marker."), ("cisco_nxos", "Invalid interface format at '^' marker."),
        ("cisco_nxos", "Invalid range at '^' marker."), ("cisco_nxos", "Cmd exec error."),
        ("cisco_nxos", "Syntax error while parsing 'shw'"),
        ("cisco_nxos", "% Incomplete command at '^' marker."),
        ("arista_eos", "% Invalid input"), ("arista_eos", "% Incomplete command"), ("arista_eos", "% Interface does not exist"),
        ("arista_eos", "% Unavailable command (not supported on this hardware platform)"), ("arista_eos", "% Invalid port range 99"),
        ("juniper_junos", "unknown command."), ("juniper_junos", "syntax error, expecting <command>."), ("juniper_junos", "syntax error."),
        ("juniper_junos", "error: interface ge-9/9/9 not found"), ("juniper_junos", "error: command is not valid on the mx240"),
        ("nokia_srlinux", "Error: Path '.nothing' does not exist"), ("nokia_srlinux", "Parsing error: Unknown token 'shw'."),
        ("linux", "-bash: shw: command not found"), ("linux", "bash: line 1: shw: command not found"), ("linux", "sh: 1: shw: not found"),
        ("linux", "-sh: shw: not found"), ("linux", "/bin/sh: shw: not found"), ("linux", "zsh: command not found: shw"),
        ("linux", "zsh: permission denied: ./x"), ("linux", "dash: 1: ./x: Permission denied"),
        ("linux", "-bash: cd: /nothing: No such file or directory"), ("linux", "-bash: syntax error near unexpected token `)'"),
        ("linux", "sh: 0: cannot open x: No such file"), ("linux", "fish: Unknown command: shw"), ("linux", "shw: Command not found."),
    ])
    func isFound_whenTheDeviceRejectsTheCommand(_ platform: String, _ line: String) throws {
        #expect(try failure(platform, line) == line)
    }

    @Test(arguments: [
        ("cisco_iosxe", "description 100% Unknown customer"), ("cisco_iosxe", "load 5% Invalid 3%"), ("cisco_iosxe", "% BGP not active"),
        ("cisco_nxos", "log: a Cmd exec error was seen"), ("cisco_nxos", "5 Syntax error while parsing in all"),
        ("cisco_nxos", "the '^' marker"),
        ("arista_eos", "Et1 0% Unavailable 0%"), ("arista_eos", "the message % Interface does not exist"),
        ("juniper_junos", "Input error: 0, drops: 0"), ("juniper_junos", "last error: none"),
        ("juniper_junos", "an unknown command was typed"),
        ("nokia_srlinux", "Last Error: none"), ("nokia_srlinux", "in-error: 0"), ("nokia_srlinux", "the log said Parsing error: x"),
        ("linux", "cat: /etc/shadow: Permission denied"), ("linux", "GET /x 404: not found"), ("linux", "sshd[5]: key: not found"),
        ("linux", "Jan  1 app: open /x: Permission denied"), ("linux", "bash: warning: setlocale: LC_ALL: cannot change locale (C.x)"),
        ("linux", "push: remote: not found"), ("linux", "see: command not found in the manual"), ("frr", "% No BGP neighbors found"),
    ])
    func isNotFound_whenTheWordsAreOfTheOutput(_ platform: String, _ line: String) throws {
        #expect(try failure(platform, line) == nil)
    }
}
