import Muster
import MusterLab
import Testing

/// Runs that end before their time: each device still gets its one result, and is logged out.
@Suite(.timeLimit(.minutes(5))) struct StopLoopbackTests {
    /// Five devices that wait at one gate.
    private func gated() -> (devices: [LabDevice], gate: LabGate) {
        let gate = LabGate()
        return ((1...5).map { LabDevice("r\($0)", address: "127.1.0.\($0)", faults: [.gate(gate)]) }, gate)
    }

    private func expectLoggedOut(_ bench: Bench, sessions: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
        let counts = bench.lab.counts
        #expect(counts.sessionsTotal == sessions, sourceLocation: sourceLocation)
        #expect(counts.cleanLogouts == sessions, sourceLocation: sourceLocation)
        #expect(counts.lostSessions == 0, sourceLocation: sourceLocation)
    }

    @Test func startsNoMoreAndFinishesTheOthers_whenDraining() async throws {
        let (devices, gate) = gated()
        try await withBench(devices) { bench in
            var options = bench.options
            options.fanout = 2
            let control = RunControl()
            async let run = bench.run(["show version"], on: devices.map { bench.device($0) }, options: options, control: control)
            await gate.waitForArrivals(2)
            control.drain()
            gate.open()
            let record = try await run
            #expect(record.results.map(\.status) == [.ok, .ok, .cancelled, .cancelled, .cancelled])
            for result in record.results[2...] {
                #expect(result.attempts == 0)
                #expect(result.error?.code == .cancelled)
                #expect(result.error?.message == "not started: the run was interrupted")
                #expect(result.commands.map(\.status) == [.skipped])
            }
            #expect(record.started.sorted() == ["r1", "r2"])
            try await expectLoggedOut(bench, sessions: 2)
        }
    }

    @Test func cancelsThoseUnderWay_whenCancelled() async throws {
        let (devices, gate) = gated()
        try await withBench(devices) { bench in
            var options = bench.options
            options.fanout = 2
            let control = RunControl()
            async let run = bench.run(["show version"], on: devices.map { bench.device($0) }, options: options, control: control)
            await gate.waitForArrivals(2)
            control.drain()
            control.cancel()
            let record = try await run
            #expect(record.results.map(\.status) == Array(repeating: .cancelled, count: 5))
            #expect(record.results.map(\.attempts).sorted() == [0, 0, 0, 1, 1])
            for result in record.results {
                #expect(result.error?.code == .cancelled)
                #expect(
                    result.error?.message
                        == (result.attempts == 1 ? "cancelled while 'show version' ran" : "not started") + ": the run was interrupted")
            }
            try await expectLoggedOut(bench, sessions: 2)
        }
    }

    @Test func startsNothing_whenCancelledBeforehand() async throws {
        let (devices, _) = gated()
        try await withBench(devices) { bench in
            let control = RunControl()
            control.cancel()
            let record = try await bench.run(["show version"], on: devices.map { bench.device($0) }, control: control)
            #expect(record.results.map(\.status) == Array(repeating: .cancelled, count: 5))
            #expect(record.started == [])
            #expect(bench.lab.counts.connectionsTotal == 0)
        }
    }

    @Test(arguments: [LabFault.Phase.accept, .banner, .kex, .auth, .open, .pty, .shell])
    func cancelsALogin_whenItIsStuckAtAnyPhase(phase: LabFault.Phase) async throws {
        let stuck = LabDevice("r1", address: "127.1.0.1", faults: [.stallAt(phase)])
        try await withBench([stuck]) { bench in
            let control = RunControl()
            async let run = bench.run(["show version"], on: [bench.device(stuck)], control: control)
            try await bench.lab.waitUntil { $0.connectionsOpen == 1 }
            control.cancel()
            let result = try await run.result("r1")
            #expect(result.status == .cancelled)
            #expect(result.error?.code == .cancelled)
            #expect(result.attempts == 1)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test func cancelsTheRest_whenTheDeadlineIsOver() async throws {
        let (devices, _) = gated()
        try await withBench(devices) { bench in
            var options = bench.options
            options.fanout = 1
            options.deadline = .seconds(1)
            let record = try await bench.run(["show version"], on: devices.map { bench.device($0) }, options: options)
            #expect(record.results.map(\.status) == Array(repeating: .cancelled, count: 5))
            #expect(record.results.map(\.attempts) == [1, 0, 0, 0, 0])
            for result in record.results[1...] {
                #expect(result.error?.message == "not started: the run's deadline of 1s was over")
            }
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
            #expect(bench.lab.counts.lostSessions == 0)
        }
    }

    @Test func deadlineThatIsFarOff_keepsNobodyWaiting() async throws {
        try await withBench { bench in
            var options = bench.options
            options.deadline = .seconds(3600)
            let record = try await bench.run(["show version"], on: bench.healthy, options: options)
            #expect(record.results.map(\.status) == [.ok, .ok])
        }
    }

    private struct Enough: Error {}

    @Test(arguments: [true, false])
    func cancelsAndLogsOut_whenTheScopeIsLeftEarly(throwing: Bool) async throws {
        let (gates, gate) = gated()
        try await withBench(gates) { bench in
            let log = EventLog()
            let devices = gates.map { bench.device($0) } + [bench.healthy[0]]
            var first: DeviceResult?
            do {
                first = try await withResults(of: ["show version"], on: devices, options: bench.options, events: { log.append($0) }) {
                    results in
                    await gate.waitForArrivals(5)
                    for await result in results {
                        if throwing { throw Enough() }
                        return result
                    }
                    return nil
                }
                #expect(!throwing)
                #expect(first?.host == "healthy1")
            } catch is Enough {
                #expect(throwing)
            }
            #expect(log.finished.sorted() == ["healthy1", "r1", "r2", "r3", "r4", "r5"])
            try await expectLoggedOut(bench, sessions: 6)
        }
    }

    @Test func everyResultComes_whenTheTaskIsCancelled() async throws {
        let (gates, gate) = gated()
        try await withBench(gates) { bench in
            let devices = gates.map { bench.device($0) } + [bench.healthy[0]]
            let log = EventLog()
            let results = try await withThrowingTaskGroup(of: [DeviceResult].self) { group in
                group.addTask {
                    var options = bench.options
                    options.fanout = 5
                    return try await bench.run(["show version"], on: devices, options: options, log: log).results
                }
                await gate.waitForArrivals(5)
                group.cancelAll()
                return try await group.next() ?? []
            }
            #expect(results.map(\.status) == Array(repeating: .cancelled, count: 6))
            #expect(results.map(\.attempts).sorted() == [0, 1, 1, 1, 1, 1])
            #expect(results.first { $0.attempts == 0 }?.error?.message == "not started: the run was cancelled")
            try await expectLoggedOut(bench, sessions: 5)
        }
    }

    @Test func cancellationError_whenGatheringIsCancelled() async throws {
        let (gates, gate) = gated()
        try await withBench(gates) { bench in
            let wasCancelled = await throwsCancellation {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        _ = try await gather(["show version"], on: gates.map { bench.device($0) }, options: bench.options)
                    }
                    await gate.waitForArrivals(5)
                    group.cancelAll()
                    try await group.next()
                }
            }
            #expect(wasCancelled)
            try await expectLoggedOut(bench, sessions: 5)
        }
    }
}
