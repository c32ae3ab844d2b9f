/// The patterns of a known hosts line: `*.example,!bad.example` (ssh_config(5), PATTERNS).
struct HostPattern: Sendable {
    private let patterns: [String]

    /// Takes the parts between the commas, in small letters.
    init(_ patterns: [String]) {
        self.patterns = patterns
    }

    /// Whether a name matches one pattern and none that is negated.
    func matches(_ name: String) -> Bool {
        var matched = false
        for pattern in patterns {
            if pattern.hasPrefix("!") {
                if Self.glob(Array(pattern.utf8.dropFirst()), Array(name.utf8)) { return false }
            } else if !matched {
                matched = Self.glob(Array(pattern.utf8), Array(name.utf8))
            }
        }
        return matched
    }

    /// `*` and `?`; the time is at most the product of both lengths.
    private static func glob(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var (at, position) = (0, 0)
        var retry: (at: Int, position: Int)?
        while true {
            if at < pattern.count {
                if pattern[at] == UInt8(ascii: "*") {
                    at += 1
                    retry = (at, position)
                    continue
                }
                if position < text.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == text[position] {
                    at += 1
                    position += 1
                    continue
                }
            } else if position == text.count {
                return true
            }
            guard let last = retry, last.position < text.count else { return false }
            retry = (last.at, last.position + 1)
            (at, position) = (last.at, last.position + 1)
        }
    }
}
