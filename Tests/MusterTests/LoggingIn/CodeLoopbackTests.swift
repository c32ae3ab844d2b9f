import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Synchronization
import Testing

/// A person who answers every question with the same, and remembers the questions.
private final class Person: Sendable {
    private let questions = Mutex<[String]>([])
    let answer: String

    init(_ answer: String) { self.answer = answer }

    var asked: [String] { questions.withLock { $0 } }

    func options(_ options: RunOptions) -> RunOptions {
        var options = options
        options.ask = { question in
            self.questions.withLock { $0.append(question) }
            return Secret(self.answer)
        }
        return options
    }
}

/// One-time codes and other questions on the way in.
@Suite(.timeLimit(.minutes(5))) struct CodeLoopbackTests {
    private static let code = "hush-314159"

    private func withDevices<R>(_ count: Int, _ faults: [LabFault], _ body: (Bench, [LabDevice]) async throws -> R) async throws -> R {
        let devices = (1...count).map { LabDevice("r\($0)", address: "127.1.0.\($0)", faults: faults) }
        return try await withBench(devices) {
            $0.oneTimeCode = Self.code
        } _: { bench in
            try await body(bench, devices)
        }
    }

    @Test func personIsAskedOnce_whenManyDevicesWantACode() async throws {
        try await withDevices(30, [.oneTimeCode]) { bench, devices in
            let person = Person(Self.code)
            let record = try await bench.run(
                ["show version"], on: devices.map { bench.device($0) }, options: person.options(bench.options))
            #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.first { $0.status != .ok } as Any)")
            #expect(person.asked.count == 1)
            #expect(person.asked.first?.hasSuffix("asks netops: Verification code:") == true)
            // The password was offered by itself first, where it is not taken; an exchange that was given up counts for nothing.
            #expect(bench.lab.counts.sessionsTotal == 30)
        }
    }

    @Test func nobodyIsAsked_whenNoDeviceWantsACode() async throws {
        try await withDevices(3, []) { bench, devices in
            let person = Person(Self.code)
            let targets = devices.map { lab in
                var device = bench.device(lab)
                device.credentials = [LoginCredential(.oneTimeCode(.prompt("Code")))]
                return device
            }
            let record = try await bench.run(["show version"], on: targets, options: person.options(bench.options))
            #expect(record.results.allSatisfy { $0.status == .ok })
            #expect(person.asked.isEmpty)
        }
    }

    @Test func codeComesFromACommand_whenTheInventorySaysSo() async throws {
        try await withDevices(10, [.oneTimeCode]) { bench, devices in
            let runs = "\(bench.folder)/runs"
            let targets = devices.map { lab in
                var device = bench.device(lab)
                device.credentials = [
                    LoginCredential(.oneTimeCode(.command(["sh", "-c", "echo run >> \(runs); printf hush-; echo 314159"])))
                ]
                return device
            }
            let record = try await bench.run(["show version"], on: targets)
            #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.first { $0.status != .ok } as Any)")
            #expect(try String(contentsOfFile: runs, encoding: .utf8) == "run\n")
            // With a code in the list the password goes with it, and never alone.
            #expect(bench.lab.counts.loginsRefused == 0)
        }
    }

    @Test func keyThenCode() async throws {
        try await withOpenSSHServer { keys in
            try await withDevices(5, [.keyThenCode]) { bench, devices in
                let person = Person(Self.code)
                let targets = devices.map { lab in
                    var device = bench.device(lab, password: nil)
                    device.identities = [keys.userKey]
                    return device
                }
                let record = try await bench.run(["show version"], on: targets, options: person.options(bench.options))
                #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.first { $0.status != .ok } as Any)")
                #expect(person.asked.count == 1)
                #expect(bench.lab.counts.loginsRefused == 0)
            }
        }
    }

    @Test func wrongCode_isARefusal_andNotUsedAgain() async throws {
        try await withDevices(3, [.oneTimeCode]) { bench, devices in
            let person = Person("hush-000000")
            var options = person.options(bench.options)
            options.fanout = 1
            options.maxAuthFailures = 2
            let record = try await bench.run(["show version"], on: devices.map { bench.device($0) }, options: options)
            #expect(record.results.map(\.status) == [.unreachable, .unreachable, .skipped])
            #expect(record.results[0].error?.code == .authentication)
            #expect(person.asked.count == 2)
        }
    }

    /// The system's `ssh` for a device.
    private func overOpenSSH(_ bench: Bench, _ lab: LabDevice) -> Device {
        var device = bench.device(lab)
        device.transport = .openssh
        return device
    }

    private func forOpenSSH(_ options: RunOptions) -> RunOptions {
        var options = options
        options.openSSH.configurationFile = "none"
        options.openSSH.askpassHelper = OpenSSHTransportLoopbackTests.muster
        return options
    }

    @Test func personIsAskedOnce_whenDevicesBehindSSHWantACode() async throws {
        try await withDevices(3, [.oneTimeCode]) { bench, devices in
            let person = Person(Self.code)
            let record = try await bench.run(
                ["show version"], on: devices.map { overOpenSSH(bench, $0) }, options: forOpenSSH(person.options(bench.options)))
            #expect(record.results.allSatisfy { $0.status == .ok }, "\(record.results.first { $0.status != .ok } as Any)")
            #expect(person.asked.count == 1)
        }
    }

    @Test func wrongCode_isNotUsedAgain_whenSSHAsks() async throws {
        try await withDevices(2, [.oneTimeCode]) { bench, devices in
            let person = Person("hush-000000")
            var options = forOpenSSH(person.options(bench.options))
            options.fanout = 1
            let record = try await bench.run(["show version"], on: devices.map { overOpenSSH(bench, $0) }, options: options)
            #expect(record.results.map { $0.error?.code } == [.authentication, .authentication])
            #expect(person.asked.count == 2)
        }
    }

    @Test(arguments: [("New password: ", MusterError.Code.authentication), ("Continue? [y/n] ", .credential)])
    func nobodyIsAsked_whenSSHAsksForNoCode(question: String, code: MusterError.Code) async throws {
        try await withDevices(1, [.question(question)]) { bench, devices in
            let person = Person(Self.code)
            let result = try await bench.badDay(overOpenSSH(bench, devices[0]), options: forOpenSSH(person.options(bench.options)))
            #expect(result.error?.code == code, "\(String(describing: result.error))")
            #expect(result.error?.message.contains("the device asked \"\(question.dropLast())\"") == true)
            #expect(person.asked.isEmpty)
            #expect(bench.lab.counts(at: devices[0].address).loginsRefused == 0)
        }
    }

    @Test func deviceSaysWhatItWanted_whenThereIsNobodyToAsk() async throws {
        try await withDevices(1, [.oneTimeCode]) { bench, devices in
            let result = try await bench.badDay(bench.device(devices[0]))
            #expect(result.status == .unreachable)
            #expect(result.error?.code == .credential)
            #expect(result.error?.message.contains("the device asked \"Verification code:\" for user netops") == true)
            #expect(result.error?.hint?.contains("otp") == true)
        }
    }

    @Test func deviceSaysWhatItWanted_whenThePersonGivesNoAnswer() async throws {
        try await withDevices(1, [.oneTimeCode]) { bench, devices in
            var options = bench.options
            options.ask = { throw SecretError(source: .prompt($0), message: "no answer") }
            let result = try await bench.badDay(bench.device(devices[0]), options: options)
            #expect(result.error?.code == .credential)
            #expect(result.error?.message.contains("and nobody answered that on the terminal") == true)
        }
    }

    @Test func deviceSaysWhyThereIsNoCode_whenTheCommandFails() async throws {
        try await withDevices(1, [.oneTimeCode]) { bench, devices in
            var target = bench.device(devices[0])
            target.credentials = [LoginCredential(.oneTimeCode(.command(["false"])))]
            let result = try await bench.badDay(target)
            #expect(result.error?.code == .credential)
            #expect(result.error?.message.contains("there is no code: the command 'false' ended with status 1") == true)
        }
    }

    @Test func unknownQuestion_isShownAndNotAnswered() async throws {
        try await withDevices(1, [.question("Favourite colour? ")]) { bench, devices in
            let result = try await bench.badDay(bench.device(devices[0]))
            #expect(result.error?.code == .credential)
            #expect(result.error?.message.contains("the device asked \"Favourite colour?\" for user netops") == true)
            // The password alone, where it is not taken; no answer to the question.
            #expect(bench.lab.counts(at: devices[0].address).loginsRefused == 1)
        }
    }

    @Test func newPassword_isNotMadeUp() async throws {
        try await withDevices(1, [.question("New password: ")]) { bench, devices in
            let result = try await bench.badDay(bench.device(devices[0]))
            #expect(result.error?.code == .authentication)
            #expect(result.error?.message.contains("has expired") == true)
        }
    }

    @Test func questionsWithATitle_areAnswered() async throws {
        // libssh2 1.10 cannot read them once it was asked for the methods, so this takes a second connection.
        let device = LabDevice("r1", address: "127.1.0.1", faults: [.keyboardInteractive])
        try await withBench([device]) {
            $0.interactiveTitle = "RADIUS"
        } _: { bench in
            let result = try await bench.badDay(bench.device(device))
            #expect(result.status == .ok, "\(String(describing: result.error))")
        }
    }

    @Test func questionTime_isNotTheDevices() async throws {
        try await withDevices(1, [.oneTimeCode]) { bench, devices in
            let asked = Mutex(false)
            var options = bench.options
            options.connectTimeout = .seconds(8)
            options.ask = { _ in
                asked.withLock { $0 = true }
                // A person takes longer than the device has: what is to be shown is that this time does not count.
                try await Task.sleep(for: .seconds(9))
                return Secret(Self.code)
            }
            let record = try await bench.run(["show version"], on: [bench.device(devices[0])], options: options)
            #expect(record.results[0].status == .ok, "\(String(describing: record.results[0].error))")
            #expect(asked.withLock { $0 })
        }
    }
}
