import Testing

@testable import MusterLab

struct CiscoIOSXEShellTests {
    @Test func showsPromptOnce_whenShellOpens() {
        #expect(Typist().screen == "r1#")
    }

    @Test func endsWithConfigurationRegisterAndPrompt_whenVersionIsShown() {
        var typist = Typist()
        typist.type("terminal length 0\n")
        let output = typist.type("show version\n")
        #expect(output.hasPrefix("show version\r\nCisco IOS XE Software"))
        #expect(output.hasSuffix("\r\nConfiguration register is 0x2102\r\nr1#"))
        #expect((1200...1600).contains(output.utf8.count))
    }

    @Test func echoesAfterEachPrompt_whenLinesAreTypedAhead() {
        var typist = Typist()
        let output = typist.type("terminal length 0\nshow privilege\n")
        #expect(output == "terminal length 0\r\nr1#show privilege\r\nCurrent privilege level is 15\r\nr1#")
        #expect(typist.typed == ["terminal length 0", "show privilege"])
    }

    @Test func showsThePromptAtOnce_whenAQuestionIsLeftWithControlC() {
        var typist = Typist()
        typist.type("copy running-config startup-config\n")
        #expect(typist.type("abc") == "abc")
        #expect(typist.type("\u{3}") == "^C\r\nr1#")
        #expect(typist.type("show privilege\n").hasSuffix("Current privilege level is 15\r\nr1#"))
    }

    @Test(arguments: ["sh priv", "sho PRIVILEGE", "  show   privilege  "])
    func understands_whenKeywordsAreAbbreviated(_ line: String) {
        var typist = Typist()
        #expect(typist.type(line + "\r").contains("Current privilege level is 15\r\n"))
    }

    @Test func pointsAtTheWord_whenItIsUnknown() {
        var typist = Typist()
        let output = typist.type("show bogus\n")
        #expect(output == "show bogus\r\n        ^\r\n% Invalid input detected at '^' marker.\r\n\r\nr1#")
    }

    @Test func rejects_whenAmbiguousOrIncomplete() {
        var typist = Typist()
        #expect(typist.type("show i\n").contains("% Ambiguous command:  \"show i\""))
        #expect(typist.type("show ip\n").contains("% Incomplete command."))
    }

    @Test func needsTheSecret_whenLoginLandsUnprivileged() {
        var typist = Typist(faults: [.loginExec])
        #expect(typist.screen == "r1>")
        #expect(typist.type("enable\n") == "enable\r\nPassword: ")
        #expect(typist.type("wrong\n") == "\r\nPassword: ")
        #expect(typist.type("secret\n") == "\r\nr1#")
        #expect(typist.type("disable\n").hasSuffix("r1>"))
        #expect(typist.type("enable\nx\nx\nx\n").hasSuffix("% Bad secrets\r\n\r\nr1>"))
        // Secrets are no command lines.
        #expect(typist.typed == ["enable", "disable", "enable"])
    }

    @Test func refusesConfiguration_whenUnprivileged() {
        var typist = Typist(faults: [.loginExec])
        #expect(typist.type("configure terminal\n").contains("% Invalid input"))
        #expect(typist.type("show running-config\n").contains("% Invalid input"))
    }

    @Test func walksTheModes_whenConfiguring() {
        var typist = Typist()
        #expect(typist.type("conf t\n").hasSuffix("End with CNTL/Z.\r\nr1(config)#"))
        #expect(typist.type("interface Gi0/0/0\n").hasSuffix("r1(config-if)#"))
        #expect(typist.type("exit\n").hasSuffix("r1(config)#"))
        #expect(typist.type("hostname r2\n").hasSuffix("r2(config)#"))
        #expect(typist.type("do show privilege\n").contains("Current privilege level is 15"))
        #expect(typist.type("int Gi0/0/1\n").hasSuffix("(config-if)#"))
        #expect(typist.type("end\n").hasSuffix("r2#"))
        typist.type("exit\n")
        #expect(typist.closed?.byClient == true)
    }

    @Test func erasesAndInterrupts_whenKeysAreTyped() {
        var typist = Typist()
        #expect(typist.type("shoq\u{8}w privilege\r\n").contains("Current privilege level"))
        #expect(typist.type("half a line\u{3}").hasSuffix("^C\r\nr1#"))
        #expect(typist.type("\u{15}\n") == "\r\nr1#")
    }

    @Test func asks_whenReloading() {
        var typist = Typist()
        #expect(typist.type("reload\n").hasSuffix("Proceed with reload? [confirm]"))
        #expect(typist.type("n").hasSuffix("r1#"))
        typist.type("reload\ny")
        #expect(typist.closed != nil)
    }

    @Test func filters_whenPiped() {
        var typist = Typist()
        #expect(
            typist.type("show version | include register\n") == "show version | include register\r\nConfiguration register is 0x2102\r\nr1#"
        )
    }

    @Test func differs_whenDevicesDiffer() {
        var first = Typist(name: "r1")
        var second = Typist(name: "r2")
        first.type("terminal length 0\n")
        second.type("terminal length 0\n")
        let outputs = (first.type("show version\n"), second.type("show version\n"))
        #expect(outputs.0 != outputs.1.split(separator: "r2").joined(separator: "r1"))
    }
}
