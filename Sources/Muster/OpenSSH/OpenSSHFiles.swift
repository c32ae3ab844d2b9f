import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files of the `ssh` children of a run, in a folder of the run's own: known hosts with the keys that the inventory pins, lines of
/// `ssh_config`, which may hold what is not for a list of processes, and control sockets.
final class OpenSSHFiles: Sendable {
    private struct State {
        var folder: String?
        var paths: [String: String] = [:]
        var sockets = 0
    }

    private let state = Mutex(State())

    /// A socket's path has room for so many bytes on macOS, where it is shorter, and ssh adds 17 to it while it makes the socket.
    private static let longestSocketPath = 103 - 17

    /// Writes a file, once for each text.
    ///
    /// - Returns: Its path.
    /// - Throws: What the system says; `CancellationError`.
    func write(_ text: String) async throws -> String {
        if let known = state.withLock({ $0.paths[text] }) { return known }
        return try await Blocking.run { try self.writeNow(text) }
    }

    /// A path for a control socket.
    ///
    /// - Throws: What the system says; `CancellationError`.
    func socket() async throws -> String {
        try await Blocking.run {
            try self.state.withLock { state in
                state.sockets += 1
                return "\(try Self.folder(&state))/s\(state.sockets)"
            }
        }
    }

    /// The folder, which only the user may enter; its path is short, as a socket's has to be.
    private static func folder(_ state: inout State) throws -> String {
        if let folder = state.folder { return folder }
        let name = "/muster-" + UUID().uuidString.prefix(13)
        var folder = FileManager.default.temporaryDirectory.path + name
        if folder.utf8.count + 6 > longestSocketPath { folder = "/tmp" + name }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        ChildWatch.shared.add(folder: folder)
        state.folder = folder
        return folder
    }

    private func writeNow(_ text: String) throws -> String {
        try state.withLock { state in
            if let known = state.paths[text] { return known }
            let path = "\(try Self.folder(&state))/\(state.paths.count + 1)"
            // Under the lock, so that nobody is handed a file that is not written yet.
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            state.paths[text] = path
            return path
        }
    }

    /// Removes them all.
    func close() async {
        guard let folder = state.withLock({ $0.folder }) else { return }
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Blocking.submit {
                try? FileManager.default.removeItem(atPath: folder)
                done.resume()
            }
        }
    }
}
