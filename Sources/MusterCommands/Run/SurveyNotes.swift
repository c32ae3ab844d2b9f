import Muster
import MusterRendering

/// What a survey says on standard error beside its results.
struct SurveyNotes: Sendable {
    let surroundings: Surroundings
    let isQuiet: Bool

    /// Says why devices could not be looked at, those with the same reason together.
    func unreachable(_ failures: [(device: Device, error: MusterError)]) {
        var groups: [(text: String, names: [String])] = []
        let skipped = failures.count { $0.error.code == .cancelled }
        if skipped > 0 { note("interrupted: \(counted(skipped, "device was", "devices were")) not looked at") }
        for (device, error) in failures where error.code != .cancelled {
            let text = "\(error.phase.rawValue): \(error.message)" + (error.hint.map { " (\($0))" } ?? "")
            if let known = groups.firstIndex(where: { $0.text == text }) {
                groups[known].names.append(device.name)
            } else {
                groups.append((text, [device.name]))
            }
        }
        for group in groups { note("\(group.names.map(\.oneLine).joined(separator: ", ")): \(group.text)") }
    }

    /// Says what an event has to say, from any thread.
    func apply(_ event: RunEvent) {
        switch event {
        case .warning(let host, let text): note("warning: \(host.map { "\($0): " } ?? "")\(text)")
        case .pinned(let host, let keyType, let fingerprint, _): note("pinned the \(keyType) host key of \(host), \(fingerprint)")
        case .notPinned(let host, let keyType, let fingerprint, let reason):
            note("warning: the \(keyType) host key of \(host), \(fingerprint), was accepted and NOT kept: \(reason)")
        case .started, .phase, .finished, .note: break
        }
    }

    /// Says a line.
    func note(_ text: String) {
        guard !isQuiet else { return }
        surroundings.errors.say(text.oneLine + "\n")
    }
}

extension [(device: Device, error: MusterError)] {
    /// What to say of them in a line that counts: `2 unreachable`, `3 not looked at`.
    var counts: [String] {
        let skipped = count { $0.error.code == .cancelled }
        let parts = [(count - skipped, "unreachable"), (skipped, "not looked at")]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }

    /// The devices that were not reached.
    init<Seen>(_ results: [Result<Seen, MusterError>], of devices: [Device]) {
        self = zip(devices, results).compactMap { device, result in
            if case .failure(let error) = result { (device, error) } else { nil }
        }
    }
}

extension MusterError {
    /// Writes the member `error` of a JSON object.
    static func write(_ error: MusterError?, to json: inout JSONWriter) {
        json.key("error")
        guard let error else { return json.null() }
        json.object { json in
            json.member("code", error.code.rawValue)
            json.member("phase", error.phase.rawValue)
            json.member("message", error.message)
            json.member("hint", error.hint)
        }
    }
}
