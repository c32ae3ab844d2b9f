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

    @Test func textIsOneLine_withAllThatIsInIt() {
        let change = ConfigurationChange(
            text: "hostname r1\nbanner motd ^C\n  Keep out\n\n! # ^C\n\t ntp server 192.0.2.1\nbanner login ^x^\n")
        #expect(
            change.lines.map(\.text) == ["hostname r1", "banner motd ^C\n  Keep out\n\n! # ^C", "ntp server 192.0.2.1", "banner login ^x^"])
        #expect(change.lines.map(\.number) == [1, 2, 6, 7])
        let certificate = "certificate ca 01\n  30820241 308201AA\n  A0030201\n  quit"
        #expect(
            ConfigurationChange(text: "crypto pki certificate chain X\n \(certificate)\n!\n").lines.map(\.text).last == certificate)
        #expect(ConfigurationChange(text: "banner motd\nHello\nEOF\nend").lines.map(\.text) == ["banner motd\nHello\nEOF", "end"])
    }

    private func lineProblem(_ lines: [String], _ platform: String) throws -> String? {
        ConfigurationChange(lines).lineProblem(on: try #require(Platform.builtIn(named: platform)))?.message
    }

    @Test(arguments: [
        "banner motd ^\n x\n^", "banner motd ^x^", "certificate self-signed 01 nvram:x", "key-string", "certificate ca 01\n30\nquit",
    ])
    func isSent_whenTheDefinitionKnowsItsEnd(text: String) throws {
        #expect(try lineProblem(text.split(separator: "\n").map(String.init), "cisco_iosxe") == nil)
    }

    @Test(arguments: [
        (
            "cisco_iosxe", "banner motd ^C\nHello",
            "line 1, 'banner motd ^C', begins a text of several lines that has no end, which would be a line with '^'"
        ),
        (
            "cisco_iosxe", "banner motd",
            "line 1, 'banner motd', begins a text of several lines that has no end, which would be a sign behind it that ends the text"
        ),
        (
            "cisco_iosxe", "certificate ca 01\n30",
            "line 1, 'certificate ca 01', begins a text of several lines that has no end, which would be a line 'quit'"
        ),
        (
            "arista_eos", "banner motd\nHello",
            "line 1, 'banner motd', begins a text of several lines that has no end, which would be a line 'EOF'"
        ),
        (
            "juniper_junos", "banner motd ^\nHello\n^",
            "line 1, 'banner motd ^', begins a text of several lines, and the definition of juniper_junos does not say how one is sent: it wants "
                + "'multiline' under 'muster'"
        ),
        (
            "arista_eos", "banner motd ^\nHello\n^",
            "line 1, 'banner motd ^', begins a text of several lines, and the definition of arista_eos does not say how one is sent: it wants 'multiline' under 'muster'"
        ),
        ("cisco_iosxe", "banner motd ^\n\tx\n^", "line 1 has a control character in it, which a device takes for a key"),
    ])
    func isRefused_whenItHasNoEndOrThePlatformNoRule(platform: String, text: String, message: String) throws {
        #expect(try lineProblem(text.split(separator: "\n").map(String.init), platform) == message)
    }

    @Test(
        arguments: [
            "banner motd ^C", "banner motd ^", "banner motd", "banner login #Welcome", "Banner exec ^C Hello", "header login information %",
            "load merge terminal", "load merge terminal relative", "load set terminal", "certificate ca 01",
            "certificate self-signed 01 nvram:x", "key-string",
        ])
    func isRefused_whenThePlatformsDefinitionKnowsNothingOfTexts(line: String) throws {
        #expect(try lineProblem([line], "generic")?.contains("line 1, '\(line)'") == true)
    }

    @Test(
        arguments: [
            "banner motd ^C Hello ^C", "banner motd ^Hello^", "no banner motd", "load override running.cfg", "banner login \"Hello\"",
            "key-string 7 0822455D0A16",
            "set system login message hello", "load factory-default", "certificate map CMAP 10", "description banner motd ^",
        ])
    func isTaken_whenALineIsAllOfIt(line: String) throws {
        for platform in ["generic", "cisco_iosxe", "juniper_junos"] { #expect(try lineProblem([line], platform) == nil) }
    }

    @Test func isRefused_whenALineHasAKeyInIt() throws {
        #expect(try lineProblem(["interface\tGi1"], "generic")?.hasPrefix("line 1 has a control character") == true)
        #expect(try lineProblem(["! only"], "generic") == "there is no line to send")
        #expect(try lineProblem(["load merge terminal"], "juniper_junos")?.contains("'set' commands") == true)
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
