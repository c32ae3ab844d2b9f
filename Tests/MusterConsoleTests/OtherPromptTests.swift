import MusterTransport
import Testing

@testable import MusterConsole

/// What ends an answer where it is not the prompt that the device had before.
struct OtherPromptTests {
    /// A device that answers its set-up with nothing but its prompt.
    private func ready(_ platform: String, _ prompt: String) throws -> Dialogue {
        var device = try Dialogue(platform)
        device.start()
        device.says("\r\n" + prompt)
        device.pause(.milliseconds(200))
        device.says("\r\n" + prompt)
        for _ in 0..<10 {
            for command in device.takeTyped().split(whereSeparator: \.isNewline) { device.says(command + "\r\n" + prompt) }
        }
        device.pause(.seconds(1))
        #expect(device.isOpened)
        #expect(device.takeTyped() == "")
        return device
    }

    private func junos() throws -> Dialogue { try ready("juniper_junos", "admin@mx1> ") }

    // MARK: Output that stops

    @Test(arguments: ["<HTML>", "subject=cn>", "r2#", "r1>", "r1(config)#", "core.1#", "10.0.0.2#", "r1#2#"], [201, 600, 999])
    func goesOn_whenOutputStopsBehindALineLikeAPrompt(line: String, milliseconds: Int) throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        device.enter("privileged_exec")
        device.says("end\r\nr1#")
        _ = device.takeTyped()
        for command in ["show tech", "more flash:x", "ping 10.0.0.1"] {
            device.submit(command)
            #expect(device.takeTyped() == command + "\n")
            device.says("\(command)\r\nfirst\r\n\(line)")
            device.pause(.milliseconds(milliseconds))
            #expect(!device.hasAnswer)
            #expect(device.takeTyped() == "")
            device.says("\r\n<body>\r\nlast\r\nr1#")
            #expect(try device.takeExchange().text == "first\n\(line)\n<body>\nlast")
        }
        #expect(device.machine.mode == "privileged_exec")
        #expect(device.machine.strays == [])
    }

    @Test(arguments: ["prompt%", "50%", "other@mx1> ", "root@mx2#", "mx1>"])
    func goesOn_whenOutputOfJunosStops(line: String) throws {
        var device = try junos()
        device.submit("show log messages")
        device.says("show log messages \r\nfirst\r\n\(line)")
        device.pause(.milliseconds(999))
        #expect(!device.hasAnswer)
        device.says("\r\nlast\r\n\r\nadmin@mx1> ")
        #expect(try device.takeExchange().text == "first\n\(line)\nlast")
        #expect(device.machine.mode == "exec")
    }

    @Test func goesOn_whenOutputOfACommandWithinAnotherStops() throws {
        for (platform, prompt, command, line) in [
            ("linux", "u@h:~$ ", "sudo cat prices", "all in US$"), ("linux", "u@h:~$ ", "cat notes", "root@other:~# "),
            ("nokia_sros_classic", "A:r1# ", "admin display-config", "A:r1>config# "),
            ("fortinet_fortios", "fw1 # ", "exec ping 10.0.0.1", "x # "),
        ] {
            var device = try ready(platform, prompt)
            device.submit(command)
            device.says("\(command)\r\n\(line)")
            device.pause(.milliseconds(999))
            #expect(!device.hasAnswer)
            #expect(device.takeTyped().split(whereSeparator: \.isNewline) == [command[...]])
            device.says("\r\nlast\r\n\(prompt)")
            #expect(try device.takeExchange().text == "\(line)\nlast")
        }
    }

    @Test func isProvedToBeNone_whenOutputGoesOnAfterLong() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show tech")
        device.says("show tech\r\nfirst\r\n<HTML>")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "show tech\n\n")
        device.pause(.seconds(5))
        #expect(!device.hasAnswer)
        device.says("\r\n<body>\r\nlast\r\nr1#\r\nr1#")
        #expect(try device.takeExchange().text == "first\n<HTML>\n<body>\nlast")
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
        #expect(device.machine.strays == [])
    }

    @Test func isProved_whenNothingSpeaksForTheCommand() throws {
        var device = try junos()
        device.submit("request chassis routing-engine master switch no-confirm")
        device.says("request chassis routing-engine master switch no-confirm \r\nwords\r\n\r\n{backup}\r\nadmin@mx1-re1> ")
        device.pause(.seconds(1))
        #expect(device.takeTyped().hasSuffix("no-confirm\n\n"))
        #expect(!device.hasAnswer)
        device.says("\r\n\r\n{backup}\r\nadmin@mx1-re1> ")
        let exchange = try device.takeExchange()
        #expect(exchange.text == "words")
        #expect(exchange.prompt == "{backup}\nadmin@mx1-re1> ")
        #expect(exchange.mode == "exec")
        #expect(device.takeTyped() == "")
    }

    @Test(arguments: [
        ("cisco_iosxr", "RP/0/RSP0/CPU0:r1", "configure", "#", "(config)#"), ("juniper_junos", "admin@r1", "configure", "> ", "# "),
    ])
    func isProved_whenTheNameChangesWithTheCommit(platform: String, name: String, enter: String, exec: String, configuration: String) throws
    {
        var device = try ready(platform, name + exec)
        device.submit(enter)
        device.says("\(enter)\r\n\(name)\(configuration)")
        _ = try device.takeExchange()
        device.submit("commit")
        _ = device.takeTyped()
        let after = name.replacing("r1", with: "core9") + configuration
        device.says("commit\r\n\(after)")
        device.pause(.seconds(1))
        #expect(device.takeTyped().count == 1)
        device.says("\r\n\(after)")
        #expect(try device.takeExchange().prompt == after)
        device.submit("edit x")
        device.says("edit x\r\n[edit x]\r\n\(after)")
        #expect(try device.takeExchange().mode == "configuration")
    }

    @Test func isNeverTakenByTheGeneralPatternAlone() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("hostname", timeout: .seconds(60))
        device.says("hostname\r\n<x-y>")
        device.pause(.seconds(20))
        #expect(!device.hasAnswer)
    }

    @Test func isTakenByItsLooks_whenTheDeviceDoesNotPrintWhatIsTyped() throws {
        let yaml = """
            prompt_pattern: '^\\w+[>#]$'
            modes: [{name: a, prompt_pattern: '^\\w+#$'}]
            muster: {echo: none}
            """
        var device = Dialogue.ready(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.submit("rename")
        device.says("words\r\nother#")
        device.pause(.milliseconds(1999))
        #expect(!device.hasAnswer)
        device.pause(.milliseconds(1))
        #expect(try device.takeExchange().prompt == "other#")
        #expect(device.takeTyped() == "rename\n")
    }

    // MARK: Prompts that were to be expected

    @Test func takesAMoment_whenInterfaceFollowsInterface() throws {
        for (platform, view) in [("huawei_vrp", "HUAWEI"), ("hp_comware", "H3C")] {
            var device = try ready(platform, "<\(view)>")
            device.enter("configuration")
            device.says("system-view\r\nEnter system view, return user view with Ctrl+Z.\r\n[\(view)]")
            #expect(device.machine.mode == "configuration")
            let began = device.now
            for number in 1...48 {
                for (command, prompt) in [
                    ("interface GigabitEthernet1/0/\(number)", "[\(view)-GigabitEthernet1/0/\(number)]"),
                    ("description x", "[\(view)-GigabitEthernet1/0/\(number)]"),
                ] {
                    device.submit(command)
                    device.says("\(command)\r\n\(prompt)")
                    #expect(try device.takeExchange().prompt == prompt)
                }
            }
            #expect(device.now - began <= .milliseconds(48 * 10))
            #expect(device.machine.promptVariation == .none)
        }
    }

    @Test(arguments: [
        ("cisco_iosxe", "r1#", "configure terminal", "r1(config)#", "interface Gi1/0/1", "r1(config-if)#"),
        ("cisco_iosxr", "RP/0/RSP0/CPU0:r1#", "configure", "RP/0/RSP0/CPU0:r1(config)#", "router bgp 1", "RP/0/RSP0/CPU0:r1(config-bgp)#"),
        ("huawei_vrp", "<r1>", "system-view", "[~r1]", "sysname r1", "[*r1]"),
        ("nokia_sros_classic", "A:r1# ", "configure", "A:r1>config# ", "router bgp", "*A:r1>config>router>bgp# "),
        ("fortinet_fortios", "fw1 # ", "config global", "fw1 (global) # ", "config system dns", "fw1 (dns) # "),
        (
            "cisco_asa", "asa/pri/act# ", "configure terminal", "asa/pri/act(config)# ", "object network x",
            "asa/pri/act(config-network-object)# "
        ),
    ])
    func takesAMoment_whenTheHostsNameStaysTheSame(
        platform: String, prompt: String, enter: String, first: String, line: String, second: String
    ) throws {
        var device = try ready(platform, prompt)
        for (command, after) in [(enter, first), (line, second), ("description x", second), ("exit", first), ("end", prompt)] {
            device.submit(command)
            device.says("\(command)\r\n\(after)")
            let began = device.now
            #expect(try device.takeExchange().prompt == after, "\(command)")
            #expect(device.now - began <= .milliseconds(50))
        }
        #expect(device.takeTyped().split(whereSeparator: \.isNewline).count == 5)
    }

    @Test func takesAPause_whenTheNameChanges() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        device.submit("hostname core9")
        device.says("hostname core9\r\ncore9(config)#")
        device.pause(.milliseconds(199))
        #expect(!device.hasAnswer)
        device.pause(.milliseconds(1))
        #expect(try device.takeExchange().prompt == "core9(config)#")
        device.submit("interface Gi1")
        device.says("interface Gi1\r\ncore9(config-if)#")
        device.pause(.milliseconds(10))
        #expect(device.hasAnswer)
    }

    @Test func isProved_whenAShowCommandInConfigurationIsFollowedByAnotherPrompt() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        for command in ["do more flash:x", "show run"] {
            device.submit(command)
            device.says("\(command)\r\nwords\r\nr1(config-if)#")
            device.pause(.milliseconds(999))
            #expect(!device.hasAnswer)
            device.says("shutdown\r\nr1(config)#")
            #expect(try device.takeExchange().text == "words\nr1(config-if)#shutdown")
        }
    }

    @Test(arguments: [Dialogue.Arrival.byteByByte, .random(3)])
    func waitsForTheBlankAtTheEnd(arrival: Dialogue.Arrival) throws {
        var device = try junos()
        device.enter("configuration")
        device.says("configure\r\nEntering configuration mode\r\n\r\n[edit]\r\nadmin@mx1# ")
        device.arrival = arrival
        device.submit("edit interfaces")
        device.says("edit interfaces \r\n\r\n[edit interfaces]\r\nadmin@mx1# ")
        #expect(try device.takeExchange().prompt == "[edit interfaces]\nadmin@mx1# ")
    }

    // MARK: Prompts that count

    @Test func takesAMoment_whenThePromptCounts() throws {
        var device = try Dialogue("extreme_exos")
        device.start()
        device.says("core.ams.8 # ")
        device.pause(.milliseconds(200))
        device.says("\r\ncore.ams.8 # ")
        #expect(device.takeTyped() == "\ndisable clipaging\n")
        device.says("disable clipaging\r\ncore.ams.9 # ")
        device.pause(.milliseconds(10))
        #expect(device.isOpened)
        for (command, prompt) in [
            ("show version", "core.ams.10 # "), ("create vlan 7", "* core.ams.11 # "), ("show vlan", "* core.ams.12 # "),
            ("save", "core.ams.99 # "), ("show clock", "core.ams.100 # "),
        ] {
            device.submit(command)
            device.says("\(command)\r\nwords\r\n\(prompt)")
            device.pause(.milliseconds(10))
            let exchange = try device.takeExchange()
            #expect(exchange.text == "words")
            #expect(exchange.prompt == prompt)
        }
        #expect(device.takeTyped().split(separator: "\n").count == 5)
    }

    @Test func goesOn_whenTheNumberIsPartOfAName() throws {
        var device = try ready("cisco_iosxe", "r1#")
        device.submit("show run")
        device.says("show run\r\nr2#")
        device.pause(.milliseconds(999))
        #expect(!device.hasAnswer)
        #expect(device.machine.promptVariation == .none)
    }

    @Test func isProved_whenThePromptHasTheTime() throws {
        let yaml = "prompt_pattern: '^\\[[\\d:]+\\] \\w+#$'\nmodes: [{name: a, prompt_pattern: '^\\[[\\d:]+\\] \\w+#$'}]\n"
        var device = Dialogue(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.start()
        for second in 10...13 {
            device.says("\r\n[10:00:\(second)] dev#")
            device.pause(.milliseconds(200))
        }
        device.pause(.seconds(2))
        #expect(device.machine.promptVariation == .numbers)
        _ = device.takeTyped()
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\n[10:01:07] dev#")
        device.pause(.milliseconds(10))
        #expect(try device.takeExchange().text == "noon")
        #expect(device.takeTyped() == "show clock\n")
    }
}
