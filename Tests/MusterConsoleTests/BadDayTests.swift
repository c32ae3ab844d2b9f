import MusterTransport
import Testing

@testable import MusterConsole

struct BadDayTests {
    @Test func keepsPartialOutput_whenCommandNeverEnds() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("ping 192.0.2.1 repeat 1000000", timeout: .seconds(30))
        device.says("ping 192.0.2.1 repeat 1000000\r\nType escape sequence to abort.\r\n!!!!!")
        device.pause(.milliseconds(29_999))
        #expect(device.events.allSatisfy { if case .failed = $0 { false } else { true } })
        device.pause(.milliseconds(1))
        let error = try device.takeError()
        #expect(error.kind == .commandTimeout)
        #expect(String(decoding: error.partialOutput, as: UTF8.self) == "Type escape sequence to abort.\n!!!!!")
        #expect(error.expected == "the prompt 'r1#'")
        #expect(error.seen.hasSuffix("abort.\\r\\n!!!!!"))
        #expect(error.elapsed == .seconds(30))
        #expect(error.command == "ping 192.0.2.1 repeat 1000000")
        #expect(device.machine.isBroken)
        #expect(device.machine.nextDeadline() == nil)
    }

    /// The dialogue up to a point, and what is asked then.
    enum Phase: String, CaseIterable {
        case silent, banner, proving, entering, question, setUp, command, idle
    }

    @Test(arguments: Phase.allCases)
    func reportsTheEnd_whereverItComes(_ phase: Phase) throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "pw"])
        device.start(timeout: .seconds(15))
        let steps: [(Phase, String)] = [
            (.banner, "Welcome"), (.proving, "\r\nr1>"), (.entering, "\r\nr1>"), (.question, "enable\r\nPassword: "), (.setUp, "\r\nr1#"),
            (.command, "terminal length 0\r\nr1#terminal width 511\r\nr1#show ver\r\nCisco\r\nIO"), (.idle, "S\r\nr1#"),
        ]
        for (reached, text) in steps where phase != .silent {
            if reached == .command { device.submit("show ver") }
            device.says(text)
            if reached == phase { break }
        }
        let answered = device.hasAnswer
        #expect(answered == (phase == .idle))
        device.machine.ended(.lost("Connection reset by peer"), now: device.now)
        device.pause(.zero)
        device.says("late")
        switch phase {
        case .setUp, .idle:
            // Nobody waits for anything.
            #expect(throws: (any Error).self) { try device.takeFailure() }
        case .command:
            let error = try device.takeError()
            #expect(error.kind == .ended(.lost("Connection reset by peer")))
            #expect(String(decoding: error.partialOutput, as: UTF8.self) == "Cisco\nIO")
        default:
            #expect(try device.takeError().kind == .ended(.lost("Connection reset by peer")))
        }
        // Whatever is asked afterwards fails at once.
        device.submit("show clock")
        #expect(try device.takeError().kind == .ended(.lost("Connection reset by peer")))
        #expect(device.machine.nextDeadline() == nil)
    }

    @Test func isUnusable_afterACommandWasCancelled() throws {
        var device = try Dialogue.iosxeReady()
        let first = device.submit("show tech")
        let second = device.submit("show version")
        device.says("show tech\r\nsome")
        device.machine.abort(id: first, now: device.now)
        device.says("")
        device.pause(.zero)
        device.submit("x")
        let error = try device.takeError()
        #expect(error.kind == .cancelled)
        #expect(error.partialOutput == Array("some".utf8))
        #expect(device.events.contains { if case .failed(second, let error) = $0 { error.kind == .unusable } else { false } })
        #expect(device.machine.isBroken)
    }

    @Test func leavesTheRunningCommandAlone_whenOneThatWaitsIsCancelled() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show a")
        let second = device.submit("show b")
        device.machine.abort(id: second, now: device.now)
        device.says("show a\r\n1\r\nr1#")
        #expect(try device.takeExchange().text == "1")
        #expect(try device.takeError().kind == .cancelled)
        #expect(!device.machine.isBroken)
        #expect(device.takeTyped() == "show a\n")
    }

    @Test func failsAlone_whenOneThatWaitsRunsOutOfTime() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show tech", timeout: .seconds(60))
        let second = device.submit("show b", timeout: .seconds(5))
        let third = device.enter("configuration", timeout: .seconds(6))
        device.submit("show d", timeout: .seconds(60))
        device.says("show tech\r\n1\r\n")
        device.pause(.seconds(4))
        #expect(device.events.allSatisfy { if case .failed = $0 { false } else { true } })
        device.pause(.seconds(3))
        for id in [second, third] {
            #expect(device.events.contains { if case .failed(id, _) = $0 { true } else { false } })
            let error = try device.takeError()
            #expect(error.kind == .commandTimeout)
            #expect(error.expected == "its turn")
            #expect(error.partialOutput == [])
            #expect(error.elapsed == .seconds(id == second ? 5 : 6))
        }
        #expect(!device.machine.isBroken)
        device.says("2\r\nr1#")
        #expect(try device.takeExchange().text == "1\n2")
        #expect(device.takeTyped() == "show tech\nshow d\n")
        device.says("show d\r\n3\r\nr1#")
        #expect(try device.takeExchange().text == "3")
    }

    @Test func breaksOff_whenSetUpIsNeverAnsweredAndNothingElseMeasuresIt() throws {
        var device = try Dialogue.iosxe()
        device.enter("configuration", timeout: .seconds(5))
        device.pause(.seconds(6))
        #expect(try device.takeError().kind == .commandTimeout)
        #expect(device.machine.isBroken)
    }

    @Test func ignoresLateBytes_betweenCommands() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show a")
        device.says("show a\r\n1\r\nr1#")
        _ = try device.takeExchange()
        device.says("\r\n*Mar  1: %SYS-5-RESTART\r\nr1#")
        device.says(String(repeating: "\r\n*Mar  1: noise", count: 10_000) + "\r\nr1#")
        device.submit("show b")
        device.says("show b\r\n2\r\nr1#")
        #expect(try device.takeExchange().text == "2")
    }

    @Test func looksOnceAtEachByte_whenTheLoginNeverEnds() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("r1#")
        #expect(device.takeTyped() == "\n")
        let piece = String(repeating: "*Mar  1: %LINK-3-UPDOWN: up\r\n", count: 20)
        for _ in 0..<1000 { device.says(piece) }
        #expect((1...1000 * piece.utf8.count).contains(device.machine.scannedBytes))
        #expect(device.machine.screen.text.count <= 1 << 17)
        device.says("\r\nr1#")
        #expect(device.isOpened)
        #expect(device.machine.prompt?.described == "r1#")
    }

    @Test func findsThePromptsBlank_whenMuchComesAfterTheReturn() throws {
        var device = try Dialogue("juniper_junos", arrival: .byteByByte)
        device.start()
        device.says("user@r1> ")
        device.arrival = .whole
        device.says("\r\n" + String(repeating: "a line of a log\r\n", count: 10_000))
        device.says("\r\nuser@r1> ")
        #expect(device.isOpened)
        #expect(device.machine.prompt?.described == "user@r1> ")
    }

    @Test func looksOnceAtEachByte_whenTheEchoIsAwaitedOnALongLine() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show tech")
        let before = device.machine.scannedBytes
        let piece = String(repeating: "x", count: 20_000)
        for _ in 0..<200 { device.says(piece) }
        #expect((1...200 * 20_000).contains(device.machine.scannedBytes - before))
        device.says("\r\nr1#show tech\r\nIOS\r\nr1#")
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test func keepsLittle_whenALongLineComesBetweenCommands() throws {
        var device = try Dialogue.iosxeReady()
        let piece = String(repeating: "x", count: 20_000)
        for _ in 0..<200 { device.says(piece) }
        #expect(device.machine.screen.text.count <= 1 << 15)
        device.says("\r\nr1#")
        device.submit("show clock")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func typesTheFarewell_atTheEnd() throws {
        var device = try Dialogue.iosxeReady()
        device.machine.close(now: device.now)
        device.says("")
        #expect(String(decoding: device.machine.takeOutgoing(), as: UTF8.self) + device.takeTyped() == "exit\n")
    }

    @Test func leavesConfigurationFirst_atTheEnd() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nr1(config)#")
        _ = device.takeTyped()
        device.machine.close(now: device.now)
        #expect(String(decoding: device.machine.takeOutgoing(), as: UTF8.self) == "end\nexit\n")
    }

    @Test func typesNothing_atTheEndOfABrokenSession() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show tech", timeout: .seconds(1))
        device.pause(.seconds(2))
        _ = device.takeTyped()
        device.machine.close(now: device.now)
        #expect(device.machine.takeOutgoing() == [])
    }

    @Test func keepsSecretsOutOfTheLoginsError_whenDeviceEchoesThem() throws {
        var device = try Dialogue("cisco_iosxe", secrets: ["enable": "hunter2!"])
        device.start(timeout: .seconds(15))
        device.says("r1>")
        device.says("\r\nr1>")
        device.says("enable\r\nPassword: ")
        device.says("hunter2!\r\nchecking hunter2! ...")
        device.pause(.seconds(15))
        let error = try device.takeError()
        #expect(error.kind == .commandTimeout)
        #expect(error.seen.contains("checking <secret>"))
        #expect(!"\(error)".contains("hunter2"))
        #expect(!String(decoding: error.partialOutput, as: UTF8.self).contains("hunter2"))
    }

    @Test func answersTheTerminalsState_onlyAtTheLogin() throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("\u{1B}[6nr1#")
        #expect(device.takeTyped() == "\u{1B}[1;1R\n")
        device.says("\r\nr1#")
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#")
        device.pause(.seconds(1))
        _ = device.takeTyped()
        device.submit("more flash:x")
        // A file that is shown must not make this side type.
        device.says("more flash:x\r\n\u{1B}[6n\u{1B}[c\r\nr1#")
        #expect(device.takeTyped() == "more flash:x\n")
    }

    @Test func keepsSecretsOutOfErrors_whereverTheyStand() throws {
        var device = try Dialogue.iosxeReady(secrets: ["enable": "Tr0ub4dor", "other": "Tr0"])
        device.submit("show x", timeout: .seconds(1))
        device.says("show x\r\n" + String(repeating: "Tr0ub4dor ", count: 400))
        device.pause(.seconds(1))
        let error = try device.takeError()
        #expect(!error.seen.contains("Tr0"))
        #expect(!error.seen.contains("b4dor"))
        #expect(error.seen.contains("<secret>"))
    }
}

extension Dialogue {
    /// An error, if there is one.
    mutating func takeFailure() throws {
        guard events.contains(where: { if case .failed = $0 { true } else { false } }) else { throw NoAnswer() }
    }
}
