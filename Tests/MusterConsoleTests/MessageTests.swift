import MusterTransport
import Testing

@testable import MusterConsole

/// Messages of the device behind its prompt.
struct MessageTests {
    private static let message = "*Nov 30 10:00:00.123: %LINK-3-UPDOWN: Interface Gi1, changed state to up"

    @Test(arguments: [
        "\r\n\(message)\r\n", "\(message)\r\n", "\r\n\r\n\(message)\r\n\(message)\r\n", "\r\n\(message)",
        "\r\n\(message)\r\n  more of it\r\n",
    ])
    func typesAReturn_whenAMessageIsTheLastThatComes(text: String) throws {
        for inOne in [true, false] {
            var device = try Dialogue.iosxeReady()
            device.submit("show log")
            device.says("show log\r\nwords\r\n" + (inOne ? "r1#" + text : ""))
            if !inOne {
                device.says("r1")
                device.says("#" + text)
            }
            device.pause(.milliseconds(999))
            #expect(!device.hasAnswer)
            #expect(device.takeTyped() == "show log\n")
            device.pause(.milliseconds(1))
            #expect(device.takeTyped() == "\n")
            device.says("\r\nr1#")
            #expect(try device.takeExchange().text == "words")
            device.submit("show clock")
            device.says("show clock\r\nnoon\r\nr1#")
            #expect(try device.takeExchange().text == "noon")
            #expect(device.machine.strays == [])
            #expect(device.takeTyped() == "show clock\n")
        }
    }

    @Test func typesAReturn_whenAMessageFollowsEnd() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        let id = device.enter("privileged_exec")
        _ = device.takeTyped()
        device.says("end\r\nr1#\r\n*Nov 30 10:00:00.123: %SYS-5-CONFIG_I: Configured from console by ops\r\n")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        device.pause(.milliseconds(50))
        #expect(device.events.last == .entered(id: id, mode: "privileged_exec"))
    }

    @Test func typesAReturn_whenAMessageFollowsEnable() throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "s3cret"])
        device.start()
        device.says("r1>")
        device.says("\r\nr1>")
        device.says("enable\r\nPassword: ")
        _ = device.takeTyped()
        device.says("\r\nr1#\r\n\(Self.message)\r\n")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "\n")
        device.says("\r\nr1#")
        #expect(device.machine.mode == "privileged_exec")
        #expect(device.takeTyped().hasPrefix("terminal length 0\n"))
    }

    @Test func isNoPartOfTheAnswer_whenThePromptIsDrawnAgain() throws {
        for command in ["show log", "configure terminal"] {
            let prompt = command == "show log" ? "r1#" : "r1(config)#"
            var device = try Dialogue.iosxeReady()
            device.submit(command)
            device.says("\(command)\r\nwords\r\n\(prompt)\r\n\(Self.message)\r\n\(prompt)")
            let exchange = try device.takeExchange()
            #expect(exchange.text == "words")
            #expect(exchange.prompt == prompt)
            #expect(device.takeTyped().hasSuffix("\(command)\n"))
        }
    }

    @Test func givesUp_whenMessagesNeverEnd() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show log", timeout: .seconds(30))
        device.says("show log\r\nr1#\r\n\(Self.message)\r\n")
        for _ in 0..<5 {
            device.pause(.seconds(2))
            device.says("\(Self.message)\r\n")
        }
        device.pause(.seconds(30))
        #expect(device.takeTyped().hasSuffix("show log\n\n\n\n"))
        #expect(try device.takeError().kind == .commandTimeout)
    }

    @Test(arguments: [
        "words", "r1#show interface Gi1/0/24", "r1#\r\nwords", "r1#\r\n  words", "r2#\r\n\(message)", "r1#\r\n\(message)\r\nwords",
        "\(message)",
    ])
    func nothingIsTyped_whenTheAnswerHasNotEnded(text: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show log")
        _ = device.takeTyped()
        device.says("show log\r\n\(text)\r\n")
        device.pause(.seconds(9))
        #expect(device.takeTyped() == "")
        #expect(!device.hasAnswer)
        device.says("last\r\nr1#")
        #expect(try device.takeExchange().text == text.replacing("\r\n", with: "\n") + "\nlast")
    }

    @Test func staysInStep_whenItWasOutputAllTheSame() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("more flash:x")
        device.says("more flash:x\r\nr1#\r\n\(Self.message)\r\n")
        device.pause(.seconds(1))
        device.says("last\r\nr1#")
        device.says("\r\nr1#")
        #expect(try device.takeExchange().text == "r1#\n\(Self.message)\nlast")
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }
}
