import MusterTransport
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A known hosts file that a whole run shares: read once, and written as devices are pinned.
///
/// Pins are gathered and appended by one thread-pool job at a time, so a thousand new devices cost a few writes and no event loop waits.
package final class KnownHostsFile: Sendable {
    private struct State {
        var hosts: KnownHosts
        var unwritten = ""
        var isWriting = false
        var failure: String?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    package let path: String
    private let state: Mutex<State>

    /// Takes the content of a file that was read, or none.
    package init(path: String, hosts: KnownHosts = KnownHosts()) {
        self.path = path
        state = Mutex(State(hosts: hosts))
    }

    /// Reads a file off the event loops; one that does not exist is empty.
    package static func load(path: String) async throws -> KnownHostsFile {
        let hosts = try await Blocking.run { () throws -> KnownHosts in
            do {
                return KnownHosts([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), file: path)
            } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
                return KnownHosts()
            }
        }
        return KnownHostsFile(path: path, hosts: hosts)
    }

    /// The key types known for a host, best asked for first.
    package func knownTypes(host: String, port: Int) -> [String] {
        state.withLock { $0.hosts.entries(host: host, port: port).filter { !$0.isRevoked }.map(\.key.type) }
    }

    /// What the file, and what was pinned since, says about a key.
    package func verdict(host: String, port: Int, key: HostKey) -> KnownHosts.Verdict {
        state.withLock { $0.hosts.verdict(host: host, port: port, key: key) }
    }

    /// Lines that made no sense, as file and line.
    package var unreadable: [String] { state.withLock { $0.hosts.unreadable } }

    /// Pins a key unless something is known of its host: at once for this process, soon in the file.
    ///
    /// - Returns: What was known, and `unknown` when the key was pinned. Of two devices that show different keys for one host at the same
    ///   time, one is pinned and the other has changed.
    package func pinIfUnknown(host: String, port: Int, key: HostKey) -> KnownHosts.Verdict {
        let (verdict, startsWriting) = state.withLock { state -> (KnownHosts.Verdict, Bool) in
            let verdict = state.hosts.verdict(host: host, port: port, key: key)
            guard verdict == .unknown else { return (verdict, false) }
            state.hosts.add(host: host, port: port, key: key)
            state.unwritten += KnownHosts.line(host: host, port: port, key: key)
            defer { state.isWriting = true }
            return (verdict, !state.isWriting)
        }
        if startsWriting { Blocking.submit { self.write() } }
        return verdict
    }

    /// Waits until every pin is in the file; the reason when one could not be written.
    package func flush() async -> String? {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isIdle = state.withLock { state in
                if state.isWriting { state.waiting.append(continuation) }
                return !state.isWriting
            }
            if isIdle { continuation.resume() }
        }
        return state.withLock { $0.failure }
    }

    private func write() {
        while true {
            let text = state.withLock { state in
                defer { state.unwritten = "" }
                return state.unwritten
            }
            if let problem = Self.append(text, to: path) { state.withLock { $0.failure = problem } }
            let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                guard state.unwritten.isEmpty else { return nil }
                state.isWriting = false
                defer { state.waiting = [] }
                return state.waiting
            }
            guard let waiting else { continue }
            for continuation in waiting { continuation.resume() }
            return
        }
    }

    /// Appends in one write, so that another process's lines stay whole; makes the folder as ssh does.
    private static func append(_ text: String, to path: String) -> String? {
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { mkdir(String(path[..<slash]), 0o700) }
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return "\(path): \(String(cString: strerror(errno)))" }
        defer { close(descriptor) }
        let bytes = Array(((endsInMidLine(descriptor) ? "\n" : "") + text).utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return "\(path): \(String(cString: strerror(errno)))" }
            written += count
        }
        return nil
    }

    /// Whether the file's last line lacks its end, so that an appended line would be glued to it.
    private static func endsInMidLine(_ descriptor: Int32) -> Bool {
        let size = lseek(descriptor, 0, SEEK_END)
        var last: UInt8 = 0
        guard size > 0, pread(descriptor, &last, 1, size - 1) == 1 else { return false }
        return last != UInt8(ascii: "\n")
    }
}

/// write(2), under a name that the type's own `write` does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
