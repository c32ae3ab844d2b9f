import MusterTransport
import Synchronization

/// The known hosts files of a run: read once, and the first of them written as devices are pinned.
///
/// A pin counts at once for this process. On the disk, the pins of one moment are written together by one thread-pool job, so a thousand new
/// devices cost a few writes and no event loop waits.
package final class HostKeyStore: Sendable {
    private enum Writing {
        case idle
        /// Soon, so that more can come along.
        case due
        case underWay
    }

    /// A key that is to be written.
    private struct Pin {
        let name: HostKeyName
        let key: HostKey
        let tell: @Sendable (_ reason: String?) -> Void
    }

    private struct State {
        var hosts: KnownHosts
        var stamp: KnownHostsFile.Stamp?
        var unwritten: [Pin] = []
        var writing = Writing.idle
        var failure: String?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// The file that pins go to.
    package let file: KnownHostsFile
    private let state: Mutex<State>

    /// How long a pin waits for others.
    private static let patience = Duration.milliseconds(100)

    private init(file: KnownHostsFile, hosts: KnownHosts, stamp: KnownHostsFile.Stamp?) {
        self.file = file
        state = Mutex(State(hosts: hosts, stamp: stamp))
    }

    /// The files that ssh reads for a user, the one that it writes first (ssh_config(5)).
    package static func usualPaths(home: String) -> [String] {
        usualUserPaths(home: home) + usualGlobalPaths
    }

    private static func usualUserPaths(home: String) -> [String] { ["\(home)/.ssh/known_hosts", "\(home)/.ssh/known_hosts2"] }
    private static let usualGlobalPaths = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]

    /// The files that `UserKnownHostsFile` and `GlobalKnownHostsFile` of ssh_config(5) make: either leaves the other as it is.
    ///
    /// Where the user has none, nothing is kept: what is written goes to no global file.
    ///
    /// - Returns: The files; none where neither is given.
    package static func paths(user: [String]?, global: [String]?, home: String) -> [String] {
        guard user != nil || global != nil else { return [] }
        let users = (user ?? usualUserPaths(home: home)).filter { $0 != "none" }
        return (users.isEmpty ? ["/dev/null"] : users) + (global ?? usualGlobalPaths).filter { $0 != "none" }
    }

    /// Reads files off the event loops; one that does not exist is empty.
    ///
    /// - Parameters:
    ///   - paths: The files, at least one; the first is the one that is written.
    ///   - names: Whom they will be asked about. Hashed names are looked up for all of them at once.
    /// - Throws: `KnownHostsFile.Problem` for a file that exists and cannot be read; `CancellationError`.
    package static func load(paths: [String], for names: [HostKeyName] = []) async throws -> HostKeyStore {
        try await Blocking.run { () throws -> HostKeyStore in
            var hosts = KnownHosts()
            var stamp: KnownHostsFile.Stamp?
            var seen: Set<String> = []
            for (number, path) in paths.enumerated() where seen.insert(path).inserted {
                guard let (content, found) = try KnownHostsFile(path: path).read() else { continue }
                hosts.add(content, file: path)
                if number == 0 { stamp = found }
            }
            hosts.resolve(names)
            return HostKeyStore(file: KnownHostsFile(path: paths.first ?? ""), hosts: hosts, stamp: stamp)
        }
    }

    // MARK: Asking

    /// The types of the keys known for a host.
    package func types(_ name: HostKeyName) -> [String] {
        state.withLock { $0.hosts.types(name) }
    }

    /// The keys known for a host.
    package func entries(_ name: HostKeyName) -> [KnownHosts.Entry] {
        state.withLock { $0.hosts.entries(name) }
    }

    /// What the files, and what was pinned since, say about a key.
    package func verdict(_ name: HostKeyName, key: HostKey) -> KnownHosts.Verdict {
        state.withLock { $0.hosts.verdict(name, key: key) }
    }

    /// Lines that made no sense, as file and line.
    package var unreadable: [String] { state.withLock { $0.hosts.unreadable } }

    // MARK: Pinning

    /// Pins a key unless something is known of its host: at once for this process, soon in the file.
    ///
    /// - Parameter tell: Called when a key that was unknown is in the file, from any thread; with the reason when it could not be written.
    /// - Returns: What was known, and `unknown` when the key was pinned. Of two devices that show different keys for one host at the same
    ///   time, one is pinned and the other has changed.
    package func pinIfUnknown(
        _ name: HostKeyName, key: HostKey, tell: @escaping @Sendable (_ reason: String?) -> Void = { _ in }
    ) -> KnownHosts.Verdict {
        var problem: String?
        let (verdict, isFirst) = state.withLock { state -> (KnownHosts.Verdict, Bool) in
            let verdict = state.hosts.verdict(name, key: key)
            guard verdict == .unknown else { return (verdict, false) }
            state.hosts.add(name, key: key)
            guard name.isWritable else {
                problem = "'\(name)' cannot stand in a known hosts file"
                state.failure = problem
                return (verdict, false)
            }
            guard file.path != "/dev/null" else {
                problem = "/dev/null keeps nothing"
                return (verdict, false)
            }
            state.unwritten.append(Pin(name: name, key: key, tell: tell))
            guard case .idle = state.writing else { return (verdict, false) }
            state.writing = .due
            return (verdict, true)
        }
        if let problem { tell(problem) }
        if isFirst {
            let loop = Loops.next()
            _ = loop.schedule(at: loop.now + Self.patience) { self.writeIfDue() }
        }
        return verdict
    }

    private func writeIfDue() {
        let isDue = state.withLock { state in
            guard case .due = state.writing else { return false }
            state.writing = .underWay
            return true
        }
        if isDue { Blocking.submit { self.write() } }
    }

    /// Waits until every pin is in the file; the reason when one could not be written.
    package func flush() async -> String? {
        writeIfDue()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isIdle = state.withLock { state in
                if case .idle = state.writing { return true }
                state.waiting.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
        return state.withLock { $0.failure }
    }

    // MARK: Changing

    /// Writes to the first file what someone has decided: keys that hosts have, and keys that they have no more.
    ///
    /// - Returns: Lines, as file and number, that still say what was to be removed, since they say it of other hosts too.
    /// - Throws: `KnownHostsFile.Problem`; `CancellationError`.
    package func change(
        adding added: [(name: HostKeyName, key: HostKey)], removing removed: [(name: HostKeyName, key: HostKey)]
    ) async throws -> [String] {
        if let name = added.map(\.name).first(where: { !$0.isWritable }) {
            throw KnownHostsFile.Problem("'\(name)' cannot stand in a known hosts file")
        }
        let file = file
        return try await Blocking.run {
            guard !removed.isEmpty else {
                if let problem = file.add(added, since: nil, besideOthers: true).problem { throw problem }
                return []
            }
            var kept: [Int] = []
            _ = try file.rewrite { content in
                let result = KnownHostsEdit(removed: removed, added: added).applied(to: content)
                kept = result.kept
                return result.content == content ? nil : result.content
            }
            return kept.map { "\(file.path):\($0)" }
        }
    }

    private func write() {
        while true {
            let (pins, stamp) = state.withLock { state in
                defer { state.unwritten = [] }
                return (state.unwritten, state.stamp)
            }
            let addition = file.add(pins.map { ($0.name, $0.key) }, since: stamp)
            for (place, pin) in pins.enumerated() {
                pin.tell(addition.lost.contains(place) ? addition.problem?.description ?? "it could not be written" : nil)
            }
            let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                state.stamp = addition.stamp
                if let problem = addition.problem { state.failure = "\(problem)" }
                guard state.unwritten.isEmpty else { return nil }
                state.writing = .idle
                defer { state.waiting = [] }
                return state.waiting
            }
            guard let waiting else { continue }
            for continuation in waiting { continuation.resume() }
            return
        }
    }
}
