/// What is wrong with a platform definition, and where.
package struct PlatformProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, or the name of a built-in definition.
    package var file: String
    /// Counted from 1; nil where the problem has no place.
    package var line: Int?
    /// The key, as a path: `modes[1].prompt_pattern`.
    package var key: String
    /// What was found.
    package var what: String
    /// What should have been there.
    package var expected: String

    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        let subject = key.isEmpty ? "" : "\(key): "
        return "\(place): \(subject)\(what)" + (expected.isEmpty ? "" : "; expected \(expected)")
    }
}
