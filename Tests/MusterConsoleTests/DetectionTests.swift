import MusterTransport
import Testing

@testable import MusterConsole

/// What a device is, by what it shows and by the fewest questions.
struct DetectionTests {
    /// A platform whose prompt ends with one of `signs`.
    private func platform(_ name: String, _ signs: String, _ detect: String = "") throws -> Platform {
        let yaml = """
            modes: [{name: cli, prompt_pattern: '^\\w+[\(signs)]$'}]
            muster: {detect: {\(detect)}}
            """
        return try Platform.load(yaml: yaml, name: name, file: name)
    }

    private func machine(_ platforms: [Platform], version: String? = nil, greeting: String = "", prompt: String) -> DetectionMachine {
        var machine = DetectionMachine(platforms)
        machine.saw(versionLine: version, greeting: Array(greeting.utf8), prompt: Array(prompt.utf8))
        return machine
    }

    private func showVersion(_ pattern: String) -> String { "probes: [{input: show version, pattern: '\(pattern)'}]" }

    @Test func asksWhatMostHave_andOneAnswerDecides() throws {
        let platforms = [
            try platform("a", "#", showVersion("^Alpha")), try platform("b", "#", showVersion("^Beta")),
            try platform("c", "#", "probes: [{input: get system, pattern: Gamma}]"), try platform("d", "#", showVersion("^Delta")),
        ]
        var machine = machine(platforms, prompt: "r1#")
        #expect(machine.next == .probe("show version"))
        machine.answered("show version", Array("Software:\nBeta 5\n".utf8))
        #expect(machine.next == .decided(.init(platform: "b")))
    }

    @Test func goesOnToTheNextQuestion_whenAnAnswerFitsNobody() throws {
        let platforms = [
            try platform("a", "#", showVersion("^Alpha")), try platform("b", "#", showVersion("^Beta")),
            try platform("c", "#", "probes: [{input: get system, pattern: Gamma}]"),
        ]
        var machine = machine(platforms, prompt: "r1#")
        machine.answered("show version", Array("% Unknown command\n".utf8))
        #expect(machine.next == .probe("get system"))
        machine.answered("get system", Array("Gamma\n".utf8))
        #expect(machine.next == .decided(.init(platform: "c")))
    }

    @Test func isUnknown_whenNothingFits() throws {
        let platforms = [try platform("a", "#", showVersion("^Alpha")), try platform("b", "#")]
        var machine = machine(platforms, prompt: "r1#")
        #expect(machine.next == .probe("show version"))
        machine.answered("show version", [])
        // A prompt like that of "b" proves nothing.
        #expect(machine.next == .decided(.init()))
        #expect(self.machine(platforms, prompt: "r1$").next == .decided(.init()))
        #expect(self.machine([], prompt: "r1$").next == .decided(.init()))
    }

    @Test func asksNothing_whenThePromptLeavesOneAndTheVersionLineFits() throws {
        let platforms = [
            try platform("a", "#", "ssh_banner: ['^SSH-2.0-Cisco'], " + showVersion("^Alpha")),
            try platform("b", "$", "ssh_banner: ['^SSH-2.0-Cisco']"),
        ]
        #expect(machine(platforms, version: "SSH-2.0-Cisco-1.25", prompt: "r1#").next == .decided(.init(platform: "a")))
        // The same line and a prompt that two have: the answer decides.
        let both = [platforms[0], try platform("c", "#", "ssh_banner: ['^SSH-2.0-Cisco'], " + showVersion("^Gamma"))]
        var machine = machine(both, version: "SSH-2.0-Cisco-1.25", prompt: "r1#")
        #expect(machine.next == .probe("show version"))
        machine.answered("show version", Array("Gamma".utf8))
        #expect(machine.next == .decided(.init(platform: "c")))
    }

    @Test func asksNothing_whenTheDeviceSaysWhatItIs() throws {
        let platforms = [
            try platform("a", "#", "login_banner: ['Alpha OS'], " + showVersion("^Alpha")), try platform("b", "#", showVersion("^Beta")),
        ]
        let machine = machine(platforms, greeting: "\nWelcome to Alpha OS 7\n\n", prompt: "r1#")
        #expect(machine.next == .decided(.init(platform: "a")))
    }

    @Test func asksTheOnesFirstThatMoreSpeaksFor() throws {
        let platforms = [
            try platform("a", "#", "probes: [{input: rare, pattern: Alpha}], ssh_banner: [Alpha]"),
            try platform("b", "#", showVersion("^Beta")), try platform("c", "#", showVersion("^Gamma")),
        ]
        var machine = machine(platforms, version: "SSH-2.0-Alpha", prompt: "r1#")
        #expect(machine.next == .probe("rare"))
        machine.answered("rare", [])
        #expect(machine.next == .probe("show version"))
    }

    @Test func namesTheOthers_whenTheAnswerFitsSeveral() throws {
        let platforms = [try platform("a", "#", showVersion("Alpha")), try platform("b", "#", showVersion("Alpha|Beta"))]
        var machine = machine(platforms, prompt: "r1#")
        machine.answered("show version", Array("Alpha".utf8))
        #expect(machine.next == .decided(.init(platform: "a", alternatives: ["b"])))
    }

    @Test func bothersADeviceSixTimesAtMost() throws {
        let platforms = try (0..<20).map { try platform("p\($0)", "#", "probes: [{input: probe \($0), pattern: x}]") }
        var machine = machine(platforms, prompt: "r1#")
        var asked = 0
        while case .probe(let input) = machine.next {
            asked += 1
            machine.answered(input, [])
        }
        #expect(asked == 6)
        #expect(machine.next == .decided(.init()))
    }

    // MARK: In a session

    @Test func goesOnWithTheSetUpOfThePlatform_overTheSameSession() throws {
        let library = try detecting()
        var device = Dialogue(try #require(library.platform(named: "auto")))
        device.start()
        device.says("Welcome to r1#\r\n\r\nr1#")
        device.pause(.milliseconds(250))
        device.says("\r\nr1#")
        #expect(device.isOpened)
        #expect(device.takeTyped() == "\n")
        #expect(String(decoding: device.machine.shownGreeting, as: UTF8.self).hasPrefix("Welcome to r1#\n"))
        device.events = []
        device.machine.adopt(try #require(Platform.builtIn(named: "cisco_iosxe")), deadline: nil, now: device.now)
        device.pause(.zero)
        device.submit("show clock")
        #expect(device.takeTyped() == "terminal length 0\nterminal width 511\nshow clock\n")
        device.says("terminal length 0\r\nr1#terminal width 511\r\nr1#show clock\r\n10:00\r\nr1#")
        let exchange = try device.takeExchange()
        #expect(exchange.output == Array("10:00".utf8) && exchange.mode == "privileged_exec")
        #expect(device.isOpened)
    }

    @Test func learnsAPromptOfTwoLines_whileThePlatformIsUnknown() throws {
        var device = Dialogue(try #require(try detecting().platform(named: "auto")))
        device.start()
        device.says("\r\n--{ running }--[  ]--\r\nA:srl1# ")
        device.pause(.milliseconds(250))
        device.says("\r\n--{ running }--[  ]--\r\nA:srl1# ")
        #expect(device.machine.prompt?.text == Array("--{ running }--[  ]--\nA:srl1# ".utf8))
        device.machine.adopt(try #require(Platform.builtIn(named: "nokia_srlinux")), deadline: nil, now: device.now)
        #expect(device.machine.mode == "exec")
    }

    @Test func failsInsteadOfWaiting_whenTheSessionHasEndedMeanwhile() throws {
        var device = Dialogue(try #require(try detecting().platform(named: "auto")))
        device.start()
        device.says("r1#")
        device.pause(.milliseconds(250))
        device.says("\r\nr1#")
        device.machine.ended(.closedByPeer, now: device.now)
        device.machine.adopt(try #require(Platform.builtIn(named: "cisco_iosxe")), deadline: nil, now: device.now)
        device.pause(.zero)
        device.submit("x")
        #expect(try device.takeError().kind == .ended(.closedByPeer))
    }

    private func detecting() throws -> PlatformLibrary {
        var library = PlatformLibrary()
        try library.load(["auto"])
        return library
    }
}
