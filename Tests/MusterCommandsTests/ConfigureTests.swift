import Foundation
import Muster
import Synchronization
import Testing

@testable import MusterCommands

/// `muster configure`: what is asked, refused, sent and told.
@Suite struct ConfigureTests {
    private static let inventory = """
        defaults: {user: netops, platform: juniper_junos}
        hosts:
          r1: {address: 192.0.2.1, data: {ntp: 192.0.2.9}}
          r2: {address: 192.0.2.2, data: {ntp: 192.0.2.8}}
          r3: {address: 192.0.2.3, data: {ntp: 192.0.2.8}, platform: cisco_iosxe}
        """

    private struct Run {
        var status: Int32
        var world: World
        var questions: [String]
    }

    /// Runs `muster configure`; `answer` is what the person at the terminal says, if there is one.
    private func configure(
        _ arguments: [String], file: String? = nil, input: String = "", answer: Bool? = true, script: World.Play? = nil
    ) async throws -> Run {
        try await withFiles(["inventory.yaml": Self.inventory, "change.cfg": file ?? ""]) { folder in
            let world = World(input: input) { world, found, each in
                if let script { return try await script(world, found, each) }
                for device in found.devices { try await each(Self.changed(device, .committed)) }
            }
            var surroundings = world.all
            let questions = Mutex<[String]>([])
            if let answer {
                surroundings.confirm = { question in
                    questions.withLock { $0.append(question) }
                    return answer
                }
            }
            let source = file == nil ? [] : ["--file", "\(folder)/change.cfg"]
            let all = ["configure", "-i", "\(folder)/inventory.yaml"] + source + arguments
            return Run(status: await MusterTool.run(all, in: surroundings), world: world, questions: questions.withLock { $0 })
        }
    }

    private static func changed(_ device: Device, _ state: ChangeResult.State, error: MusterError? = nil) -> DeviceResult {
        var result = World.ok(device, ["a"])
        result.change = ChangeResult(state: state, diff: "+ a", lines: [CommandResult(command: "a", status: .ok)], error: error)
        result.error = error
        if error != nil { result.status = .failed }
        return result
    }

    private func change(_ task: DeviceTask) -> ConfigurationChange? {
        if case .change(let change) = task.work { change } else { nil }
    }

    @Test func linesGoToEachDeviceFilledIn_whenThePersonAgrees() async throws {
        let run = try await configure([], file: "! time\n\nset system ntp server {{ data.ntp }}\n  set system host-name {{ host }}\n")
        #expect(run.status == 0, "\(run.world.errors)")
        #expect(run.questions == ["Change the configuration of 3 devices (cisco_iosxe 1, juniper_junos 2), 2 lines each?"])
        let changes = run.world.tasks.compactMap(change)
        #expect(changes.map { $0.lines.map(\.text) }[1] == ["set system ntp server 192.0.2.8", "set system host-name r2"])
        #expect(changes[0].lines.map(\.number) == [3, 4])
        #expect(run.world.errors.hasSuffix("\n3 have the change: r1, r2, r3\n"), "\(run.world.errors)")
        #expect(run.world.output.contains("+ a\n✓ committed: 1 line\n"))
    }

    @Test func nothingIsBegun_whenThePersonDisagrees() async throws {
        let run = try await configure(["set x"], answer: false)
        #expect(run.status == 1)
        #expect(run.world.runs == 0)
        #expect(run.world.errors == "nothing was changed\n")
    }

    @Test func refuses_whenThereIsNobodyToAsk() async throws {
        let run = try await configure(["set x"], answer: nil)
        #expect(run.status == 64)
        #expect(run.world.errors == "muster: no one to ask: there is no terminal; look at --dry-run, and then use --yes\n")
        #expect(try await configure(["--yes", "set x"], answer: nil).status == 0)
        #expect(try await configure(["--dry-run", "set x"], answer: nil).status == 0)
    }

    @Test func nobodyIsAsked_whenItIsAgreedOrADryRun() async throws {
        let agreed = try await configure(["--yes", "--save", "-w", "r1", "set x"])
        #expect(agreed.questions.isEmpty)
        #expect(change(try #require(agreed.world.tasks.first))?.saves == true)
        let tried = try await configure(["--dry-run", "set x"])
        #expect(tried.questions.isEmpty)
        let changes = tried.world.tasks.compactMap(change)
        #expect(changes.count == 3 && changes.allSatisfy { $0.isDryRun })
    }

    @Test func linesAreShownAndNothingElseHappens_whenOnlyRendered() async throws {
        let run = try await configure(["--render-only", "-w", "r[1-2]", "ntp {{ data.ntp }}"], answer: nil)
        #expect(run.status == 0)
        #expect(run.world.output == "r1 (juniper_junos)\nntp 192.0.2.9\n\nr2 (juniper_junos)\nntp 192.0.2.8\n")
        #expect(run.world.runs == 0)
    }

    @Test func isRefusedForAll_whenSomeDeviceCantDoIt() async throws {
        let run = try await configure(["--yes", "--confirm", "5m", "set x"])
        #expect(run.status == 64)
        #expect(
            run.world.errors == """
                muster: the change can't be made so, and nothing was connected to
                  r3: cisco_iosxe has no commit that has to be confirmed; leave out --confirm for its devices

                """)
        #expect(run.world.runs == 0)
        let generic = try await configure(["--yes", "-w", "r1", "-p", "generic", "x"])
        #expect(generic.status == 64)
        #expect(generic.world.errors.contains("the definition of generic does not say how its configuration is changed"))
    }

    @Test func isRefused_whenALineBeginsATextOfSeveral() async throws {
        let run = try await configure(["--yes"], file: "hostname x\nbanner motd ^C\nhello\n^C\n")
        #expect(run.status == 64)
        #expect(run.world.errors.contains("line 2, 'banner motd ^C', begins a text of several lines"), "\(run.world.errors)")
        #expect(run.world.runs == 0)
    }

    @Test func linesComeFromStandardInput_orFromOnePlaceOnly() async throws {
        let run = try await configure(["--yes", "-w", "r1", "--file", "-"], input: "# x\nset a\n")
        #expect(run.world.tasks.first?.commands == ["set a"])
        #expect(try await configure(["--yes", "set b"], file: "set a\n").status == 64)
        #expect(try await configure(["--yes"]).status == 64)
        let empty = try await configure(["--yes"], file: "! nothing\n")
        #expect(empty.status == 64)
        #expect(empty.world.errors.contains("no line of configuration in "))
    }

    @Test func canaryIsAskedAfter_andToleratesNoFailure() async throws {
        let run = try await configure(["--canary", "1", "--batch", "10%", "set x"]) { world, script, each in
            let goesOn = try #require(world.options.rollout.goesOn)
            #expect(await goesOn(Rollout.Pause(done: 1, failed: 0, left: 2)))
            for device in script.devices { try await each(Self.changed(device, .committed)) }
        }
        #expect(run.status == 0)
        #expect(run.questions.last == "1 device is done, all well. Go on with 2 more?")
        #expect(run.world.options.rollout.canary == 1)
        #expect(run.world.options.rollout.batch == .percent(10))
        #expect(run.world.options.rollout.maxFailures == .count(0))
        let agreed = try await configure(["--canary", "1", "--yes", "--max-failures", "5%", "set x"])
        #expect(agreed.world.options.rollout.goesOn == nil)
        #expect(agreed.world.options.rollout.maxFailures == .percent(5))
        let plain = try await configure(["set x"])
        #expect(plain.world.options.rollout.maxFailures == nil)
    }

    @Test func summarySaysWhoHasTheChange() async throws {
        let rejected = MusterError(
            .rejected, phase: .command, device: "r2", message: "line 1 'a' was rejected: no; nothing of it is in effect")
        let run = try await configure(["--yes", "set x"]) { _, script, each in
            try await each(Self.changed(script.devices[0], .committed))
            try await each(Self.changed(script.devices[1], .aborted, error: rejected))
            var skipped = World.stopped(script.devices[2], .skipped)
            skipped.error = MusterError(.skipped, phase: .resolve, device: "r3", message: "not started: the rollout was stopped")
            try await each(skipped)
        }
        #expect(run.status == 1)
        #expect(run.world.errors.hasSuffix("\n1 has the change: r1\n2 don't have it: r2, r3\n"), "\(run.world.errors)")
        #expect(run.world.errors.contains("r2: command: line 1 'a' was rejected: no; nothing of it is in effect"))
    }

    @Test(arguments: [["--canary", "0"], ["--dry-run", "--render-only"], ["--mode", "first"], ["--confirm", "0"]])
    func nonsenseIsWrongUsage(flags: [String]) async throws {
        #expect(try await configure(flags + ["set x"]).status == 64)
    }

    @Test func resultHasWhatBecameOfTheChange_asJSON() async throws {
        let run = try await configure(["--yes", "-w", "r1", "-o", "jsonl", "set x"])
        #expect(run.world.output.contains(#""change":{"state":"committed","diff":"+ a","saved":null,"steps":[]}"#), "\(run.world.output)")
        let plain = World()
        _ = await plain.muster("run", "-w", "r1", "-o", "jsonl", "x")
        #expect(!plain.output.contains("\"change\""))
    }

    @Test func textIsOneLine_withItsBlanksAndNames() async throws {
        let run = try await configure(
            ["-w", "r3"], file: "banner motd ^\n  {{ host }}: keep out\n\n! all of you\n^\n! a comment\nntp server {{ data.ntp }}\n")
        #expect(run.status == 0, "\(run.world.errors)")
        let lines = run.world.tasks.first.flatMap(change)?.lines.map(\.text)
        #expect(lines == ["banner motd ^\n  r3: keep out\n\n! all of you\n^", "ntp server 192.0.2.8"])
    }

    @Test func textIsShownLineByLine() async throws {
        let run = try await configure(["-w", "r3", "--render-only"], file: "banner motd ^\n  keep out\n\n^\nntp server 192.0.2.8\n")
        #expect(run.world.output.hasSuffix("banner motd ^\n  keep out\n\n^\nntp server 192.0.2.8\n"), "\(run.world.output)")
    }

    @Test func nothingIsSent_whenATextHasNoEnd_orThePlatformReadsNone() async throws {
        for (arguments, file) in [(["-w", "r3"], "banner motd ^\nkeep out\n"), (["-w", "r1"], "banner motd ^\nkeep out\n^\n")] {
            let run = try await configure(arguments, file: file)
            #expect(run.status == 64)
            #expect(run.world.errors.contains("line 1, 'banner motd ^', begins a text of several lines"), "\(run.world.errors)")
            #expect(run.world.tasks.isEmpty)
        }
    }
}
