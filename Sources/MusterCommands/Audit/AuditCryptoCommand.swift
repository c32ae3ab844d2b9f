import ArgumentParser
import Muster
import MusterRendering
import MusterSSH

/// `muster audit crypto`: the algorithms that devices offer, and the weak ones among them.
struct AuditCryptoCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "crypto",
        abstract: "List the SSH algorithms that devices offer and flag the weak ones.",
        discussion: """
            Reads each device's version line and key exchange offer, and hangs up. Weak are SHA-1 and MD5, groups and keys of 1024 bits, CBC and \
            64-bit ciphers, RC4, short tags, and what is open to Terrapin. A weak algorithm that is offered is not necessarily used: what is depends on the client.

            Examples:
              muster audit crypto
              muster audit crypto -w 192.0.2.1 --all
              muster audit crypto -s site=ams -o jsonl

            Exit status: 0 nothing weak, 1 something weak is offered, 2 a device could not be reached, 130 interrupted.
            """)

    /// The form of the listing.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case table, json, jsonl
    }

    @OptionGroup var options: SurveyOptions

    @Flag(help: "List the good algorithms too.")
    var all = false

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the listing.", valueName: "form"))
    var output = Form.table

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let notes = SurveyNotes(surroundings: surroundings, isQuiet: options.quiet)
        let devices = try await options.targets(in: surroundings)
        let survey = try await options.results(of: devices, notes) { visit throws(MusterError) in CryptoOffer(try await visit.offer()) }
        let results = survey.each
        let rows = Array(zip(devices, results))
        let text =
            output == .table
            ? CryptoOffer.table(rows, all: all, palette: Palettes(choice: options.color, surroundings).output)
            : JSONList(lines: output == .jsonl).text(of: rows) { CryptoOffer.write($1.0, $1.1, to: &$0) }
        try surroundings.output.write(Array(text.utf8))
        let failures = [(device: Device, error: MusterError)](results, of: devices)
        notes.unreachable(failures)
        let weak = results.count { if case .success(let offer) = $0 { !offer.weaknesses.isEmpty } else { false } }
        let isShort = output == .table && !all && weak == 0 && failures.count < devices.count
        notes.note(
            summary(total: devices.count, weak: weak, failures) + (isShort ? "; --all lists what they offer" : ""))
        if let status = survey.interruption { return status }
        if !failures.isEmpty { return ExitStatus.unreachable }
        return weak == 0 ? ExitStatus.success : ExitStatus.rejected
    }

    private func summary(total: Int, weak: Int, _ failures: [(device: Device, error: MusterError)]) -> String {
        var parts: [String] = []
        let good = total - weak - failures.count
        if good > 0 { parts.append("\(good) without weak algorithms") }
        if weak > 0 { parts.append("\(weak) with weak algorithms") }
        parts += failures.counts
        return "\(counted(total, "device", "devices")): \(parts.joined(separator: ", "))"
    }
}
