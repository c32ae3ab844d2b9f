extension Duration {
    /// For people: `15s`, `1.25s`, `40ms`.
    var shown: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let hundredths = milliseconds % 1000 / 10
        let seconds = milliseconds / 1000
        if hundredths == 0 { return "\(seconds)s" }
        return hundredths % 10 == 0 ? "\(seconds).\(hundredths / 10)s" : "\(seconds).\(hundredths < 10 ? "0" : "")\(hundredths)s"
    }
}

extension String {
    /// The text with a small first letter, to go on in mid-sentence.
    var lowercasedFirst: String {
        prefix(1).lowercased() + dropFirst()
    }
}
