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

    @Test func commitSaysWhatItFound() throws {
        let rules = try #require(Platform.builtIn(named: "cisco_iosxr")?.config)
        #expect(rules.saysUnchanged("Wed Nov 25\n% No configuration changes to commit.\n"))
        #expect(!rules.saysUnchanged("done\n"))
    }
}
