import Foundation
import MusterInventory
import Testing

@Suite struct FileTests {
    private func problems(_ paths: [String]) -> [String] {
        let error = #expect(throws: InventoryProblems.self) { try Inventory.load(paths: paths) }
        return error?.problems.map(\.description) ?? []
    }

    @Test func filesOfAFolderAreMergedInOrderOfName_whenAFolderIsNamed() async throws {
        try await withTemporaryFolder { folder in
            try write("groups: {leaf: {groups: [ams]}}\nhosts: {r2: {groups: [leaf]}}", to: folder + "/b.yml")
            try write("defaults: {user: a, port: 1}\ngroups: {ams: }\nhosts: {r1: }", to: folder + "/a.yaml")
            try write("nonsense: [", to: folder + "/notes.txt")
            try write("nonsense: [", to: folder + "/.hidden.yaml")
            try write("defaults: {user: c}", to: folder + "/c.yaml")
            let inventory = try Inventory.load(paths: [folder, folder + "/a.yaml"])
            #expect(inventory.hosts.map(\.name) == ["r1", "r2"])
            #expect(inventory.groups == ["ams": ["r2"], "leaf": ["r2"]])
            #expect(inventory["r2"]?.user == "c")
            #expect(inventory["r1"]?.port == 1)
            #expect(inventory["r1"]?.origins["user"]?.description == "defaults, \(folder)/c.yaml:1")
        }
    }

    @Test func problemsOfAllFilesAreTold_inTheOrderOfTheFiles() async throws {
        try await withTemporaryFolder { folder in
            try write("hosts:\n  r1: {port: 0}\n  r2:", to: folder + "/z.yaml")
            try write("groups: {g: }\nhosts:\n  r2:\n  r3: {groups: [h]}", to: folder + "/a.yaml")
            try write("groups:\n  g: {}\n\u{FEFF}", to: folder + "/m.yaml")
            #expect(
                problems([folder + "/z.yaml", folder + "/none.yaml", folder + "/a.yaml"]) == [
                    "\(folder)/z.yaml:2:14: 'port' in host 'r1': found 0, expected 1 to 65535",
                    "\(folder)/none.yaml: can't read the inventory: No such file or directory; name the inventory with -i, or create \(folder)/none.yaml",
                    "\(folder)/a.yaml:3:3: duplicate host 'r2'; the first is at \(folder)/z.yaml:3",
                    "\(folder)/a.yaml:4:17: unknown group 'h' in host 'r3'; expected one of g",
                ])
        }
    }

    @Test func theReasonIsTold_whenThereIsNothingToRead() async throws {
        try await withTemporaryFolder { folder in
            #expect(problems([folder]) == ["\(folder): the folder holds no inventory; expected files that end in .yaml or .yml"])
            #expect(problems([]) == ["inventory: no inventory file was given; name one with -i"])
        }
    }

    @Test func theReasonIsTold_whenAFileMayNotBeRead() async throws {
        // Root may read everything.
        guard getuid() != 0 else { return }
        try await withTemporaryFolder { folder in
            try write("hosts: {r1: }", to: folder + "/a.yaml", mode: 0)
            #expect(problems([folder + "/a.yaml"]) == ["\(folder)/a.yaml: can't read the inventory: Permission denied"])
        }
    }

    @Test func thePlaceIsTold_whenAFileIsNotUTF8() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.yaml"
            try Data("hosts:\n  ré: {user: ".utf8 + [0xE9, 0x7D, 0x0A]).write(to: URL(filePath: path))
            #expect(problems([path]) == ["\(path):2:14: a byte that is not UTF-8; expected UTF-8 text; save the file as UTF-8"])
            try Data([0xFF, 0xFE, 0x68, 0x00]).write(to: URL(filePath: path))
            #expect(problems([path]) == ["\(path):1:1: the file is UTF-16; expected UTF-8; save it as UTF-8"])
        }
    }

    @Test func aByteOrderMarkIsNoMatter_whenAFileBeginsWithOne() throws {
        #expect(try Inventory.parse("\u{FEFF}hosts: {r1: }").hosts.map(\.name) == ["r1"])
    }

    @Test(arguments: [(0o600, false), (0o640, true), (0o604, true), (0o622, false)])
    func aWarningIsGiven_whenOthersCanReadAPlainSecret(_ mode: Int, _ warns: Bool) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a.yaml"
            try write("hosts:\n  r1: {password: hunter2, enable: hunter3}\n  r2: {password: hunter2}", to: path, mode: mode)
            let expected =
                "\(path):2:18: a plain secret in a file that others can read (mode 0\(String(mode, radix: 8))); "
                + "run 'chmod 600 \(path)', or use a reference such as {env: NAME}"
            #expect(try Inventory.load(paths: [path]).warnings.map(\.description) == (warns ? [expected] : []))
        }
    }

    @Test func noWarningIsGiven_whenAllSecretsAreReferences() async throws {
        try await withTemporaryFolder { folder in
            try write("hosts: {r1: {password: {env: A}}}", to: folder + "/a.yaml", mode: 0o644)
            #expect(try Inventory.load(paths: [folder + "/a.yaml"]).warnings.isEmpty)
        }
    }

    @Test func theExampleIsSound_andShowsWhatItSays() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let inventory = try Inventory.load(paths: [root.appending(path: "inventory.example.yaml").path])
        #expect(inventory.hosts.map(\.name) == ["leaf-01", "leaf-02", "leaf-03.example.net", "core-1", "server-ams"])
        #expect(inventory.warnings.isEmpty)
        let leaf = try #require(inventory["leaf-02"])
        #expect(leaf.groups == ["leaf", "ams"])
        #expect(leaf.data == ["site": .string("ams"), "role": .string("leaf"), "rack": .integer(7)])
        #expect(leaf.password == .environment("NET_PASSWORD"))
        #expect(inventory["leaf-03.example.net"]?.address == "leaf-03.example.net")
        #expect(inventory["server-ams"]?.passphrase == .prompt("Passphrase of id_ed25519"))
    }
}
