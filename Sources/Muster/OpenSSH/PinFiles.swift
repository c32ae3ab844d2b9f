import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Known hosts files with the keys that the inventory pins, one for each `ssh` that is to know no others, in a folder of the run's own.
final class PinFiles: Sendable {
    private struct State {
        var folder: String?
        var count = 0
    }

    private let state = Mutex(State())

    /// Writes a file.
    ///
    /// - Returns: Its path.
    /// - Throws: What the system says; `CancellationError`.
    func write(_ lines: String) async throws -> String {
        try await Blocking.run { try self.writeNow(lines) }
    }

    private func writeNow(_ lines: String) throws -> String {
        let path = try state.withLock { state in
            let folder = state.folder ?? FileManager.default.temporaryDirectory.path + "/muster-pins-" + UUID().uuidString
            if state.folder == nil {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
                state.folder = folder
            }
            state.count += 1
            return "\(folder)/\(state.count)"
        }
        try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
        return path
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
