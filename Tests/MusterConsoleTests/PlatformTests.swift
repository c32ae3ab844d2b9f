import Testing

@testable import MusterConsole

struct PlatformTests {
    @Test(arguments: Platform.builtInNames)
    func readsEveryBuiltInDefinition(_ name: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        #expect(platform.name == name)
        #expect(platform.mode(named: platform.defaultMode) != nil)
        // From every mode there is a way to the default mode, so that a session can always be brought there.
        for mode in platform.modes { #expect(platform.path(from: mode.name, to: platform.defaultMode) != nil, "\(mode.name)") }
    }

    @Test func execIsForTheDefinitionToAllow() throws {
        #expect(Platform.builtIn(named: "linux")?.allowsExec == true)
        #expect(Platform.builtIn(named: "cisco_iosxe")?.allowsExec == false)
        #expect(Platform.builtIn(named: "generic")?.allowsExec == false)
        let yaml = "modes: [{name: user, prompt_pattern: '^.*[$]$'}]\nmuster: {exec: %}\n"
        #expect(try Platform.load(yaml: yaml.replacing("%", with: "true"), name: "x", file: "x.yaml").allowsExec)
        let problem = #expect(throws: PlatformProblem.self) {
            try Platform.load(yaml: yaml.replacing("%", with: "maybe"), name: "x", file: "x.yaml")
        }
        #expect(problem?.key == "muster.exec")
    }

    @Test func knowsOtherToolsNames() {
        for (alias, name) in Platform.aliases { #expect(Platform.builtIn(named: alias)?.name == name, "\(alias)") }
        #expect(Platform.builtIn(named: "cisco_ios") === Platform.builtIn(named: "cisco_iosxe"))
        #expect(Platform.builtIn(named: "nothing") == nil)
        #expect(Platform.isDetecting("auto") && Platform.isDetecting("autodetect"))
        #expect(Platform.nearestBuiltIn(to: "arista_eso") == "arista_eos")
    }

    @Test(arguments: [
        ("cisco_iosxe", "r1>", "exec"), ("cisco_iosxe", "r1#", "privileged_exec"), ("cisco_iosxe", "sw-1.lab#", "privileged_exec"),
        ("cisco_iosxe", "r1(config)#", "configuration"), ("cisco_iosxe", "r1(config-router-af)#", "configuration"),
        ("cisco_iosxe", "r1(ca-trustpoint)#", "configuration"), ("cisco_iosxe", "r1(tcl)#", "tclsh"),
        ("cisco_iosxr", "RP/0/RSP0/CPU0:ron#", "privileged_exec"), ("cisco_iosxr", "RP/0/0/CPU0:ron(config-if)#", "configuration"),
        ("cisco_iosxr", "sysadmin-vm:0_RP0#", "admin"),
        ("cisco_nxos", "n9k#", "privileged_exec"), ("cisco_nxos", "n9k(maint-mode)#", "privileged_exec"),
        ("cisco_nxos", "n9k(config-if)# ", "configuration"), ("cisco_nxos", "n9k(maint-mode)(config)#", "configuration"),
        ("cisco_nxos", "n9k-tcl#", "tclsh"),
        ("arista_eos", "leaf1>", "exec"), ("arista_eos", "leaf1(s1)#", "privileged_exec"),
        ("arista_eos", "leaf1(config-if-Et1)#", "configuration"),
        ("arista_eos", "[admin@leaf1 ~]$ ", "bash"), ("arista_eos", "[ams]leaf1 10:21:03#", "privileged_exec"),
        ("juniper_junos", "user@r1> ", "exec"), ("juniper_junos", "{master:0}\nuser@r1> ", "exec"),
        ("juniper_junos", "{primary:node0}\nuser@r1> ", "exec"), ("juniper_junos", "[edit]\nuser@r1# ", "configuration"),
        ("juniper_junos", "{master:0}[edit]\nuser@r1# ", "configuration"),
        ("juniper_junos", "[edit interfaces ge-0/0/0]\nuser@r1# ", "configuration"),
        ("juniper_junos", "% ", "shell"), ("juniper_junos", "root@r1% ", "root_shell"),
        ("nokia_srlinux", "--{ running }--[  ]--\nA:srl1# ", "exec"),
        ("nokia_srlinux", "--{ + running }--[ interface ethernet-1/1 ]--\nA:srl1# ", "exec"),
        ("nokia_srlinux", "--{ +* candidate private private-admin }--[ network-instance default ]--\nA:srl1# ", "configuration"),
        ("nokia_srlinux", "[linuxadmin@srl1 ~]$ ", "bash"),
        ("frr", "frr1# ", "privileged_exec"), ("frr", "frr1(config-router)# ", "configuration"), ("frr", "frr1> ", "exec"),
        ("linux", "user@host:~$ ", "user"), ("linux", "root@host:~# ", "root"), ("linux", "[user@host dir]$ ", "user"),
        ("linux", "host1% ", "user"),
        ("linux", "bash-5.1# ", "root"), ("linux", "# ", "root"), ("linux", "$ ", "user"), ("linux", "~ ➜ ", "user"),
    ])
    func readsTheModeFromThePrompt(_ name: String, _ prompt: String, _ mode: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        let machine = ConsoleMachine(platform: platform)
        #expect(machine.mode(of: Array(prompt.utf8)) == mode)
        #expect(platform.prompt.matches(Array(prompt.utf8), MatchScratch()) || mode == "bash", "the general pattern")
    }

    @Test(arguments: [
        ("cisco_iosxe", "Building configuration..."), ("cisco_iosxe", "Password:"), ("cisco_iosxe", "interface Vlan1 #"),
        ("linux", "Progress: 45%"), ("linux", "########"), ("linux", "> "), ("linux", "Password: "), ("juniper_junos", "[edit]"),
        ("nokia_srlinux", "A:srl1# "),
    ])
    func takesOtherLinesForNoPrompt(_ name: String, _ line: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        let scratch = MatchScratch()
        #expect(!platform.prompt.matches(Array(line.utf8), scratch))
    }

    @Test(arguments: [
        ("prompt_pattern: x\nmodes: []\n", "modes", 2, "a list of at least one mode"),
        ("prompt_pattern: '['\nmodes: [{name: a}]\n", "prompt_pattern", 1, "one that PCRE2 compiles"),
        ("modes:\n  - {name: a, prompt_pattern: x}\n  - {name: a, prompt_pattern: y}\n", "modes[1].name", 3, "each name once"),
        ("prompt_pattern: x\n", "modes", 1, "a list of at least one mode"),
        ("modes:\n  - {prompt_pattern: x}\n", "modes[0].name", 2, "text"),
        ("modes:\n  - {name: a, prompt_pattern: x}\n  - {name: b}\n", "modes[1]", 3, "prompt_pattern or prompt_exact"),
        (
            "on_open_instructions:\n  - send_inputs: {input: x}\nmodes: [{name: a}]\n", "on_open_instructions[0]", 2,
            "did you mean 'send_input'?"
        ),
        ("modes: [{name: a}]\nmuster:\n  type_ahead: perhaps\n", "muster.type_ahead", 3, "true or false"),
        ("modes: [{name: a}]\nmuster:\n  pty: {columns: 5}\n", "muster.pty.columns", 3, "a number from 20 to 32767"),
        ("modes: [{name: a}]\nmuster: {echo: loud}\n", "muster.echo", 2, "one of exact, rewritten, none"),
    ])
    func saysWhatIsWrongAndWhere(_ yaml: String, _ key: String, _ line: Int, _ expected: String) {
        let problem = #expect(throws: PlatformProblem.self) { try Platform.load(yaml: yaml, name: "x", file: "dir/x.yaml") }
        #expect(problem?.file == "dir/x.yaml")
        #expect(problem?.key == key)
        #expect(problem?.line == line)
        #expect(problem?.expected == expected)
    }

    @Test func saysWhereTheYamlBreaks() {
        let problem = #expect(throws: PlatformProblem.self) { try Platform.load(yaml: "a: b\n c: [\n", name: "x", file: "x.yaml") }
        #expect(problem?.line != nil)
        #expect(problem?.description.hasPrefix("x.yaml:") == true)
    }

    @Test func readsEveryKey() throws {
        let yaml = """
            prompt_pattern: '^x>$'
            prompt_excludes: ['not']
            default_mode: a
            modes:
              - name: a
                prompt_exact: 'x (1)\\E>'
                prompt_excludes: [y]
                accessible_modes:
                  - name: a
                    instructions:
                      - send_prompted_input: {input: su, prompt_exact: 'Password:', response: '__lookup::root'}
                      - send_prompted_input: {input: go, prompt_pattern: 'sure', response: 'yes'}
            failure_indicators: ['no such']
            on_open_instructions: [{send_input: {input: one}}, {enter_mode: {requested_mode: a}}]
            on_close_instructions: [{write: {input: '\\x04'}}]
            force_in_session_auth: true
            bypass_in_session_auth: true
            ntc_templates_platform: n
            genie_platform: g
            muster:
              pager: [{pattern: 'more', answer: q}]
              failure_patterns: ['^bad']
              echo: none
              pty: {columns: 80, rows: 24, term: xterm}
              type_ahead: true
              return: "\\r"
            """
        let platform = try Platform.load(yaml: yaml, name: "x", file: "x.yaml")
        let scratch = MatchScratch()
        #expect(platform.modes[0].prompt.matches(Array("x (1)\\E>".utf8), scratch))
        #expect(!platform.modes[0].prompt.matches(Array("x (1)>".utf8), scratch))
        #expect(platform.forceInSessionAuth && platform.bypassInSessionAuth)
        #expect(platform.ntcTemplatesPlatform == "n" && platform.geniePlatform == "g")
        #expect(platform.pagers.count == 1 && platform.pagers[0].answer == [0x71])
        #expect(platform.echo == .none && platform.typeAhead && platform.returnKey == [0x0D])
        #expect(platform.pty == PTYWishes(columns: 80, rows: 24, term: "xterm"))
        #expect(platform.failurePatterns.count == 1 && platform.failureIndicators == ["no such"])
        guard case .write("\u{4}") = platform.onClose[0] else {
            Issue.record("the escape was not read")
            return
        }
    }

    @Test func givesUpAndSaysSo_whenAnExpressionExplodes() throws {
        let pattern = try Pattern(#"^([\w#]+\s?)*#$"#, span: .whole)
        let scratch = MatchScratch()
        #expect(pattern.match(in: Array(String(repeating: "aaaaaaaaa ", count: 40).utf8) + Array("!#!".utf8), scratch) == nil)
        #expect(scratch.exhaustion?.source == pattern.source)
        #expect(scratch.exhaustion?.bytes == 403)
    }

    @Test func reportsTheOffset_whenAnExpressionDoesNotCompile() {
        let problem = #expect(throws: PatternProblem.self) { _ = try Pattern("ab(c", span: .whole) }
        #expect(problem?.offset == 4)
        #expect(problem?.message.contains("parenthesis") == true)
    }
}
