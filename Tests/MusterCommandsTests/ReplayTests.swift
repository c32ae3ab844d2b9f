import Synchronization
import Testing

@testable import MusterCommands

/// The pauses that were asked for.
private final class Pauses: Sendable {
    private let state = Mutex<[Duration]>([])

    var all: [Duration] { state.withLock { $0 } }

    func add(_ pause: Duration) { state.withLock { $0.append(pause) } }
}

/// `muster replay` and `muster platforms test --recording`.
struct ReplayTests {
    private static let recording = """
        {"muster_recording":1,"host":"r1","address":"192.0.2.1","port":22,"transport":"ssh","platform":"cisco_iosxe","secrets":[],"started":"2026-11-25T09:00:00.000Z","program":"muster 0.1.0"}
        {"t":0.000000,"d":"in","b":"\\r\\nr1#"}
        {"t":0.100000,"d":"out","b":"\\n"}
        {"t":0.200000,"d":"in","b":"\\r\\nr1#"}
        {"t":0.300000,"mark":"opened","prompt":"r1#","mode":"privileged_exec"}
        {"t":0.400000,"mark":"command","id":1,"command":"show clock"}
        {"t":0.500000,"d":"out","b":"terminal length 0\\nterminal width 511\\nshow clock\\n"}
        {"t":1.000000,"d":"in","b":"terminal length 0\\r\\nr1#terminal width 511\\r\\nr1#show clock\\r\\n\\u001b[31m10:00 caf\\udcc3"}
        {"t":61.000000,"d":"in","b":"\\udca9\\r\\nr1#"}
        {"t":61.500000,"mark":"result","id":1,"command":"show clock","output":"10:00 caf\u{E9}","mode":"privileged_exec","prompt":"r1#"}

        """

    private func replay(_ arguments: String..., text: String = recording) async throws -> (status: Int32, world: World) {
        try await withFiles(["r1.jsonl": text]) { folder in
            let world = World()
            let status = await MusterTool.run(["replay"] + arguments + ["\(folder)/r1.jsonl"], in: world.all)
            return (status, world)
        }
    }

    private let shown = "\nr1#\nr1#terminal length 0\nr1#terminal width 511\nr1#show clock\n^[[31m10:00 caf\u{E9}\nr1#"

    @Test func showsWhatTheDevicePrinted_withEscapesMadeVisible() async throws {
        let (status, world) = try await replay("--no-wait")
        #expect(status == 0)
        #expect(world.output == shown)
        #expect(world.errors.isEmpty)
    }

    @Test func showsTheBytesAsTheyCame_whenRaw() async throws {
        let (status, world) = try await replay("--fast", "--raw")
        #expect(status == 0)
        #expect(world.output.hasSuffix("show clock\r\n\u{1B}[31m10:00 caf\u{E9}\r\nr1#"))
    }

    @Test func showsWhatWasTyped_onLinesOfTheirOwn() async throws {
        let (_, world) = try await replay("--no-wait", "--typed")
        #expect(world.output.hasPrefix("\nr1#\n>>> \n\nr1#\n>>> terminal length 0\n>>> terminal width 511\n>>> show clock\nterminal"))
    }

    private static let exec = """
        {"muster_recording":1,"host":"h1","address":"192.0.2.1","port":22,"transport":"ssh","platform":"linux","secrets":[]}
        {"t":0.000000,"mark":"exec","id":1,"command":"uname"}
        {"t":0.100000,"d":"in","b":"Linux"}
        {"t":0.200000,"mark":"result","id":1,"command":"uname","output":"Linux","status":0,"mode":"","prompt":""}
        {"t":0.300000,"mark":"exec","id":2,"command":"grep x y"}
        {"t":0.400000,"mark":"result","id":2,"command":"grep x y","output":"","failure":"exit status 1","status":1,"mode":"","prompt":""}
        {"t":0.500000,"mark":"closing"}

        """

    @Test func showsCommandsAndTheirStatus_overExecChannels() async throws {
        let (status, world) = try await replay("--no-wait", text: Self.exec)
        #expect(status == 0)
        #expect(world.output == "$ uname\nLinux\n$ grep x y\n[exit status 1]\n")
        let (_, info) = try await replay("--info", text: Self.exec)
        #expect(info.output.contains("prompt     none: each command went over an exec channel of its own"))
        #expect(info.output.contains("rejected: exit status 1"))
        let (_, json) = try await replay("--info", "-o", "json", text: Self.exec)
        #expect(json.output.contains("\"exit_status\": 1"))
    }

    @Test func waitsAsLongAsItTook_slowedAndShortened() async throws {
        func pauses(_ arguments: String...) async throws -> [Duration] {
            try await withFiles(["r1.jsonl": Self.recording]) { folder in
                let pauses = Pauses()
                var surroundings = World().all
                surroundings.sleep = { pauses.add($0) }
                #expect(await MusterTool.run(["replay"] + arguments + ["\(folder)/r1.jsonl"], in: surroundings) == 0)
                return pauses.all
            }
        }
        #expect(try await pauses() == [.milliseconds(200), .milliseconds(800), .seconds(60)])
        #expect(try await pauses("--speed", "4", "--max-pause", "1s") == [.milliseconds(50), .milliseconds(200), .seconds(1)])
        #expect(try await pauses("--no-wait") == [])
    }

    @Test func leavesWithTheSignalsStatus_whenInterrupted() async throws {
        try await withFiles(["r1.jsonl": Self.recording]) { folder in
            let world = World()
            var surroundings = world.all
            surroundings.sleep = { pause in
                if pause >= .seconds(60) { world.send(.interrupt) }
                try await Task.sleep(for: pause >= .seconds(60) ? .seconds(3600) : .zero)
            }
            #expect(await MusterTool.run(["replay", "\(folder)/r1.jsonl"], in: surroundings) == 130)
            #expect(world.output.hasSuffix("10:00 caf"))
            #expect(world.watches == 0)
        }
    }

    @Test func tellsWhatIsInIt() async throws {
        let (status, world) = try await replay("--info")
        #expect(status == 0)
        #expect(world.output.contains("host       r1 (192.0.2.1:22, ssh)"))
        #expect(world.output.contains("prompt     'r1#', mode privileged_exec, after 0.30s"))
        #expect(world.output.contains("0.40s  1m 01s"))
        #expect(world.output.contains("show clock  ok"))
        let (_, json) = try await replay("--info", "-o", "json")
        #expect(json.output.contains("\"command\": \"show clock\""))
        #expect(json.output.contains("\"seconds\": 61.1"))
    }

    @Test func badDataWithTheLine_whenTheFileIsNoRecording() async throws {
        let (status, world) = try await replay(text: Self.recording.replacing("\"d\":\"out\"", with: "\"d\":\"away\""))
        #expect(status == 65)
        #expect(world.errors.contains("r1.jsonl:3: no direction; expected \"d\": \"in\" (from the device) or \"out\" (typed)"))
        let (other, hosts) = try await replay(text: "hosts: {}\n")
        #expect(other == 65)
        #expect(hosts.errors.contains("r1.jsonl:1: not JSON at column 1; expected a recording"))
        let missing = World()
        #expect(await missing.muster("replay", "/nowhere/r1.jsonl") == 64)
        #expect(missing.errors.contains("can't read /nowhere/r1.jsonl: No such file or directory"))
    }

    @Test func showsTheRest_whenTheLastLineIsCutOff() async throws {
        let (status, world) = try await replay("--no-wait", text: String(Self.recording.dropLast(40)))
        #expect(status == 0)
        #expect(world.output == shown)
        #expect(world.errors.contains("the last line is cut off"))
    }

    @Test func wrongUsage_whenOptionsMakeNoSense() async throws {
        for arguments in [["--speed", "0"], ["-o", "json"], ["--raw", "--typed"]] {
            let world = World()
            #expect(await MusterTool.run(["replay"] + arguments + ["r1.jsonl"], in: world.all) == 64)
        }
    }

    // MARK: As a test of a definition

    @Test func testsADefinition_withARecordingOrAFolderOfThem() async throws {
        let changed = Self.recording.replacing("\"output\":\"10:00", with: "\"output\":\"11:00")
        try await withFiles(["a.jsonl": Self.recording, "b.jsonl": changed, "none.txt": ""]) { folder in
            let world = World()
            #expect(await world.muster("platforms", "test", "--recording", "\(folder)/a.jsonl") == 0)
            #expect(world.output == "1 recording, 1 command: 1 passed, 0 failed\n")
            let all = World()
            #expect(await all.muster("platforms", "test", "--recording", folder) == 1)
            #expect(all.output.contains("b.jsonl:10: cisco_iosxe: output of 'show clock', line 1\n    expected '11:00 caf\\xc3\\xa9'\n"))
            #expect(all.output.hasSuffix("2 recordings, 2 commands: 1 passed, 1 failed\n"))
            let json = World()
            #expect(await json.muster("platforms", "test", "-o", "json", "--recording", "\(folder)/b.jsonl") == 1)
            #expect(json.output.contains("\"seen\""))
        }
    }

    @Test func showsWhatIsTypedOtherwise_whenAnotherDefinitionIsNamed() async throws {
        try await withFiles(["a.jsonl": Self.recording]) { folder in
            let world = World()
            #expect(await world.muster("platforms", "test", "--recording", "\(folder)/a.jsonl", "arista_eos") == 1)
            #expect(world.output.contains("arista_eos: typed"))
            #expect(world.output.contains("what comes after that was not compared"))
        }
    }

    // MARK: Recording

    @Test func recordsIntoTheFolder_whenToldTo() async throws {
        try await withFiles(["inventory.yaml": "hosts: {r1: {address: 192.0.2.1, user: admin, password: {env: PW}}}"]) { folder in
            let world = World(["PW": "x"])
            #expect(await world.muster("run", "-i", "\(folder)/inventory.yaml", "--record", "\(folder)/t", "show clock") == 0)
            #expect(world.options.recording?.folder == "\(folder)/t")
            #expect(world.options.recording?.program == "muster \(musterVersion)")
            let plain = World(["PW": "x"])
            #expect(await plain.muster("run", "-i", "\(folder)/inventory.yaml", "show clock") == 0)
            #expect(plain.options.recording == nil)
        }
    }
}
