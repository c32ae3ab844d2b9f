import Synchronization

/// What was changed in a device's configuration: all its sessions see the same.
final class LabRunningConfiguration: Sendable {
    /// The changes since the device was made.
    struct Content: Sendable, Equatable {
        var hostname: String?
        /// Lines beside the host's name, as they were typed.
        var lines: [String] = []
    }

    private struct State {
        var content = Content()
        /// What comes back unless the last commit is confirmed in time.
        var before: Content?
        var revertsAt: UInt64 = 0
        var saved: Content?
    }

    private let state = Mutex(State())

    /// The content at a moment, in seconds since 1970.
    func content(at now: UInt64) -> Content {
        state.withLock { state in
            if let before = state.before, now >= state.revertsAt {
                state.content = before
                state.before = nil
            }
            return state.content
        }
    }

    /// Puts lines into effect.
    ///
    /// - Parameter reverts: When they are taken back unless they are confirmed.
    func apply(_ lines: [String], reverts: UInt64? = nil) {
        state.withLock { state in
            if let reverts {
                state.before = state.before ?? state.content
                state.revertsAt = reverts
            }
            for line in lines { state.content.apply(line) }
        }
    }

    /// Makes the last commit permanent; false when there is none to confirm.
    @discardableResult func confirm() -> Bool {
        state.withLock { state in
            defer { state.before = nil }
            return state.before != nil
        }
    }

    /// Whether a commit waits for its confirmation.
    var isPending: Bool { state.withLock { $0.before != nil } }

    func save() {
        state.withLock { $0.saved = $0.content }
    }

    /// Whether what runs is what a restart would bring back.
    var isSaved: Bool { state.withLock { $0.saved == $0.content } }
}

extension LabRunningConfiguration.Content {
    /// The name that a line gives the host, by any platform's words for it.
    static func hostname(in line: String) -> String? {
        let words = line.split(separator: " ").filter { $0 != "/" }
        let texts = ["hostname", "switchname", "set system host-name", "set system name host-name"]
        for text in texts where words.count == text.split(separator: " ").count + 1 && words.dropLast().joined(separator: " ") == text {
            return words.last.map { $0.filter { $0 != "\"" } }
        }
        return nil
    }

    mutating func apply(_ line: String) {
        if let name = Self.hostname(in: line) {
            hostname = name
            return
        }
        for verb in ["no ", "delete "] where line.hasPrefix(verb) {
            let rest = line.dropFirst(verb.count)
            lines.removeAll { $0.hasPrefix(rest) || $0.hasPrefix("set " + rest) }
            return
        }
        if !lines.contains(line) { lines.append(line) }
    }
}
