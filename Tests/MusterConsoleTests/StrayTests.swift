import MusterTransport
import Testing

@testable import MusterConsole

/// Answers that have the device's prompt in them, and what comes after an answer's end.
struct StrayTests {
    @Test func isGivenTime_whenTheAnswerHasThePromptInItAlready() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("more flash:session.txt")
        device.says("more flash:session.txt\r\nr1#show clock\r\nnoon\r\nr1#")
        device.pause(.milliseconds(199))
        #expect(!device.hasAnswer)
        device.says("show users\r\nnobody\r\nr1#")
        device.pause(.milliseconds(199))
        #expect(!device.hasAnswer)
        device.pause(.milliseconds(1))
        #expect(try device.takeExchange().text == "r1#show clock\nnoon\nr1#show users\nnobody")
        #expect(device.machine.strays == [])
    }

    @Test func isGivenAMoment_whenAPromptOfBeforeStandsBehindOutput() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        device.enter("privileged_exec")
        device.says("end\r\nr1#")
        device.submit("show log")
        device.says("show log\r\nwords\r\nr1(config)#")
        device.pause(.milliseconds(9))
        #expect(!device.hasAnswer)
        device.says("hostname r1\r\nr1#")
        #expect(try device.takeExchange().text == "words\nr1(config)#hostname r1")
    }

    @Test func isTold_whenTheRestOfAnAnswerComesAfterItsEnd() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show log")
        device.says("show log\r\nr1#")
        #expect(try device.takeExchange().output == [])
        device.submit("show clock")
        device.says(" was the prompt\r\nsecond line\r\nr1#show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
        #expect(device.machine.strays == [StrayLines(command: "show log", first: "was the prompt", count: 2)])
    }

    @Test func isTold_whenItComesBeforeTheNextCommand() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show log")
        device.says("show log\r\nr1#")
        _ = try device.takeExchange()
        device.says("\r\nthe rest\r\nr1#")
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
        #expect(device.machine.strays.map(\.first) == ["the rest"])
    }

    @Test func isTold_whenNoCommandFollows() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show log")
        device.says("show log\r\nr1#")
        _ = try device.takeExchange()
        device.machine.lookForStrays()
        #expect(device.machine.strays == [])
        device.says("\r\nthe rest\r\nr1#")
        device.machine.lookForStrays()
        #expect(device.machine.strays.map(\.first) == ["the rest"])
    }

    @Test(arguments: [
        "*Mar  1 00:01:02.003: %SYS-5-CONFIG_I: Configured from console", "%LINK-3-UPDOWN: Interface up",
        "%Apr 26 12:00:00:000 2020 H3C SHELL/5/SHELL_LOGIN: ops logged in", "2026 Nov 30 08:00:00 n9k %ETHPORT-5-IF_UP: up",
        "Nov 30 08:00:00.123: words", "Message from syslogd@leaf1 at Nov 30 08:00:00 ...", "RP/0/RSP0/CPU0:Nov 30 08:00:00.1 UTC: words",
        "[  123.456] eth0: link up", "***", "", "r1#",
    ])
    func isNotTold_whenItReadsLikeAMessage(line: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show a")
        device.says("show a\r\n1\r\nr1#")
        _ = try device.takeExchange()
        device.says("\r\n\(line)\r\nr1#")
        device.submit("show b")
        device.says("\r\n\(line)\r\nr1#show b\r\n2\r\nr1#")
        #expect(try device.takeExchange().text == "2")
        #expect(device.machine.strays == [])
    }

    @Test func isAnError_whenTheCommandBeforeIsPrintedBack() throws {
        // The rest of the first answer has the second command in it, which was taken for its echo: all that follows would be another's.
        var device = try Dialogue.iosxeReady()
        device.submit("more session.txt")
        device.says("more session.txt\r\nr1#")
        _ = try device.takeExchange()
        device.submit("show clock")
        device.says("show clock\r\nnoon in the file\r\nr1#")
        #expect(try device.takeExchange().text == "noon in the file")
        device.submit("show users")
        device.says("show clock\r\nmidnight\r\nr1#")
        let error = try device.takeError()
        #expect(error.kind == .outOfStep("show clock"))
        #expect(error.hint?.contains("not to be trusted") == true)
        #expect(device.machine.isBroken)
    }

    @Test func isNoMatterOfTheSetUp() throws {
        var device = try Dialogue.iosxe()
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#")
        device.pause(.seconds(1))
        device.says("\r\nwords\r\nr1#")
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1#")
        _ = try device.takeExchange()
        #expect(device.machine.strays == [])
    }
}
