import MusterTransport
import Testing

@testable import MusterConsole

struct ModeTests {
    @Test func goesOverOtherModes_byTheShortestWay() throws {
        var device = try Dialogue.iosxeReady(secrets: ["enable": "pw"])
        let id = device.enter("exec")
        #expect(device.takeTyped() == "disable\n")
        device.says("disable\r\nr1>")
        #expect(device.events.last == .entered(id: id, mode: "exec"))
        let second = device.enter("configuration")
        #expect(device.takeTyped() == "enable\n")
        device.says("enable\r\nPassword: ")
        #expect(device.takeTyped() == "pw\n")
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "configure terminal\n")
        device.says("configure terminal\r\nr1(config)#")
        #expect(device.events.last == .entered(id: second, mode: "configuration"))
    }

    @Test func isDoneAtOnce_whenAlreadyThere() throws {
        var device = try Dialogue.iosxeReady()
        let id = device.enter("privileged_exec")
        #expect(device.takeTyped() == "")
        #expect(device.events.last == .entered(id: id, mode: "privileged_exec"))
    }

    @Test func suggestsTheName_whenModeIsMisspelt() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuraton")
        let error = try device.takeError()
        #expect(error.kind == .modeUnknown)
        #expect(error.hint == "Did you mean 'configuration'?")
    }

    @Test func staysUsable_whenDeviceRefuses() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\n% Invalid input detected at '^' marker.\r\nr1#")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(error.seen.contains("% Invalid input"))
        #expect(!device.machine.isBroken)
        device.submit("show clock")
        device.says("show clock\r\n10:00\r\nr1#")
        #expect(try device.takeExchange().text == "10:00")
    }

    @Test func neverRecordsTheSecret_whenDeviceEchoesIt() throws {
        var device = try Dialogue.iosxeReady(secrets: ["enable": "hunter2!"])
        device.enter("exec")
        device.says("disable\r\nr1>")
        device.enter("privileged_exec")
        device.says("enable\r\nPassword: ")
        device.says("hunter2!\r\n% Error in authentication: hunter2!\r\nr1>")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(!"\(error)".contains("hunter2"))
        #expect(!String(decoding: error.partialOutput, as: UTF8.self).contains("hunter2"))
    }

    @Test func knowsWhichConfigurationItEntered_whenPromptsAreTheSame() throws {
        var device = try Dialogue("juniper_junos")
        device.start()
        device.says("user@r> ")
        device.says("\r\n\r\nuser@r> ")
        for command in ["set cli complete-on-space off", "set cli screen-length 0", "set cli screen-width 511"] {
            device.says("\(command)\r\n\r\nuser@r> ")
        }
        device.pause(.seconds(1))
        device.enter("configuration_private")
        device.says(
            "configure private\r\nwarning: uncommitted changes will be discarded on exit\r\nEntering configuration mode\r\n\r\n[edit]\r\nuser@r# "
        )
        #expect(device.machine.mode == "configuration_private")
        #expect(device.machine.prompt?.described == "[edit]\nuser@r# ")
        device.submit("show system host-name")
        device.says("show system host-name \r\nhost-name r;\r\n\r\n[edit]\r\nuser@r# ")
        let exchange = try device.takeExchange()
        #expect(exchange.text == "host-name r;")
        #expect(exchange.mode == "configuration_private")
        device.submit("edit interfaces")
        device.says("edit interfaces \r\n\r\n[edit interfaces]\r\nuser@r# ")
        device.pause(.milliseconds(200))
        #expect(try device.takeExchange().prompt == "[edit interfaces]\nuser@r# ")
    }

    @Test func failsTheLogin_whenDefaultModeCannotBeReached() throws {
        let yaml = """
            prompt_pattern: '^\\w+[>#]$'
            default_mode: b
            modes:
              - {name: a, prompt_exact: 'dev>'}
              - {name: b, prompt_exact: 'dev#'}
            on_open_instructions: [{enter_mode: {requested_mode: b}}]
            """
        var device = Dialogue(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.start()
        device.says("dev>")
        device.says("\r\ndev>")
        let error = try device.takeError()
        #expect(error.kind == .modeUnknown)
        #expect(error.expected.contains("'a' to 'b'"))
    }

    @Test(arguments: ["cisco_iosxe", "cisco_nxos", "arista_eos", "frr"])
    func typesTheSecretOnlyAtTheQuestion_whenALineMerelyEndsLikeIt(_ platform: String) throws {
        for (text, isAsked) in [
            ("Password: ", true), ("Enable Password: ", true), ("password:", true),
            ("%SEC-4: user bob typed a wrong password:", false), ("username admin password: ", false),
            ("banner: enter your password: ", false),
        ] {
            var device = try Dialogue(platform, secrets: ["enable": "s3cret"])
            device.start()
            device.says("r1>")
            device.says("\r\nr1>")
            #expect(device.takeTyped().hasSuffix("enable\n"))
            device.says("enable\r\n" + text)
            device.pause(.seconds(5))
            #expect(device.takeTyped() == (isAsked ? "s3cret\n" : ""), "\(text)")
            guard !isAsked else { continue }
            device.says("\r\nPassword: ")
            #expect(device.takeTyped() == "s3cret\n", "\(text)")
        }
    }

    @Test func typesSudosSecretOnlyAtItsQuestion() throws {
        for (text, isAsked) in [
            ("[sudo] password for u: ", true), ("Password: ", true), ("[sudo: authenticate] Password: ", true),
            ("wrong password for u: ", false),
        ] {
            var device = try Dialogue("linux", secrets: ["sudo": "s3cret"])
            device.start()
            device.says("u@h:~$ ")
            device.says("\r\nu@h:~$ ")
            device.enter("root")
            _ = device.takeTyped()
            device.says("sudo -s\r\n" + text)
            device.pause(.seconds(1))
            #expect(device.takeTyped() == (isAsked ? "s3cret\n" : ""), "\(text)")
        }
    }

    // MARK: The secret's dialogue

    /// At `r1>`, with `enable` typed.
    private func entering(user: String? = "netops", secrets: [String: String] = ["enable": "s3cret"]) throws -> Dialogue {
        var device = try Dialogue("cisco_iosxe", secrets: secrets)
        device.start(credentials: user.map { LoginCredentials(user: $0, password: "Tr0ub4dor", isExpected: false) })
        device.says("r1#")
        device.says("\r\nr1#")
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#")
        device.pause(.seconds(1))
        device.enter("exec")
        device.says("disable\r\nr1>")
        device.enter("privileged_exec")
        _ = device.takeTyped()
        return device
    }

    @Test func entersWithoutASecret_whenTheDeviceAsksForNone() throws {
        var device = try entering(secrets: [:])
        device.says("enable\r\nr1#")
        #expect(device.machine.mode == "privileged_exec")
        #expect(device.takeTyped() == "")
    }

    @Test func typesNothing_whenTheLoginLandsInTheMode() throws {
        var device = try Dialogue.iosxe(secrets: ["enable": "s3cret"])
        #expect(device.takeTyped() == "\nterminal length 0\nterminal width 511\n")
        #expect(device.machine.mode == "privileged_exec")
    }

    @Test func saysThatItWasRefused_whenTheDeviceHasNoSecretToCompareWith() throws {
        var device = try entering()
        device.says("enable\r\n% No password set\r\nr1>")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(error.seen.contains("% No password set"))
        #expect(device.takeTyped() == "")
        #expect(!device.machine.isBroken)
    }

    @Test func saysWhatItAsked_whenTheUserIsNotLetIn() throws {
        var device = try entering()
        device.says("enable\r\nUsername: ")
        device.says("netops\r\nPassword: ")
        _ = device.takeTyped()
        device.says("\r\n% Authorization failed: netops, s3cret\r\nr1>")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(error.seen.contains("% Authorization failed: netops, <secret>"))
    }

    @Test func typesUserAndPassword_whenTheModeAsksForBoth() throws {
        var device = try entering()
        device.says("enable\r\nUsername: ")
        #expect(device.takeTyped() == "netops\n")
        device.says("netops\r\nPassword: ")
        #expect(device.takeTyped() == "s3cret\n")
        device.says("\r\nr1#")
        #expect(device.machine.mode == "privileged_exec")
    }

    @Test func saysThatItWasRefused_whenTheSecretIsWrong() throws {
        var device = try entering()
        device.says("enable\r\nPassword: ")
        #expect(device.takeTyped() == "s3cret\n")
        device.says("\r\n% Access denied\r\nr1>")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(error.seen.contains("% Access denied"))
        #expect(error.hint?.contains("Check the secret") == true)
        #expect(!device.machine.isBroken)
    }

    @Test func typesTheSecretOnce_whenItIsAskedForAgain() throws {
        var device = try entering()
        device.says("enable\r\nPassword: ")
        #expect(device.takeTyped() == "s3cret\n")
        device.says("\r\nPassword: ")
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1>")
        #expect(try device.takeError().kind == .modeRefused)
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1>")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func typesTheUserOnce_whenItIsAskedForAgain() throws {
        var device = try entering()
        device.says("enable\r\nUsername: ")
        #expect(device.takeTyped() == "netops\n")
        device.says("netops\r\nUsername: ")
        #expect(device.takeTyped() == "\u{3}")
    }

    // MARK: Another way than planned

    private let branching = """
        prompt_pattern: '^dev[abcdx]#$'
        default_mode: a
        modes:
          - name: a
            prompt_exact: 'deva#'
            accessible_modes:
              - {name: b, instructions: [{send_input: {input: to b}}]}
              - {name: x, instructions: [{send_input: {input: to x}}]}
          - name: b
            prompt_exact: 'devb#'
            accessible_modes: [{name: d, instructions: [{send_input: {input: to d}}]}]
          - name: x
            prompt_exact: 'devx#'
            accessible_modes: [{name: b, instructions: [{send_input: {input: back to b}}]}]
          - name: d
            prompt_exact: 'devd#'
        """

    @Test func findsAnotherWay_whenTheDeviceLandsElsewhere() throws {
        var device = Dialogue.ready(try Platform.load(yaml: branching, name: "x", file: "x.yaml"), prompt: "deva#")
        let id = device.enter("d")
        #expect(device.takeTyped() == "to b\n")
        device.says("to b\r\ndevx#")
        device.pause(.milliseconds(200))
        #expect(device.takeTyped() == "back to b\n")
        device.says("back to b\r\ndevb#")
        #expect(device.takeTyped() == "to d\n")
        device.says("to d\r\ndevd#")
        #expect(device.events.last == .entered(id: id, mode: "d"))
    }

    private let sharing = """
        prompt_pattern: '^dev[>#]$'
        default_mode: exec
        modes:
          - name: exec
            prompt_exact: 'dev>'
            accessible_modes:
              - {name: shared, instructions: [{send_input: {input: configure}}]}
              - {name: private, instructions: [{send_input: {input: configure private}}]}
          - name: shared
            prompt_exact: 'dev#'
            accessible_modes: [{name: private, instructions: [{send_input: {input: make private}}]}]
          - name: private
            prompt_exact: 'dev#'
        failure_indicators: ['error:']
        """

    @Test(arguments: [("configure", "shared"), ("configure  private", "private"), ("edit", "shared")])
    func tellsModesApartByWhatWasTyped_whenTheyShareAPrompt(_ command: String, _ mode: String) throws {
        var device = Dialogue.ready(try Platform.load(yaml: sharing, name: "x", file: "x.yaml"), prompt: "dev>")
        device.submit(command)
        device.says("\(command)\r\ndev#")
        device.pause(.milliseconds(200))
        #expect(try device.takeExchange().mode == mode)
        device.submit("show")
        device.says("show\r\ndev#")
        #expect(try device.takeExchange().mode == mode)
    }

    @Test func goesFromOneToTheOther_whenModesShareAPrompt() throws {
        var device = Dialogue.ready(try Platform.load(yaml: sharing, name: "x", file: "x.yaml"), prompt: "dev>")
        let id = device.enter("private")
        #expect(device.takeTyped() == "configure private\n")
        device.says("configure private\r\ndev#")
        #expect(device.events.last == .entered(id: id, mode: "private"))
        device.submit("exit")
        device.says("exit\r\ndev>")
        #expect(try device.takeExchange().mode == "exec")
        let second = device.enter("shared")
        device.says("configure\r\ndev#")
        #expect(device.events.last == .entered(id: second, mode: "shared"))
        let third = device.enter("private")
        #expect(device.takeTyped().hasSuffix("make private\n"))
        device.says("make private\r\ndev#")
        #expect(device.events.last == .entered(id: third, mode: "private"))
    }

    @Test func staysWhereItWas_whenAModeOfTheSamePromptIsRefused() throws {
        var device = Dialogue.ready(try Platform.load(yaml: sharing, name: "x", file: "x.yaml"), prompt: "dev>")
        device.enter("shared")
        device.says("configure\r\ndev#")
        #expect(device.machine.mode == "shared")
        device.enter("private")
        device.says("make private\r\nerror: somebody else has it\r\ndev#")
        #expect(try device.takeError().kind == .modeRefused)
        #expect(device.machine.mode == "shared")
    }

    @Test func namesTheSecretsField_whenOneIsMissing() throws {
        var device = try Dialogue("linux")
        device.start()
        device.says("u@h:~$ ")
        device.says("\r\nu@h:~$ ")
        device.enter("root")
        device.says("sudo -s\r\n[sudo] password for u: ")
        device.pause(.milliseconds(50))
        let error = try device.takeError()
        #expect(error.kind == .secretMissing("sudo"))
        #expect(error.hint?.contains("'secrets: {sudo: …}'") == true)
    }
}
