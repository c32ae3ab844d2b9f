import MusterTransport
import Testing

@testable import MusterConsole

struct TypeAheadTests {
    @Test func typesTheLostCommandAgain_whenDeviceThrewItAway() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version")
        _ = device.takeTyped()
        device.says("terminal length 0\r\nr1#")
        device.pause(.milliseconds(499))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        // A return, to see what becomes of it.
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(device.takeTyped() == "terminal width 511\n")
        device.says("terminal width 511\r\nr1#")
        #expect(device.takeTyped() == "show version\n")
        device.says("show version\r\nIOS\r\nr1#")
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test func typesOnlyTheCommandAgain_whenOnlyItWasLost() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version")
        _ = device.takeTyped()
        device.says("terminal length 0\r\nr1#terminal width 511\r\n% Invalid input\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(device.takeTyped() == "show version\n")
        device.says("show version\r\nIOS\r\nr1#")
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test(arguments: [Dialogue.Arrival.whole, .byteByByte, .random(3)])
    func runsTheCommandOnce_whenTheDeviceIsSlow(arrival: Dialogue.Arrival) throws {
        var device = try Dialogue.iosxe(arrival: arrival)
        device.submit("show version")
        _ = device.takeTyped()
        device.says("terminal length 0\r\nr1#")
        device.pause(.seconds(10))
        #expect(device.takeTyped() == "\n")
        device.says("terminal width 511\r\nr1#")
        device.pause(.seconds(10))
        device.says("show version\r\nIOS\r\nr1#\r\nr1#")
        #expect(try device.takeExchange().text == "IOS")
        #expect(device.takeTyped() == "")
        device.submit("show clock")
        #expect(device.takeTyped() == "show clock\n")
        device.pause(.seconds(10))
        #expect(!device.hasAnswer)
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func takesNoAnswerForTheNext_whenTheReturnIsAnsweredLate() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version")
        _ = device.takeTyped()
        device.says("terminal length 0\r\nr1#")
        device.pause(.seconds(10))
        #expect(device.takeTyped() == "\n")
        device.says("terminal width 511\r\nr1#show version\r\nIOS\r\nr1#")
        #expect(try device.takeExchange().text == "IOS")
        device.submit("show clock")
        #expect(device.takeTyped() == "show clock\n")
        device.says("\r\nr1#")
        device.pause(.seconds(10))
        #expect(!device.hasAnswer)
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func runsTheCommandOnce_whenASlowDeviceDoesNotEcho() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version")
        _ = device.takeTyped()
        device.says("\r\nr1#")
        device.pause(.seconds(10))
        #expect(device.takeTyped() == "")
        device.says("\r\nr1#\r\nIOS\r\nr1#")
        device.pause(.seconds(10))
        #expect(device.takeTyped() == "")
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test func doesNotTypeAgain_whenTheCommandRanWithAnotherEcho() throws {
        var device = try Dialogue.iosxe()
        device.submit("sh ver")
        _ = device.takeTyped()
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#show version\r\nIOS\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(device.takeTyped() == "")
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test func doesNotTypeAgain_whenTheTerminalDriverEchoedIt() throws {
        var device = try Dialogue.iosxe()
        device.submit("reload", timeout: .seconds(5))
        _ = device.takeTyped()
        device.says("terminal length 0\r\nterminal width 511\r\nreload\r\nr1#terminal width 511\r\nreload\r\nr1#")
        device.pause(.seconds(4))
        #expect(device.takeTyped() == "")
        device.pause(.seconds(1))
        #expect(try device.takeError().kind == .commandTimeout)
    }

    @Test func tellsAnswersApart_whenTheTerminalDriverEchoesFirst() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version")
        device.says("terminal length 0\r\nterminal width 511\r\nshow version\r\n")
        device.says("r1#terminal width 511\r\nr1#show version\r\nIOS\r\nr1#")
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test func recordsARejectedSetUp_withoutFailing() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version")
        device.says(
            "terminal length 0\r\n        ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1#terminal width 511\r\nr1#show version\r\nx\r\n"
        )
        device.says(" --More-- ")
        device.pause(.milliseconds(50))
        device.says("\r          \ry\r\nr1#")
        let exchange = try device.takeExchange()
        #expect(exchange.text == "x\ny")
        #expect(exchange.pagerAnswers == 1)
        #expect(device.machine.setUpFailures == ["terminal length 0: % Invalid input detected at '^' marker."])
    }

    @Test func waitsForEachAnswer_whenPlatformForbidsTypingAhead() throws {
        var device = try Dialogue("nokia_srlinux")
        device.start()
        let prompt = "--{ running }--[  ]--\r\nA:srl# "
        device.says("\r\n" + prompt)
        #expect(device.takeTyped() == "\n")
        device.says("\r\n" + prompt)
        #expect(device.takeTyped() == "environment cli-engine type basic\n")
        #expect(!device.isOpened)
        device.says("environment cli-engine type basic\r\n" + prompt)
        #expect(device.takeTyped() == "environment complete-on-space false\n")
        device.says("environment complete-on-space false\r\n" + prompt)
        #expect(device.isOpened)
    }

    @Test func doesNotTypeAheadOfAnswers_amongUserCommands() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show a")
        device.submit("show b")
        #expect(device.takeTyped() == "show a\n")
        device.says("show a\r\n1\r\nr1#")
        #expect(device.takeTyped() == "show b\n")
        device.says("show b\r\n2\r\nr1#")
        #expect(try device.takeExchange().text == "1")
        #expect(try device.takeExchange().text == "2")
    }

    @Test func typesTheCommandAlone_whenSetUpIsAnsweredBefore() throws {
        var device = try Dialogue.iosxe()
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#")
        _ = device.takeTyped()
        device.submit("show version")
        #expect(device.takeTyped() == "show version\n")
        device.says("show version\r\nIOS\r\nr1#")
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test func countsTheFirstCommandsTime_fromTheEndOfSetUp() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version", timeout: .seconds(5))
        device.pause(.seconds(2))
        device.says("terminal length 0\r\nr1#")
        device.pause(.milliseconds(100))
        device.says("terminal width 511\r\nr1#show version\r\n")
        device.pause(.seconds(4))
        device.says("IOS\r\nr1#")
        #expect(try device.takeExchange().elapsed == .seconds(4))
    }

    @Test func givesTheFirstCommandAllItsTime_whenSetUpIsSlow() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version", timeout: .seconds(5))
        device.pause(.seconds(4))
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#show version\r\n")
        device.pause(.milliseconds(4999))
        #expect(device.events.allSatisfy { if case .failed = $0 { false } else { true } })
        device.pause(.milliseconds(1))
        let error = try device.takeError()
        #expect(error.kind == .commandTimeout)
        #expect(error.elapsed == .seconds(5))
    }

    @Test func breaksOff_whenSetUpTakesAllOfTheFirstCommandsTime() throws {
        var device = try Dialogue.iosxe()
        device.submit("show version", timeout: .seconds(5))
        device.says("terminal length 0\r\n")
        device.pause(.seconds(5))
        #expect(try device.takeError().kind == .commandTimeout)
        #expect(device.machine.isBroken)
    }

    @Test(arguments: [Dialogue.Arrival.whole, .byteByByte]) func findsTheEcho_whenTheDeviceFoldsIt(arrival: Dialogue.Arrival) throws {
        let command = "show interfaces GigabitEthernet0/0/0 counters detail | include packets input"
        var device = try Dialogue.iosxe(arrival: arrival)
        device.submit(command)
        let echo = "r1#" + command
        let (first, second) = (echo.prefix(30), echo.dropFirst(30).prefix(30))
        let rest = echo.dropFirst(60)
        // Lines that begin like it are none of it.
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#show\r\nr1#show inter\r\n")
        device.says("\(first)\r\n\(second)\r\n\(rest)\r\n     5 packets input\r\nr1#")
        device.pause(.seconds(1))
        #expect(try device.takeExchange().text == "     5 packets input")
    }
}
