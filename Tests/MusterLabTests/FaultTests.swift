import Testing

@testable import MusterLab

struct FaultTests {
    @Test(arguments: [
        "latency=500ms", "refuse-password", "never-prompts", "drop-mid-command", "trickle", "trickle=2ms", "huge=1000", "junk",
        "changed-host-key", "pager-always", "pager-refused", "login-exec", "drop-at=kex", "stall-at=login", "banner=a\\nb", "no-echo",
        "keyboard-interactive", "exit-after=3", "key-then-code", "one-time-code", "question=Favourite colour?", "login-tries=2",
        "login-banner=65536", "version-lines=65536", "empty-password", "no-login", "says=vlan 5 => % No",
    ])
    func keepsItsText_whenReadAndWritten(_ text: String) throws {
        #expect(try LabFault(text).text == text)
    }

    @Test(arguments: [
        "nonsense", "latency", "latency=soon", "drop-at=lunch", "huge=-1", "junk=1", "exit-after=x", "login-tries=0", "question",
    ])
    func isRefusedWithWhatWasExpected_whenTextIsWrong(_ text: String) {
        let error = #expect(throws: LabError.self) { try LabFault(text) }
        #expect(error?.description.contains("'\(text)'") == true)
        #expect(error?.description.contains("expected") == true)
    }

    @Test func readsDurations_whenUnitsDiffer() {
        #expect(Duration(labText: "500ms") == .milliseconds(500))
        #expect(Duration(labText: "2") == .seconds(2))
        #expect(Duration(labText: "1m") == .seconds(60))
        #expect(Duration(labText: "x") == nil)
    }

    @Test func pausesOncePerCommand_whenLatencyIsSet() {
        var typist = Typist(faults: [.latency(.seconds(1))])
        typist.type("show clock\n\nshow clock\n")
        #expect(typist.pauses == [.seconds(1), .seconds(1)])
    }

    @Test func saysNothing_whenItNeverPrompts() {
        var typist = Typist(faults: [.neverPrompts])
        #expect(typist.type("show version\n\n").isEmpty)
        #expect(typist.screen.isEmpty)
    }

    @Test func stopsHalfWay_whenItDropsMidCommand() {
        var typist = Typist(faults: [.dropMidCommand])
        let output = typist.type("terminal length 0\nshow version\n")
        #expect(output.contains("Cisco IOS XE"))
        #expect(!output.contains("0x2102"))
        #expect(typist.dropped)
    }

    @Test(arguments: [1, 2, 80, 81, 1000, 100_000])
    func printsThatMany_whenHugeIsAskedFor(_ count: Int) {
        var typist = Typist()
        typist.type("terminal length 0\n")
        let output = typist.type("lab huge \(count)\n")
        #expect(output.utf8.count == "lab huge \(count)\r\n".utf8.count + count + "r1#".utf8.count)
    }

    @Test func needsNoMemory_whenOutputIsHuge() {
        var typist = Typist()
        typist.type("terminal length 0\n")
        typist.type("lab huge 1\n")
        var machine = LabShellMachine(
            device: LabDevice("r1", address: "127.1.0.1"), settings: LabShellSettings(), terminal: nil, command: "lab huge 15000000")
        var largest = 0
        while let step = machine.next() { if case .write(let bytes) = step { largest = max(largest, bytes.count) } }
        #expect(largest < 64 * 1024)
    }

    @Test func swellsVersion_whenHugeIsAFault() {
        var typist = Typist(faults: [.huge(bytes: 50_000)])
        typist.type("terminal length 0\n")
        let output = typist.type("show version\n")
        #expect(output.utf8.count >= 50_000)
        #expect(output.hasSuffix("Configuration register is 0x2102\r\nr1#"))
    }

    @Test func precedesOutputWithJunk_whenJunkIsAFault() {
        var typist = Typist(faults: [.junk])
        typist.type("show privilege\n")
        #expect(typist.bytes.contains(0))
        #expect(typist.bytes.contains(0xFF))
        #expect(typist.screen.contains("Current privilege level is 15"))
    }

    @Test func printsLines_whenThereIsABanner() {
        #expect(Typist(faults: [.banner("Keep out!\nReally.")]).screen == "Keep out!\r\nReally.\r\nr1#")
    }

    @Test func echoesNothing_whenThereIsNoEcho() {
        var typist = Typist(faults: [.noEcho])
        #expect(typist.type("show privilege\n") == "\r\nCurrent privilege level is 15\r\nr1#")
    }

    @Test func holdsMatchingCommands_whenThereIsAGate() {
        var typist = Typist(faults: [.gate(LabGate(holding: "show v"))])
        typist.type("show clock\n")
        #expect(typist.gates == 0)
        typist.type("show version\n")
        #expect(typist.gates == 1)
    }

    @Test func endsTheSession_whenSoManyCommandsHaveRun() {
        var typist = Typist(faults: [.exitAfter(2)])
        typist.type("show clock\n")
        #expect(typist.closed == nil)
        typist.type("show clock\n")
        #expect(typist.closed?.byClient == false)
    }

    @Test func testCommandsAnswer_onEveryPlatform() {
        for platform in LabPlatform.allCases {
            var typist = Typist(platform)
            #expect(typist.type("lab question\n").hasSuffix("Proceed? [confirm]"))
            #expect(typist.type("\r").contains("Proceeding."))
            #expect(typist.type("lab question\nn").contains("Aborted."))
            #expect(typist.type("lab prompts\n").contains("end of the lines that look like prompts"))
            #expect(typist.type("lab newlines\n").contains("two\n\rthree\r\r\nfour\nfive\rFIVE"))
            typist.type("lab sleep 3\n")
            #expect(typist.pauses == [.seconds(3)])
            #expect(typist.type("lab forever\n").hasSuffix("never comes\r\n"))
            #expect(typist.type("\n\n").isEmpty)
            #expect(typist.type("\u{3}").hasPrefix("^C\r\n"))
        }
    }
}
