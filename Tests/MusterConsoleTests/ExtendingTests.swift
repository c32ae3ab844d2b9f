import Testing

@testable import MusterConsole

/// Definitions that say what is different from a built-in one.
@Suite struct ExtendingTests {
    private func read(_ yaml: String) -> Definition { Platform.read(yaml: yaml, name: "mine", file: "mine.yaml", keepsPlaces: true) }

    private static let mine = """
        failure_indicators: ['Failure:']
        on_close_instructions: [{write: {input: logout}}]
        muster:
          extends: huawei
          description: Ours
          failure_patterns: ['^Failure ']
          save: [{send_input: {input: save force}}]
          config: {failure_patterns: ['^Refused'], exit: [{send_input: {input: quit}}]}
          tests:
            errors: [{text: "Failure: x\\n", failure: "Failure: x"}]
            prompts: [{text: "<r1>", mode: exec}]
        """

    @Test func hasItsOwn_andTheRestOfTheOther() throws {
        let definition = read(Self.mine)
        let base = try #require(Platform.builtIn(named: "huawei_vrp"))
        let platform = try #require(definition.platform, "\(definition.problems)")
        #expect(definition.problems == [])
        #expect(platform.name == "mine" && platform.summary == "Ours")
        #expect(platform.modes.map(\.name) == base.modes.map(\.name))
        #expect(platform.prompt.pattern?.source == base.prompt.pattern?.source)
        #expect(platform.failureIndicators == ["Failure:"] + base.failureIndicators)
        #expect(platform.failurePatterns.map(\.source) == ["^Failure "] + base.failurePatterns.map(\.source))
        #expect(platform.onClose.map(\.described) == ["logout"])
        #expect(platform.onOpen.map(\.described) == base.onOpen.map(\.described))
        #expect(platform.save?.map(\.described) == ["save force"])
        #expect(platform.config?.instructions(.exit).map(\.described) == ["quit"])
        #expect(platform.config?.instructions(.enter).map(\.described) == base.config?.instructions(.enter).map(\.described))
        #expect(platform.config?.failurePatterns.count == (base.config?.failurePatterns.count ?? 0) + 1)
        #expect(platform.tests.count == base.tests.count + 2)
        #expect(DefinitionTrial(of: platform).failures == [])
    }

    @Test func problemIsNamed_whenThereIsNoSuchPlatform() {
        #expect(read("muster: {extends: huawei_vrpp}").problems.first?.description.contains("did you mean 'huawei_vrp'?") == true)
        #expect(read("muster: {extends: [a]}").problems.first?.description.contains("no built-in platform") == true)
    }
}
