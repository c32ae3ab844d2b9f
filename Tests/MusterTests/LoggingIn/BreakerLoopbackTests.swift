import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Testing

/// Wrong credentials on many devices at once, which must not lock an account.
@Suite(.timeLimit(.minutes(5))) struct BreakerLoopbackTests {
    private func fleet(_ count: Int, faults: [LabFault] = []) -> [LabDevice] {
        (1...count).map { LabDevice("r\($0)", address: "127.1.0.\($0)", faults: faults) }
    }

    private func options(_ bench: Bench, limit: Int) -> RunOptions {
        var options = bench.options
        options.fanout = 100
        options.maxAuthFailures = limit
        return options
    }

    @Test(arguments: [1, 3]) func wrongPassword_isSeenByNoMoreDevicesThanTheLimit(limit: Int) async throws {
        let devices = fleet(40)
        try await withBench(devices) { bench in
            let record = try await bench.run(
                ["show version"], on: devices.map { bench.device($0, password: Hush.wrong) }, options: options(bench, limit: limit))
            #expect(bench.lab.counts.loginsRefused == limit)
            #expect(record.results.count { $0.status == .unreachable } == limit)
            let skipped = record.results.filter { $0.status == .skipped }
            #expect(skipped.count == 40 - limit)
            for result in skipped {
                #expect(result.error?.code == .skipped)
                #expect(result.error?.phase == .authenticate || result.error?.phase == .resolve)
                let refusals = limit == 1 ? "a device" : "\(limit) devices in a row"
                #expect(
                    result.error?.message == "not logged in to: the password of netops was not offered, since \(refusals) refused it",
                    "\(result.error?.message ?? "")")
                #expect(result.error?.hint?.contains("--max-auth-failures") == true)
                #expect(result.commands.map(\.status) == [.skipped])
            }
            try await bench.lab.waitUntil { $0.connectionsOpen == 0 }
        }
    }

    @Test func passwordTypedInATerminal_isCountedAsWell() async throws {
        let devices = fleet(12)
        try await withBench(devices) {
            $0.listensForTelnet = true
        } _: { bench in
            let targets = devices.map { lab in
                var device = bench.device(lab, password: Hush.wrong)
                device.transport = .telnet
                device.port = Int(bench.lab.telnetPort)
                return device
            }
            let record = try await bench.run(["show version"], on: targets, options: options(bench, limit: 3))
            #expect(record.results.count { $0.error?.code == .authentication } == 3, "\(record.results[0].error as Any)")
            #expect(record.results.count { $0.status == .skipped } == 9)
        }
    }

    @Test func hangingUpAfterTheTypedPassword_isCountedAsWell() async throws {
        let devices = fleet(12, faults: [.telnet(.closesOnRefusal)])
        try await withBench(devices) {
            $0.listensForTelnet = true
        } _: { bench in
            let targets = devices.map { lab in
                var device = bench.device(lab, password: Hush.wrong)
                device.transport = .telnet
                device.port = Int(bench.lab.telnetPort)
                return device
            }
            let record = try await bench.run(["show version"], on: targets, options: options(bench, limit: 3))
            #expect(record.results.count { $0.error?.code == .connectionLost } == 3, "\(record.results[0].error as Any)")
            #expect(record.results.count { $0.status == .skipped } == 9)
        }
    }

    /// A server that lets the key in, and a program behind it that asks once more.
    ///
    /// - Parameters:
    ///   - takes: the password that it takes.
    ///   - body: Gets devices with a wrong password, and how often one was typed.
    private func withQuestionInside(
        _ bench: Bench, takes right: String, count: Int, _ body: ([Device], @Sendable () -> Int) async throws -> Void
    ) async throws {
        let script = "\(bench.folder)/ask"
        let text = """
            #!/bin/bash
            printf 'Username: '; read u; printf 'Password: '; read -s p; echo
            echo x >> \(bench.folder)/typed
            if [ "$p" = '\(right)' ]; then exec bash --norc; fi
            echo 'Login incorrect'; sleep 1
            """
        try text.write(toFile: script, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
        try await withOpenSSHServer(configuration: ["ForceCommand \(script)"]) { server in
            let devices = (1...count).map { number in
                var device = Device(
                    name: "d\(number)", address: "127.0.0.1", port: server.port, platform: "linux", user: server.user,
                    password: Secret(Hush.wrong))
                device.credentials = [LoginCredential(.identity(path: server.userKey, passphrase: nil))]
                device.channel = .shell
                return device
            }
            try await body(devices) { [folder = bench.folder] in
                (try? String(contentsOfFile: "\(folder)/typed", encoding: .utf8))?.count { $0 == "x" } ?? 0
            }
        }
    }

    @Test(arguments: [1, 100]) func passwordTypedInsideSSH_goesToNoMoreDevicesThanTheLimit(fanout: Int) async throws {
        try await withBench { bench in
            try await withQuestionInside(bench, takes: Hush.password, count: 6) { devices, typed in
                var options = options(bench, limit: 2)
                options.fanout = fanout
                let record = try await bench.run(["true"], on: devices, options: options)
                #expect(typed() == 2)
                #expect(record.results.count { $0.error?.code == .authentication } == 2)
                let skipped = record.results.filter { $0.status == .skipped }
                #expect(skipped.count == 4, "\(record.results.map { $0.error?.message ?? "-" })")
                #expect(skipped.allSatisfy { $0.error?.message.contains("since 2 devices in a row refused it") == true })
            }
        }
    }

    @Test func passwordTypedInsideSSH_goesToAll_whenItIsRight() async throws {
        try await withBench { bench in
            try await withQuestionInside(bench, takes: Hush.wrong, count: 6) { devices, typed in
                let record = try await bench.run(["true"], on: devices, options: options(bench, limit: 1))
                #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.compactMap(\.error))")
                #expect(typed() == 6)
            }
        }
    }

    @Test func hangingUpCountsLikeARefusal() async throws {
        let devices = fleet(20, faults: [.loginTries(1)])
        try await withBench(devices) { bench in
            let record = try await bench.run(
                ["show version"], on: devices.map { bench.device($0, password: Hush.wrong) }, options: options(bench, limit: 3))
            #expect(bench.lab.counts.loginsRefused == 3)
            #expect(record.results.count { $0.status == .skipped } == 17)
        }
    }

    @Test func wrongPassword_isSeenByNoMoreDevices_thatAskForIt() async throws {
        let devices = fleet(20, faults: [.question("Password: "), .keyboardInteractive])
        try await withBench(devices) { bench in
            let targets = devices.map { lab in
                var device = bench.device(lab, password: Hush.wrong)
                // With a code in the list the password goes by questions alone.
                device.credentials = [LoginCredential(.oneTimeCode(.plain(Secret("hush-0"))))]
                return device
            }
            let record = try await bench.run(["show version"], on: targets, options: options(bench, limit: 3))
            #expect(bench.lab.counts.loginsRefused == 3)
            #expect(record.results.count { $0.error?.code == .authentication } == 3)
        }
    }

    @Test func devicesAreNotConnectedTo_whenTheirCredentialIsKnownToBeWrong() async throws {
        let devices = fleet(6)
        try await withBench(devices) { bench in
            var options = options(bench, limit: 2)
            options.fanout = 1
            let record = try await bench.run(
                ["show version"], on: devices.map { bench.device($0, password: Hush.wrong) }, options: options)
            #expect(record.results.map(\.status) == [.unreachable, .unreachable, .skipped, .skipped, .skipped, .skipped])
            #expect(record.results.map(\.attempts) == [1, 1, 0, 0, 0, 0])
            #expect(bench.lab.counts.connectionsTotal == 2)
        }
    }

    @Test func everyDeviceIsTried_whenThereIsNoLimit() async throws {
        let devices = fleet(12)
        try await withBench(devices) { bench in
            let record = try await bench.run(
                ["show version"], on: devices.map { bench.device($0, password: Hush.wrong) }, options: options(bench, limit: 0))
            #expect(record.results.allSatisfy { $0.status == .unreachable })
            #expect(bench.lab.counts.loginsRefused == 12)
        }
    }

    @Test func everyoneGetsIn_whenThePasswordIsRight() async throws {
        let devices = fleet(40)
        try await withBench(devices) { bench in
            let record = try await bench.run(
                ["show version"], on: devices.map { bench.device($0) }, options: options(bench, limit: 1))
            #expect(record.results.allSatisfy { $0.status == .ok })
        }
    }

    @Test func fewRefusalsAmongSuccesses_stopNobody() async throws {
        let bad = (1...2).map { LabDevice("bad\($0)", address: "127.2.0.\($0)", faults: [.refusePassword]) }
        let good = fleet(10)
        try await withBench(bad + good) { bench in
            let record = try await bench.run(
                ["show version"], on: (bad + good).map { bench.device($0) }, options: options(bench, limit: 3))
            #expect(record.results.count { $0.status == .ok } == 10)
            #expect(record.results.count { $0.status == .unreachable } == 2)
        }
    }

    @Test func secondPassword_isOfferedToAll_whenTheFirstIsWrong() async throws {
        let devices = fleet(20)
        try await withBench(devices) { bench in
            let targets = devices.map { lab in
                var device = bench.device(lab, password: nil)
                device.credentials = [
                    LoginCredential(.password(Secret(Hush.wrong))), LoginCredential(.password(Secret(Hush.password))),
                ]
                return device
            }
            let record = try await bench.run(["show version"], on: targets, options: options(bench, limit: 3))
            #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.first { $0.status != .ok } as Any)")
            #expect(bench.lab.counts.loginsRefused == 3)
        }
    }

    @Test func anotherUsersPassword_isCountedByItself() async throws {
        let devices = fleet(8)
        try await withBench(devices) { bench in
            let targets = devices.enumerated().map { index, lab in
                var device = bench.device(lab, password: Hush.wrong)
                if index % 2 == 0 { device.user = "someone" }
                return device
            }
            let record = try await bench.run(["show version"], on: targets, options: options(bench, limit: 2))
            #expect(bench.lab.counts.loginsRefused == 4)
            #expect(record.results.count { $0.status == .skipped } == 4)
        }
    }

    @Test func silentDevices_doNotUseUpTheTimeOfThoseThatWait() async throws {
        let silent = (1...2).map { LabDevice("silent\($0)", address: "127.2.0.\($0)", faults: [.stallAt(.auth)]) }
        let good = fleet(4)
        try await withBench(silent + good, waits: true) { bench in
            var options = options(bench, limit: 2)
            options.connectTimeout = .seconds(5)
            let record = try await bench.run(["show version"], on: (silent + good).map { bench.device($0) }, options: options)
            for device in good { #expect(try record.result(device.name).status == .ok) }
            for device in silent { #expect(try record.result(device.name).status == .timeout) }
        }
    }

    @Test func thoseThatWaitForTheirTurn_endWithTheRun() async throws {
        let silent = LabDevice("silent", address: "127.2.0.1", faults: [.stallAt(.auth)])
        let good = fleet(5)
        try await withBench([silent] + good) { bench in
            let control = RunControl()
            let log = EventLog()
            async let run = bench.run(
                ["show version"], on: ([silent] + good).map { bench.device($0) }, options: options(bench, limit: 1), control: control,
                log: log)
            try await bench.lab.waitUntil { $0.connectionsTotal == 6 }
            control.cancel()
            let record = try await run
            #expect(record.results.count == 6)
            #expect(try record.result("silent").status == .cancelled)
            #expect(record.results.allSatisfy { $0.status == .cancelled || $0.status == .ok })
        }
    }
}
