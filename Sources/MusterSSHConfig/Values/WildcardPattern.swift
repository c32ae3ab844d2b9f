/// A pattern of `ssh_config`: `*` stands for any characters, `?` for one, all else for itself.
struct WildcardPattern: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Makes a pattern of its text.
    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    /// Whether the pattern stands for one text only.
    var isLiteral: Bool { !bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } }

    /// Whether every text matches.
    var matchesAnything: Bool { !bytes.isEmpty && bytes.allSatisfy { $0 == UInt8(ascii: "*") } }

    /// Whether the whole of `text` matches, in time proportional to the product of the lengths at worst.
    func matches(_ text: some StringProtocol) -> Bool {
        let text = Array(text.utf8)
        var at = 0
        var next = 0
        /// The last `*`, and where in the text what follows it was tried.
        var star: (pattern: Int, text: Int)?
        while at < text.count {
            if next < bytes.count, bytes[next] == UInt8(ascii: "*") {
                star = (next, at)
                next += 1
            } else if next < bytes.count, bytes[next] == UInt8(ascii: "?") || bytes[next] == text[at] {
                next += 1
                at += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                next = last.pattern + 1
                at = last.text + 1
            } else {
                return false
            }
        }
        return bytes[next...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
