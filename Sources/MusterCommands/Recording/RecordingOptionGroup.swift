import ArgumentParser
import Muster

/// Whether sessions are recorded.
struct RecordingOptionGroup: ParsableArguments {
    @Option(
        name: .customLong("record"),
        help: ArgumentHelp(
            "Record each device's session into a file of this folder, secrets left out.",
            discussion: "For muster replay, muster-lab --recordings, and as tests of platform definitions.", valueName: "folder"))
    var folder: String?

    var options: RecordingOptions? { folder.map { RecordingOptions(folder: $0, program: "muster \(musterVersion)") } }

    func validate() throws {
        if let folder, folder.isEmpty { throw ValidationError("--record wants the name of a folder.") }
    }
}
