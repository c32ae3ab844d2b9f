/// Why a text is no duration.
package struct DurationTextError: Error, Hashable, CustomStringConvertible {
    package let text: String
    package let reason: String

    package var description: String {
        "\(text.quotedForMessage) is not a duration: \(reason); expected a number with a unit, such as 500ms, 30 (seconds), 30s, 2m or 1h"
    }
}

/// Durations as the command line and the files write them.
package enum DurationText {
    /// The units, and nanoseconds for each.
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9), ("", 1e9),
    ]

    /// Ten years: whatever is longer is a slip of the keyboard.
    private static let longest = 10 * 365 * 86_400 * 1e9

    /// Parses `500ms`, `30` (seconds), `30s`, `2m`, `1h`; fractions such as `1.5s` are taken too.
    package static func parse(_ text: String) throws(DurationTextError) -> Duration {
        let trimmed = text.drop { $0 == " " }
        let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = String(trimmed[digits.endIndex...])
        guard !trimmed.isEmpty else { throw DurationTextError(text: text, reason: "it is empty") }
        if trimmed.hasPrefix("-") { throw DurationTextError(text: text, reason: "it is negative") }
        guard !digits.isEmpty else { throw DurationTextError(text: text, reason: "it does not begin with a number") }
        guard digits.first != ".", digits.last != ".", let number = Double(digits) else {
            throw DurationTextError(text: text, reason: "\(String(digits).quotedForMessage) is not a number")
        }
        guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else {
            throw DurationTextError(text: text, reason: "the unit \(unit.quotedForMessage) is unknown")
        }
        let nanoseconds = (number * scale).rounded()
        guard nanoseconds <= longest else { throw DurationTextError(text: text, reason: "it is longer than ten years") }
        return .nanoseconds(Int64(nanoseconds))
    }
}
