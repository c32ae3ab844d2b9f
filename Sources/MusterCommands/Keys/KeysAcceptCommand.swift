import ArgumentParser
import Muster
import MusterRendering
import MusterSSH

/// `muster keys accept`: what the user agrees to becomes known.
struct KeysAcceptCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Write the host keys of devices to the known hosts file, after a look at them.",
        discussion: """
            Shows the keys that are not known, asks, and adds them to the known hosts file. Keys that have changed are left alone, unless --replace says \
            that the devices were replaced. Devices with a `host_key` in the inventory are left out, since that decides.

            Examples:
              muster keys accept -w 'leaf[01-48]'
              muster keys accept -i lab.yaml --file scanned_hosts     what muster keys scan wrote, elsewhere or earlier
              muster keys accept -w leaf-07 --replace --yes

            Exit status: 0 all keys are known now, 1 some are not, 2 a device could not be reached, 130 interrupted.
            """)

    @OptionGroup var options: SurveyOptions

    @Option(
        help: ArgumentHelp("Take the devices' keys from this file of known hosts lines, and connect to none of them.", valueName: "path"))
    var file: String?

    @Flag(help: "Accept changed keys too: the known ones are removed.")
    var replace = false

    @Flag(name: [.short, .long], help: "Do not ask.")
    var yes = false

    func perform(in surroundings: Surroundings) async throws -> Int32 {
        guard yes || surroundings.confirm != nil else {
            throw CommandFailure.usage("no one to ask: there is no terminal; look at muster keys check, and then use --yes")
        }
        if let file, options.devices.hosts == nil, InventorySource.find(options.devices.inventory.inventory, in: surroundings) == .missing {
            throw CommandFailure.usage(
                "whose keys are to be taken from \(file.oneLine)? Name the devices, with -w or an inventory; none of them is connected to")
        }
        let notes = SurveyNotes(surroundings: surroundings, isQuiet: options.quiet)
        let devices = try await options.targets(in: surroundings)
        let store = try await HostKeyStore.load(for: devices, files: options.known.paths(in: surroundings.environment))
        let survey = try await scans(of: devices, notes)
        let reviews = KeyReviews(devices, survey.each, store: store)
        surroundings.errors.say(reviews.table(all: false, palette: Palettes(choice: options.color, surroundings).errors))
        notes.unreachable(reviews.failures)
        notes.note(reviews.summary)
        if let status = survey.interruption {
            notes.note("nothing was written")
            return status
        }
        let plan = AcceptPlan(reviews.reviews, replaces: replace)
        for note in plan.notes { notes.note(note) }
        var isComplete = plan.isComplete
        if plan.isEmpty {
            notes.note("nothing to write")
        } else if try await isAgreed(plan, store, surroundings) {
            let kept = try await write(plan, to: store)
            for line in kept { notes.note("\(line) names other hosts too and was left as it is; edit it by hand") }
            notes.note("\(plan.summary) in \(store.file.path)")
            isComplete = isComplete && kept.isEmpty
        } else {
            notes.note("nothing was written")
            isComplete = false
        }
        if !reviews.failures.isEmpty { return ExitStatus.unreachable }
        return isComplete ? ExitStatus.success : ExitStatus.rejected
    }

    /// What the devices show, or what a file says that they show.
    private func scans(of devices: [Device], _ notes: SurveyNotes) async throws -> SurveyResults<HostKeyScan> {
        guard let file else {
            return try await options.results(of: devices, notes) { visit throws(MusterError) in try await visit.hostKeys() }
        }
        guard fileExists(file) else { throw CommandFailure.usage("there is no file \(file.oneLine)") }
        let scanned = try await HostKeyStore.load(for: devices, files: [file])
        let each = devices.map { device -> Result<HostKeyScan, MusterError> in
            let keys = scanned.entries(device.hostKeyName).filter { $0.marker == .none }.map(\.key)
            guard !keys.isEmpty else {
                let message = "\(file) has no key of \(device.hostKeyName)"
                return .failure(MusterError(.hostKey, phase: .hostKey, device: device.name, message: message))
            }
            return .success(HostKeyScan(keys: keys))
        }
        return SurveyResults(each: each)
    }

    private func isAgreed(_ plan: AcceptPlan, _ store: HostKeyStore, _ surroundings: Surroundings) async throws -> Bool {
        guard !yes, let confirm = surroundings.confirm else { return true }
        return try await confirm("\(plan.question) in \(store.file.path)?")
    }

    private func write(_ plan: AcceptPlan, to store: HostKeyStore) async throws -> [String] {
        do {
            return try await store.change(adding: plan.added, removing: plan.removed)
        } catch let problem as KnownHostsFile.Problem {
            throw CommandFailure(status: ExitStatus.outputFailed, message: "the host keys can't be written: \(problem)")
        }
    }
}
