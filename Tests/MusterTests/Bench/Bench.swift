import Foundation
import Muster
import MusterInventory
import MusterLab
import MusterTestSupport
import Synchronization
import Testing

/// The secrets of all tests.
///
/// They have one beginning in common, so that one search finds any that leaked.
enum Hush {
    static let mark = "hush-"
    static let password = "hush-password"
    static let enable = "hush-enable"
    static let wrong = "hush-wrong"
    static let passphrase = "hush-passphrase"
}

/// A lab with a known hosts file of its own, and two devices with which nothing is wrong.
struct Bench: Sendable {
    static let healthyOnes = [
        LabDevice("healthy1", address: "127.9.0.1", platform: .ciscoIOSXE),
        LabDevice("healthy2", address: "127.9.0.2", platform: .aristaEOS),
    ]

    let lab: Lab
    let folder: String

    var knownHosts: String { "\(folder)/known_hosts" }
    var healthy: [Device] { Self.healthyOnes.map { device($0) } }

    /// Long enough for a device in good health on a busy machine, short enough to wait for.
    var options: RunOptions {
        var options = RunOptions()
        options.knownHostsFiles = [knownHosts]
        // Whoever runs the tests may have one.
        options.agentSocket = nil
        options.connectTimeout = .seconds(50)
        options.commandTimeout = .seconds(50)
        return options
    }

    /// The same, for devices that keep silent on the way in.
    var impatient: RunOptions {
        var options = options
        options.connectTimeout = .seconds(10)
        return options
    }

    /// How to log in to a device of the lab; it has a shell.
    func device(_ device: LabDevice, password: String? = Hush.password, secrets: [String: Secret] = [:]) -> Device {
        var login = Device(
            name: device.name, address: device.address, port: Int(lab.port), platform: device.platform.rawValue, user: "netops",
            password: password.map { Secret($0) }, secrets: secrets)
        login.channel = .shell
        return login
    }

    /// Runs commands and checks what holds for every run: exactly one result and one end per device, and no secret anywhere.
    func run(
        _ commands: [String], on devices: [Device], options: RunOptions? = nil, control: RunControl = RunControl(),
        log: EventLog = EventLog(), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RunRecord {
        let results = try await withResults(of: commands, on: devices, options: options ?? self.options, control: control) {
            log.append($0)
        } _: { results in
            var all: [DeviceResult] = []
            for await result in results { all.append(result) }
            return all
        }
        let record = RunRecord(results: results, events: log.events)
        record.check(devices: devices, commands: commands, sourceLocation: sourceLocation)
        return record
    }

    /// Runs commands on one device beside the healthy ones, which must not be disturbed, and sees that all sessions have ended.
    func badDay(
        _ device: Device, _ commands: [String] = ["show version"], options: RunOptions? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> DeviceResult {
        let record = try await run(
            commands, on: [healthy[0], device, healthy[1]], options: options, sourceLocation: sourceLocation)
        for name in healthy.map(\.name) {
            let result = try record.result(name)
            #expect(result.status == .ok, "\(String(describing: result.error))", sourceLocation: sourceLocation)
            #expect(result.commands.map(\.status) == commands.map { _ in .ok }, sourceLocation: sourceLocation)
            #expect(lab.counts(at: result.address).lostSessions == 0, "no goodbye", sourceLocation: sourceLocation)
        }
        try await lab.waitUntil { $0.sessionsOpen == 0 && $0.connectionsOpen == 0 }
        return try record.result(device.name)
    }
}

private let turns = Turns(4)

/// Runs a lab for the length of a scope.
///
/// - Parameters:
///   - devices: Its devices, beside the two healthy ones.
///   - waits: Whether nearly all of the scope's time is spent in waiting, so that it need not take turns with the others.
///   - adjust: Changes what else it is like.
///   - body: Gets the lab.
func withBench<R>(
    _ devices: [LabDevice] = [], waits: Bool = false, adjust: (inout LabConfiguration) -> Void = { _ in },
    _ body: (Bench) async throws -> R
) async throws -> R {
    var configuration = LabConfiguration(devices: Bench.healthyOnes + devices)
    configuration.user = "netops"
    configuration.password = Hush.password
    configuration.enableSecret = Hush.enable
    adjust(&configuration)
    if !waits { await turns.take() }
    defer { if !waits { turns.giveBack() } }
    return try await withTemporaryFolder { folder in
        try await withLab(configuration) { lab in try await body(Bench(lab: lab, folder: folder)) }
    }
}

/// Events as they came, from any thread.
final class EventLog: Sendable {
    private struct State {
        var events: [RunEvent] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        var finished: [String] {
            events.compactMap { if case .finished(let result) = $0 { result.host } else { nil } }
        }
    }

    private let state = Mutex(State())

    var events: [RunEvent] { state.withLock { $0.events } }
    /// The hosts that are done, in the order in which they got there.
    var finished: [String] { state.withLock { $0.finished } }

    func append(_ event: RunEvent) {
        let ready = state.withLock { state in
            state.events.append(event)
            let count = state.finished.count
            defer { state.waiting.removeAll { $0.count <= count } }
            return state.waiting.filter { $0.count <= count }
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Returns when so many devices are done.
    func waitForFinished(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if state.finished.count < count { state.waiting.append((count, continuation)) }
                return state.finished.count >= count
            }
            if isMet { continuation.resume() }
        }
    }
}

/// What a run came to.
struct RunRecord: Sendable {
    var results: [DeviceResult]
    var events: [RunEvent]

    func result(_ name: String) throws -> DeviceResult {
        try #require(results.first { $0.host == name })
    }

    /// The hosts whose work was begun.
    var started: [String] {
        events.compactMap { if case .started(let host) = $0 { host } else { nil } }
    }

    /// The hosts that had an unknown key, and its fingerprint.
    var pinned: [String: String] {
        var pinned: [String: String] = [:]
        for case .pinned(let host, _, let fingerprint, _) in events { pinned[host] = fingerprint }
        return pinned
    }

    /// The hosts that had an unknown key which could not be kept, and why.
    var notPinned: [String: String] {
        var reasons: [String: String] = [:]
        for case .notPinned(let host, _, _, let reason) in events { reasons[host] = reason }
        return reasons
    }

    func check(devices: [Device], commands: [String], sourceLocation: SourceLocation) {
        let names = devices.map(\.name).sorted()
        #expect(results.map(\.host).sorted() == names, "one result per device", sourceLocation: sourceLocation)
        let finished = events.compactMap { if case .finished(let result) = $0 { result.host } else { nil } }
        #expect(finished.sorted() == names, "one end per device", sourceLocation: sourceLocation)
        for result in results {
            #expect(result.commands.map(\.command) == commands, "one entry per command", sourceLocation: sourceLocation)
            #expect(result.error?.device ?? result.host == result.host, sourceLocation: sourceLocation)
        }
        expectNoSecret(in: self, sourceLocation: sourceLocation)
    }
}

/// Prints a value in every way there is and looks for secrets.
func expectNoSecret(in value: some Any, sourceLocation: SourceLocation = #_sourceLocation) {
    var text = String(describing: value) + String(reflecting: value)
    dump(value, to: &text)
    #expect(!text.contains(Hush.mark), "a secret was printed", sourceLocation: sourceLocation)
}

/// What a work's error is.
func musterError(_ work: () async throws -> Void) async -> MusterError? {
    do {
        try await work()
        return nil
    } catch {
        return error as? MusterError
    }
}

/// Whether a work throws that it was cancelled.
func throwsCancellation(_ work: () async throws -> Void) async -> Bool {
    do {
        try await work()
        return false
    } catch {
        return error is CancellationError
    }
}
