import Testing

@testable import MusterConsole

/// Expressions that take too long, in the middle of a session: whatever they were asked is not known, and nobody may take that for a no.
struct PatternExhaustionTests {
    private static let slow = #"^(\w+\s?)*x>$"#
    private static let evil = String(repeating: "aaaaaaaa ", count: 12) + "!x>!"

    private func platform(prompt: String = #"^r\d>$"#, failure: String = "^no$") throws -> Platform {
        let yaml = """
            prompt_pattern: '\(prompt)'
            default_mode: user
            modes: [{name: user, prompt_pattern: '\(prompt)'}]
            on_open_instructions: []
            muster: {failure_patterns: ['\(failure)']}
            """
        return try #require(Platform.read(yaml: yaml, name: "slow_os", file: "slow_os.yaml").platform)
    }

    private func opened(_ platform: Platform) throws -> Dialogue {
        var device = Dialogue(platform)
        device.start()
        device.says("r1x>")
        device.says("\nr1x>")
        #expect(device.machine.mode == "user")
        return device
    }

    private func expect(_ error: ConsoleError, _ source: String) {
        #expect(error.kind == .patternExhausted(source))
        #expect(error.message.contains("/\(source)/") && error.message.contains("match limit"), "\(error.message)")
        #expect(error.seen.contains("aaaaaaaa !"))
        #expect(error.hint?.contains("platforms lint") == true && error.hint?.contains("slow_os") == true)
    }

    @Test func failsWithTheExpression_whenTheDeviceNeverGetsToAPrompt() throws {
        var device = Dialogue(try platform(prompt: Self.slow))
        device.start()
        device.says(Self.evil)
        device.pause(.seconds(5))
        expect(try device.takeError(), Self.slow)
        #expect(device.machine.isBroken)
    }

    @Test func failsTheCommand_whenItsOutputExhaustsThePrompt() throws {
        var device = try opened(try platform(prompt: Self.slow))
        device.submit("show it")
        device.says("show it\nall well\n" + Self.evil)
        device.pause(.seconds(5))
        let error = try device.takeError()
        expect(error, Self.slow)
        #expect(error.command == "show it")
        #expect(String(decoding: error.partialOutput, as: UTF8.self).hasPrefix("all well"))
    }

    @Test func doesNotPassForSuccess_whenTheVerdictExhausts() throws {
        var device = try opened(try platform(prompt: #"^r\dx>$"#, failure: Self.slow))
        device.submit("show it")
        device.submit("show more")
        device.says("show it\n" + Self.evil + "\nr1x>")
        let error = try device.takeError()
        expect(error, Self.slow)
        #expect(String(decoding: error.partialOutput, as: UTF8.self) == Self.evil)
        #expect(!device.events.contains { if case .finished = $0 { true } else { false } })
        // The next one was not typed.
        #expect(!device.takeTyped().contains("show more"))
        #expect(try device.takeError().kind == .unusable)
    }

    @Test func isPassedOver_whenAPlatformIsFoundOut() throws {
        var machine = DetectionMachine([try platform(prompt: Self.slow), try #require(Platform.builtIn(named: "cisco_iosxe"))])
        machine.saw(versionLine: nil, greeting: [], prompt: Array(Self.evil.utf8))
        #expect(machine.exhausted?.platform == "slow_os")
    }
}
