import Synchronization

/// What a run has learnt of the servers it meets, by their version lines: devices of one kind are set up alike.
final class KnownServers: Sendable {
    private let passwordless = Mutex<Set<String>>([])

    /// Whether a server with this version line took no `password` when one was asked last.
    func takeNoPassword(_ version: String) -> Bool {
        passwordless.withLock { $0.contains(version) }
    }

    /// Takes in what a server said of its methods.
    func learn(takesPassword: Bool, of version: String) {
        passwordless.withLock { versions in
            if takesPassword { versions.remove(version) } else { versions.insert(version) }
        }
    }
}
