import Muster
import MusterInventory
import MusterRendering

/// Turns hosts into devices, with all their secrets, before anything connects.
struct DeviceResolution {
    let resolver: SecretResolver
    let defaultUser: String?

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
            throw failure([(everyone.filter { $0.secrets.contains(error.source) }.map(\.name), "\(error)")])
        }
        await fetch(Set(everyone.flatMap(\.secrets)))
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
    private func fetch(_ sources: Set<SecretSource>) async {
        await withTaskGroup(of: Void.self) { group in
            for (number, source) in sources.enumerated() {
                if number >= DeviceResolution.fetchesAtOnce { await group.next() }
                group.addTask { _ = try? await resolver.resolve(source) }
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

extension InventoryHost {
    /// The sources of all its secrets.
    fileprivate var secrets: [SecretSource] {
        [password, passphrase, enable].compactMap { $0 }
    }
}
