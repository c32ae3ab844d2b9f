extension StringProtocol {
    /// The text fit for one line of a message: control characters escaped, at most `limit` characters.
    package func escapedForMessage(limit: Int = 80) -> String {
        var text = ""
        var count = 0
        for scalar in unicodeScalars {
            if count == limit { return text + "…" }
            count += 1
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The text escaped and in single quotes.
    package var quotedForMessage: String { "'" + escapedForMessage() + "'" }
}
