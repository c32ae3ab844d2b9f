import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The `ssh` processes of a run that are logged in to bastions, and the folder of their control sockets, which only the user may enter.
final class OpenSSHMasters: Sendable {
    private struct State {
        var folder: String?
        var count = 0
        var sessions: [ObjectIdentifier: OpenSSHSession] = [:]
    }

    private let state = Mutex(State())

    /// A socket's path has room for so many bytes on macOS, where it is shorter, and ssh adds 17 to it while it makes the socket.
    private static let longestPath = 103 - 17

    /// A path for a control socket.
    ///
    /// - Throws: What the system says; `CancellationError`.
    func socket() async throws -> String {
        try await Blocking.run {
            try self.state.withLock { state in
                let folder = try state.folder ?? Self.makeFolder()
                state.folder = folder
                state.count += 1
                return "\(folder)/\(state.count)"
            }
        }
    }

    private static func makeFolder() throws -> String {
        let name = "/muster-" + UUID().uuidString.prefix(13)
        var folder = FileManager.default.temporaryDirectory.path + name
        if folder.utf8.count + 6 > longestPath { folder = "/tmp" + name }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        return folder
    }

    /// Sees that a session does not outlive the run.
    func add(_ session: OpenSSHSession) {
        state.withLock { $0.sessions[ObjectIdentifier(session)] = session }
    }

    /// Ends those that are left, waits for them, and removes the folder.
    func close() async {
        for session in state.withLock({ Array($0.sessions.values) }) { await session.close() }
        guard let folder = state.withLock({ $0.folder }) else { return }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Blocking.submit {
                try? FileManager.default.removeItem(atPath: folder)
                done.resume()
            }
        }
    }
}
