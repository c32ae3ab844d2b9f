import Muster
import MusterLab
import Testing

/// The order of results, and how many devices are under way at once.
@Suite(.timeLimit(.minutes(5))) struct FanOutLoopbackTests {
    /// Devices that each wait at a gate of their own.
    private func gated(_ count: Int) -> (devices: [LabDevice], gates: [LabGate]) {
        let gates = (0..<count).map { _ in LabGate() }
        let devices = gates.enumerated().map { LabDevice("r\($0 + 1)", address: "127.1.0.\($0 + 1)", faults: [.gate($1)]) }
        return (devices, gates)
    }

    @Test func keepsTheOrderOfTheDevices_whenGathering() async throws {
        let (devices, gates) = gated(3)
        try await withBench(devices) { bench in
            var options = bench.options
            options.mode = .gather
            let log = EventLog()
            async let run = bench.run(["show version"], on: devices.map { bench.device($0) }, options: options, log: log)
            for (done, gate) in gates.reversed().enumerated() {
                gate.open()
                await log.waitForFinished(done + 1)
            }
            let record = try await run
            #expect(log.finished == ["r3", "r2", "r1"])
            #expect(record.results.map(\.host) == ["r1", "r2", "r3"])
            #expect(record.results.map(\.status) == [.ok, .ok, .ok])
        }
    }

    @Test func yieldsEachAtOnce_whenResultsAreWantedAsCompleted() async throws {
        let (devices, gates) = gated(3)
        try await withBench(devices) { bench in
            let hosts = try await withResults(of: ["show version"], on: devices.map { bench.device($0) }, options: bench.options) {
                results in
                var hosts: [String] = []
                // The next gate opens only when the result before has come.
                gates[1].open()
                for await result in results {
                    #expect(result.status == .ok)
                    hosts.append(result.host)
                    gates[hosts.count == 1 ? 2 : 0].open()
                }
                return hosts
            }
            #expect(hosts == ["r2", "r3", "r1"])
        }
    }

    @Test func cancelsTheRest_whenEnoughHaveSucceeded() async throws {
        let rest = LabGate()
        let enough = LabGate()
        let devices = (1...5).map { LabDevice("r\($0)", address: "127.1.0.\($0)", faults: [.gate($0 <= 3 ? rest : enough)]) }
        try await withBench(devices) { bench in
            var options = bench.options
            options.mode = .first(2)
            async let run = bench.run(["show version"], on: devices.map { bench.device($0) }, options: options)
            await rest.waitForArrivals(3)
            enough.open()
            let record = try await run
            for name in ["r4", "r5"] { #expect(try record.result(name).status == .ok) }
            for name in ["r1", "r2", "r3"] {
                let result = try record.result(name)
                #expect(result.status == .cancelled)
                #expect(result.attempts == 1)
                #expect(result.error?.code == .cancelled)
                #expect(result.error?.message == "cancelled while 'show version' ran: enough devices succeeded")
            }
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
            #expect(bench.lab.counts.cleanLogouts == 5)
        }
    }

    @Test func failuresDoNotCount_whenTheFirstSuccessIsWanted() async throws {
        let bad = LabDevice("bad", address: "127.1.0.1", platform: .linux)
        try await withBench([bad]) { bench in
            var options = bench.options
            options.mode = .first(1)
            options.fanout = 1
            let record = try await bench.run(["show version"], on: [bench.device(bad)] + bench.healthy, options: options)
            #expect(record.results.map(\.host) == ["bad", "healthy1", "healthy2"])
            #expect(record.results.map(\.status) == [.failed, .ok, .cancelled])
            #expect(record.results[2].attempts == 0)
            #expect(record.results[2].error?.message == "not started: enough devices succeeded")
            #expect(bench.lab.counts(at: "127.9.0.2").connectionsTotal == 0)
        }
    }

    @Test func neverMoreAtOnce_whenTheFanOutIsLimited() async throws {
        let (devices, gates) = gated(6)
        try await withBench(devices) { bench in
            var options = bench.options
            options.fanout = 2
            async let run = bench.run(["show version"], on: devices.map { bench.device($0) }, options: options)
            await gates[0].waitForArrivals()
            for (index, gate) in gates.enumerated() {
                // Two are under way, this one and the next: had a third been started, the lab would know of it soon, so at the end at least.
                if index + 1 < gates.count { await gates[index + 1].waitForArrivals() }
                #expect(bench.lab.counts.connectionsTotal == min(index + 2, 6))
                gate.open()
            }
            let record = try await run
            #expect(record.results.map(\.status) == Array(repeating: .ok, count: 6))
            var underWay = 0
            var most = 0
            for event in record.events {
                if case .started = event { underWay += 1 }
                if case .finished = event { underWay -= 1 }
                most = max(most, underWay)
            }
            #expect(most == 2)
            #expect(record.started.sorted() == devices.map(\.name))
        }
    }

    @Test func usageError_whenTheFanOutIsNone() async throws {
        var options = RunOptions()
        options.fanout = 0
        let error = await musterError { _ = try await gather([], on: [], options: options) }
        #expect(error?.code == .usage)
        #expect(error?.message == "expected a fan-out of 1 or more, found 0")
    }

    @Test func noResults_whenThereAreNoDevices() async throws {
        try await withBench { bench in
            let record = try await bench.run(["show version"], on: [])
            #expect(record.results.isEmpty)
        }
    }

    @Test func logsInAndOut_whenThereAreNoCommands() async throws {
        try await withBench { bench in
            let record = try await bench.run([], on: bench.healthy)
            #expect(record.results.map(\.status) == [.ok, .ok])
            #expect(record.results.allSatisfy { $0.phases.login != nil })
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
            #expect(bench.lab.counts.cleanLogouts == 2)
        }
    }

    @Test func oneResultEach_whenThreeHundredAreUnderWay() async throws {
        let plan = LabPlan(count: 300, platforms: LabPlatform.allCases.filter { $0 != .linux })
        try await withBench(plan.devices) { bench in
            var options = bench.options
            options.fanout = 300
            let record = try await bench.run(["show version"], on: plan.devices.map { bench.device($0) }, options: options)
            #expect(record.results.count { $0.status == .ok } == 300, "\(record.results.first { $0.status != .ok } as Any)")
            #expect(Set(record.results.map(\.host)).count == 300)
            #expect(record.results.allSatisfy { !($0.commands.first?.output.isEmpty ?? true) })
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 }
            #expect(bench.lab.counts.cleanLogouts == 300)
            #expect(bench.lab.counts.lostSessions == 0)
        }
    }
}
