import Testing

@testable import MusterSSH

struct BannerMachineTests {
    private func feed(_ text: String, to machine: inout BannerMachine) -> BannerMachine.Verdict {
        Array(text.utf8).withUnsafeBytes { machine.receive($0) }
    }

    @Test func versionLine_goesToTheEngineWhole() {
        var machine = BannerMachine()
        #expect(feed("SSH-2.0-x\r\nrest", to: &machine) == .ssh(Array("SSH-2.0-x\r\nrest".utf8)))
    }

    @Test func linesAndBlankLinesBefore_areKeptFromTheEngine() {
        var machine = BannerMachine()
        #expect(feed("\r\n\nAuthorised use only\r\nSSH-2.0-x\r\n", to: &machine) == .ssh(Array("SSH-2.0-x\r\n".utf8)))
        #expect(machine.lines == ["", "", "Authorised use only"])
    }

    @Test func versionLine_isFoundWhenItComesByteByByte() {
        var machine = BannerMachine()
        var verdict = BannerMachine.Verdict.incomplete
        for byte in "Welcome\nSSH-2.0-x".utf8 { verdict = withUnsafeBytes(of: byte) { machine.receive($0) } }
        #expect(verdict == .incomplete)
        #expect(machine.seen == "Welcome | SSH-2.0-x")
        #expect(feed("\n", to: &machine) == .ssh(Array("SSH-2.0-x\n".utf8)))
    }

    @Test func versionLineWithoutAnEnd_isLeftToTheEngineWhenItIsTooLong() {
        var machine = BannerMachine()
        let text = "SSH-2.0-" + String(repeating: "x", count: BannerMachine.versionLimit)
        #expect(feed(text, to: &machine) == .ssh(Array(text.utf8)))
    }

    @Test func otherProtocol_isNamedByItsFirstLine() {
        var machine = BannerMachine()
        #expect(feed("HTTP/1.1 400 Bad Request\r\n", to: &machine) == .incomplete)
        #expect(machine.seen == "HTTP/1.1 400 Bad Request")
    }

    @Test func telnetNegotiation_isRecognised() {
        var machine = BannerMachine()
        let verdict = [UInt8]([0xFF, 0xFD, 0x18]).withUnsafeBytes { machine.receive($0) }
        #expect(verdict == .notSSH)
        #expect(machine.looksLikeTelnet)
    }

    @Test func endlessPreamble_isGivenUp() {
        var lines = BannerMachine()
        #expect(feed(String(repeating: "x\n", count: BannerMachine.lineLimit + 1), to: &lines) == .notSSH)
        var bytes = BannerMachine()
        #expect(feed(String(repeating: "x", count: BannerMachine.byteLimit + 1), to: &bytes) == .notSSH)
    }
}
