import Foundation
import Logging
import Muster
import MusterInventory
import MusterSSHConfig
import Synchronization

@testable import MusterCommands

/// Surroundings that keep what is written, with a run that a test scripts.
final class World: Sendable {
    private struct Seen {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        /// The pieces of both streams in the order they were written.
        var pieces: [String] = []
        var commands: [String] = []
        var devices: [Device] = []
        var tasks: [DeviceTask] = []
        var options = RunOptions()
        var control: RunControl?
        var runs = 0
        var left: [Int32] = []
        var signals: (@Sendable (StopSignal) -> Void)?
        var watches = 0
    }

    private let seen = Mutex(Seen())
    let environment: [String: String]
    let outputIsTerminal: Bool
    let errorsAreTerminal: Bool
    let input: String
    let answer: String?
    /// After so many bytes the reader of standard output is gone.
    let outputEndsAfter: Int
    let outputError: Int32
    /// The content of the home folder's `.ssh/config`; there is none when nil.
    let sshConfig: String?
    let script: Play

    /// What happens in a run.
    typealias Play = @Sendable (World, Script, _ each: (DeviceResult) async throws -> Void) async throws -> Void

    /// What a scripted run has in its hands.
    struct Script {
        var devices: [Device]
        var commands: [String]
        var control: RunControl
        var events: @Sendable (RunEvent) -> Void
    }

    init(
        _ environment: [String: String] = [:], outputIsTerminal: Bool = false, errorsAreTerminal: Bool = false, input: String = "",
        answer: String? = nil, outputEndsAfter: Int = .max, outputError: Int32 = EPIPE,
        sshConfig: String? = nil,
        script: @escaping Play = { _, script, each in
            for device in script.devices {
                script.events(.started(host: device.name))
                let result = World.ok(device, script.commands)
                script.events(.finished(result))
                try await each(result)
            }
        }
    ) {
        self.environment = environment
        self.outputIsTerminal = outputIsTerminal
        self.errorsAreTerminal = errorsAreTerminal
        self.input = input
        self.answer = answer
        self.outputEndsAfter = outputEndsAfter
        self.outputError = outputError
        self.sshConfig = sshConfig
        self.script = script
    }

    static func ok(_ device: Device, _ commands: [String]) -> DeviceResult {
        DeviceResult(
            host: device.name, address: device.address, port: device.port, platform: device.platform, status: .ok,
            started: Date(timeIntervalSince1970: 0), elapsed: .milliseconds(10),
            commands: commands.map { CommandResult(command: $0, status: .ok, output: "out of \($0)\n") })
    }

    static func stopped(_ device: Device, _ status: DeviceResult.Status) -> DeviceResult {
        var result = ok(device, [])
        result.status = status
        result.error = MusterError(.cancelled, phase: .connect, device: device.name, message: "the run was stopped")
        return result
    }

    var output: String { seen.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var errors: String { seen.withLock { String(decoding: $0.errors, as: UTF8.self) } }
    var pieces: [String] { seen.withLock { $0.pieces } }
    var commands: [String] { seen.withLock { $0.commands } }
    var devices: [Device] { seen.withLock { $0.devices } }
    var tasks: [DeviceTask] { seen.withLock { $0.tasks } }
    var options: RunOptions { seen.withLock { $0.options } }
    var control: RunControl? { seen.withLock { $0.control } }
    var runs: Int { seen.withLock { $0.runs } }
    var left: [Int32] { seen.withLock { $0.left } }
    var watches: Int { seen.withLock { $0.watches } }

    /// Sends a signal to the run.
    func send(_ signal: StopSignal) {
        seen.withLock { $0.signals }?(signal)
    }

    /// Runs `muster` with these arguments.
    func muster(_ arguments: String...) async -> Int32 {
        await MusterTool.run(arguments, in: all)
    }

    private final class Watch: SignalWatch {
        let world: World
        init(_ world: World) { self.world = world }
        func end() { world.seen.withLock { $0.watches -= 1 } }
    }

    private var ask: SecretResolver.Ask? {
        guard let answer else { return nil }
        return { _ in Secret(answer) }
    }

    var all: Surroundings {
        Surroundings(
            environment: environment,
            output: OutputPort(isTerminal: outputIsTerminal) { bytes throws(OutputClosed) in
                let isOpen = self.seen.withLock { seen in
                    guard seen.output.count + bytes.count <= self.outputEndsAfter else { return false }
                    seen.output += bytes
                    seen.pieces.append(String(decoding: bytes, as: UTF8.self))
                    return true
                }
                if !isOpen { throw OutputClosed(number: self.outputError) }
            },
            errors: OutputPort(isTerminal: errorsAreTerminal) { bytes throws(OutputClosed) in
                self.seen.withLock { seen in
                    seen.errors += bytes
                    seen.pieces.append(String(decoding: bytes, as: UTF8.self))
                }
            },
            input: { Array(self.input.utf8) }, ask: ask,
            runner: { tasks, options, control, events, each in
                let (commands, devices) = (tasks.first?.commands ?? [], tasks.map(\.device))
                self.seen.withLock { seen in
                    seen.runs += 1
                    (seen.commands, seen.devices, seen.options, seen.control) = (commands, devices, options, control)
                    seen.tasks = tasks
                }
                try await self.script(self, Script(devices: devices, commands: commands, control: control, events: events), each)
            },
            watchSignals: { handler in
                self.seen.withLock { seen in
                    seen.signals = handler
                    seen.watches += 1
                }
                return Watch(self)
            },
            leave: { status in self.seen.withLock { $0.left.append(status) } }, startLogging: { _ in }, now: { .seconds(1) },
            // The first tick comes at once, the next one never.
            sleep: { [ticks = Ticks()] _ in try await ticks.next() }, localUser: "alice",
            sshFacts: LocalFacts(
                user: "alice", userID: 1000, home: "/home/alice", hostName: "desk", environment: environment, sha1: { _ in [] }),
            sshConfigFiles: SSHConfigFiles(
                read: { [sshConfig] path, isTrusted throws(SSHConfigFiles.Failure) in
                    if path == "/home/alice/.ssh/config", let sshConfig { return Array(sshConfig.utf8) }
                    if path == "/etc/ssh/ssh_config" { throw .missing }
                    return try SSHConfigFiles.system.read(path, isTrusted)
                },
                matching: SSHConfigFiles.system.matching))
    }
}

/// A ticker that ticks once and then waits for its end.
private final class Ticks: Sendable {
    private let count = Mutex(0)

    func next() async throws {
        let tick = count.withLock { count in
            count += 1
            return count
        }
        if tick > 1 { try await Task.sleep(for: .seconds(3600)) }
    }
}

/// A folder with files that is gone after `body`.
func withFiles<R>(_ files: [String: String], _ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("muster-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
        let path = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path.path)
    }
    return try await body(folder.path)
}
