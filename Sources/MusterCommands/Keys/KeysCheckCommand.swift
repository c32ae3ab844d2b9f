import ArgumentParser
import Muster
import MusterRendering
import MusterSSH

/// `muster keys check`: devices' host keys beside the known ones.
struct KeysCheckCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compare the host keys of devices with the known ones.",
        discussion: """
            new: nothing is known of the device. changed: the device shows another key than the known one, or none of a known type. missing: a known \
            key is gone, and another known one is right. revoked: the key is marked so. unread: the known key could not be had. What `host_key` in the inventory says goes before the known hosts \
            files. A further key of a device that is known by another one is listed with --all.

            Examples:
              muster keys check
              muster keys check -w 'leaf[01-48]' --all
              muster keys check -o json --known-hosts ./lab_hosts

            Exit status: 0 all keys are the known ones, 1 there are differences, 2 a device could not be reached, 130 interrupted.
            """)

    /// The form of the listing.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case text, json, jsonl
    }

    @OptionGroup var options: SurveyOptions

    @Flag(help: "List the keys that are as they should be too.")
    var all = false

    @Option(name: [.short, .long], help: ArgumentHelp("Form of the listing.", valueName: "form"))
    var output = Form.text

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        let notes = SurveyNotes(surroundings: surroundings, isQuiet: options.quiet)
        let devices = try await options.targets(in: surroundings)
        let store = try await HostKeyStore.load(for: devices, files: options.known.paths(in: surroundings.environment))
        let survey = try await options.results(of: devices, notes) { visit throws(MusterError) in try await visit.hostKeys() }
        let reviews = KeyReviews(devices, survey.each, store: store)
        let text =
            output == .text
            ? reviews.table(all: all, palette: Palettes(choice: options.color, surroundings).output)
            : JSONList(lines: output == .jsonl).text(of: reviews.rows) { KeyReviews.write($1, to: &$0) }
        try surroundings.output.write(Array(text.utf8))
        for line in store.unreadable { notes.note("warning: \(line) makes no sense as a known host") }
        for note in reviews.notes { notes.note(note) }
        notes.unreachable(reviews.failures)
        notes.note(reviews.summary)
        if let status = survey.interruption { return status }
        if !reviews.failures.isEmpty { return ExitStatus.unreachable }
        return reviews.reviews.allSatisfy { $0.review.status == .ok } ? ExitStatus.success : ExitStatus.rejected
    }
}
