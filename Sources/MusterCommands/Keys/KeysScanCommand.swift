import ArgumentParser
import Muster
import MusterRendering
import MusterSSH

/// `muster keys scan`: the host keys that devices show.
struct KeysScanCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Collect the host keys of devices.",
        discussion: """
            One connection a device tells what types of keys it has, and one for each type has it prove that it owns the key. Nobody logs in. What a \
            key is worth depends on the way to the device: compare fingerprints with what the devices' consoles show.

            Examples:
              muster keys scan > scanned_hosts           as lines of a known hosts file
              muster keys scan -w 192.0.2.1 -o table
              muster keys scan -s site=ams -o json

            Exit status: 0 every device showed its keys, 2 one could not be reached, 130 interrupted.
            """)

    /// The form of the listing.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, table, json, jsonl
    }

    @OptionGroup var options: SurveyOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Form of the listing; text is lines of a known hosts file.", valueName: "form"))
    var output = Form.text

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let notes = SurveyNotes(surroundings: surroundings, isQuiet: options.quiet)
        let devices = try await options.targets(in: surroundings)
        let survey = try await options.results(of: devices, notes) { visit throws(MusterError) in try await visit.hostKeys() }
        let results = zip(devices, survey.each).map { device, result in result.flatMap { $0.orNone(of: device) } }
        try surroundings.output.write(Array(listing(devices, results, Palettes(choice: options.color, surroundings).output).utf8))
        for (device, result) in zip(devices, results) {
            guard case .success(let scan) = result else { continue }
            for unread in scan.unread { notes.note("note: \(device.name): its \(unread.type) key could not be had: \(unread.reason)") }
        }
        let failures = [(device: Device, error: MusterError)](results, of: devices)
        notes.unreachable(failures)
        let keys = results.map { if case .success(let scan) = $0 { scan.keys.count } else { 0 } }.reduce(0, +)
        notes.note(
            "\(counted(keys, "key", "keys")) of \(counted(devices.count - failures.count, "device", "devices"))"
                + failures.counts.map { ", \($0)" }.joined())
        if let status = survey.interruption { return status }
        return failures.isEmpty ? ExitStatus.success : ExitStatus.unreachable
    }

    private func listing(_ devices: [Device], _ results: [Result<HostKeyScan, MusterError>], _ palette: Palette) -> String {
        switch output {
        case .json, .jsonl: return JSONList(lines: output == .jsonl).text(of: Array(zip(devices, results))) { write($1.0, $1.1, to: &$0) }
        case .text, .table: break
        }
        var table = Table(header: ["NAME", "ADDRESS", "TYPE", "FINGERPRINT"])
        var lines = ""
        for (device, result) in zip(devices, results) {
            guard case .success(let scan) = result else { continue }
            for key in scan.keys {
                table.append([device.name, device.hostKeyName.text, key.type, key.fingerprint])
                lines += KnownHosts.line(device.hostKeyName, key: key)
            }
        }
        return output == .table ? table.rendered(palette: palette) : lines
    }

    private func write(_ device: Device, _ result: Result<HostKeyScan, MusterError>, to json: inout JSONWriter) {
        json.member("schema", "muster.keys/1")
        json.member("host", device.name)
        json.member("address", device.address)
        json.member("port", device.port)
        switch result {
        case .success(let scan):
            json.member("status", "ok")
            json.member("banner", scan.offer?.banner)
            json.key("keys")
            json.array(scan.keys) { json, key in
                json.object { json in
                    json.member("type", key.type)
                    json.member("fingerprint", key.fingerprint)
                    json.member("key", key.base64)
                }
            }
            json.key("unread")
            json.array(scan.unread) { json, unread in
                json.object { json in
                    json.member("type", unread.type)
                    json.member("reason", unread.reason)
                }
            }
            MusterError.write(nil, to: &json)
        case .failure(let error):
            json.member("status", error.surveyStatus)
            json.member("banner", nil)
            json.key("keys")
            json.array([HostKey]()) { _, _ in }
            json.key("unread")
            json.array([HostKey]()) { _, _ in }
            MusterError.write(error, to: &json)
        }
    }
}

extension HostKeyScan {
    /// The keys; where there is none that could be had, why.
    func orNone(of device: Device) -> Result<HostKeyScan, MusterError> {
        guard keys.isEmpty else { return .success(self) }
        let why = unread.isEmpty ? "it offers none" : unread.map { "\($0.type): \($0.reason)" }.joined(separator: "; ")
        return .failure(
            MusterError(.handshake, phase: .handshake, device: device.name, message: "none of its host keys could be had: \(why)"))
    }
}
