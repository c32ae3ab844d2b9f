import MusterTransport
import Testing

@testable import MusterConsole

/// Commands that are followed by a text.
struct TextBlockTests {
    private func configuring(_ platform: String = "cisco_iosxe") throws -> Dialogue {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        _ = device.takeTyped()
        return device
    }

    private static let ready = "Enter TEXT message.  End with the character '^'.\r\n"

    @Test func isTypedLineByLine_onceTheDeviceReadsIt() throws {
        var device = try configuring()
        device.submit("banner motd ^\n  Keep out\n\n# r1(config)#\n^")
        #expect(device.takeTyped() == "banner motd ^\n")
        device.says("banner motd ^\r\n")
        #expect(device.takeTyped() == "")
        device.says(Self.ready)
        for (line, next) in [("  Keep out", ""), ("", "# r1(config)#"), ("# r1(config)#", "^")] {
            #expect(device.takeTyped() == line + "\n")
            device.says(line)
            #expect(device.takeTyped() == "", "before its line has ended")
            device.says("\r\n")
            _ = next
        }
        #expect(device.takeTyped() == "^\n")
        #expect(!device.hasAnswer)
        device.says("^\r\nr1(config)#")
        let exchange = try device.takeExchange()
        #expect(exchange.output == [])
        #expect(exchange.failure == nil)
        #expect(exchange.command == "banner motd ^\n  Keep out\n\n# r1(config)#\n^")
        device.submit("hostname r1")
        device.says("hostname r1\r\nr1(config)#")
        #expect(try device.takeExchange().failure == nil)
        #expect(device.machine.strays == [])
    }

    @Test func nothingOfItIsTyped_whenTheDeviceRejectsTheCommand() throws {
        var device = try configuring()
        device.submit("banner motd ^\nreload\n^")
        device.says("banner motd ^\r\n        ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1(config)#")
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "banner motd ^\n")
        #expect(try device.takeExchange().failure == "% Invalid input detected at '^' marker.")
    }

    @Test func nothingOfItIsTyped_whenTheDeviceShowsItsPrompt() throws {
        var device = try configuring()
        device.submit("banner motd ^\nreload\n^")
        device.says("banner motd ^\r\nr1(config)#")
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "banner motd ^\n")
        #expect(try device.takeExchange().failure == "the device did not begin to read the text, whose lines were not sent")
    }

    @Test func theRestIsNotTyped_whenTheDeviceLeavesOffReading() throws {
        var device = try configuring()
        device.submit("banner motd ^\none\nreload\n^")
        device.says("banner motd ^\r\n" + Self.ready)
        device.says("one\r\nThe text is too long\r\nr1(config)#")
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "banner motd ^\none\n")
        let exchange = try device.takeExchange()
        #expect(exchange.failure == "the device left off reading the text after its line 2, and the rest was not sent")
        #expect(exchange.text == "The text is too long")
    }

    @Test func goesOnAfterAPause_whenTheDeviceSaysNothing() throws {
        var device = try configuring()
        device.submit("banner motd ^\none\n^")
        device.says("banner motd ^\r\n")
        device.pause(.milliseconds(999))
        #expect(device.takeTyped() == "banner motd ^\n")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "one\n")
        device.says("one\r\n")
        #expect(device.takeTyped() == "^\n")
        device.says("^\r\nr1(config)#")
        #expect(try device.takeExchange().failure == nil)
    }

    @Test func isTyped_whenTheCommandIsScrolledSideways() throws {
        var device = try configuring()
        device.submit("banner login ^ a beginning that is long\n^")
        device.says("banner login\r$n ^ a beginning that is long\r\n" + Self.ready)
        device.pause(.milliseconds(500))
        #expect(device.takeTyped().hasSuffix("long\n^\n"))
        device.says("^\r\nr1(config)#")
        #expect(try device.takeExchange().output == [])
    }

    @Test func theQuestionIsRefused_whenTheDeviceAsksInsteadOfReading() throws {
        var device = try configuring()
        device.submit("banner motd ^\ny\n^")
        device.says("banner motd ^\r\nReplace the banner? [y/n]")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "banner motd ^\n\u{3}")
        device.says("\r\nr1(config)#")
        device.pause(.seconds(1))
        #expect(try device.takeError().kind == .question("Replace the banner? [y/n]"))
    }

    @Test func hasTimeForEachLine() throws {
        var device = try configuring()
        device.submit("banner motd ^\none\ntwo\n^", timeout: .seconds(10))
        device.says("banner motd ^\r\n")
        device.pause(.milliseconds(500))
        device.says(Self.ready)
        for line in ["one", "two", "^"] {
            device.pause(.milliseconds(9_000))
            device.says(line + "\r\n")
        }
        device.pause(.milliseconds(900))
        device.says("r1(config)#")
        #expect(try device.takeExchange().failure == nil)
    }

    @Test func isTyped_whenTheTextHasAPromptOfItsOwn() throws {
        var device = Dialogue.ready(try #require(Platform.builtIn(named: "aruba_aoscx")), prompt: "sw# ")
        device.says("no page\r\nsw# ")
        device.pause(.seconds(2))
        _ = device.takeTyped()
        device.submit("banner motd ^\none\n^")
        device.says("banner motd ^\r\nEnter a new banner. Terminate the banner with the delimiter you have chosen.\r\n(banner-motd)# ")
        device.pause(.milliseconds(10))
        #expect(device.takeTyped().hasSuffix("one\n"))
        device.says("one\r\n(banner-motd)# ")
        #expect(device.takeTyped() == "^\n")
        device.says("^\r\nsw# ")
        #expect(try device.takeExchange().text == "")
    }

    @Test(arguments: [
        "show clock\nreload", "banner motd ^\nx", "banner motd ^x^\nreload", "banner motd ^\n^\nreload", "banner motd ^\n\tx\n^",
    ])
    func isRefused_whenItIsNotOneTextUpToItsEnd(command: String) throws {
        var device = try configuring()
        device.submit(command)
        #expect(try device.takeError().kind == .badCommand)
        #expect(device.takeTyped() == "")
    }

    // MARK: Where texts end

    private func extent(_ platform: String, _ text: String) throws -> MultilineRule.Extent? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return try #require(Platform.builtIn(named: platform)).text(in: lines[...])?.extent
    }

    @Test(arguments: [
        ("cisco_iosxe", "banner motd ^C\nHello\n^C\nend", 3), ("cisco_iosxe", "banner login # Hello #", 1),
        ("cisco_iosxe", "banner ^\nx^", 2), ("cisco_iosxe", " banner exec $Hi\nthere$", 2),
        ("cisco_iosxe", "certificate ca 01\n  30820241\n  \tquit\nend", 3), ("cisco_iosxe", "macro name x\nswitchport\n@", 3),
        ("cisco_iosxe", "aaa authentication banner ^\nx\n^", 3), ("cisco_iosxr", "banner motd @\nx\n@", 3),
        ("cisco_nxos", "banner motd @\nx\n@", 3), ("arista_eos", "banner motd\nx EOF\nEOF\nend", 3),
        ("huawei_vrp", "header login information %\nx\n%", 3), ("hp_comware", "header legal %\nx%", 2),
        ("hp_procurve", "banner motd #\nx\n#", 3), ("aruba_aoscx", "banner exec ^\nx\n^", 3), ("ruckus_fastiron", "banner motd $\nx\n$", 3),
        ("cisco_asa", "certificate 01\n3082\nquit", 3),
    ])
    func textsEndWhereTheirManualsSay(platform: String, text: String, lines: Int) throws {
        #expect(try extent(platform, text) == .lines(lines))
    }

    @Test(arguments: [
        ("cisco_iosxe", "no banner motd"), ("cisco_iosxe", "certificate map CMAP 10"),
        ("cisco_iosxe", "certificate self-signed 01 nvram:x"),
        ("cisco_iosxe", "description banner motd ^"), ("arista_eos", "banner motd x"), ("cisco_asa", "banner motd Hello"),
        ("juniper_junos", "banner motd ^"), ("generic", "banner motd ^"), ("huawei_vrp", "header login file x"),
    ])
    func otherCommandsBeginNone(platform: String, text: String) throws {
        #expect(try extent(platform, text) == nil)
    }

    @Test(arguments: ["banner motd ^\nx", "banner motd", "certificate ca 01\n30"]) func textsWithoutAnEndAreKnown(text: String) throws {
        guard case .endless? = try extent("cisco_iosxe", text) else {
            Issue.record("it has an end")
            return
        }
    }

    // MARK: In a definition

    private func problems(_ multiline: String) -> [String] {
        Platform.read(yaml: "modes: [{name: a}]\nmuster: {multiline: \(multiline)}\n", name: "x", file: "x.yaml").problems.map(
            \.description)
    }

    @Test func mistakesAreNamed() {
        #expect(problems("[{begin: '^x', end: y, ready: z}, {begin: '^b'}]") == [])
        #expect(problems("[]") == [])
        #expect(problems("[{end: y}]").first?.contains("muster.multiline[0].begin: missing") == true)
        #expect(problems("[{begin: '(', end: y}]").first?.contains("muster.multiline[0].begin: no regular expression") == true)
        #expect(problems("[{begin: x, end: ' y'}]").first?.contains("muster.multiline[0].end") == true)
        #expect(problems("[{begin: x, ends: y}]").first?.contains("did you mean 'end'?") == true)
    }
}
