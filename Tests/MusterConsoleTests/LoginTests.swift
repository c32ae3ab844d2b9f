import MusterTransport
import Testing

@testable import MusterConsole

struct LoginTests {
    @Test func typesSetUpAndFirstCommandInOneTurn_whenPlatformTypesAhead() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        #expect(device.takeTyped() == "")
        device.says("\r\nWelcome\r\n\r\nr1#")
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "terminal length 0\nterminal width 511\n")
        #expect(device.events == [.opened(prompt: "r1#", mode: "privileged_exec")])
        device.submit("show version")
        #expect(device.takeTyped() == "show version\n")
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#show version\r\nCisco IOS Software\r\nuptime\r\n\r\nr1#")
        let exchange = try device.takeExchange()
        #expect(exchange.text == "Cisco IOS Software\nuptime")
        #expect(exchange.prompt == "r1#")
        #expect(exchange.mode == "privileged_exec")
        #expect(exchange.failure == nil)
        #expect(device.machine.setUpFailures == [])
    }

    @Test func entersPrivilegedMode_whenLandingInExec() throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "s3cret"])
        device.start()
        device.says("r1>")
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1>")
        #expect(device.takeTyped() == "enable\n")
        device.says("enable\r\nPassword: ")
        #expect(device.takeTyped() == "s3cret\n")
        #expect(!device.isOpened)
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "terminal length 0\nterminal width 511\n")
        #expect(device.isOpened)
        #expect(device.machine.mode == "privileged_exec")
    }

    @Test(arguments: [1, 3]) func goesOnBelow_whenNobodyHasTheSecretForTheUsualMode(questions: Int) throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        _ = device.takeTyped()
        device.says("enable\r\nPassword: ")
        #expect(device.takeTyped() == "\u{3}")
        for _ in 1..<questions {
            device.says("\r\nPassword: ")
            device.pause(.milliseconds(200))
            #expect(device.takeTyped() == "\n")
        }
        device.says("\r\n% Bad secrets\r\n\r\nr1>")
        #expect(device.takeTyped().hasPrefix("terminal length 0\n"))
        device.says("terminal length 0\r\nr1>")
        device.says("terminal width 511\r\nr1>")
        #expect(device.isOpened)
        #expect(device.machine.mode == "exec")
        #expect(device.machine.remarks.count == 1)
        #expect(device.machine.remarks.first?.contains("'enable' secret") == true)
        #expect(device.machine.setUpFailures.isEmpty)
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1>")
        #expect(try device.takeExchange().text == "noon")
        device.enter("privileged_exec")
        device.says("enable\r\nPassword: ")
        #expect(try device.takeError().kind == .secretMissing("enable"))
    }

    @Test func typesNoUser_whenThereIsNoSecretToGoWithIt() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start(credentials: LoginCredentials(user: "ops", password: "pw", isExpected: false))
        device.says("r1>")
        device.says("\r\nr1>")
        _ = device.takeTyped()
        device.says("enable\r\nUsername: ")
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1>")
        #expect(device.takeTyped().hasPrefix("terminal length 0\n"))
        #expect(device.machine.remarks.count == 1)
    }

    @Test func goesOnBelow_whenTheUsualModeIsRefusedWithoutAQuestion() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        device.says("enable\r\n% Error in authentication.\r\n\r\nr1>")
        device.says("terminal length 0\r\nr1>")
        device.says("terminal width 511\r\nr1>")
        #expect(device.machine.mode == "exec")
        #expect(device.machine.remarks.first?.contains("% Error in authentication.") == true)
    }

    @Test func asksForNothing_whenTheCommandsAreWantedInTheModeAtHand() throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "s3cret"])
        device.machine.wantedMode = "exec"
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        #expect(device.takeTyped() == "\nterminal length 0\nterminal width 511\n")
        #expect(device.machine.remarks.isEmpty)
    }

    @Test func goesByTheUsualMode_whenTheWantedOneIsBeyondIt() throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "s3cret"])
        device.machine.wantedMode = "configuration"
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        #expect(device.takeTyped() == "\nenable\n")
        device.says("enable\r\nPassword: ")
        #expect(device.takeTyped() == "s3cret\n")
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "terminal length 0\nterminal width 511\n")
    }

    @Test(arguments: ["cisco_iosxe", "auto"]) func typesNothing_atAMenu(platform: String) throws {
        let definition = PlatformLibrary().platform(named: platform)
        var device = Dialogue(try #require(definition))
        device.start(timeout: .seconds(15))
        device.says("1. Show status\r\n2. Reload\r\n\r\nEnter selection: ")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "\n")
        device.says("\r\n1. Show status\r\n2. Reload\r\n\r\nEnter selection: ")
        device.pause(.seconds(15))
        #expect(device.takeTyped() == "")
        let error = try device.takeError()
        #expect(error.kind == .neverPrompted)
        #expect(error.hint?.contains("'Enter selection:") == true)
        #expect(device.machine.isBroken)
    }

    @Test func reportsMissingSecret_whenAModeBeyondTheUsualOneIsWanted() throws {
        var device = try Dialogue("cisco_iosxe")
        device.machine.wantedMode = "configuration"
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        device.says("enable\r\nPassword: ")
        let error = try device.takeError()
        #expect(error.kind == .secretMissing("enable"))
        #expect(error.hint?.contains("enable") == true)
        #expect(device.machine.isBroken)
    }

    @Test func reportsRefusalWithoutTheSecret_whenQuestionComesAgain() throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "s3cret"])
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        device.says("enable\r\nPassword: ")
        device.says("\r\ns3cret is wrong\r\nPassword: ")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(error.seen.contains("<secret> is wrong"))
        #expect(!error.description.contains("s3cret"))
    }

    @Test func reportsRefusal_whenDeviceStaysInItsMode() throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "x"])
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        device.says("enable\r\nPassword: ")
        device.says("\r\n% Access denied\r\n\r\nr1>")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(error.seen.contains("% Access denied"))
    }

    @Test(arguments: [
        "WARNING: Your password has expired.\r\nYou must change your password now and login again!\r\nChanging password for ann.\r\nCurrent password: ",
        "You are required to change your password immediately\r\n(current) UNIX password: ", "Enter new password: ",
    ])
    func endsAtOnce_whenTheDeviceWantsANewPassword(text: String) throws {
        for platform in ["linux", "cisco_iosxe", "generic"] {
            var device = try Dialogue(platform)
            device.start(timeout: .seconds(60))
            device.says(text)
            device.pause(.seconds(1))
            let error = try device.takeError()
            #expect(error.kind == .passwordExpired)
            #expect(error.hint == "Log in to the device by hand once and set a new password")
            #expect(device.takeTyped() == "", "whatever is typed may become the password")
        }
    }

    @Test func learnsPrompt_whenBannerHasPromptLikeLines() throws {
        var device = try Dialogue("cisco_iosxe", arrival: .byteByByte)
        device.start()
        device.says("*** WARNING #\r\nrouter> do not touch\r\n####\r\nr1#")
        device.says("\r\nr1#")
        device.pause(.seconds(1))
        if !device.isOpened { device.says("\r\nr1#") }
        #expect(device.isOpened)
        #expect(device.machine.prompt?.described == "r1#")
    }

    @Test func learnsPrompt_whenLogLinesComeBetween() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("r1#")
        device.says("\r\n*Mar  1 00:01:02.003: %SYS-5-CONFIG_I: Configured from console\r\nr1#")
        #expect(device.isOpened)
        #expect(device.machine.prompt?.described == "r1#")
    }

    @Test func learnsPrompt_whenDefinitionIsTheWrongOne() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("<HUAWEI-core>")
        #expect(device.takeTyped() == "")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "\n")
        device.says("\r\n<HUAWEI-core>")
        #expect(device.isOpened)
        #expect(device.machine.mode == "unknown")
        #expect(device.machine.setUpFailures.first?.contains("<HUAWEI-core>") == true)
    }

    @Test func learnsPrompt_whenNothingIsKnownOfThePlatform() throws {
        var device = try Dialogue("generic")
        device.start()
        device.says("Hello\r\nsomething: ")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "\n")
        device.says("\r\nsomething: ")
        #expect(device.isOpened)
        device.submit("ls")
        device.says("ls\r\na\r\nb\r\nsomething: ")
        #expect(try device.takeExchange().text == "a\nb")
    }

    @Test func doesNotAnswerAPasswordQuestion_whenNoPromptComes() throws {
        var device = try Dialogue("generic")
        device.start(timeout: .seconds(20))
        device.says("Password: ")
        device.pause(.seconds(19))
        #expect(device.takeTyped() == "")
        device.pause(.seconds(2))
        let error = try device.takeError()
        #expect(error.kind == .neverPrompted)
        #expect(error.seen == "Password: ")
    }

    @Test func givesUpAtTheDeadline_whenDeviceNeverPrompts() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start(timeout: .seconds(15))
        device.says("Welcome\r\n")
        device.pause(.milliseconds(14_999))
        #expect(device.events.isEmpty)
        #expect(device.takeTyped().count <= 3)
        device.pause(.milliseconds(1))
        let error = try device.takeError()
        #expect(error.kind == .neverPrompted)
        #expect(error.elapsed == .seconds(15))
        #expect(error.seen == "Welcome\\r\\n")
        #expect(error.expected.contains("prompt"))
    }

    @Test func pressesReturn_whenConsoleIsSilent() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.pause(.seconds(3))
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        #expect(device.isOpened)
    }

    @Test func answersPager_whenBannerIsLong() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("line\r\n --More-- ")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == " ")
        device.says("\r        \rmore\r\nr1#")
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        #expect(device.isOpened)
    }

    @Test func keepsTrailingBlankOfPrompt_whenBytesComeOneByOne() throws {
        var device = try Dialogue("juniper_junos", arrival: .byteByByte)
        device.start()
        device.says("--- JUNOS 21.4\r\nuser@r1> ")
        device.says("\r\n\r\nuser@r1> ")
        #expect(device.machine.prompt?.described == "user@r1> ")
        #expect(device.isOpened)
    }

    @Test func acceptsPromptByItsLooks_whenItChangesEveryTime() throws {
        var device = try Dialogue("arista_eos")
        device.start()
        device.says("leaf1 10:00:01#")
        for second in 2...4 {
            device.says("\r\nleaf1 10:00:0\(second)#")
            device.pause(.milliseconds(300))
        }
        device.pause(.seconds(1))
        #expect(device.isOpened)
    }
}
