import Muster
import MusterLab
import MusterTestSupport
import Synchronization
import Testing

/// Changes that spread over devices, and sessions that are lost in the middle.
@Suite(.timeLimit(.minutes(5))) struct RolloutLoopbackTests {
    private let fleet = (1...5).map { LabDevice("r\($0)", address: "127.1.0.\($0)") }

    private func change(_ lines: String...) -> ConfigurationChange { ConfigurationChange(lines) }

    @Test func restIsLeftAlone_whenTheFirstDeviceRejectsALine() async throws {
        try await withBench(fleet) { bench in
            var options = bench.options
            options.rollout.canary = 1
            options.rollout.maxFailures = .count(0)
            let results = try await configure(change("hostname x", "frobnicate"), on: fleet.map { bench.device($0) }, options: options)
            #expect(results.map(\.status) == [.failed, .skipped, .skipped, .skipped, .skipped])
            #expect(results[1].error?.code == .skipped)
            #expect(results[1].error?.message == "not started: the rollout was stopped: 1 of 1 device failed")
            #expect(results[0].change?.state == .partial)
            #expect(bench.lab.counts.connectionsTotal == 1)
        }
    }

    @Test func batchIsDoneBeforeTheNextBegins() async throws {
        let gate = LabGate(holding: "hostname")
        let slow = LabDevice("r2", address: "127.1.0.2", faults: [.gate(gate)])
        let devices = [fleet[0], slow, fleet[2], fleet[3]]
        try await withBench(devices) { bench in
            var options = bench.options
            options.rollout.batch = .percent(50)
            let log = EventLog()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [options] in
                    let tasks = devices.map { DeviceTask(bench.device($0), change: ConfigurationChange(["hostname x"])) }
                    try await withResults(of: tasks, options: options, events: { log.append($0) }) { results in
                        for await _ in results {}
                    }
                }
                await log.waitForFinished(1)
                await gate.waitForArrivals()
                #expect(log.started == ["r1", "r2"])
                gate.open()
                try await group.next()
            }
            #expect(log.started == ["r1", "r2", "r3", "r4"])
        }
    }

    @Test func nobodyElseIsBegun_whenTheAnswerAfterTheFirstIsNo() async throws {
        try await withBench(fleet) { bench in
            var options = bench.options
            options.rollout.canary = 2
            let asked = Mutex<[Rollout.Pause]>([])
            options.rollout.goesOn = { pause in
                asked.withLock { $0.append(pause) }
                return false
            }
            let results = try await configure(change("hostname x"), on: fleet.map { bench.device($0) }, options: options)
            #expect(results.map(\.status) == [.ok, .ok, .skipped, .skipped, .skipped])
            #expect(results[4].error?.message == "not started: the rollout was not continued after the first 2 devices")
            #expect(asked.withLock { $0.map { [$0.done, $0.failed, $0.left] } } == [[2, 0, 3]])
        }
    }

    @Test func pauseEnds_whenTheRunIsDrained() async throws {
        try await withBench(fleet) { bench in
            var options = bench.options
            options.rollout.canary = 1
            let control = RunControl()
            options.rollout.goesOn = { _ in
                control.drain()
                // As a question that nobody answers.
                try? await Task.sleep(for: .seconds(3600))
                return true
            }
            let tasks = fleet.map { DeviceTask(bench.device($0), change: ConfigurationChange(["hostname x"])) }
            let results = try await withResults(of: tasks, options: options, control: control) { results in
                var all: [DeviceResult] = []
                for await result in results { all.append(result) }
                return all
            }
            #expect(results.map(\.status) == [.ok, .cancelled, .cancelled, .cancelled, .cancelled])
            #expect(results[1].error?.message == "not started: the run was interrupted")
        }
    }

    @Test func isUnknown_whenTheConnectionIsLostInTheMiddle() async throws {
        // Two set-up commands, `configure terminal`, and the first line.
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.exitAfter(5)])
        try await withBench([lab]) { bench in
            let change = ConfigurationChange(["hostname x", "ntp server 192.0.2.1", "ntp server 192.0.2.2"])
            let result = try await bench.badDayChange(bench.device(lab), change)
            #expect(result.status == .unreachable)
            #expect(result.change?.state == .unknown)
            #expect(result.error?.code == .connectionLost)
            #expect(
                result.error?.message.hasSuffix(
                    "the session was lost after line 1: line 1 is in effect, and whether the next one is, is unknown")
                    == true, "\(String(describing: result.error))")
        }
    }

    @Test func isPending_whenNobodyCanLogInAfterTheCommit() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .juniperJunos, faults: [.changedHostKey])
        try await withBench([lab]) { bench in
            var change = ConfigurationChange(["set system host-name r2"])
            change.confirmWithin = .seconds(300)
            let result = try await bench.badDayChange(bench.device(lab), change)
            #expect(result.change?.state == .pending)
            #expect(result.error?.message.hasPrefix("a new login after the change failed: ") == true, "\(String(describing: result.error))")
            #expect(
                result.error?.message.hasSuffix(
                    "the change may be in effect now, and the device takes it back by itself within 300s, since it was not confirmed")
                    == true)
            #expect(bench.lab.isPending(at: "127.1.0.1"))
        }
    }

    @Test func modeIsEnteredBeforeTheFirstCommand_andTheRestIsSkippedAfterARejection() async throws {
        let lab = fleet[0]
        try await withBench([lab]) { bench in
            var options = bench.options
            options.commandMode = "configuration"
            options.stopsOnFailure = true
            let commands = ["interface GigabitEthernet1", "frobnicate", "shutdown"]
            let result = try #require(try await gather(commands, on: [bench.device(lab)], options: options).first)
            #expect(result.status == .failed)
            #expect(result.commands.map(\.status) == [.ok, .failed, .skipped])
            #expect(result.commands[0].prompt == "r1(config-if)#")
        }
    }

    @Test func modeThatThePlatformLacksIsNamed() async throws {
        let lab = fleet[0]
        try await withBench([lab]) { bench in
            var options = bench.options
            options.commandMode = "configuratoin"
            let result = try #require(try await gather(["show clock"], on: [bench.device(lab)], options: options).first)
            #expect(result.status == .failed)
            #expect(result.error?.code == .privilege)
            #expect(result.error?.hint == "Did you mean 'configuration'?")
            #expect(result.commands.map(\.status) == [.skipped])
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
            #expect(bench.lab.counts(at: "127.1.0.1").lostSessions == 0)
        }
    }

    @Test func scopeChangesTheConfiguration_andGoesOn() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", platform: .aristaEOS)
        try await withBench([lab]) { bench in
            try await withDevice(bench.device(lab), options: bench.options) { device in
                let result = try await device.configure(ConfigurationChange(["hostname r2"]))
                #expect(result.state == .committed)
                #expect(result.lines.map(\.status) == [.ok])
                #expect(await device.prompt == "r2#")
                let refused = await musterError { _ = try await device.configure(ConfigurationChange(["banner motd"])) }
                #expect(refused?.code == .usage)
                #expect(try await device.send("show hostname").output.hasPrefix("Hostname: r2"))
            }
        }
    }
}

extension Bench {
    /// Makes a change on one device, with little patience for it.
    fileprivate func badDayChange(_ device: Device, _ change: ConfigurationChange) async throws -> DeviceResult {
        try #require(try await configure(change, on: [device], options: options).first)
    }
}

extension EventLog {
    /// The hosts that were begun, in order of their names.
    fileprivate var started: [String] {
        events.compactMap { if case .started(let host) = $0 { host } else { nil } }.sorted()
    }
}
