import Logging
import Muster
import MusterRendering
import MusterSSHConfig
import Synchronization

/// What the events of a run have to say: warnings once each, new host keys in one line, the rest to the log.
final class RunNotes: Sendable {
    private struct State {
        var pinned: [String] = []
        /// How often each warning came, in the order of their first time.
        var warnings: [(text: String, times: Int)] = []
    }

    private let state = Mutex(State())
    private let logger: Logger
    private let isQuiet: Bool
    private let say: @Sendable (String) -> Void

    /// Makes notes.
    ///
    /// - Parameters:
    ///   - logger: Where what is not for everyone goes.
    ///   - quiet: Whether warnings and notes are left out.
    ///   - say: Writes lines to standard error.
    init(logger: Logger, quiet: Bool, say: @escaping @Sendable (String) -> Void) {
        self.logger = logger
        isQuiet = quiet
        self.say = say
    }

    /// Takes in an event, from any thread.
    func apply(_ event: RunEvent) {
        switch event {
        case .started(let host):
            logger.info("\(host): started")
        case .phase(let host, let phase):
            logger.debug("\(host): \(phase.rawValue)")
        case .finished(let result):
            logger.info("\(result.host): \(result.status.rawValue) after \(result.elapsed.readable)")
        case .pinned(let host, let keyType, let fingerprint):
            state.withLock { $0.pinned.append(host) }
            logger.info("\(host): pinned its \(keyType) host key, \(fingerprint)")
        case .note(let host, let text):
            logger.info("\(host): \(text)")
        case .warning(let host, let text):
            guard !isQuiet, isNew(text) else { return }
            say("warning: \(host.map { "\($0.oneLine): " } ?? "")\(text.oneLine)\n")
        }
    }

    /// Logs what has no effect in `ssh_config`: at `-v` what may be missed, at `-vv` the rest.
    ///
    /// A block that is left out is told to everyone.
    func log(_ remarks: [SSHConfigNote]) {
        for remark in remarks where remark.kind == .ignoredBlock { apply(.warning(host: nil, "\(remark)")) }
        for remark in remarks where remark.kind != .ignoredBlock { logger.log(level: remark.kind == .unused ? .debug : .info, "\(remark)") }
    }

    private func isNew(_ warning: String) -> Bool {
        state.withLock { state in
            guard let known = state.warnings.firstIndex(where: { $0.text == warning }) else {
                state.warnings.append((warning, 1))
                return true
            }
            state.warnings[known].times += 1
            return false
        }
    }

    /// What there is to say after the run, each line ended.
    var closing: String {
        guard !isQuiet else { return "" }
        return state.withLock { state in
            var text = ""
            for warning in state.warnings where warning.times > 1 {
                text += "warning: \(warning.text.oneLine) (\(counted(warning.times - 1, "more time", "more times")))\n"
            }
            if let first = state.pinned.first {
                let whose = state.pinned.count == 1 ? "key of \(first.oneLine)" : "keys of \(state.pinned.count) devices"
                text += "pinned the host \(whose), unknown until now (-v shows fingerprints)\n"
            }
            return text
        }
    }
}

/// A number and its noun: `1 device`, `3 devices`.
func counted(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
}
