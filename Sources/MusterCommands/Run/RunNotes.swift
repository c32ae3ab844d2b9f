import Logging
import Muster
import MusterRendering
import MusterSSHConfig
import Synchronization

/// What the events of a run have to say: warnings once each, new host keys in one line, the rest to the log.
final class RunNotes: Sendable {
    private struct State {
        /// The devices whose keys are in each file, and those whose keys could not be kept, for each reason; in the order of their first time.
        var pinned = Groups()
        var notKept = Groups()
        /// How often each warning came, in the order of their first time.
        var warnings: [(text: String, times: Int)] = []
    }

    private struct Groups {
        private(set) var all: [(key: String, hosts: [String])] = []

        mutating func add(_ host: String, to key: String) {
            if let known = all.firstIndex(where: { $0.key == key }) { all[known].hosts.append(host) } else { all.append((key, [host])) }
        }
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
        case .pinned(let host, let keyType, let fingerprint, let file):
            state.withLock { $0.pinned.add(host, to: file ?? "") }
            logger.info("\(host): pinned its \(keyType) host key, \(fingerprint)")
        case .notPinned(let host, let keyType, let fingerprint, let reason):
            state.withLock { $0.notKept.add(host, to: reason) }
            logger.info("\(host): accepted its \(keyType) host key, \(fingerprint), and did not keep it: \(reason)")
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
            for (reason, hosts) in state.notKept.all {
                text +=
                    "warning: accepted the unknown host \(Self.whose(hosts)) and did NOT keep \(hosts.count == 1 ? "it" : "them"): "
                    + "\(reason.oneLine)\n"
            }
            for (file, hosts) in state.pinned.all {
                let place = file.isEmpty ? "" : ", in \(file.oneLine)"
                text += "pinned the host \(Self.whose(hosts)), unknown until now\(place) (-v shows fingerprints)\n"
            }
            return text
        }
    }

    private static func whose(_ hosts: [String]) -> String {
        hosts.count == 1 ? "key of \(hosts[0].oneLine)" : "keys of \(hosts.count) devices"
    }
}

/// A number and its noun: `1 device`, `3 devices`.
func counted(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
}
