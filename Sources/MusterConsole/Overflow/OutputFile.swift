import MusterTransport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One command's output on its way to a file, written off the event loop in the order in which it came.
///
/// A disk that is slower than the device is waited for up to a limit of memory; past it the file ends, and says so.
package final class OutputFile: Sendable {
    /// So much waits in memory for the disk.
    private static let mostPending = 64 << 20

    private struct State {
        var queue: [[UInt8]] = []
        var pending = 0
        var isWriting = false
        var descriptor: Int32?
        var path: String?
        var problem: OutputProblem?
        var finish: (@Sendable (Result<String, OutputProblem>) -> Void)?
    }

    private let folder: OutputFolder
    private let name: String
    private let opening: (@Sendable (String) -> Int32)?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: the beginning of the file's name; what a file system may not like in it is replaced.
    ///   - opening: opens the file instead, for tests of a disk that is full.
    init(in folder: OutputFolder, named name: String, opening: (@Sendable (String) -> Int32)?) {
        self.folder = folder
        self.opening = opening
        let safe = name.unicodeScalars.map { scalar -> Character in
            let character = Character(scalar)
            return scalar.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character)) ? character : "-"
        }
        let text = String(safe.prefix(100))
        self.name = text.hasPrefix(".") ? "_" + text.dropFirst() : text
    }

    /// - Parameter name: the beginning of the file's name; what a file system may not like in it is replaced.
    package convenience init(in folder: OutputFolder, named name: String) {
        self.init(in: folder, named: name, opening: nil)
    }

    deinit {
        // Where nobody waited for its end.
        if let descriptor = state.withLock({ $0.descriptor }) { close(descriptor) }
    }

    /// Queues `bytes` and returns at once.
    package func write(_ bytes: [UInt8]) {
        let begins = state.withLock { state in
            guard state.problem == nil, !bytes.isEmpty else { return false }
            guard state.pending + bytes.count <= Self.mostPending else {
                state.problem = OutputProblem("the disk is slower than the device: \(Self.mostPending >> 20) MiB wait to be written")
                return false
            }
            state.queue.append(bytes)
            state.pending += bytes.count
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { Blocking.submit { self.drain() } }
    }

    /// Ends the file; `done` is called on some thread with its path, or with what went wrong.
    package func finish(_ done: @escaping @Sendable (Result<String, OutputProblem>) -> Void) {
        let begins = state.withLock { state in
            state.finish = done
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { Blocking.submit { self.drain() } }
    }

    /// Writes what is queued, on a thread of the pool, one at a time.
    private func drain() {
        while true {
            let (pieces, finish) = state.withLock { state -> ([[UInt8]], (@Sendable (Result<String, OutputProblem>) -> Void)?) in
                let pieces = state.queue
                state.queue = []
                if pieces.isEmpty {
                    defer { state.finish = nil }
                    state.isWriting = false
                    return ([], state.finish)
                }
                return (pieces, nil)
            }
            guard !pieces.isEmpty else {
                if let finish { finish(closed()) }
                return
            }
            for piece in pieces {
                let problem = written(piece)
                state.withLock { state in
                    state.pending -= piece.count
                    state.problem = state.problem ?? problem
                }
            }
        }
    }

    private func written(_ bytes: [UInt8]) -> OutputProblem? {
        if let problem = state.withLock({ $0.problem }) { return problem }
        let descriptor: Int32
        if let open = state.withLock({ $0.descriptor }) {
            descriptor = open
        } else {
            do throws(OutputProblem) {
                let file = if let opening { (opening(name), name) } else { try folder.makeFile(named: name) }
                descriptor = file.0
                state.withLock { ($0.descriptor, $0.path) = (file.0, file.1) }
            } catch {
                return error
            }
        }
        return bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                #if canImport(Darwin)
                    let count = Darwin.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                #else
                    let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let path = state.withLock { $0.path } ?? name
                    return OutputProblem("\(path) ends early: \(String(cString: strerror(errno)))")
                }
                done += count
            }
            return nil
        }
    }

    private func closed() -> Result<String, OutputProblem> {
        let (descriptor, path, problem) = state.withLock { state in
            defer { state.descriptor = nil }
            return (state.descriptor, state.path, state.problem)
        }
        // The last bytes may find the disk full here, on some file systems.
        if let descriptor, close(descriptor) != 0, errno != EINTR, problem == nil {
            return .failure(OutputProblem("\(path ?? name) ends early: \(String(cString: strerror(errno)))"))
        }
        if let problem { return .failure(problem) }
        return path.map { .success($0) } ?? .failure(OutputProblem("nothing was written"))
    }
}
