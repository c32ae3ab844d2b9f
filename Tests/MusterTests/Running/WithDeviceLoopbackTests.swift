import Muster
import MusterInventory
import MusterLab
import Testing

/// One device for the length of a scope.
@Suite(.timeLimit(.minutes(5))) struct WithDeviceLoopbackTests {
    private let plain = LabDevice("r1", address: "127.1.0.1")
    private struct Trouble: Error, Equatable { var number: Int }

    private func expectLoggedOut(_ bench: Bench, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
        #expect(bench.lab.counts.cleanLogouts == 1, sourceLocation: sourceLocation)
        #expect(bench.lab.counts.lostSessions == 0, sourceLocation: sourceLocation)
    }

    @Test func returnsTheBodysValue_whenSeveralCommandsRan() async throws {
        try await withBench([plain]) { bench in
            let log = EventLog()
            let outputs = try await withDevice(bench.device(plain), options: bench.options, events: { log.append($0) }) { device in
                #expect(device.device.name == "r1")
                #expect(await device.prompt == "r1#")
                #expect(await device.mode == "privileged_exec")
                var outputs: [String] = []
                for command in ["show version", "lab newlines", "show privilege"] {
                    let result = try await device.send(command)
                    #expect(result.status == .ok)
                    #expect(result.command == command)
                    outputs.append(result.output)
                }
                return outputs
            }
            #expect(outputs.count == 3)
            #expect(outputs[0].contains("Cisco IOS XE"))
            #expect(outputs[1] == "one\ntwo\nthree\nfour\nFIVE\nsix\n\n\nseven")
            #expect(outputs[2] == "Current privilege level is 15")
            #expect(log.events.contains { if case .pinned(host: "r1", _, _, bench.knownHosts) = $0 { true } else { false } })
            expectNoSecret(in: log.events)
            try await expectLoggedOut(bench)
        }
    }

    @Test func changesTheMode_whenAnotherIsEntered() async throws {
        try await withBench([plain]) { bench in
            try await withDevice(bench.device(plain), options: bench.options) { device in
                try await device.enter(mode: "configuration")
                #expect(await device.mode == "configuration")
                #expect(await device.prompt == "r1(config)#")
                let result = try await device.send("interface GigabitEthernet0/0/1")
                #expect(result.mode == "configuration")
                #expect(result.prompt == "r1(config-if)#")
                try await device.enter(mode: "privileged_exec")
                #expect(await device.prompt == "r1#")
                #expect(try await device.send("show privilege").output == "Current privilege level is 15")
            }
            try await expectLoggedOut(bench)
        }
    }

    @Test func privilegeErrorAndGoesOn_whenTheModeIsUnknown() async throws {
        try await withBench([plain]) { bench in
            try await withDevice(bench.device(plain), options: bench.options) { device in
                let error = await musterError { try await device.enter(mode: "configuratoin") }
                #expect(error?.code == .privilege)
                #expect(error?.phase == .privilege)
                #expect(error?.message.contains("expected a mode of cisco_iosxe: exec, privileged_exec, configuration") == true)
                #expect(error?.message.contains("'configuratoin'") == true)
                #expect(error?.hint == "Did you mean 'configuration'?")
                let result = try await device.send("show privilege")
                #expect(result.status == .ok)
            }
        }
    }

    @Test func isAResult_whenTheDeviceRejectsACommand() async throws {
        try await withBench([plain]) { bench in
            try await withDevice(bench.device(plain), options: bench.options) { device in
                let result = try await device.send("frobnicate")
                #expect(result.status == .failed)
                #expect(result.failure == "% Invalid input detected at '^' marker.")
                #expect(try await device.send("show privilege").status == .ok)
            }
        }
    }

    @Test func throwsOnAndLogsOut_whenTheBodyThrows() async throws {
        try await withBench([plain]) { bench in
            await #expect(throws: Trouble(number: 7)) {
                try await withDevice(bench.device(plain), options: bench.options) { device in
                    _ = try await device.send("show version")
                    throw Trouble(number: 7)
                }
            }
            try await expectLoggedOut(bench)
        }
    }

    @Test func cancellationError_whenTheTaskIsCancelledInACommand() async throws {
        let gate = LabGate()
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.gate(gate)])
        try await withBench([lab]) { bench in
            let wasCancelled = await throwsCancellation {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await withDevice(bench.device(lab), options: bench.options) { device in
                            #expect(await throwsCancellation { _ = try await device.send("show version") })
                            // Nothing more can be asked of this session.
                            #expect(await throwsCancellation { _ = try await device.send("show clock") })
                            try await device.enter(mode: "configuration")
                        }
                    }
                    await gate.waitForArrivals()
                    group.cancelAll()
                    try await group.next()
                }
            }
            #expect(wasCancelled)
            try await expectLoggedOut(bench)
        }
    }

    @Test func cancellationError_whenTheTaskIsCancelledInTheLogin() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.neverPrompts])
        try await withBench([lab]) { bench in
            let wasCancelled = await throwsCancellation {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await withDevice(bench.device(lab), options: bench.options) { _ in
                            _ = Issue.record("a login without a prompt")
                        }
                    }
                    try await bench.lab.waitUntil { $0.shells == 1 }
                    group.cancelAll()
                    try await group.next()
                }
            }
            #expect(wasCancelled)
            try await bench.lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
        }
    }

    @Test func throwsTheLoginsError_whenThePasswordIsWrong() async throws {
        try await withBench([plain]) { bench in
            let error = await musterError {
                try await withDevice(bench.device(plain, password: Hush.wrong), options: bench.options) { _ in }
            }
            #expect(error?.code == .authentication)
            #expect(error?.phase == .authenticate)
            #expect(error?.device == "r1")
            expectNoSecret(in: error as Any)
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test func timeoutAfterWhichTheSessionGoesOn_whenACommandNeverEnds() async throws {
        try await withBench([plain]) { bench in
            try await withDevice(bench.device(plain), options: bench.options) { device in
                let error = await musterError { _ = try await device.send("lab forever", timeout: .milliseconds(300)) }
                #expect(error?.code == .timeout)
                #expect(error?.phase == .command)
                let next = try await device.send("show version")
                #expect(next.output.hasPrefix("Cisco IOS XE Software"))
            }
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test func connectionLost_whenTheDeviceDropsInTheBody() async throws {
        let lab = LabDevice("r1", address: "127.1.0.1", faults: [.exitAfter(4)])
        try await withBench([lab]) { bench in
            try await withDevice(bench.device(lab), options: bench.options) { device in
                _ = try await device.send("show clock")
                let error = await musterError { _ = try await device.send("show clock") }
                #expect(error?.code == .connectionLost)
            }
        }
    }
}
