import Foundation
import Testing

@testable import MusterConsole

/// Definitions in files and folders.
struct PlatformLibraryTests {
    private func withFolder<R>(_ files: [String: String] = [:], _ body: (String) throws -> R) throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("muster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        return try body(folder.path)
    }

    @Test func takesTheFirstFolder_thenTheNext_thenWhatIsBuiltIn() throws {
        try withFolder(["my_os.yaml": "modes: [{name: one}]", "cisco_iosxe.yml": "modes: [{name: mine}]", ".hidden.yaml": "["]) { first in
            try withFolder(["my_os.yaml": "modes: [{name: two}]", "other.yaml": "modes: [{name: three}]", "notes.txt": "x"]) { second in
                var library = PlatformLibrary()
                try library.addFolders([first, second])
                #expect(library.names.contains("other") && !library.names.contains("notes") && !library.names.contains(".hidden"))
                #expect(library.names.filter { $0 == "cisco_iosxe" }.count == 1)
                try library.load(["my_os", "other", "cisco_ios", "arista_eos"])
                #expect(library.platform(named: "my_os")?.modes.map(\.name) == ["one"])
                #expect(library.platform(named: "other")?.modes.map(\.name) == ["three"])
                // An alias means the platform of that name, wherever it is defined.
                #expect(library.platform(named: "cisco_ios")?.modes.map(\.name) == ["mine"])
                #expect(library.platform(named: "cisco_iosxe")?.modes.map(\.name) == ["mine"])
                #expect(library.platform(named: "arista_eos") === Platform.builtIn(named: "arista_eos"))
                #expect(library.nearest(to: "my_oz") == "my_os")
            }
        }
    }

    @Test func readsOnlyWhatIsNeeded() throws {
        try withFolder(["bad.yaml": "modes: [", "good.yaml": "modes: [{name: a}]"]) { folder in
            var library = PlatformLibrary()
            try library.addFolders([folder])
            try library.load(["good", "linux"])
            let errors = #expect(throws: DefinitionErrors.self) { try library.load(["bad"]) }
            #expect(errors?.problems.first?.file == "\(folder)/bad.yaml")
        }
    }

    @Test func findsTheProblemsOfAllFiles() throws {
        try withFolder(["a.yaml": "modes: [{name: a, prompt_pattern: '('}]", "b.yaml": "promt: x"]) { folder in
            var library = PlatformLibrary()
            let errors = #expect(throws: DefinitionErrors.self) { try library.load(["\(folder)/a.yaml", "\(folder)/b.yaml"]) }
            #expect(Set(errors?.problems.map(\.file) ?? []) == ["\(folder)/a.yaml", "\(folder)/b.yaml"])
        }
    }

    @Test func saysWhatIsWrongWithAFile() throws {
        try withFolder(["latin.yaml": "", "huge.yaml": String(repeating: "# x\n", count: 300_000)]) { folder in
            try Data([0x61, 0x0A, 0x62, 0xE9, 0x0A]).write(to: URL(fileURLWithPath: "\(folder)/latin.yaml"))
            try Data([0xFF, 0xFE, 0x61, 0x00]).write(to: URL(fileURLWithPath: "\(folder)/wide.yaml"))
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/loop.yaml", withDestinationPath: "\(folder)/loop.yaml")
            func problem(_ name: String) -> PlatformProblem? {
                let definition = DefinitionFile.read("\(folder)/\(name)")
                #expect(definition.platform == nil && definition.problems.count == 1)
                return definition.problems.first
            }
            #expect(problem("latin.yaml")?.what == "a byte that is not UTF-8")
            #expect(problem("latin.yaml")?.line == 2 && problem("latin.yaml")?.column == 2)
            #expect(problem("wide.yaml")?.what == "is UTF-16")
            #expect(problem("huge.yaml")?.what == "is larger than 1 MiB")
            #expect(problem("loop.yaml")?.expected.contains("symbolic link") == true)
            #expect(problem("")?.what == "is a folder")
            #expect(problem("gone.yaml")?.what.contains("No such file") == true)
            #expect(DefinitionFile.read("/dev/null").problems.first?.what == "is no regular file")
        }
    }

    @Test func saysSo_whenAFolderIsNone() throws {
        var library = PlatformLibrary()
        let errors = #expect(throws: DefinitionErrors.self) { try library.addFolders(["/nowhere/at/all"]) }
        #expect(errors?.problems.first?.what.contains("No such file") == true)
    }

    @Test(arguments: [("./my_os.yaml", "my_os"), ("a/b.yml", "b"), ("/x/os", "os"), ("dir/.yaml", ".yaml")])
    func namesAPlatformByItsFile(_ path: String, _ name: String) {
        #expect(DefinitionFile.name(of: path) == name)
    }

    /// The constructs of the published definitions.
    @Test func readsTheConstructsOfPublishedDefinitions() throws {
        let yaml = #"""
            ---
            prompt_pattern: '^.*[>#$]\s?+$'
            default_mode: 'exec'
            modes:
              - name: 'exec'
                prompt_pattern: '^(?:\{\w+(:(\w+){0,1}\d){0,1}\}\n){0,1}[\w\-@()/:\.]{1,63}>\s?$'
                accessible_modes:
                  - name: 'shell'
                    instructions:
                      - send_prompted_input:
                          input: 'start shell'
                          prompt_exact: '^Password:\s?$'
                          response: '__lookup::root'
                  - name: 'nowhere'
                    instructions:
                      - send_input:
                          input: 'go'
              - name: 'shell'
                prompt_pattern: '^.*[%\$]\s?$'
                prompt_excludes:
                  - 'root'
                accessible_modes:
            failure_indicators:
              - 'is ambiguous'
            on_open_instructions:
              - enter_mode:
                  requested_mode: 'exec'
              - send_input:
                  input: 'set cli screen-width 511'
            on_close_instructions:
              - write:
                  input: 'exit'
            force_in_session_auth: true
            ntc_templates_platform: 'juniper_junos'
            genie_platform: 'junos'
            """#
        let definition = Platform.read(yaml: yaml, name: "x", file: "x.yaml")
        let platform = try #require(definition.platform, "\(definition.problems)")
        // What is no text to the letter is taken for the expression that it is.
        #expect(definition.problems.map(\.rule) == [.notExact, .undefinedMode])
        #expect(platform.modes.count == 2 && platform.forceInSessionAuth)
    }
}
