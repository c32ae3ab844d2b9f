import Foundation
import Muster
import MusterConsole
import MusterInventory
import MusterLab
import Testing

/// Sessions that are recorded, checked against the definition, and gone through again with a device that is made of them.
@Suite(.timeLimit(.minutes(5))) struct RecordingLoopbackTests {
    /// What is asked of a device: a text that it has, one that it rejects, one that is paged.
    private static func commands(_ platform: LabPlatform) -> [String] {
        [platform == .linux ? "uname -a" : "show version", "frobnicate", "lab huge 3000", ""]
    }

    private func options(_ bench: Bench) -> RunOptions {
        var options = bench.options
        options.recording = RecordingOptions(folder: "\(bench.folder)/deep/transcripts", program: "muster test")
        return options
    }

    private func bytes(_ bench: Bench, _ name: String = "d1") throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(bench.folder)/deep/transcripts/\(name).jsonl")))
    }

    /// Records a session in which as much happens as the platform has: a login, a way up, a rejection, a pager, another mode.
    private func record(_ bench: Bench, _ device: Device, _ platform: LabPlatform, goesOn: Bool = true) async throws -> [CommandResult] {
        try await withDevice(device, options: options(bench)) { session in
            var results: [CommandResult] = []
            for command in Self.commands(platform) { results.append(try await session.send(command)) }
            if goesOn, platform != .linux {
                let start = await session.mode
                try await session.enter(mode: "configuration")
                results.append(try await session.send("frobnicate"))
                try await session.enter(mode: start)
                results.append(try await session.send(Self.commands(platform)[0]))
            }
            return results
        }
    }

    private func expectSound(_ bytes: [UInt8], _ case: String, keeps: Bool = true) throws -> Recording {
        #expect(!String(decoding: bytes, as: UTF8.self).contains(Hush.mark), "a secret was recorded")
        let recording = try Recording(reading: bytes, file: `case`)
        let platform = try #require(Platform.builtIn(named: recording.platform))
        let check = RecordingCheck(recording, platform: platform)
        #expect(check.differences.isEmpty)
        #expect(check.endedAt == nil)
        #expect(check.commands >= 4)
        // What the console's own tests run on.
        if keeps, ProcessInfo.processInfo.environment["MUSTER_RECORD_FIXTURES"] != nil {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Fixtures/\(recording.platform)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: folder.appendingPathComponent("\(`case`).jsonl"))
        }
        return recording
    }

    @Test(arguments: LabPlatform.allCases)
    func recordsWhatTheDefinitionMakesTheSameOf_onEachPlatform(platform: LabPlatform) async throws {
        let hasEnable = [.ciscoIOSXE, .ciscoNXOS, .aristaEOS, .frr].contains(platform)
        let lab = LabDevice(
            "d1", address: "127.1.0.1", platform: platform, faults: hasEnable ? [.loginExec, .pagerAlways] : [.pagerAlways])
        try await withBench([lab]) { bench in
            let device = bench.device(lab, secrets: ["enable": Secret(Hush.enable)])
            let results = try await record(bench, device, platform)
            #expect(results.prefix(4).map(\.status) == [.ok, .failed, .ok, .ok])
            let recording = try expectSound(try bytes(bench), "lab-session")
            #expect(recording.header.host == "d1")
            #expect(recording.header.program == "muster test")
            let typed = recording.events.reduce(into: "") { text, event in
                if case .typed(let bytes) = event.kind { text += String(decoding: bytes, as: UTF8.self) }
            }
            #expect(typed.contains("frobnicate\n"))
            let marks = recording.events.compactMap { if case .mark(.result(let result)) = $0.kind { result.command } else { nil } }
            #expect(marks == results.map(\.command))
        }
    }

    @Test(arguments: [LabPlatform.ciscoIOSXE, .juniperJunos, .linux])
    func leavesTheLoginsPasswordOut_whenTheDeviceAsksInTheTerminal(platform: LabPlatform) async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: platform, faults: [.telnet(.echoesPassword)])
        try await withBench([lab]) {
            $0.listensForTelnet = true
        } _: { bench in
            var device = bench.device(lab)
            device.transport = .telnet
            device.port = Int(bench.lab.telnetPort)
            _ = try await record(bench, device, platform, goesOn: false)
            let recording = try expectSound(try bytes(bench), "lab-telnet")
            #expect(recording.header.transport == "telnet")
            // The farewell was read before the connection was closed.
            #expect(recording.events.contains { if case .mark(.ended("closed_by_peer")) = $0.kind { true } else { false } })
            let text = String(decoding: try bytes(bench), as: UTF8.self)
            #expect(text.contains(#""d":"out","b":"REDACTED\n""#))
            #expect(text.contains(#"Password:"#))
        }
    }

    @Test func answersAsRecorded_whenTheLabServesTheRecording() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .juniperJunos, faults: [.pagerAlways])
        let (recorded, file) = try await withBench([lab]) { bench in
            let results = try await record(bench, bench.device(lab), .juniperJunos)
            return (results, try bytes(bench))
        }
        var again = LabDevice("d1", address: "127.1.0.1", platform: .juniperJunos)
        again.recording = try LabRecording(file, path: "d1.jsonl")
        try await withBench([again]) {
            $0.listensForTelnet = true
        } _: { bench in
            let replayed = try await record(bench, bench.device(again), .juniperJunos)
            #expect(replayed.map(\.output) == recorded.map(\.output))
            #expect(replayed.map(\.failure) == recorded.map(\.failure))
            #expect(replayed.map(\.prompt) == recorded.map(\.prompt))
            #expect(replayed.map(\.mode) == recorded.map(\.mode))
            // The same in every byte, but for when and where it was.
            func events(_ bytes: [UInt8]) throws -> [RecordingEvent.Kind] {
                try Recording(reading: bytes, file: "").events.map(\.kind).filter { if case .mark = $0 { true } else { false } }
            }
            #expect(try events(bytes(bench)) == events(file))
            let other = try await bench.run(["show version", "never seen before"], on: [bench.device(again)]).result("d1")
            #expect(other.commands.map(\.status) == [.ok, .failed])
            #expect(other.commands[1].failure == "unknown command.")
        }
    }

    @Test func answersAsRecorded_whenCommandsGoOverExecChannels() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux)
        let commands = ["uname -a", "frobnicate", "lab huge 3000"]
        let (recorded, file) = try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.channel = .auto
            let result = try await bench.run(commands, on: [device], options: options(bench)).result("d1")
            return (result, try bytes(bench))
        }
        #expect(recorded.commands.map(\.exitStatus) == [0, 127, 0])
        let recording = try Recording(reading: file, file: "d1")
        #expect(!String(decoding: file, as: UTF8.self).contains(Hush.mark))
        let check = RecordingCheck(recording, platform: try #require(Platform.builtIn(named: "linux")))
        #expect(check.differences.isEmpty && check.commands == 3 && check.endedAt == nil, "\(check)")
        var again = LabDevice("d1", address: "127.1.0.1", platform: .linux)
        again.recording = try LabRecording(file, path: "d1.jsonl")
        try await withBench([again]) { bench in
            var device = bench.device(again)
            device.channel = .auto
            let replayed = try await bench.run(commands, on: [device], options: options(bench)).result("d1")
            #expect(replayed.commands.map(\.output) == recorded.commands.map(\.output))
            #expect(replayed.commands.map(\.exitStatus) == [0, 127, 0])
        }
    }

    @Test func recordsTheShellThatFollows_whenAModeIsWantedAfterExecChannels() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .linux)
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.channel = .auto
            try await withDevice(device, options: options(bench)) { session in
                #expect(try await session.send("uname -a").exitStatus == 0)
                try await session.enter(mode: "user")
                #expect(try await session.send("uname -a").mode == "user")
            }
            let recording = try Recording(reading: bytes(bench), file: "d1")
            let check = RecordingCheck(recording, platform: try #require(Platform.builtIn(named: "linux")))
            #expect(check.differences.isEmpty && check.commands == 2 && check.endedAt == nil, "\(check)")
        }
    }

    @Test(arguments: [false, true])
    func checksOut_withTheAnswersOfTheCaller(isSecret: Bool) async throws {
        let lab = LabDevice("d1", address: "127.1.0.1")
        try await withBench([lab]) { bench in
            var options = options(bench)
            options.answers = [
                isSecret
                    ? try QuestionAnswer(pattern: "destination", reply: Secret("hush-yes"))
                    : try QuestionAnswer(pattern: "proceed", reply: "yes indeed")
            ]
            let asking = isSecret ? "copy running-config startup-config" : "lab question"
            let result = try await bench.run([asking, "show clock"], on: [bench.device(lab)], options: options).result("d1")
            #expect(result.commands.map(\.status) == [.ok, .ok], "\(result)")
            let text = String(decoding: try bytes(bench), as: UTF8.self)
            #expect(!text.contains(Hush.mark))
            #expect(text.contains(#""mark":"answer""#) && text.contains(isSecret ? #""reply":"REDACTED""# : #""reply":"y""#))
            let check = RecordingCheck(
                try Recording(reading: bytes(bench), file: "d1"), platform: try #require(Platform.builtIn(named: "cisco_iosxe")))
            #expect(check.differences.isEmpty && check.commands == 2 && check.endedAt == nil, "\(check)")
        }
    }

    @Test func checksOut_whenThePlatformWasFoundOut() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1", platform: .aristaEOS)
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.platform = "auto"
            let results = try await record(bench, device, .aristaEOS, goesOn: false)
            #expect(results.first?.status == .ok)
            let recording = try expectSound(try bytes(bench), "lab-detected", keeps: false)
            #expect(recording.header.platform == "auto")
            #expect(recording.platform == "arista_eos")
        }
    }

    @Test func keepsFilesToTheirOwner_whateverTheHostIsCalled() async throws {
        let lab = LabDevice("d1", address: "127.1.0.1")
        try await withBench([lab]) { bench in
            var device = bench.device(lab)
            device.name = "../rack 4/d1"
            _ = try await bench.run(["show version"], on: [device] + bench.healthy, options: options(bench))
            let folder = "\(bench.folder)/deep/transcripts"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.sorted() == ["%2E.%2Frack%204%2Fd1.jsonl", "healthy1.jsonl", "healthy2.jsonl"])
            func mode(_ path: String) throws -> Int? {
                (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
            }
            #expect(try mode(folder) == 0o700)
            for name in names { #expect(try mode("\(folder)/\(name)") == 0o600) }
            // A second run replaces them.
            _ = try await bench.run(["show clock"], on: bench.healthy, options: options(bench))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
            #expect(!String(decoding: try bytes(bench, "healthy1"), as: UTF8.self).contains("show version"))
        }
    }

    @Test func usageErrorBeforeAnythingConnects_whenTheFolderIsOfNoUse() async throws {
        try await withBench { bench in
            var options = bench.options
            options.recording = RecordingOptions(folder: "/dev/null/transcripts")
            let error = await musterError { _ = try await gather(["show version"], on: bench.healthy, options: options) }
            #expect(error?.code == .usage)
            #expect(error?.message.contains("'/dev/null/transcripts': Not a directory") == true, "\(String(describing: error))")
            #expect(bench.lab.counts.connectionsTotal == 0)
        }
    }

    @Test func warnsAndKeepsTheResult_whenTheFileCannotBeWritten() async throws {
        try await withBench { bench in
            let folder = "\(bench.folder)/deep/transcripts"
            let log = EventLog()
            let results = try await withResults(of: ["show version"], on: [bench.healthy[0]], options: options(bench)) { event in
                if case .started = event { try? FileManager.default.removeItem(atPath: folder) }
                log.append(event)
            } _: { results in
                var all: [DeviceResult] = []
                for await result in results { all.append(result) }
                return all
            }
            #expect(results.map(\.status) == [.ok])
            let warnings = log.events.compactMap { if case .warning(let host, let text) = $0 { "\(host ?? ""): \(text)" } else { nil } }
            #expect(warnings == ["healthy1: its recording is not whole: No such file or directory"])
        }
    }
}
