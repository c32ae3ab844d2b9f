import MusterTransport
import Testing

@testable import MusterConsole

/// Commands that end the session.
struct LeavingTests {
    @Test(arguments: ["exit", "quit", "logout", "Exit", "ex", "logoff", "bye", "/quit", "exit force"])
    func isAnswered_whenTheDeviceHangsUp(command: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit(command)
        device.says("\(command)\r\nGood bye.\r\n")
        device.machine.ended(.closedByPeer, now: device.now)
        device.pause(.zero)
        device.says("")
        let exchange = try device.takeExchange()
        #expect(exchange.text == "Good bye.")
        #expect(exchange.failure == nil)
        #expect(exchange.endsSession)
        #expect(device.machine.isBroken)
    }

    @Test(arguments: ["", "exit", "exit\r\n"]) func hasNoOutput_whenOnlyTheEchoCame(echo: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("exit")
        device.says(echo)
        device.machine.ended(.closedByPeer, now: device.now)
        device.says("")
        #expect(try device.takeExchange().output == [])
    }

    @Test func isAnswered_whenTheDefinitionHasTheWords() throws {
        let yaml = """
            prompt_pattern: '^dev>$'
            modes: [{name: cli, prompt_exact: 'dev>'}]
            on_close_instructions: [{write: {input: end of work}}]
            """
        for (command, isLeft) in [("end  of work", true), ("end of day", false)] {
            var device = Dialogue.ready(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"), prompt: "dev>")
            device.submit(command)
            device.says("\(command)\r\n")
            device.machine.ended(.closedByPeer, now: device.now)
            device.says("")
            #expect(device.hasAnswer == isLeft)
        }
    }

    @Test func saysWhoEndedTheSession_whenOthersWereToFollow() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("exit")
        device.submit("show clock")
        device.says("exit\r\n")
        device.machine.ended(.closedByPeer, now: device.now)
        device.says("")
        #expect(try device.takeExchange().command == "exit")
        let error = try device.takeError()
        #expect(error.kind == .left("exit"))
        #expect(error.message == "the session was ended by 'exit'")
        device.submit("show users")
        #expect(try device.takeError().kind == .left("exit"))
    }

    @Test(arguments: ["show clock", "reload", "exi7", "e"]) func isAnError_whenTheCommandDoesNotLeave(command: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit(command)
        device.says("\(command)\r\nwords\r\n")
        device.machine.ended(.closedByPeer, now: device.now)
        device.says("")
        let error = try device.takeError()
        #expect(error.kind == .ended(.closedByPeer))
        #expect((error.hint?.contains("restarts") ?? false) == (command == "reload"))
    }

    @Test func isAnError_whenTheLineBrokeBeforeTheEcho() throws {
        for (echo, isLeft) in [("exit\r\n", true), ("", false)] {
            var device = try Dialogue.iosxeReady()
            device.submit("exit")
            device.says(echo)
            device.machine.ended(.lost("Connection reset by peer"), now: device.now)
            device.says("")
            #expect(device.hasAnswer == isLeft)
        }
    }

    @Test func isRejected_whenTheDeviceSaysSoFirst() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("exit now")
        device.says("exit now\r\n% Invalid input detected at '^' marker.\r\n")
        device.machine.ended(.closedByPeer, now: device.now)
        device.says("")
        #expect(try device.takeExchange().failure == "% Invalid input detected at '^' marker.")
    }

    @Test func isFollowed_whenItOnlyLeavesAMode() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        device.submit("exit")
        device.says("exit\r\nr1#")
        let exchange = try device.takeExchange()
        #expect(exchange.mode == "privileged_exec")
        #expect(!exchange.endsSession)
    }
}
