import MusterConsole
import Testing

@testable import Muster

/// The lines of a change, and what is refused before anything is sent.
@Suite struct ConfigurationChangeTests {
    @Test func blanksAndCommentsAreLeftOut_andNumbersAreTheSources() {
        let change = ConfigurationChange(text: "! head\n\ninterface Gi1\r\n\t description x  \n!\n  # note\nend")
        #expect(change.lines.map(\.text) == ["interface Gi1", "description x", "end"])
        #expect(change.lines.map(\.number) == [3, 4, 7])
    }

    @Test(
        arguments: [
            "banner motd ^C", "banner motd ^", "banner motd", "banner login #Welcome", "Banner exec ^C Hello", "header login information %",
            "load merge terminal", "load merge terminal relative", "load set terminal", "certificate ca 01",
            "certificate self-signed 01 nvram:x", "key-string",
        ])
    func isRefused_whenALineBeginsATextOfSeveral(line: String) {
        #expect(ConfigurationChange([line]).lineProblem?.message.contains("line 1, '\(line)'") == true)
    }

    @Test(
        arguments: [
            "banner motd ^C Hello ^C", "banner motd ^Hello^", "no banner motd", "load override running.cfg", "banner login \"Hello\"",
            "key-string 7 0822455D0A16",
            "set system login message hello", "load factory-default", "certificate map CMAP 10", "description banner motd ^",
        ])
    func isTaken_whenALineIsAllOfIt(line: String) {
        #expect(ConfigurationChange([line]).lineProblem?.message == nil)
    }

    @Test func isRefused_whenALineHasAKeyInIt() {
        #expect(ConfigurationChange(["interface\tGi1"]).lineProblem?.message.hasPrefix("line 1 has a control character") == true)
        #expect(ConfigurationChange(["! only"]).lineProblem?.message == "there is no line to send")
    }

    private func problem(_ platform: String, _ adjust: (inout ConfigurationChange) -> Void = { _ in }) -> String? {
        var change = ConfigurationChange(["hostname x"])
        adjust(&change)
        return Device(name: "r1", platform: platform, user: "").problem(with: change, platforms: PlatformDefinitions())?.message
    }

    @Test(arguments: [
        ("juniper_junos", "commit and-quit"), ("cisco_iosxr", "commi"), ("nokia_srlinux", "commit now"), ("arista_eos", "Commit"),
    ])
    func isRefused_whenALineCommits(platform: String, line: String) {
        #expect(
            problem(platform) { $0 = ConfigurationChange(["hostname x", line]) }
                == "line 2, '\(line)', commits, which is done after the last line")
        #expect(problem("cisco_iosxe") { $0 = ConfigurationChange(["hostname x", line]) } == nil)
        #expect(problem(platform) { $0 = ConfigurationChange(["community-set \(line)"]) } == nil)
    }

    @Test(arguments: [
        ("nokia_sros_classic", "/commit"), ("nokia_sros", "/commit"), ("arista_eos", "configure session other commit"),
        ("arista_eos", "conf ses other comm"), ("cumulus_linux", "nv config apply -y"), ("juniper_junos", "top commit"),
    ])
    func isRefused_whenALineCommitsInOtherWords(platform: String, line: String) {
        let found = problem(platform) { $0 = ConfigurationChange(["hostname x", line]) }
        #expect((found == "line 2, '\(line)', commits, which is done after the last line") == (platform != "nokia_sros_classic"))
    }

    @Test func isRefused_whenALineHasAKeyInItThatAsksForHelp() {
        let line = "description is this ok? yes"
        #expect(
            problem("huawei_vrp") { $0 = ConfigurationChange(["interface Gi0/1", line]) }?
                .hasPrefix("line 2, '\(line)', has a ? in it") == true)
        // It can be quoted.
        #expect(problem("cisco_iosxe") { $0 = ConfigurationChange([line]) } == nil)
        #expect(problem("linux") { $0 = ConfigurationChange([line]) }?.contains("has a ? in it") == false)
    }

    @Test func platformHasToKnowWhatIsAskedFor() {
        for name in ["cisco_iosxe", "cisco_iosxr", "cisco_nxos", "arista_eos", "juniper_junos", "nokia_srlinux", "frr"] {
            #expect(problem(name) == nil)
            #expect(problem(name) { $0.saves = true } == nil)
        }
        #expect(problem("generic") == "the definition of generic does not say how its configuration is changed")
        #expect(problem("cisco_iosxe") { $0.confirmWithin = .seconds(60) } == "cisco_iosxe has no commit that has to be confirmed")
        #expect(problem("juniper_junos") { $0.confirmWithin = .seconds(60) } == nil)
        #expect(
            problem("juniper_junos") { $0.confirmWithin = .seconds(90) }
                == "juniper_junos takes whole minutes for the confirmation, not 90s")
        #expect(problem("arista_eos") { $0.confirmWithin = .seconds(90) } == nil)
    }

    @Test(arguments: [("cisco_iosxe", false), ("frr", false), ("cisco_iosxr", true), ("juniper_junos", true), ("arista_eos", true)])
    func onlyACandidateCanBeTried(platform: String, canBeTried: Bool) throws {
        #expect(ConfigurationChange.canBeTried(on: try #require(Platform.builtIn(named: platform))) == canBeTried)
    }
}
