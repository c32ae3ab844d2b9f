import MusterTransport
import Testing

@testable import MusterConsole

struct EchoTests {
    @Test(arguments: ["generic", "cisco_iosxe"]) func findsTheEcho_whenTheLineEditorFoldsItAtTheUsualWidth(platform: String) throws {
        var device = try Dialogue(platform)
        device.start()
        device.says("r1#")
        device.pause(.seconds(1))
        device.says("\r\nr1#")
        if platform == "cisco_iosxe" { device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#") }
        device.pause(.seconds(1))
        let command = "show interfaces GigabitEthernet0/0/0 counters detail | include packets input|packets output|CRC"
        for _ in 0..<2 {
            device.submit(command)
            let echo = "r1#" + command
            device.says(command.prefix(77) + " \r" + echo.dropFirst(80) + "\r\n     5 packets input\r\nr1#")
            device.pause(.seconds(1))
            #expect(try device.takeExchange().text == "     5 packets input")
        }
    }

    // MARK: Not verified

    @Test func waitsForTheEcho_whenAMessageHasRedrawnThePrompt() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload in 5")
        _ = device.takeTyped()
        device.says("\r\n%SYS-5-CONFIG_I: Configured from console\r\nr1#")
        device.pause(.milliseconds(2900))
        #expect(!device.hasAnswer)
        device.says("reload in 5\r\ndone\r\nr1#")
        #expect(try device.takeExchange().text == "done")
        #expect(device.takeTyped() == "")
    }

    @Test func typesACommandThatOnlyShowsOnceMore_whenTheDeviceThrewItAway() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show clock")
        _ = device.takeTyped()
        device.says("\r\n%LINK-3-UPDOWN: down\r\nr1#")
        device.pause(.milliseconds(2999))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "show clock\n")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func fails_whenTheSecondTimeBringsNoEchoEither() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show clock")
        device.says("\r\nr1#")
        device.pause(.seconds(3))
        device.says("\r\nr1#")
        device.pause(.seconds(3))
        let error = try device.takeError()
        #expect(error.kind == .echoMissing)
        #expect(error.expected == "the line 'r1#show clock'")
        #expect(error.hint?.contains("typed twice") == true)
        #expect(device.machine.isBroken)
    }

    @Test func neverTypesAnythingElseTwice() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload")
        #expect(device.takeTyped() == "reload\n")
        device.says("\r\nr1#")
        device.pause(.seconds(3))
        #expect(device.takeTyped() == "")
        #expect(try device.takeError().kind == .echoMissing)
    }

    @Test func typesNoReturnBehindACommandThatMayAsk_whenTheDeviceIsSlow() throws {
        var device = try Dialogue.iosxe()
        device.submit("reload")
        _ = device.takeTyped()
        device.says("terminal length 0\r\nr1#")
        device.pause(.seconds(10))
        #expect(device.takeTyped() == "")
        device.says("terminal width 511\r\nr1#reload\r\nProceed? [confirm]")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "\u{3}")
    }

    @Test(arguments: ["show run > flash:x", "show run | redirect flash:x", "shutdown", "s", "show run | tee flash:x", "reload"])
    func takesNothingThatWritesForACommandThatShows(_ command: String) throws {
        #expect(!(try Dialogue.iosxeReady()).machine.onlyShows(command))
    }

    @Test func findsTheEchoInAnotherForm_behindAMessage() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("sh clock")
        device.says("\r\n%LINK-3-UPDOWN: down\r\nr1#show clock\r\nnoon\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(try device.takeExchange().text == "noon")
    }

    // MARK: In another form

    private let rewriting = """
        prompt_pattern: '^dev#$'
        modes: [{name: a, prompt_exact: 'dev#'}]
        muster: {echo: rewritten}
        """

    @Test(arguments: ["dev#show interfaces brief", "dev#sh int br", "dev#show   int  brief   ", "show interfaces brief"])
    func takesTheFirstLineForTheEcho_whenItIsRewritten(_ echo: String) throws {
        var device = Dialogue.ready(try Platform.load(yaml: rewriting, name: "x", file: "x.yaml"))
        device.submit("sh int br")
        device.says(String(echo.dropFirst(echo.hasPrefix("dev#") ? 4 : 0)) + "\r\neth0 up\r\ndev#")
        #expect(try device.takeExchange().text == "eth0 up")
    }

    @Test func waitsForTheRewrittenEcho_whenAMessageComesFirst() throws {
        var device = Dialogue.ready(try Platform.load(yaml: rewriting, name: "x", file: "x.yaml"))
        device.submit("sh ver")
        device.says("\r\nmessage: link down\r\ndev#show version\r\n1.0\r\ndev#")
        #expect(try device.takeExchange().text == "1.0")
    }

    @Test func findsTheEcho_whenALongLineIsScrolledSideways() throws {
        var device = try Dialogue.iosxeReady()
        let command = "show ip access-lists a-very-long-name-of-an-access-list-that-does-not-fit-into-eighty-columns-at-all"
        device.submit(command)
        // As IOS does at the right margin: it draws the line again, a `$` in place of what has moved out.
        device.says(String(command.prefix(70)) + "\u{8}")
        device.says("\rr1#$" + command.suffix(60) + "\r\nlist 1\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(try device.takeExchange().text == "list 1")
    }

    @Test func findsTheEcho_whenThePromptIsScrolledAwayToo() throws {
        var device = try Dialogue.iosxeReady()
        let command = "show ip access-lists a-very-long-name-of-an-access-list-that-does-not-fit-into-eighty-columns-at-all"
        device.submit(command)
        device.says(String(command.prefix(70)))
        device.says("\r$" + command.suffix(76) + "\r\nlist 1\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(try device.takeExchange().text == "list 1")
    }

    @Test func findsTheEcho_whenTheDeviceWrapsIt() throws {
        var device = try Dialogue.iosxeReady()
        let command = "show ip access-lists " + String(repeating: "abcdefgh", count: 12)
        device.submit(command)
        device.says(String(command.prefix(77)) + "\r\n" + command.dropFirst(77) + "\r\nlist 1\r\nr1#")
        #expect(try device.takeExchange().text == "list 1")
    }

    // MARK: Encodings

    @Test(arguments: [("latin-1", [0xFC]), ("gb18030", [0xA8, 0xB9]), ("utf-8", [0xC3, 0xBC])] as [(String, [UInt8])])
    func typesAndReads_inTheDevicesEncoding(_ name: String, _ bytes: [UInt8]) throws {
        let yaml = "modes: [{name: a, prompt_exact: 'dev#'}]\nmuster: {encoding: \(name)}"
        var device = Dialogue.ready(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.machine.submit("show ü", id: 1, deadline: nil, now: device.now)
        #expect(device.machine.takeOutgoing() == Array("show ".utf8) + bytes + [10])
        device.says(Array("show ".utf8) + bytes + [13, 10] + bytes + Array("ber\r\ndev#".utf8))
        let exchange = try device.takeExchange()
        #expect(exchange.text == "über")
        #expect(exchange.output == bytes + Array("ber".utf8))
    }

    @Test func replacesWhatIsNoText_whateverTheEncoding() throws {
        let encoding = try #require(TextEncoding(named: "gb18030"))
        #expect(encoding.text([0x61, 0xFF, 0x62, 0xC4]) == "a\u{FFFD}b\u{FFFD}")
        #expect(encoding.text([0xC4, 0xE3, 0xBA, 0xC3]) == "你好")
        #expect(try #require(TextEncoding(named: "Shift_JIS")).text([0x83, 0x65, 0x83, 0x58]) == "テス")
        #expect(try #require(TextEncoding(named: "ascii")).bytes("ü") == [0x3F])
        #expect(TextEncoding.utf8.text([0x61, 0xFF]) == "a\u{FFFD}")
        #expect(TextEncoding(named: "klingon") == nil)
        #expect(TextEncoding(named: "utf-16") == nil)
    }
}
