import Muster
import MusterLab
import Testing

/// Changes that a device does not take as they were meant, and what it says then.
@Suite(.timeLimit(.minutes(5))) struct RejectedChangeLoopbackTests {
    private func result(
        _ platform: LabPlatform, _ faults: [LabFault], _ lines: [String], _ adjust: (inout ConfigurationChange) -> Void = { _ in },
        _ check: (Bench) async throws -> Void = { _ in }
    ) async throws -> DeviceResult {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: platform, faults: faults)
        var result: DeviceResult?
        try await withBench([lab]) { bench in
            var change = ConfigurationChange(lines)
            adjust(&change)
            result = try await configure(change, on: [bench.device(lab)], options: bench.options).first
            try await check(bench)
        }
        return try #require(result)
    }

    @Test(arguments: [
        (LabPlatform.ciscoIOSXE, "Bad mask 0xFF00FF00 for address 10.0.0.1", ChangeResult.State.partial),
        (.ciscoIOSXE, "Command rejected: Bad VLAN list", .partial), (.aristaEOS, "% Address 10.0.0.1/24 overlaps with Ethernet2", .aborted),
        (.juniperJunos, "            ^\nmissing argument.", .aborted),
    ])
    func lineIsRejected_whenTheDeviceSaysSoInWordsOfItsOwn(platform: LabPlatform, answer: String, state: ChangeResult.State) async throws {
        let good = platform == .juniperJunos ? "set system host-name r2" : "hostname r2"
        let result = try await result(platform, [.says(answer, to: "bad")], [good, "bad line", good])
        #expect(result.status == .failed)
        #expect(result.change?.state == state)
        #expect(result.commands.map(\.status) == [.ok, .failed, .skipped])
        #expect(result.commands[1].failure == String(answer.split(separator: "\n").last ?? ""))
        #expect(result.error?.message.hasPrefix("line 2 'bad line' was rejected: ") == true)
    }

    @Test func answerIsAWarning_whenTheLineWasTaken() async throws {
        let text = "%Warning: portfast should only be enabled on ports\n host. Use with CAUTION"
        let log = LabFault.says("*Nov 30 10:00:00.1: %SYS-5-CONFIG_I: Configured from console", to: "quiet")
        let result = try await result(.ciscoIOSXE, [.says(text, to: "spanning-tree"), log], ["quiet", "spanning-tree portfast"])
        #expect(result.status == .ok)
        #expect(result.change?.state == .committed)
        #expect(
            result.warnings == [
                "line 2 'spanning-tree portfast' was taken, and the device said: %Warning: portfast should only be enabled on ports"
            ])
    }

    @Test func changeIsNotSaved_whenTheSessionEndsOnTheWayOut() async throws {
        // Two set-up commands, `configure terminal`, the line and `end`.
        let result = try await result(.ciscoIOSXE, [.exitAfter(5)], ["hostname r1"]) { $0.saves = true }
        #expect(result.status == .unreachable)
        #expect(result.change?.state == .committed)
        #expect(result.change?.isSaved == false)
        #expect(
            result.error?.message.hasSuffix("while the configuration was left: the change is in effect, but was not saved") == true,
            "\(String(describing: result.error))")
    }

    @Test func outlivesTheSession_whenNothingWasToBeSaved() async throws {
        let result = try await result(.ciscoIOSXE, [.exitAfter(5)], ["hostname r1"])
        #expect(result.status == .ok)
        #expect(result.change?.state == .committed)
        #expect(result.warnings == ["the configuration could not be left: the session ended"])
    }

    @Test(arguments: ["startup-config file open failed (Device or resource busy)", "Building configuration..."])
    func changeIsNotSaved_whenTheDeviceDoesNotSayThatItIs(answer: String) async throws {
        let result = try await result(.ciscoIOSXE, [.says(answer, to: "write")], ["hostname r2"]) { $0.saves = true }
        #expect(result.status == .failed)
        #expect(result.change?.state == .committed)
        #expect(result.change?.isSaved == false)
        #expect(result.error?.message.hasPrefix("the change is in effect, but could not be saved: ") == true)
        #expect(result.error?.message.contains(answer) == true)
    }

    @Test(arguments: ["% Cannot create more pending configuration sessions: maximum limit of 5 reached", "nothing to speak of"])
    func noLineIsSent_whenTheConfigurationIsNotReached(answer: String) async throws {
        let result = try await result(.aristaEOS, [.says(answer, to: "configure session")], ["hostname r2"]) { _ in
        } _: { bench in
            #expect(!bench.lab.typed(at: "127.1.0.1").contains("hostname r2"))
        }
        #expect(result.error?.code == .privilege)
        #expect(result.change?.state == .unchanged)
        #expect(result.commands.map(\.status) == [.skipped])
    }

    @Test func commitFails_whenTheDeviceStaysInTheSession() async throws {
        let result = try await result(.aristaEOS, [.says("could not do that", to: "commit")], ["hostname r2"])
        #expect(result.status == .failed)
        #expect(result.change?.state == .aborted)
        #expect(result.error?.message.hasPrefix("the commit was rejected: could not do that") == true)
    }

    @Test func sessionIsThrownAway_whenALineLeavesIt() async throws {
        let result = try await result(.aristaEOS, [], ["hostname r2", "end", "hostname r3"]) { _ in
        } _: { bench in
            #expect(bench.lab.typed(at: "127.1.0.1").contains { $0.hasPrefix("configure session muster-") && $0.hasSuffix(" abort") })
        }
        #expect(result.change?.state == .aborted)
        #expect(result.error?.message.hasSuffix("with 1 to come; the change was thrown away, nothing of it is in effect") == true)
    }

    @Test func sessionIsThrownAwayOverANewLogin_whenTheFirstIsLost() async throws {
        let result = try await result(.aristaEOS, [.exitAfter(5)], ["hostname r2", "hostname r3", "hostname r4"]) { _ in
        } _: { bench in
            #expect(bench.lab.typed(at: "127.1.0.1").contains { $0.hasPrefix("configure session muster-") && $0.hasSuffix(" abort") })
        }
        #expect(result.change?.state == .aborted, "\(String(describing: result.error))")
        #expect(result.status == .unreachable)
        #expect(result.error?.message.hasSuffix("the change was thrown away, nothing of it is in effect") == true)
    }

    @Test(arguments: [LabPlatform.ciscoIOSXE, .ciscoIOSXR, .ciscoNXOS, .aristaEOS, .frr])
    func lineArrivesAsAWhole_whenItHasAKeyInItThatAsksForHelp(platform: LabPlatform) async throws {
        let line = "description is this ok? yes?"
        let result = try await result(platform, [.says("", to: "description")], [line, "hostname r2"]) { _ in
        } _: { bench in
            #expect(bench.lab.typed(at: "127.1.0.1").contains(line))
        }
        #expect(result.commands.map(\.command) == [line, "hostname r2"])
        #expect(result.commands.map(\.output) == ["", ""])
        #expect(result.change?.state == .committed, "\(String(describing: result.error))")
    }

    @Test func stepsSayHowLongTheyTookAndWhereTheyLed() async throws {
        let result = try await result(.ciscoIOSXE, [], ["hostname r1"])
        let enter = try #require(result.change?.steps.first)
        #expect(enter.command == "enter the mode 'configuration'")
        #expect(enter.mode == "configuration" && enter.prompt == "r1(config)#")
        #expect(enter.elapsed > .zero)
    }

    @Test func linesWait_whenAModeIsTypedInThatHasACommit() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .juniperJunos)
        try await withBench([lab]) { bench in
            var options = bench.options
            options.commandMode = "configuration"
            let result = try #require(try await gather(["set system host-name r2"], on: [bench.device(lab)], options: options).first)
            #expect(result.warnings == ["what is typed in the mode 'configuration' is not committed; muster configure does that"])
            let committed = try #require(try await gather(["commit"], on: [bench.device(lab)], options: options).first)
            #expect(committed.warnings == [])
        }
    }
}
