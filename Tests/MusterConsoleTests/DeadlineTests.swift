import MusterTransport
import Testing

@testable import MusterConsole

/// Commands whose time is over.
struct DeadlineTests {
    private func submitting(_ command: String = "ping x", isBreakable: Bool = true, said: String = "") throws -> Dialogue {
        var device = try Dialogue.iosxeReady()
        device.submit(command, timeout: .seconds(5), isBreakable: isBreakable)
        _ = device.takeTyped()
        device.says("\(command)\r\n" + said)
        return device
    }

    @Test func goesOn_whenTheAbortKeyBringsThePromptBack() throws {
        var device = try submitting(said: "Sending 5 ...\r\n.....")
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nSuccess rate is 0\r\nr1#")
        device.pause(.milliseconds(499))
        #expect(!device.events.contains { if case .failed = $0 { true } else { false } })
        device.pause(.milliseconds(1))
        let error = try device.takeError()
        #expect(error.kind == .commandTimeout)
        #expect(String(decoding: error.partialOutput, as: UTF8.self) == "Sending 5 ...\n.....\nSuccess rate is 0")
        #expect(error.hint?.contains("at its prompt again") == true)
        #expect(!device.machine.isBroken)
        device.submit("show clock")
        #expect(device.takeTyped() == "show clock\n")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func isLost_whenThePromptDoesNotComeBack() throws {
        var device = try submitting(said: ".....")
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nstill busy")
        device.pause(.seconds(2))
        #expect(try device.takeError().kind == .commandTimeout)
        #expect(device.machine.isBroken)
        #expect(device.takeTyped() == "")
    }

    @Test func isLost_whenAnotherPromptComesBack() throws {
        var device = try submitting(said: ".....")
        device.pause(.seconds(5))
        device.says("\r\nr1(config)#")
        device.pause(.seconds(2))
        #expect(try device.takeError().kind == .commandTimeout)
        #expect(device.machine.isBroken)
    }

    @Test func isLost_whenThePromptIsALineOfTheOutput() throws {
        var device = try submitting(said: ".....")
        device.pause(.seconds(5))
        for _ in 0..<6 {
            device.says("\r\nr1#")
            device.pause(.milliseconds(300))
            device.says(" a line of a log")
            device.pause(.milliseconds(50))
        }
        #expect(try device.takeError().kind == .commandTimeout)
        #expect(device.machine.isBroken)
    }

    @Test func typesNothing_whenTheCommandMayNotBeBrokenOff() throws {
        var device = try submitting(isBreakable: false, said: ".....")
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "")
        #expect(try device.takeError().kind == .commandTimeout)
        #expect(device.machine.isBroken)
    }

    @Test func typesNothing_whenTheCommandWasNotPrintedBack() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("ping x", timeout: .seconds(5), isBreakable: true)
        _ = device.takeTyped()
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "")
        #expect(device.machine.isBroken)
    }

    @Test func answersNothing_onceTheTimeIsOver() throws {
        var device = try Dialogue.iosxeReady()
        let answers = [AnsweredQuestion(pattern: try Pattern("sure"), answer: "y")]
        device.submit("erase", timeout: .seconds(5), answers: answers, isBreakable: true)
        device.says("erase\r\n.....")
        device.pause(.seconds(5))
        _ = device.takeTyped()
        device.says("\r\nAre you sure? ")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "")
        #expect(device.machine.isBroken)
    }

    @Test(arguments: [true, false]) func saysFarewell_whereTheSessionWouldGoOnWithoutIt(outlives: Bool) throws {
        var device = try submitting(said: ".....")
        device.machine.outlivesTransport = outlives
        device.pause(.seconds(7))
        #expect(device.machine.isBroken)
        _ = device.takeTyped()
        device.close()
        #expect(device.takeTyped() == (outlives ? "\u{3}exit\n" : ""))
    }
}
