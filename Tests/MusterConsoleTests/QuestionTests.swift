import MusterTransport
import Testing

@testable import MusterConsole

struct QuestionTests {
    private func answer(_ pattern: String, _ text: String) throws -> AnsweredQuestion {
        AnsweredQuestion(pattern: try Pattern(pattern), answer: text)
    }

    // MARK: Answered

    @Test(arguments: [Dialogue.Arrival.whole, .byteByByte, .random(11)])
    func typesTheCallersAnswer_whenItsPatternFits(arrival: Dialogue.Arrival) throws {
        var device = try Dialogue.iosxeReady(arrival: arrival)
        device.submit("copy running-config startup-config", answers: [try answer(#"destination filename"#, "")])
        #expect(device.takeTyped() == "copy running-config startup-config\n")
        device.says("copy running-config startup-config\r\nDestination filename [startup-config]? ")
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "\n")
        device.says("\r\nBuilding configuration...\r\n[OK]\r\nr1#")
        #expect(try device.takeExchange().text == "Destination filename [startup-config]? \nBuilding configuration...\n[OK]")
    }

    @Test func answersEachOfSeveralQuestions_inTheirOrder() throws {
        var device = try Dialogue.iosxeReady()
        let answers = [try answer("modified", "no"), try answer(#"\[confirm\]"#, "")]
        device.submit("reload", answers: answers)
        _ = device.takeTyped()
        device.says("reload\r\n\r\nSystem configuration has been modified. Save? [yes/no]: ")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "no\n")
        device.says("no\r\nProceed with reload? [confirm]")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "\n")
    }

    @Test func typesOneKeyAlone_whenTheDeviceReadsOne() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload", answers: [try answer("proceed", "yes")])
        _ = device.takeTyped()
        device.says("reload\r\nProceed with reload? [confirm]")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "y")
        device.says("y\r\nr1#")
        #expect(try device.takeExchange().text == "Proceed with reload? [confirm]y")
        #expect(device.takeTyped() == "")
    }

    @Test func agreesToNothingElse_whenAnotherQuestionFollowsTheOneThatWasAnswered() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("format flash:", answers: [try answer("may take a while", "y")])
        _ = device.takeTyped()
        device.says("format flash:\r\nFormat operation may take a while. Continue? [confirm]")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "y")
        // As slow as after a lost packet.
        device.pause(.milliseconds(1500))
        device.says("y\r\nFormat operation will destroy all data in \"flash:\".  Continue? [confirm]")
        device.pause(.milliseconds(1999))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1#")
        #expect(try device.takeError().kind == .question(#"Format operation will destroy all data in "flash:".  Continue? [confirm]"#))
    }

    @Test(arguments: ["", "y"]) func typesTheReturn_whenTheDeviceReadsALineAfterAll(echo: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload", answers: [try answer("proceed", "yes")])
        _ = device.takeTyped()
        device.says("reload\r\nProceed with reload? [confirm]")
        device.pause(.milliseconds(50))
        device.says(echo)
        #expect(device.takeTyped() == "y")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "\n")
        device.pause(.seconds(7))
        #expect(device.takeTyped() == "")
    }

    @Test func typesNoReturn_whenMoreThanTheKeysEchoStandsBehindTheQuestion() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("format flash:", answers: [try answer("proceed", "y")])
        _ = device.takeTyped()
        device.says("format flash:\r\nProceed? [confirm]")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "y")
        device.says("y Really proceed? [confirm]")
        device.pause(.seconds(9))
        #expect(device.takeTyped() == "")
    }

    @Test func hidesASecretAnswer_whateverTheQuestionSays() throws {
        var device = try Dialogue.iosxeReady()
        device.submit(
            "x", timeout: .seconds(5), answers: [AnsweredQuestion(pattern: try Pattern("phrase"), answer: "hunter2", isSecret: true)])
        _ = device.takeTyped()
        device.says("x\r\nYour phrase? ")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "hunter2\n")
        device.says("hunter2\r\nstill thinking of hunter2")
        device.pause(.seconds(5))
        #expect(!"\(try device.takeError())".contains("hunter2"))
    }

    @Test func putsTheCommandsAnswers_beforeTheDefinitions() throws {
        let platform = try Platform.load(yaml: asking, name: "x", file: "x.yaml")
        for (answers, typed) in [([], "n\n"), ([try answer("sure", "y")], "y\n")] {
            var device = Dialogue.ready(platform)
            device.submit("erase", answers: answers)
            device.says("erase\r\nAre you sure? ")
            _ = device.takeTyped()
            device.pause(.milliseconds(50))
            #expect(device.takeTyped() == typed)
        }
    }

    @Test func showsATypedPasswordNowhere() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("copy scp: flash:", timeout: .seconds(5), answers: [try answer("password", "hunter2")])
        device.says("copy scp: flash:\r\nPassword: ")
        device.pause(.milliseconds(50))
        #expect(device.takeTyped().hasSuffix("hunter2\n"))
        device.says("hunter2\r\nstill copying")
        device.pause(.seconds(5))
        let error = try device.takeError()
        #expect(!"\(error)".contains("hunter2"))
        #expect(String(decoding: error.partialOutput, as: UTF8.self) == "Password: <secret>\nstill copying")
        #expect(!"\(try answer("password", "hunter2"))".contains("hunter2"))
    }

    // MARK: That end with their line

    @Test(arguments: ["Reboot, yes? [y/N]: \r\n", "Do you want to continue (y/n)?\r\n", "Reboot, yes? [y/N]:\r\n\r\n"])
    func answersAQuestion_whenItsLineHasEnded(_ question: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reboot", answers: [try answer("reboot, yes|continue", "y")])
        _ = device.takeTyped()
        device.says("reboot\r\nThis reboots.\r\n" + question)
        device.pause(.milliseconds(1999))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "y\n")
        device.pause(.seconds(5))
        #expect(device.takeTyped() == "")
        device.says("y\r\ndone\r\nr1#")
        #expect(try device.takeExchange().text.hasSuffix("\ndone"))
    }

    @Test func refusesAQuestion_whenItsLineHasEndedAndNobodyHasAnAnswer() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reboot")
        _ = device.takeTyped()
        device.says("reboot\r\nReboot, yes? [y/N]: \r\n")
        device.pause(.milliseconds(9999))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1#")
        #expect(try device.takeError().kind == .question("Reboot, yes? [y/N]:"))
        #expect(!device.machine.isBroken)
    }

    @Test func refusesAQuestion_whenItsLineHasEndedAndSoHasTheTime() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reboot", timeout: .seconds(3))
        _ = device.takeTyped()
        device.says("reboot\r\nContinue (y/n)?\r\n")
        device.pause(.seconds(3))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1#")
        #expect(try device.takeError().kind == .question("Continue (y/n)?"))
    }

    @Test(arguments: ["reboot\r\n", "reboot\r\nRebooting\r\n"]) func typesNoAnswer_whereNoQuestionIs(said: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reboot", answers: [try answer("reboot, yes", "y")])
        _ = device.takeTyped()
        device.says(said)
        device.pause(.seconds(20))
        #expect(device.takeTyped() == "")
    }

    @Test func answersNoPrompt_howeverWideThePatternIs() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("hostname r2", answers: [try answer(".", "y")])
        _ = device.takeTyped()
        device.says("hostname r2\r\nr2#")
        device.pause(.milliseconds(200))
        #expect(device.takeTyped() == "")
        #expect(try device.takeExchange().prompt == "r2#")
    }

    // MARK: Refused

    @Test(arguments: [
        "Proceed with reload? [confirm]", "This will erase everything. Continue? (y/n)  [n] ",
        "Discard uncommitted changes? [yes,no] (no) ",
        "Are you sure you want to continue? [Y/N]:", "Enter new password: ", "Delete bootflash:/x? ",
    ])
    func refusesAnUnexpectedQuestion_andStaysUsable(_ question: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload")
        _ = device.takeTyped()
        device.says("reload\r\n" + question)
        device.pause(.milliseconds(1999))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "\u{3}")
        #expect(device.events.allSatisfy { if case .failed = $0 { false } else { true } })
        device.says("^C\r\nr1#")
        let error = try device.takeError()
        let shown = escaped(Array(question.utf8)[...].trimmed)
        #expect(error.kind == .question(shown))
        #expect(error.hint?.contains("--answer") == true)
        #expect(error.message.contains(shown))
        #expect(String(decoding: error.partialOutput, as: UTF8.self) == question + "^C")
        #expect(!device.machine.isBroken)
        device.submit("show clock")
        #expect(device.takeTyped() == "show clock\n")
        device.says("show clock\r\nnoon\r\nr1#")
        #expect(try device.takeExchange().text == "noon")
    }

    @Test func typesTheDefinitionsAbortKey_andNothingElse() throws {
        let platform = try Platform.load(yaml: asking, name: "x", file: "x.yaml")
        var device = Dialogue.ready(platform)
        device.submit("format")
        _ = device.takeTyped()
        device.says("format\r\nFormat flash? [confirm]")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "q\u{1A}")
        device.says("\r\nFormat flash? [confirm]")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "q\u{1A}")
        device.says("\r\ndev#")
        #expect(try device.takeError().kind == .question("Format flash? [confirm]"))
        #expect(!device.machine.isBroken)
    }

    @Test func findsThePrompt_whenItFollowsTheQuestionOnItsLine() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload")
        device.says("reload\r\nProceed with reload? [confirm]")
        device.pause(.seconds(2))
        device.says("r1#")
        device.pause(.milliseconds(200))
        #expect(try device.takeError().kind == .question("Proceed with reload? [confirm]"))
        #expect(!device.machine.isBroken)
    }

    @Test func breaksOff_whenTheQuestionCannotBeLeft() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload")
        _ = device.takeTyped()
        device.says("reload\r\nProceed? [confirm]")
        device.pause(.seconds(30))
        #expect(device.takeTyped() == "\u{3}\u{3}\u{3}")
        #expect(try device.takeError().kind == .question("Proceed? [confirm]"))
        #expect(device.machine.isBroken)
    }

    @Test func refusesAQuestion_whenTheCommandsTimeIsOver() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("reload", timeout: .seconds(1))
        _ = device.takeTyped()
        device.says("reload\r\nProceed? [confirm]")
        device.pause(.seconds(1))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1#")
        #expect(try device.takeError().kind == .question("Proceed? [confirm]"))
    }

    @Test func endsALoop_whenTheSameQuestionComesAThirdTime() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("copy a b", answers: [try answer("name", "x")])
        _ = device.takeTyped()
        device.says("copy a b\r\nFile name? ")
        for _ in 0..<2 {
            device.pause(.milliseconds(50))
            #expect(device.takeTyped() == "x\n")
            device.says("x\r\nFile name? ")
        }
        device.pause(.milliseconds(50))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1#")
        #expect(try device.takeError().kind == .questionRepeated("File name?"))
        #expect(!device.machine.isBroken)
    }

    @Test func answersNoCommandsWithAnothers() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("clear counters", answers: [try answer("confirm", "")])
        device.says("clear counters\r\nr1#")
        _ = try device.takeExchange()
        device.submit("reload")
        _ = device.takeTyped()
        device.says("reload\r\nProceed? [confirm]")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "\u{3}")
    }

    // MARK: No questions

    @Test(arguments: [
        "Building configuration...", "!!!!!", "Copying 12%", "[########            ]  40%", "Erasing the nvram filesystem", "Percent: 40 (",
    ])
    func leavesSlowOutputAlone(_ progress: String) throws {
        var device = try Dialogue.iosxeReady()
        device.submit("write memory")
        _ = device.takeTyped()
        device.says("write memory\r\n" + progress)
        device.pause(.seconds(29))
        #expect(device.takeTyped() == "")
        device.says("!\r\nr1#")
        #expect(try device.takeExchange().text == progress + "!")
    }

    @Test func leavesOutputAlone_whenItStopsBehindAQuestionMarkForAMoment() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show banner")
        _ = device.takeTyped()
        device.says("show banner\r\nWho goes there?")
        device.pause(.milliseconds(1500))
        device.says(" Friend or foe?\r\nr1#")
        #expect(device.takeTyped() == "")
        #expect(try device.takeExchange().text == "Who goes there? Friend or foe?")
    }

    @Test func refusesALineWithoutKnownWords_onlyAfterLong() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("setup")
        _ = device.takeTyped()
        device.says("setup\r\nInterface name:")
        device.pause(.milliseconds(9999))
        #expect(device.takeTyped() == "")
        device.pause(.milliseconds(1))
        #expect(device.takeTyped() == "\u{3}")
    }

    @Test func takesNoPromptForAQuestion_whenTheDeviceIsSlowAndDoesNotEcho() throws {
        let yaml = "modes: [{name: a, prompt_exact: 'what?'}]\nmuster: {echo: none}"
        var device = Dialogue(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.start()
        device.says("what?")
        device.says("\r\nwhat?")
        device.submit("go")
        _ = device.takeTyped()
        device.pause(.seconds(20))
        #expect(device.takeTyped() == "")
        device.says("\r\ngone\r\nwhat?")
        #expect(try device.takeExchange().text.contains("gone"))
    }

    // MARK: In the set-up, and on the way to a mode

    @Test func goesOn_whenASetUpCommandAsks() throws {
        let yaml = """
            prompt_pattern: '^dev#$'
            modes: [{name: a, prompt_exact: 'dev#'}]
            on_open_instructions: [{send_input: {input: no paging}}]
            """
        var device = Dialogue(try Platform.load(yaml: yaml, name: "x", file: "x.yaml"))
        device.start()
        device.says("dev#")
        device.says("\r\ndev#")
        device.says("no paging\r\nReally? [y/n] ")
        _ = device.takeTyped()
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\ndev#")
        #expect(device.isOpened)
        #expect(device.machine.setUpFailures == ["no paging: it asked 'Really? [y/n]'"])
    }

    @Test func saysTheQuestion_whenAModeAsksIt() throws {
        var device = try Dialogue.iosxeReady()
        device.enter("configuration")
        _ = device.takeTyped()
        device.says("configure terminal\r\nAnother user is configuring. Continue? [confirm]")
        device.pause(.seconds(2))
        #expect(device.takeTyped() == "\u{3}")
        device.says("\r\nr1#")
        let error = try device.takeError()
        #expect(error.kind == .modeRefused)
        #expect(error.seen.contains("Another user is configuring"))
        #expect(!device.machine.isBroken)
    }

    // MARK: The definition

    private let asking = #"""
        prompt_pattern: '^dev#$'
        modes: [{name: a, prompt_exact: 'dev#'}]
        muster:
          abort: 'q\x1A'
          questions:
            - {pattern: '^Are you sure\?', answer: 'n'}
            - {pattern: '^Destination'}
        """#

    @Test func loadsQuestionsAndTheAbortKey() throws {
        let platform = try Platform.load(yaml: asking, name: "x", file: "x.yaml")
        #expect(platform.questions.map(\.answer) == ["n", ""])
        #expect(platform.abortKey == [0x71, 0x1A])
        #expect(try #require(Platform.builtIn(named: "generic")).abortKey == [3])
    }

    @Test(arguments: [
        ("abort: ''", "muster.abort: no key"), ("questions: [{pattern: '('}]", "muster.questions[0].pattern: no regular expression"),
        ("questions: [{answer: b}]", "muster.questions[0].pattern: a mapping"), ("questions: {a: b}", "muster.questions: a mapping"),
    ])
    func saysWhatIsWrong_inTheDefinition(_ muster: String, _ problem: String) throws {
        let error = #expect(throws: PlatformProblem.self) {
            try Platform.load(yaml: "modes: [{name: a}]\nmuster: {\(muster)}", name: "x", file: "x.yaml")
        }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }
}
