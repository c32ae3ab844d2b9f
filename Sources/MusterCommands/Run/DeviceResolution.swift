import Muster
import MusterInventory
import MusterRendering
import Synchronization

/// Turns hosts into devices, with all their secrets, before anything connects.
struct DeviceResolution {
    let resolver: SecretResolver
    let defaultUser: String?
    /// How long what is not a person's answer may take, and who is told when it takes a while.
    var patience: Patience?

    /// How long secrets are waited for.
    struct Patience: Sendable {
        /// The run's `--deadline`; nil for none of its own.
        var limit: Duration?
        var sleep: @Sendable (Duration) async throws -> Void
        var say: @Sendable (String) -> Void

        init(_ surroundings: Surroundings, limit: Duration? = nil) {
            self.limit = limit
            sleep = surroundings.sleep
            say = { surroundings.errors.say($0) }
        }

        /// After this it is said what is waited for.
        static let noticed: Duration = .seconds(3)
    }

    /// How many secrets are fetched at once; each may be a process.
    private static let fetchesAtOnce = 8

    /// Makes the devices.
    ///
    /// - Throws: `CommandFailure` with status 65 that names every secret that can't be had and the hosts that need it.
    func devices(of hosts: [InventoryHost]) async throws -> [Device] {
        var names: Set<String> = []
        let everyone = hosts + hosts.flatMap(\.bastions).filter { names.insert($0.name).inserted }
        do {
            try await resolver.answerPrompts(of: everyone)
        } catch let error as SecretError {
            throw failure([(everyone.filter { $0.secretSources.contains(error.source) }.map(\.name), "\(error)")])
        }
        try await fetch(Set(everyone.flatMap(\.secretSources)))
        var devices: [Device] = []
        devices.reserveCapacity(hosts.count)
        var problems: [(hosts: [String], text: String)] = []
        for host in hosts {
            do {
                var bastions: [Device] = []
                for bastion in host.bastions { bastions.append(try await Device(bastion, defaultUser: defaultUser, resolver: resolver)) }
                devices.append(try await Device(host, jump: bastions, defaultUser: defaultUser, resolver: resolver))
            } catch let error as CancellationError {
                throw error
            } catch {
                let text = (error as? MusterError).map { $0.message + ($0.hint.map { "; \($0)" } ?? "") } ?? "\(error)"
                if let known = problems.firstIndex(where: { $0.text == text }) {
                    problems[known].hosts.append(host.name)
                } else {
                    problems.append(([host.name], text))
                }
            }
        }
        guard problems.isEmpty else { throw failure(problems) }
        return devices
    }

    /// Has the resolver fetch the secrets side by side; it keeps the answers and the failures.
    ///
    /// - Throws: `CommandFailure` with status 65 when the time for that is over.
    private func fetch(_ sources: Set<SecretSource>) async throws {
        let open = OpenSecrets(sources.filter(\.takesTime))
        guard let patience, !open.isEmpty else { return await fetchAll(sources) { _ in } }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await fetchAll(sources) { open.remove($0) }
                return true
            }
            group.addTask {
                try await patience.sleep(Patience.noticed)
                if !open.isEmpty { patience.say("waiting for \(open.names)\n") }
                return false
            }
            if let limit = patience.limit {
                group.addTask {
                    try await patience.sleep(limit)
                    throw CommandFailure.badData(
                        "nothing was connected to: within the \(limit.readableBriefly) of --deadline there was no answer of \(open.names)")
                }
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next(), !isDone {}
        }
    }

    private func fetchAll(_ sources: Set<SecretSource>, _ done: @escaping @Sendable (SecretSource) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for (number, source) in sources.enumerated() {
                if number >= DeviceResolution.fetchesAtOnce { await group.next() }
                group.addTask {
                    _ = try? await resolver.resolve(source)
                    done(source)
                }
            }
        }
    }

    private func failure(_ problems: [(hosts: [String], text: String)]) -> CommandFailure {
        let lines = problems.map { problem in
            let more = problem.hosts.count > 10 ? " and \(problem.hosts.count - 10) more" : ""
            return "  \(problem.hosts.prefix(10).map(\.oneLine).joined(separator: ", "))\(more): \(problem.text)"
        }
        return .badData("credentials are missing, so nothing was connected to\n" + lines.joined(separator: "\n"))
    }
}

/// The secrets that are still waited for.
private final class OpenSecrets: Sendable {
    private let sources: Mutex<Set<SecretSource>>

    init(_ sources: Set<SecretSource>) {
        self.sources = Mutex(sources)
    }

    var isEmpty: Bool { sources.withLock(\.isEmpty) }
    var names: String { sources.withLock { $0.map(\.waitedFor).sorted().joined(separator: ", ") } }

    func remove(_ source: SecretSource) {
        sources.withLock { _ = $0.remove(source) }
    }
}

extension SecretSource {
    /// Whether it is not there at once, and nobody is asked.
    fileprivate var takesTime: Bool {
        switch self {
        case .command, .file: true
        default: false
        }
    }

    /// What is waited for, for people.
    fileprivate var waitedFor: String {
        switch self {
        case .command(let words): "the command '\((words.first ?? "").oneLine)'"
        case .file(let path): "the file \(path.oneLine)"
        default: description
        }
    }
}
