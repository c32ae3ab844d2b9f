import Foundation
import MusterTestSupport
import Synchronization
import Testing

@testable import MusterSSH

struct HostKeyStoreTests {
    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    private func line(_ name: String, _ key: HostKey = SomeKey.ed25519) -> String { KnownHosts.line(HostKeyName(name), key: key) }

    @Test func pinnedKeys_areInTheFileAfterAFlush() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/deeper/known_hosts"
            let store = try await HostKeyStore.load(paths: [path])
            for number in 1...50 { #expect(store.pinIfUnknown(HostKeyName("r\(number)"), key: SomeKey.ed25519) == .unknown) }
            #expect(await store.flush() == nil)
            #expect(try text(path) == (1...50).map { line("r\($0)") }.joined())
            let again = try await HostKeyStore.load(paths: [path])
            #expect(again.verdict(HostKeyName("r50"), key: SomeKey.ed25519) == .known)
            #expect(try permissions(path) == 0o600)
            #expect(try permissions("\(folder)/deeper") == 0o700)
        }
    }

    @Test func pinsAreWritten_withoutAFlush() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            let store = try await HostKeyStore.load(paths: [path])
            _ = store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.ed25519)
            while (try? text(path).isEmpty) ?? true { await Task.yield() }
            #expect(try text(path) == line("r1"))
            #expect(await store.flush() == nil)
        }
    }

    @Test func eitherKeywordLeavesTheOtherFilesAsTheyAre() {
        let user = ["/h/.ssh/known_hosts", "/h/.ssh/known_hosts2"]
        let global = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]
        #expect(HostKeyStore.paths(user: nil, global: nil, home: "/h") == [])
        #expect(HostKeyStore.paths(user: nil, global: ["/g"], home: "/h") == user + ["/g"])
        #expect(HostKeyStore.paths(user: ["/u"], global: nil, home: "/h") == ["/u"] + global)
        #expect(HostKeyStore.paths(user: ["/u"], global: [], home: "/h") == ["/u"])
        // Nothing is pinned into a file that is not the user's.
        #expect(HostKeyStore.paths(user: [], global: nil, home: "/h") == ["/dev/null"] + global)
    }

    @Test func aKeyIsKeptForTheRun_whenItsFileIsNone() async throws {
        let store = try await HostKeyStore.load(paths: HostKeyStore.paths(user: [], global: [], home: "/h"))
        let name = HostKeyName(host: "r1", port: 22)
        let key = HostKey(blob: [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 1, 7])
        guard case .unknown = store.pinIfUnknown(name, key: key) else { return #expect(Bool(false), "it was known") }
        guard case .known = store.pinIfUnknown(name, key: key) else { return #expect(Bool(false), "it is not known") }
        #expect(await store.flush() == nil)
    }

    @Test func firstFileIsWritten_andAllAreRead() async throws {
        try await withTemporaryFolder { folder in
            try line("r2").write(toFile: "\(folder)/b", atomically: true, encoding: .utf8)
            let paths = ["\(folder)/a", "\(folder)/b", "\(folder)/missing", "\(folder)/b"]
            let store = try await HostKeyStore.load(paths: paths, for: [HostKeyName("r1"), HostKeyName("r2")])
            #expect(store.pinIfUnknown(HostKeyName("r2"), key: SomeKey.ed25519) == .known)
            #expect(store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.ed25519) == .unknown)
            #expect(await store.flush() == nil)
            #expect(store.entries(HostKeyName("r2")).map(\.origin) == ["\(folder)/b:1"])
            #expect(try text("\(folder)/a") == line("r1"))
            #expect(try text("\(folder)/b") == line("r2"))
        }
    }

    @Test func secondKeyOfAHost_hasChanged_whenTwoArePinnedAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let store = try await HostKeyStore.load(paths: ["\(folder)/known_hosts"])
            #expect(store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.ed25519) == .unknown)
            #expect(store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.ed25519) == .known)
            guard case .changed(let entries) = store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.other) else {
                Issue.record("expected a changed key")
                return
            }
            #expect(entries.map(\.origin) == ["pinned in this run"])
            _ = await store.flush()
        }
    }

    @Test func pinnedKey_startsALineOfItsOwn_whenTheFileEndsInMidLine() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            try String(line("r0", SomeKey.other).dropLast()).write(toFile: path, atomically: true, encoding: .utf8)
            let store = try await HostKeyStore.load(paths: [path])
            _ = store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.ed25519)
            #expect(await store.flush() == nil)
            #expect(try text(path) == line("r0", SomeKey.other) + line("r1"))
        }
    }

    @Test func keyThatSomeoneElseHasAddedMeanwhile_isNotAddedTwice() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            let first = try await HostKeyStore.load(paths: [path])
            let second = try await HostKeyStore.load(paths: [path])
            for number in 1...20 { _ = first.pinIfUnknown(HostKeyName("r\(number)"), key: SomeKey.ed25519) }
            #expect(await first.flush() == nil)
            for number in 11...30 { _ = second.pinIfUnknown(HostKeyName("r\(number)"), key: SomeKey.ed25519) }
            #expect(await second.flush() == nil)
            #expect(try text(path) == (1...30).map { line("r\($0)") }.joined())
        }
    }

    @Test func keyThatContradictsWhatSomeoneElseHasAddedMeanwhile_isNotAdded() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            let store = try await HostKeyStore.load(paths: [path])
            try line("r1", SomeKey.other).write(toFile: path, atomically: true, encoding: .utf8)
            _ = store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.ed25519)
            _ = store.pinIfUnknown(HostKeyName("r2"), key: SomeKey.ed25519)
            #expect(await store.flush() == "\(path): another key was added meanwhile for r1")
            #expect(try text(path) == line("r1", SomeKey.other) + line("r2"))
        }
    }

    @Test func noLineIsLostOrDoubled_whileAnotherProcessWrites() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            // Each line in a write of its own, at the end, as ssh does it.
            let script = "i=0; while [ $i -lt 400 ]; do echo \"x$i ssh-ed25519 \(SomeKey.other.base64)\" >> \(path); i=$((i+1)); done"
            async let status = Program.runAsync(["/bin/sh", "-c", script])
            var names: [String] = []
            for turn in 0..<20 {
                let one = try await HostKeyStore.load(paths: [path])
                let two = try await HostKeyStore.load(paths: [path])
                for number in 0..<10 {
                    names.append("r\(turn)-\(number)")
                    _ = one.pinIfUnknown(HostKeyName("r\(turn)-\(number)"), key: SomeKey.ed25519)
                    _ = two.pinIfUnknown(HostKeyName("r\(turn)-\(number)"), key: SomeKey.ed25519)
                }
                async let first = one.flush()
                async let second = two.flush()
                let problems = await [first, second]
                #expect(problems == [nil, nil])
            }
            #expect(await status == 0)
            let lines = try text(path).split(separator: "\n", omittingEmptySubsequences: false)
            let expected =
                names.map { line($0) } + (0..<400).map { line("x\($0)", SomeKey.other) }
            #expect(lines.dropLast().map { "\($0)\n" }.sorted() == expected.sorted())
            #expect(lines.last == "")
        }
    }

    @Test func linkStaysALink_whenItsFileIsWrittenOrChanged() async throws {
        try await withTemporaryFolder { folder in
            try line("r1").write(toFile: "\(folder)/real", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: "\(folder)/real")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/known_hosts", withDestinationPath: "real")
            let store = try await HostKeyStore.load(paths: ["\(folder)/known_hosts"])
            _ = store.pinIfUnknown(HostKeyName("r2"), key: SomeKey.ed25519)
            #expect(await store.flush() == nil)
            #expect(try text("\(folder)/real") == line("r1") + line("r2"))
            let kept = try await store.change(
                adding: [(HostKeyName("r1"), SomeKey.other)], removing: [(HostKeyName("r1"), SomeKey.ed25519)])
            #expect(kept == [])
            #expect(try text("\(folder)/real") == line("r2") + line("r1", SomeKey.other))
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/known_hosts") == "real")
            #expect(try permissions("\(folder)/real") == 0o640)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["known_hosts", "real"])
        }
    }

    @Test func acceptedKeys_standBesideOthersOfTheirHost() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            try line("r1").write(toFile: path, atomically: true, encoding: .utf8)
            let store = try await HostKeyStore.load(paths: [path])
            let keys = [(name: HostKeyName("r1"), key: SomeKey.ecdsa), (name: HostKeyName("r1"), key: SomeKey.ed25519)]
            #expect(try await store.change(adding: keys, removing: []) == [])
            #expect(try text(path) == line("r1") + line("r1", SomeKey.ecdsa))
        }
    }

    @Test func nameThatIsNoName_isNotWritten() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/known_hosts"
            let store = try await HostKeyStore.load(paths: [path])
            for name in ["a b", "a,b", "*", "|1|", "@revoked", "#r1", "r\n1", ""] {
                _ = store.pinIfUnknown(HostKeyName(name), key: SomeKey.ed25519)
            }
            #expect(await store.flush()?.contains("cannot stand in a known hosts file") == true)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func fileThatCannotBeWritten_isReported() async throws {
        let store = try await HostKeyStore.load(paths: ["/dev/null/known_hosts"])
        _ = store.pinIfUnknown(HostKeyName("r1"), key: SomeKey.ed25519)
        #expect(await store.flush()?.contains("/dev/null/known_hosts") == true)
    }

    @Test func fileThatCannotBeRead_isReported() async throws {
        try await withTemporaryFolder { folder in
            _ = await #expect(throws: KnownHostsFile.Problem.self) {
                _ = try await HostKeyStore.load(paths: ["\(folder)/none", folder])
            }
        }
    }

    @Test func eachPinIsTold_whenItIsWrittenOrCannotBe() async throws {
        try await withTemporaryFolder { folder in
            let told = Mutex<[String: String?]>([:])
            func pin(_ name: String, in store: HostKeyStore) {
                _ = store.pinIfUnknown(HostKeyName(name), key: SomeKey.ed25519) { reason in told.withLock { $0[name] = .some(reason) } }
            }
            let path = "\(folder)/known_hosts"
            let store = try await HostKeyStore.load(paths: [path])
            // Someone else has written another key of r1 meanwhile.
            try line("r1", SomeKey.other).write(toFile: path, atomically: true, encoding: .utf8)
            for name in ["r1", "r2", "a b"] { pin(name, in: store) }
            _ = await store.flush()
            pin("r3", in: try await HostKeyStore.load(paths: ["/dev/null"]))
            let unwritable = try await HostKeyStore.load(paths: ["/dev/null/known_hosts"])
            pin("r4", in: unwritable)
            _ = await unwritable.flush()
            let reasons = told.withLock { $0 }
            #expect(reasons["r1"]??.hasSuffix("another key was added meanwhile for r1") == true)
            #expect(reasons["r2"] == .some(nil))
            #expect(reasons["a b"]??.contains("cannot stand in") == true)
            #expect(reasons["r3"] == "/dev/null keeps nothing")
            #expect(reasons["r4"]??.contains("/dev/null/known_hosts") == true)
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatIsNoFileIsRefused_andNotWaitedFor() async throws {
        try await withTemporaryFolder { folder in
            let pipe = "\(folder)/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            for path in [pipe, "/dev/full", "/dev/zero"] {
                let problem = await #expect(throws: KnownHostsFile.Problem.self) { _ = try await HostKeyStore.load(paths: [path]) }
                #expect(problem?.description == "\(path): it is no file, but a device or a pipe")
            }
        }
    }
}
