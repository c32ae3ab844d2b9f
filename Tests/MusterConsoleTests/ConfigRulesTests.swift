import Testing

@testable import MusterConsole

/// The keys `config` and `save` of a definition.
@Suite struct ConfigRulesTests {
    private func yaml(_ muster: String) -> String {
        """
        default_mode: exec
        modes:
          - {name: exec, prompt_pattern: '^r1>$'}
          - {name: config, prompt_pattern: '^r1#$'}
        muster:
        \(muster)
        """
    }

    private func load(_ muster: String) throws(PlatformProblem) -> Platform {
        try Platform.load(yaml: yaml(muster), name: "mine", file: "mine.yaml")
    }

    private func warning(_ muster: String) -> String? {
        Platform.read(yaml: yaml(muster), name: "mine", file: "mine.yaml").problems.first { $0.severity == .warning }?.description
    }

    private func problem(_ muster: String) -> String? {
        do throws(PlatformProblem) {
            _ = try load(muster)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func nothingIsKnown_whenNothingIsSaid() throws {
        let platform = try load("  type_ahead: true")
        #expect(platform.config == nil)
        #expect(platform.save == nil)
        #expect(try load("  save: []").save?.isEmpty == true)
    }

    @Test func candidateFollowsFromTheCommit_unlessSaidOtherwise() throws {
        let immediate = try load("  config: {enter: [{enter_mode: {requested_mode: config}}]}").config
        #expect(immediate?.isAtomic == false)
        #expect(immediate?.instructions(.exit).map(\.described) == ["enter the mode 'exec'"])
        let candidate = try load("  config: {commit: [{send_input: {input: commit}}], abort: [{send_input: {input: drop}}]}").config
        #expect(candidate?.isAtomic == true)
        #expect(try load("  config: {atomic: false, commit: [{send_input: {input: apply}}]}").config?.isAtomic == false)
    }

    @Test func namesAreFilledIn() throws {
        let rules = try #require(
            try load(
                "  config: {commit: [{send_input: {input: c}}], commit_confirmed: [{send_input: {input: 'c {minutes} {time} {session}'}}]}"
            ).config)
        let filled = rules.instructions(.commitConfirmed).map { $0.filled(["minutes": "5", "time": "00:05:00"]).described }
        #expect(filled == ["c 5 00:05:00 {session}"])
        #expect(rules.instructions(.confirm).map(\.described) == ["c"])
    }

    @Test func mistakesAreNamed() {
        #expect(warning("  config: {comit: []}")?.contains("muster.config.comit: no such key; did you mean 'commit'?") == true)
        #expect(warning("  config: {enter: [{enter_mode: {requested_mode: confg}}]}")?.contains("did you mean 'config'?") == true)
        #expect(problem("  save: write")?.contains("muster.save") == true)
    }

    @Test(arguments: ["cisco_iosxe", "cisco_iosxr", "cisco_nxos", "arista_eos", "juniper_junos", "nokia_srlinux", "frr"])
    func builtInPlatformsKnowHow(name: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        let rules = try #require(platform.config)
        #expect(platform.save != nil)
        #expect(rules.has(.enter) && rules.has(.exit))
        #expect(rules.has(.commit) == rules.isAtomic)
        #expect(rules.has(.abort) == rules.isAtomic)
        #expect(rules.has(.commitConfirmed) == rules.has(.confirm))
    }

    private static let immediate = "enter: [{enter_mode: {requested_mode: config}}]"

    @Test func rejectionIsKnownByTheDefinitionsWords_andInformationIsNone() throws {
        let platform = try load("  config: {\(Self.immediate), failure_patterns: ['^%', '^\\s*\\^$']}")
        #expect(platform.configRejection(in: "% Bad mask\n") == "% Bad mask")
        #expect(platform.configRejection(in: "line\n   ^\nmissing argument.\n") == "missing argument.")
        #expect(platform.configRejection(in: "%SYS-5-CONFIG_I: Configured from console\n") == nil)
        #expect(platform.configRejection(in: "%Warning: use with caution\n") == nil)
        #expect(platform.configRejection(in: "") == nil)
        let own = try load("  config: {\(Self.immediate), failure_patterns: ['^%'], failure_excludes: ['^% ?fine']}")
        #expect(own.configRejection(in: "% Fine\n") == nil)
        #expect(own.configRejection(in: "%Warning: x\n") == "%Warning: x")
        #expect(try load("  config: {\(Self.immediate)}").configRejection(in: "% Bad mask\n") == nil)
    }

    @Test func anyAnswerIsARemark_butForLogsAndWhereLinesArePrintedAnyway() throws {
        let platform = try load("  config: {\(Self.immediate)}")
        #expect(platform.configRemark(in: "\n%SYS-5-CONFIG_I: Configured\nInfo: done.\n") == "Info: done.")
        #expect(platform.configRemark(in: "%SYS-5-CONFIG_I: Configured\n\n") == nil)
        #expect(try load("  config: {\(Self.immediate), silent: false}").configRemark(in: "Done\n") == nil)
    }

    @Test func differenceIsWithoutWhatIsPrintedAroundIt() throws {
        let rules = try #require(Platform.builtIn(named: "cisco_iosxr")?.config)
        let output = "Wed Nov 25 09:10:11.123 UTC\nBuilding configuration...\n!! IOS XR Configuration 7.5.2\nhostname x\nend\n"
        #expect(rules.difference(output) == "hostname x\n")
        #expect(rules.difference("Building configuration...\n!! IOS XR Configuration 7.5.2\nend\n").isEmpty)
    }

    @Test func saveIsBelieved_unlessTheDefinitionKnowsBetter() throws {
        let platform = try load("  saved: ['\\[OK\\]']")
        #expect(platform.saysSaved("Building configuration...\n[OK]\n"))
        #expect(!platform.saysSaved("Building configuration...\n"))
        #expect(try load("  save: []").saysSaved(""))
    }

    @Test func placeOfTheLinesIsRead() throws {
        let rules = try #require(try load("  config: {mode: config, leaving: [commit, commit_confirmed]}").config)
        #expect(rules.mode == "config")
        #expect(rules.leaving == [.commit, .commitConfirmed])
        #expect(problem("  config: {leaving: [comit]}")?.contains("did you mean 'commit'?") == true)
        #expect(warning("  config: {mode: confg}")?.contains("did you mean 'config'?") == true)
    }

    @Test func linesOfAModeWaitForACommit_whereTheConfigurationsDo() throws {
        let junos = try #require(Platform.builtIn(named: "juniper_junos"))
        #expect(junos.needsCommit(afterLinesIn: "configuration") && junos.needsCommit(afterLinesIn: "configuration_exclusive"))
        #expect(!junos.needsCommit(afterLinesIn: "exec") && !junos.needsCommit(afterLinesIn: "shell"))
        #expect(try #require(Platform.builtIn(named: "cisco_iosxr")).needsCommit(afterLinesIn: "configuration"))
        for name in ["cisco_iosxe", "arista_eos", "linux"] {
            #expect(!(try #require(Platform.builtIn(named: name)).needsCommit(afterLinesIn: "configuration")), "\(name)")
        }
    }

    @Test(arguments: Platform.builtInNames) func builtInPlatformsKnowARejectedLine(name: String) throws {
        let platform = try #require(Platform.builtIn(named: name))
        guard let config = platform.config else { return }
        #expect(!config.failurePatterns.isEmpty)
        for text in [
            "%SYS-5-CONFIG_I: Configured from console by ops on vty0 (192.0.2.1)", "*Nov 30 10:00:00.1: %LINK-3-UPDOWN: Interface x, down",
            "%Nov 30 10:00:00:123 2026 sw1 SHELL/6/SHELL_CMD: Command is x failed", "Building configuration...", "[OK]", "Done", "!",
            "Warning: this may fail", "INFO: converting", "Configuration saved successfully", "[edit interfaces]",
        ] {
            #expect(platform.configRejection(in: text) == nil, "\(text)")
        }
    }

    @Test func commitSaysWhatItFound() throws {
        let rules = try #require(Platform.builtIn(named: "cisco_iosxr")?.config)
        #expect(rules.saysUnchanged("Wed Nov 25\n% No configuration changes to commit.\n"))
        #expect(!rules.saysUnchanged("done\n"))
    }
}
