import Synchronization

/// The `ssh` processes of a run that are logged in to bastions.
final class OpenSSHMasters: Sendable {
    private let sessions = Mutex<[ObjectIdentifier: OpenSSHSession]>([:])

    /// Sees that a session does not outlive the run.
    func add(_ session: OpenSSHSession) {
        sessions.withLock { $0[ObjectIdentifier(session)] = session }
    }

    /// Ends those that are left, and waits for them.
    func close() async {
        for session in sessions.withLock({ Array($0.values) }) { await session.close() }
    }
}
