/// Whether a definition makes of a device's bytes what a recording says: a recording as a test.
///
/// The bytes are given to a console machine with the definition, and what it types, the prompts and modes that it finds, and each command's output and
/// rejection are compared with what was recorded. Times do not matter.
package struct RecordingCheck: Sendable, Equatable {
    /// Something that came about otherwise.
    package struct Difference: Sendable, Equatable, CustomStringConvertible {
        /// The recording's line.
        package var line: Int
        /// What differs, such as `output of 'show version'`.
        package var what: String
        /// What the recording has, for people.
        package var expected: String
        /// What came of the definition.
        package var seen: String

        package var description: String { "line \(line): \(what): expected \(expected), seen \(seen)" }
    }

    package var differences: [Difference] = []
    /// How many commands were answered, and compared.
    package var commands = 0
    /// The line at which it ends before the recording does: where the dialogue has left it, or the recording has a gap.
    package var endedAt: Int?

    /// Whether all is as recorded.
    package var hasPassed: Bool { differences.isEmpty }

    /// Compares `recording` with what comes of `platform`.
    package init(_ recording: Recording, platform: Platform) {
        var comparison = RecordingComparison(recording, platform)
        comparison.run()
        (differences, commands, endedAt) = (comparison.differences, comparison.commands, comparison.endedAt)
    }
}
