import Foundation
import Muster
import Testing

@testable import MusterCommands

/// `muster platforms` but for detecting, and definitions given on the command line.
struct PlatformsTests {
    private static let definition = """
        prompt_pattern: '^\\w+[>#]$'
        default_mode: user
        modes:
          - name: user
            prompt_pattern: '^\\w+>$'
            accessible_modes:
              - name: root
                instructions:
                  - send_prompted_input: {input: enable, prompt_pattern: '^password:$', response: __lookup::enable}
          - {name: root, prompt_pattern: '^\\w+#$', accessible_modes: [{name: user, instructions: [{send_input: {input: disable}}]}]}
        on_open_instructions: [{send_input: {input: terminal length 0}}]
        muster:
          description: My own
          version_command: show version
          tests: {prompts: [{text: "r1>", mode: user}]}

        """

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func list(_ text: String) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test func listsWhatIsBuiltInAndWhatIsInFolders() async throws {
        try await withFiles(["my_os.yaml": Self.definition, "bad.yaml": "modes: [\n"]) { folder in
            let world = World(["MUSTER_PLATFORMS": folder])
            #expect(await world.muster("platforms", "list") == 0)
            let lines = world.output.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("my_os ") && $0.contains("My own") && $0.contains("\(folder)/my_os.yaml") })
            #expect(lines.contains { $0.hasPrefix("cisco_iosxe ") && $0.contains("built in") && $0.contains("cisco_ios,") })
            #expect(world.errors.contains("bad.yaml"))
            let machine = World(["MUSTER_PLATFORMS": folder])
            #expect(await machine.muster("platforms", "list", "-o", "json") == 0)
            let mine = try #require(try list(machine.output).first { $0["name"] as? String == "my_os" })
            #expect(mine["origin"] as? String == "file" && mine["description"] as? String == "My own")
        }
    }

    @Test func showsADefinition_forPeopleAndWhole() async throws {
        try await withFiles(["my_os.yaml": Self.definition]) { folder in
            let world = World()
            #expect(await world.muster("platforms", "show", "\(folder)/my_os.yaml") == 0)
            #expect(world.output.hasPrefix("my_os: My own\n"))
            #expect(world.output.contains("to root: 'enable', and the secret 'enable' when asked /^password:$/"))
            #expect(world.output.contains("done on open\n    'terminal length 0'\n"))
            let machine = World()
            #expect(await machine.muster("platforms", "show", "-o", "json", "\(folder)/my_os.yaml") == 0)
            let whole = try object(machine.output)
            #expect(whole["default_mode"] as? String == "user")
            #expect((whole["modes"] as? [[String: Any]])?.count == 2)
            #expect((whole["muster"] as? [String: Any])?["version_command"] as? String == "show version")
        }
        let alias = World()
        #expect(await alias.muster("platforms", "show", "junos") == 0)
        #expect(alias.output.hasPrefix("juniper_junos"))
        let typo = World()
        #expect(await typo.muster("platforms", "show", "cisco_iosxee") == 64)
        #expect(typo.errors == "muster: there is no platform 'cisco_iosxee'; did you mean 'cisco_iosxe'?\n")
    }

    @Test func showsTheTextOfADefinition_toBeginOnesOwnWith() async throws {
        let world = World()
        #expect(await world.muster("platforms", "show", "-o", "yaml", "huawei") == 0)
        #expect(world.output.contains("\n  description: Huawei VRP 5"))
        try await withFiles(["mine.yaml": world.output]) { folder in
            let test = World()
            #expect(await test.muster("platforms", "test", "\(folder)/mine.yaml") == 0)
            let again = World()
            #expect(await again.muster("platforms", "show", "-o", "yaml", "\(folder)/mine.yaml") == 0)
            #expect(again.output == world.output)
        }
    }

    @Test func lintTellsOfMistakes_andTheStatusSaysHowBadTheyAre() async throws {
        let warned = Self.definition.replacing("version_command", with: "version_comand")
        let wrong = Self.definition.replacing("default_mode: user", with: "default_mode: usr")
        let broken = Self.definition.replacing("'^\\w+#$'", with: "'^(\\w+#$'")
        try await withFiles(["good.yaml": Self.definition, "warned.yaml": warned, "wrong.yaml": wrong, "broken.yaml": broken]) { folder in
            let good = World()
            #expect(await good.muster("platforms", "lint", "\(folder)/good.yaml") == 0)
            #expect(good.output == "1 definition: 0 errors, 0 warnings\n")
            let warned = World()
            #expect(await warned.muster("platforms", "lint", "\(folder)/warned.yaml") == 0)
            #expect(
                warned.output.hasPrefix(
                    "\(folder)/warned.yaml:14:3: warning: muster.version_comand: no such key; did you mean 'version_command'? [unknown-key]\n"
                ))
            #expect(await World().muster("platforms", "lint", "--strict", "\(folder)/warned.yaml") == 1)
            let wrong = World()
            #expect(await wrong.muster("platforms", "lint", "\(folder)/wrong.yaml") == 1)
            #expect(wrong.output.contains("\(folder)/wrong.yaml:2:15: error: default_mode: there is no 'usr'; did you mean 'user'?"))
            let all = World()
            #expect(await all.muster("platforms", "lint", "-o", "json", folder) == 65)
            let problems = try list(all.output)
            let bad = try #require(problems.first { ($0["file"] as? String)?.hasSuffix("broken.yaml") == true })
            #expect(bad["pattern"] as? String == "^(\\w+#$" && bad["offset"] as? Int == 7 && bad["severity"] as? String == "error")
        }
        let builtIn = World()
        #expect(await builtIn.muster("platforms", "lint") == 0, "\(builtIn.output)")
    }

    @Test func testShowsExpectedAndSeen_whenATestFails() async throws {
        let failing = Self.definition.replacing("mode: user}]}", with: "mode: root}]}")
        try await withFiles(["good.yaml": Self.definition, "failing.yaml": failing, "bare.yaml": "modes: [{name: a}]\n"]) { folder in
            let good = World()
            #expect(await good.muster("platforms", "test", "\(folder)/good.yaml") == 0)
            #expect(good.output == "1 definition, 1 test: 1 passed, 0 failed\n")
            let failing = World()
            #expect(await failing.muster("platforms", "test", folder) == 1)
            #expect(
                failing.output == """
                    no tests \(folder)/bare.yaml
                    failed \(folder)/failing.yaml:15: prompts: 'r1>'
                        expected the mode root
                        seen     the mode user
                    3 definitions, 2 tests: 1 passed, 1 failed

                    """)
        }
        #expect(await World().muster("platforms", "test", "/nowhere/x.yaml") == 65)
    }

    // MARK: In a run

    @Test func aRunTakesADefinition_fromTheCommandLineTheInventoryOrAFolder() async throws {
        let inventory = "defaults: {user: u, password: p}\nhosts:\n  r1: {platform: ./my_os.yaml}\n  r2: {platform: linux}\n"
        try await withFiles(["my_os.yaml": Self.definition, "lab.yaml": inventory]) { folder in
            let listed = World()
            #expect(await listed.muster("run", "-i", "\(folder)/lab.yaml", "x") == 0, "\(listed.errors)")
            #expect(listed.devices.map(\.platform) == ["\(folder)/./my_os.yaml", "linux"])
            #expect(listed.options.platforms.library.platform(named: "\(folder)/./my_os.yaml")?.modes.count == 2)
            let given = World()
            #expect(await given.muster("run", "-i", "\(folder)/lab.yaml", "--definition", "\(folder)/my_os.yaml", "x") == 0)
            #expect(given.devices.map(\.platform) == ["\(folder)/my_os.yaml", "\(folder)/my_os.yaml"])
            let named = World(["MUSTER_PLATFORMS": folder])
            #expect(await named.muster("run", "-i", "\(folder)/lab.yaml", "-p", "my_os", "x") == 0, "\(named.errors)")
            #expect(named.options.platforms.library.platform(named: "my_os")?.summary == "My own")
        }
    }

    @Test func nothingIsConnectedTo_whenADefinitionIsBad() async throws {
        let bad = "prompt_pattern: '^(r1#$'\nmodes: [{name: a, prompt_pattern: '['}]\n"
        try await withFiles(["bad.yaml": bad]) { folder in
            let world = World()
            #expect(await world.muster("run", "-w", "u@192.0.2.1", "--definition", "\(folder)/bad.yaml", "x") == 65)
            #expect(world.runs == 0)
            #expect(
                world.errors.contains(
                    "muster: the platform definition has 2 problems\n\(folder)/bad.yaml:1:17: prompt_pattern: no regular expression"))
            #expect(world.errors.contains("\n    ^(r1#$\n          ^\n"), "\(world.errors)")
            #expect(world.errors.contains("\(folder)/bad.yaml:2:35: modes[0].prompt_pattern"))
            let gone = World()
            #expect(await gone.muster("run", "-w", "u@192.0.2.1", "--definition", "\(folder)/gone.yaml", "x") == 65)
            let isFolder = World()
            #expect(await isFolder.muster("run", "-w", "u@192.0.2.1", "--definition", folder, "x") == 65)
            #expect(isFolder.errors.contains("is a folder"))
            let noFolder = World(["MUSTER_PLATFORMS": "\(folder)/none"])
            #expect(await noFolder.muster("run", "-w", "u@192.0.2.1", "x") == 65)
            #expect(noFolder.errors.contains("$MUSTER_PLATFORMS"))
        }
        #expect(await World().muster("run", "-w", "u@192.0.2.1", "-p", "linux", "--definition", "x.yaml", "x") == 64)
    }

    @Test func aRunIsToldOfKeysThatMeanNothing() async throws {
        try await withFiles(["my_os.yaml": Self.definition.replacing("on_open_inst", with: "on_opne_inst")]) { folder in
            let world = World()
            #expect(await world.muster("run", "-w", "u@192.0.2.1", "--definition", "\(folder)/my_os.yaml", "x") == 0)
            #expect(world.options.platforms.library.warnings.map(\.key) == ["on_opne_instructions"])
        }
    }
}
