import MusterTransport
import Testing

@testable import MusterConsole

struct CommandTests {
    @Test func keepsEmptyLinesInsideAndDropsThemAtTheEnd() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show clock")
        device.says("show clock\r\n\r\n  one\r\n\r\n two  \r\n   \r\n\r\nr1#")
        #expect(try device.takeExchange().text == "\n  one\n\n two  ")
    }

    @Test func endsAtOnce_whenTheLearnedPromptStands() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show clock")
        device.says("show clock\r\n10:00\r\nr1#")
        #expect(device.hasAnswer)
    }

    @Test func ignoresPromptLikeLines_whateverTheArrival() throws {
        let output = "r2#\r\nr1>\r\nr1(config)#\r\nSwitch#\r\nuser@host:~$ \r\nr1# show\r\n"
        for arrival in [Dialogue.Arrival.whole, .random(7)] {
            var device = try Dialogue.iosxeReady(arrival: arrival)
            device.arrival = .whole
            device.submit("show log")
            device.says("show log\r\n" + output + "r1#")
            #expect(try device.takeExchange().text == "r2#\nr1>\nr1(config)#\nSwitch#\nuser@host:~$ \nr1# show")
        }
    }

    @Test func ignoresPromptLikeLine_whenItStandsUnfinishedForAMoment() throws {
        var device = try Dialogue.iosxeReady(arrival: .byteByByte)
        device.submit("show log")
        device.says("show log\r\nr2#")
        device.pause(.milliseconds(150))
        #expect(!device.hasAnswer)
        device.says(" is up\r\nr1(config)#")
        device.pause(.milliseconds(150))
        device.says("\r\nr1#")
        #expect(try device.takeExchange().text == "r2# is up\nr1(config)#")
    }

    @Test func takesTheNewPrompt_whenHostnameChanges() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        device.says("configure terminal\r\nEnter configuration commands, one per line.\r\nr1(config)#")
        #expect(device.machine.mode == "configuration")
        device.submit("hostname core9")
        device.says("hostname core9\r\ncore9(config)#")
        #expect(!device.hasAnswer)
        device.pause(.milliseconds(200))
        let exchange = try device.takeExchange()
        #expect(exchange.output == [])
        #expect(exchange.prompt == "core9(config)#")
        #expect(exchange.mode == "configuration")
        device.submit("end")
        device.says("end\r\ncore9#")
        device.pause(.milliseconds(200))
        #expect(try device.takeExchange().mode == "privileged_exec")
    }

    @Test func returnsAtOnce_whenAPromptOfThisSessionComesBack() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("configure terminal")
        device.says("configure terminal\r\nr1(config)#")
        device.pause(.milliseconds(200))
        #expect(try device.takeExchange().mode == "configuration")
        device.submit("end")
        device.says("end\r\nr1#")
        #expect(try device.takeExchange().mode == "privileged_exec")
    }

    @Test func reportsTheDevicesWords_whenCommandIsRejected() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("shw version")
        device.says("shw version\r\n     ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1#")
        let exchange = try device.takeExchange()
        #expect(exchange.failure == "% Invalid input detected at '^' marker.")
        #expect(exchange.text == "     ^\n% Invalid input detected at '^' marker.")
    }

    @Test func findsNoFailure_whenTheWordsStandInTheMiddleOfALog() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show log")
        let lines = (1...20).map { $0 == 10 ? "% Invalid input detected" : "line \($0)" }
        device.says("show log\r\n" + lines.joined(separator: "\r\n") + "\r\nr1#")
        #expect(try device.takeExchange().failure == nil)
    }

    @Test func dropsWhatCameBefore_whenLogLinesInterruptTheEcho() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show clock")
        device.says("\r\n*Mar  1: %LINK-3-UPDOWN: up\r\nr1#")
        #expect(!device.hasAnswer)
        device.says("show clock\r\n10:00\r\nr1#")
        #expect(try device.takeExchange().text == "10:00")
    }

    @Test func stripsTheEcho_whenLogLinesBrokeThePromptBefore() throws {
        var device = try Dialogue.iosxeReady()
        device.says("\r\n*Mar  1: %LINK-3-UPDOWN: up\r\n")
        device.submit("show clock")
        device.says("show clock\r\n10:00\r\nr1#")
        #expect(try device.takeExchange().text == "10:00")
    }

    @Test func stripsTheEcho_whenTheDeviceFoldsIt() throws {
        var device = try Dialogue.iosxeReady()
        let command = "show running-config | include " + String(repeating: "x", count: 100)
        device.submit(command)
        let echo = "r1#" + command
        device.says(String(echo.dropFirst(3).prefix(77)) + "\r\n" + String(echo.dropFirst(80)) + "\r\nfound\r\nr1#")
        #expect(try device.takeExchange().text == "found")
    }

    @Test func stripsTheEcho_whenReadlineFoldsItAtTheTerminalsWidth() throws {
        var device = try Dialogue("linux")
        device.start()
        device.says("u@h:~$ ")
        device.says("\r\nu@h:~$ ")
        let command = "echo " + String(repeating: "a", count: 600)
        device.submit(command)
        let first = 511 - "u@h:~$ ".count
        device.says(String(command.prefix(first)) + " \r" + String(command.dropFirst(first)) + "\r\nout\r\nu@h:~$ ")
        #expect(try device.takeExchange().text == "out")
    }

    @Test func losesNothing_whenDeviceHasNoEcho() throws {
        var device = try Dialogue("generic")
        device.start()
        device.says("dev>")
        device.pause(.seconds(1))
        device.says("\r\ndev>")
        device.submit("show a")
        device.says("first\r\nsecond\r\ndev>")
        device.pause(.milliseconds(500))
        #expect(try device.takeExchange().text == "first\nsecond")
        device.submit("show b")
        device.says("\r\nthird\r\ndev>")
        #expect(try device.takeExchange().text == "third")
    }

    @Test func losesNothing_whenDefinitionSaysThereIsNoEcho() throws {
        let yaml = "prompt_pattern: '^dev>$'\nmodes: [{name: cli, prompt_exact: 'dev>'}]\nmuster: {echo: none, type_ahead: true}\n"
        var device = Dialogue(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.start()
        device.says("dev>")
        device.says("\r\ndev>")
        for command in ["a", "b"] {
            device.submit(command)
            device.says("\r\nanswer to \(command)\r\ndev>")
            #expect(try device.takeExchange().text == "answer to \(command)")
        }
        device.submit("nothing")
        device.says("\r\ndev>")
        #expect(try device.takeExchange().output == [])
    }

    @Test func staysInStep_whenAnExtraPromptComesLate() throws {
        // As after a second return at the login: taking that prompt for the answer would shift every answer after it.
        var device = try Dialogue("linux")
        device.start()
        device.says("u@h:~$ ")
        device.says("\r\nu@h:~$ ")
        device.submit("first")
        device.says("\r\nu@h:~$ ")
        #expect(!device.hasAnswer)
        device.says("first\r\n1\r\nu@h:~$ ")
        #expect(try device.takeExchange().text == "1")
    }

    @Test func keepsAnAlteredEchoOutOfTheOutput_whenDeviceCompletesWords() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("sh ver")
        device.says("show version \r\nIOS\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(try device.takeExchange().text == "IOS")
    }

    @Test func keepsTheEchoOutOfTheOutput_whenTheLineEditorScrollsSideways() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show running-config | include snmp-server community")
        device.says("show running-config | inc\r$ing-config | include snmp-server community\r\nfound\r\nr1#")
        device.pause(.milliseconds(500))
        #expect(try device.takeExchange().text == "found")
    }

    @Test func refusesACommandWithALineEnd() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show version\nreload")
        #expect(try device.takeError().kind == .badCommand)
        #expect(device.takeTyped() == "")
        #expect(!device.machine.isBroken)
    }

    @Test(arguments: [
        ("show\tversion", "\\t"), ("show version\u{15}reload", "\\x15"), ("show \u{3}", "\\x03"), ("\u{1B}[A", "\\x1b"), ("a\u{8}", "\\b"),
        ("a\u{7F}", "\\x7f"), ("a\u{0}b", "\\x00"),
    ])
    func refusesACommandWithAControlCharacter_andNamesIt(_ command: String, _ name: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit(command)
        let error = try device.takeError()
        #expect(error.kind == .badCommand)
        #expect(error.expected == "a command without the control character '\(name)'")
        #expect(device.takeTyped() == "")
        #expect(!device.machine.isBroken)
        device.submit("show caf\u{E9}")
        #expect(device.takeTyped() == "show caf\u{E9}\n")
    }

    @Test func keepsAGluedLastLine_whenOutputHasNoLineEnd() throws {
        var device = try Dialogue("linux")
        device.start()
        device.says("u@h:~$ ")
        device.says("\r\nu@h:~$ ")
        device.submit("printf abc")
        device.says("printf abc\r\nabcu@h:~$ ")
        #expect(!device.hasAnswer)
        device.pause(.milliseconds(200))
        let exchange = try device.takeExchange()
        #expect(exchange.text == "abc")
        #expect(exchange.prompt == "u@h:~$ ")
    }

    @Test(arguments: [600, 20_000, 16_384 - 1020, 16_384 - 3, 40_000])
    func keepsAGluedLine_howeverLongItIs(_ length: Int) throws {
        for arrival in [Dialogue.Arrival.whole, .random(5)] {
            var device = try Dialogue("linux", arrival: arrival)
            device.start()
            device.says("u@h:~$ ")
            device.says("\r\nu@h:~$ ")
            device.submit("cat x.json")
            let line = String(repeating: "j", count: length)
            device.says("cat x.json\r\nfirst\r\n" + line + "u@h:~$ ")
            device.pause(.milliseconds(200))
            #expect(try device.takeExchange().text == "first\n" + line)
        }
    }

    @Test func followsTheDirectory_onAShell() throws {
        var device = try Dialogue("linux")
        device.start()
        device.says("[u@h ~]$ ")
        device.says("\r\n\u{1B}[?2004h[u@h ~]$ ")
        device.submit("cd /tmp")
        device.says("cd /tmp\r\n\u{1B}[?2004l\r\u{1B}[?2004h[u@h tmp]$ ")
        device.pause(.milliseconds(200))
        let exchange = try device.takeExchange()
        #expect(exchange.prompt == "[u@h tmp]$ ")
        #expect(exchange.mode == "user")
        #expect(exchange.output == [])
    }

    @Test func keepsTheHead_whenOutputIsTooLong() throws {
        let platform = try #require(Platform.builtIn(named: "cisco_iosxe"))
        var device = Dialogue(platform, maximumOutput: 100)
        device.start()
        device.says("r1#")
        device.says("\r\nr1#")
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#")
        device.pause(.seconds(1))
        device.submit("show tech")
        device.says("show tech\r\n" + (1...1000).map { "line \($0)\r\n" }.joined() + "r1#")
        let exchange = try device.takeExchange()
        #expect(exchange.truncated)
        #expect(exchange.output.count <= 100)
        #expect(exchange.text.hasPrefix("line 1\nline 2\n"))
        device.submit("show clock")
        device.says("show clock\r\n10:00\r\nr1#")
        let next = try device.takeExchange()
        #expect(next.text == "10:00")
        #expect(!next.truncated)
    }

    @Test func survivesJunkBytes() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show junk")
        device.says(Array("show junk\r\n".utf8) + [0, 0xFF, 0xFE, 0x41, 0, 7, 0xC3, 0x28, 0x0D, 0x0A] + Array("r1#".utf8))
        let exchange = try device.takeExchange()
        #expect(exchange.output == [0xFF, 0xFE, 0x41, 0xC3, 0x28])
    }

    @Test(arguments: ["\r\n", "\n\r", "\n", "\r\r\n"])
    func normalisesLineEnds(_ end: String) throws {
        var device = try Dialogue("cisco_iosxe")
        device.start()
        device.says("r1#")
        device.says(end + "r1#")
        device.says("terminal length 0\(end)r1#terminal width 511\(end)r1#")
        device.pause(.seconds(1))
        device.submit("show x")
        device.says("show x\(end)a\(end)\(end)b\(end)r1#")
        #expect(try device.takeExchange().text == "a\n\nb")
    }

    @Test func givesTheSameAnswer_howeverTheBytesAreSplit() throws {
        let script: [(command: String, answer: String)] = [
            ("show one", "show one\r\na\r\n\r\n  b \r\nr1> x\r\nr1#"),
            ("show two", "show two\r\n% Invalid input detected at '^' marker.\r\n\r\nr1#"),
            ("show three", "\r\n*Mar 1: log\r\nr1#show three\r\nx\u{8}y\u{1B}[31mred\u{1B}[0m\r\nover\rOV\r\ncaf\u{e9}\u{8}e\r\nr1#"),
            ("show four", "show four\r\nr1#"),
            (
                "show five",
                "show five\r\np1\r\n --More-- \u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}        \u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}\u{8}  p2\r\nr1#"
            ),
        ]
        func run(_ arrival: Dialogue.Arrival) throws -> [Exchange] {
            var device = try Dialogue.iosxeReady(arrival: arrival)
            var results: [Exchange] = []
            for (command, answer) in script {
                device.submit(command)
                if let pager = answer.range(of: " --More-- ") {
                    device.says(String(answer[..<pager.upperBound]))
                    device.pause(.milliseconds(50))
                    device.says(String(answer[pager.upperBound...]))
                } else {
                    device.says(answer)
                }
                var exchange = try device.takeExchange()
                exchange.elapsed = .zero
                results.append(exchange)
            }
            return results
        }
        let whole = try run(.whole)
        #expect(whole[4].text == "p1\n  p2")
        #expect(whole[2].text == "yred\nOVer\ncafe")
        #expect(try run(.byteByByte) == whole)
        for seed in 0..<200 as Range<UInt64> { #expect(try run(.random(seed)) == whole, "seed \(seed)") }
    }

    @Test func searchesOnlyTheTail_whenOutputIsLarge() throws {
        func searched(lines: Int) throws -> Int {
            var device = try Dialogue.iosxeReady()
            let before = device.machine.searchedBytes
            device.submit("show tech")
            device.says("show tech\r\n")
            for start in stride(from: 0, to: lines, by: 100) {
                device.says((start..<start + 100).map { "Interface GigabitEthernet\($0) is up\r\n" }.joined() + "Inter")
                device.says("face\r\n")
            }
            device.says("r1#")
            _ = try device.takeExchange()
            return device.machine.searchedBytes - before
        }
        let few = try searched(lines: 1000)
        let many = try searched(lines: 10_000)
        // Some bytes of the unfinished line at each burst, never the output: 10,000 lines are 390,000 bytes.
        #expect(many <= few * 11)
        #expect(many < 20_000)
    }
}
