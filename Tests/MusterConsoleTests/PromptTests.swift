import MusterTransport
import Testing

@testable import MusterConsole

/// Prompts as devices draw them, and output that looks like them.
struct PromptTests {
    private func platform(_ prompt: String = #"^\S{1,30}[#>%] ?$"#) throws -> Platform {
        try Platform.load(yaml: "prompt_pattern: '\(prompt)'\nmodes: [{name: a, prompt_pattern: '\(prompt)'}]", name: "x", file: "x.yaml")
    }

    // MARK: As devices draw them

    @Test(arguments: [Dialogue.Arrival.whole, .byteByByte, .random(5)])
    func learnsAPrompt_whateverItsColours(arrival: Dialogue.Arrival) throws {
        let prompt = "\u{1B}[1;32mr1\u{1B}[0m\u{1B}[33m#\u{1B}[0m "
        var device = Dialogue(try platform(), arrival: arrival)
        device.start()
        device.says("\u{1B}]0;r1\u{7}" + prompt)
        device.pause(.milliseconds(200))
        device.says("\r\n" + prompt)
        #expect(device.machine.promptText == "r1# ")
        device.submit("show clock")
        device.says("show clock\r\n\u{1B}[31mnoon\u{1B}[0m\r\n" + prompt)
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func takesTheRightHandPromptForNoPartOfIt() throws {
        // As zsh draws it: the prompt, the text at the right margin, and back.
        func prompt(_ time: String) -> String { "\rhost% \u{1B}[K\u{1B}[60C[\(time)]\u{1B}[67D" }
        var device = Dialogue(try platform())
        device.start()
        device.says(prompt("10:01"))
        device.pause(.milliseconds(200))
        device.says("\r\r\n" + prompt("10:02"))
        #expect(device.machine.promptText == "host% ")
        device.submit("date")
        device.says("date\r\r\nnoon\r\n" + prompt("10:03"))
        device.pause(.milliseconds(500))
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func learnsAllLines_ofAPromptOfSeveral() throws {
        var device = try Dialogue("juniper_junos")
        device.start()
        let prompt = "{master:0}\r\nadmin@mx1> "
        device.says("\r\n" + prompt)
        device.says("\r\n\r\n" + prompt)
        #expect(device.machine.promptText == "{master:0}\nadmin@mx1> ")
        _ = device.takeTyped()
        for command in ["set cli complete-on-space off", "set cli screen-length 0", "set cli screen-width 511"] {
            device.says("\(command)\r\n\r\n" + prompt)
        }
        device.pause(.seconds(1))
        device.submit("show version")
        device.says("show version \r\nJunos: 22.4\r\n\r\n" + prompt)
        let exchange = try device.takeExchange()
        #expect(exchange.text == "Junos: 22.4")
        #expect(exchange.prompt == "{master:0}\nadmin@mx1> ")
    }

    @Test(arguments: [
        "Authorized users of core-1# only\r\ncore-1>\r\n", "*** router#1 ***\r\nsupport: noc@example.net #\r\n", "r1#\r\nr1>\r\nnot-me#",
        "login banner of switch>\r\n\r\nswitch#",
    ])
    func findsThePrompt_whenTheBannerLooksLikeOne(_ banner: String) throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says(banner)
        device.pause(.milliseconds(300))
        device.says("\r\nr9#")
        device.pause(.milliseconds(300))
        device.says("\r\nr9#")
        device.pause(.seconds(2))
        device.says("\r\nr9#")
        #expect(device.machine.promptText == "r9#")
    }

    @Test func followsAPrompt_thatChangesWithEveryCommand() throws {
        var device = Dialogue(try platform(#"^dev-\d+#$"#))
        device.start()
        device.says("dev-1#")
        for number in 2...4 { device.says("\r\ndev-\(number)#"); device.pause(.milliseconds(200)) }
        device.pause(.seconds(2))
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\ndev-5#")
        device.pause(.milliseconds(500))
        let exchange = try device.takeExchange()
        #expect(exchange.text == "noon")
        #expect(exchange.prompt == "dev-5#")
    }

    // MARK: In the output

    @Test func goesOn_whenThePromptItselfStandsInALongAnswerWhereAPieceEnds() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show archive log")
        let lines = String(repeating: "a line of the log that is as long as lines are\r\n", count: 300)
        device.says("show archive log\r\n" + lines + "r1#")
        #expect(!device.hasAnswer)
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(!device.hasAnswer)
        device.pause(.milliseconds(200))
        let text = try device.takeExchange().text
        #expect(text.hasSuffix("are\nr1#show clock\nnoon"))
    }

    @Test func goesOn_whenThePromptStandsInAnswersThatComeByteByByte() throws {
        var device = try Dialogue.iosxeReady(arrival: .byteByByte)
        device.submit("show history")
        device.says("show history\r\nhere is what was typed:\r\nr1#show clock\r\nr1#")
        #expect(try device.takeExchange().text == "here is what was typed:\nr1#show clock")
    }

    @Test func givesAPromptOfOneSignAMoment() throws {
        var device = Dialogue(try platform("^>$"))
        device.start()
        device.says(">")
        device.says("\r\n>")
        device.submit("help")
        device.says("help\r\n>")
        #expect(!device.hasAnswer)
        device.says("quoted\r\n>")
        device.pause(.milliseconds(200))
        #expect(try device.takeExchange().text == ">quoted")
    }

    @Test func endsAtOnce_whenTheAnswerIsShort() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show clock")
        device.says("show clock\r\n")
        device.says("noon\r\nr1#")
        #expect(device.hasAnswer)
    }
}
