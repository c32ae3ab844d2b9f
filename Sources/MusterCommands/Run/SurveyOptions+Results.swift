import Muster
import Synchronization

/// What a survey saw, and whether it saw all.
struct SurveyResults<Seen: Sendable>: Sendable {
    /// In the order of the devices.
    var each: [Result<Seen, MusterError>]
    /// The exit status when a signal ended the survey before all had been seen.
    var interruption: Int32?
}

extension SurveyOptions {
    /// Looks at each device once; Ctrl-C and SIGTERM end that, and what has been seen by then is kept.
    func results<Seen: Sendable>(
        of devices: [Device], _ notes: SurveyNotes, _ look: @escaping @Sendable (SurveyVisit) async throws(MusterError) -> Seen
    ) async throws -> SurveyResults<Seen> {
        let control = RunControl()
        let interruptions = Mutex(Interruptions())
        let watch = notes.surroundings.watchSignals { [leave = notes.surroundings.leave] signal in
            let status = interruptions.withLock { interruptions in
                _ = interruptions.receive(signal)
                return interruptions.exitStatus
            }
            // Nobody is logged in to: there is nothing to wait for, and a second signal is impatience.
            if control.level == .running { control.cancel() } else { leave(status ?? ExitStatus.interrupted) }
        }
        defer { watch?.end() }
        let each = try await survey(notes).results(devices, control: control, look)
        return SurveyResults(each: each, interruption: interruptions.withLock { $0.exitStatus })
    }
}

extension MusterError {
    /// What became of a device that was to be looked at, as JSON has it.
    var surveyStatus: String { code == .cancelled ? "cancelled" : "unreachable" }
}
