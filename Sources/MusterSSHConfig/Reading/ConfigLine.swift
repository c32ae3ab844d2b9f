/// One line of an `ssh_config`, taken apart the way ssh does.
///
/// There is no continuation of lines: a backslash at the end is a backslash (ssh_config(5) has none).
struct ConfigLine: Equatable {
    /// The keyword in lower case.
    let keyword: String
    /// What follows the keyword, untouched.
    let rest: String

    /// Takes a line apart; nil when it is empty or a comment.
    init?(_ line: some StringProtocol) {
        var scanner = ConfigScanner(line)
        var word = scanner.next()
        // The line began with spaces.
        if word == "" { word = scanner.next() }
        guard let word, !word.isEmpty, !word.hasPrefix("#") else { return nil }
        keyword = word.lowercased()
        rest = scanner.remainder
    }

    /// The arguments: separated by spaces, quoted by `"` or `'`, up to a `#` that begins a word; nil when a quote has no end.
    var arguments: [String]? {
        var arguments: [String] = []
        var bytes = Array(rest.utf8)[...]
        while let byte = bytes.first {
            if byte.isBlank {
                bytes = bytes.dropFirst()
                continue
            }
            if byte == UInt8(ascii: "#") { break }
            guard let word = ConfigLine.word(&bytes) else { return nil }
            arguments.append(word)
        }
        return arguments
    }

    private static func word(_ bytes: inout ArraySlice<UInt8>) -> String? {
        var word: [UInt8] = []
        var quote: UInt8?
        while let byte = bytes.first {
            if quote == nil, byte.isBlank { break }
            bytes = bytes.dropFirst()
            let isQuote = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
            if byte == UInt8(ascii: "\\"), let next = bytes.first, escapes(next, inQuotes: quote != nil) {
                word.append(next)
                bytes = bytes.dropFirst()
            } else if quote == nil, isQuote {
                quote = byte
            } else if byte == quote {
                quote = nil
            } else {
                word.append(byte)
            }
        }
        return quote == nil ? String(decoding: word, as: UTF8.self) : nil
    }

    /// Whether a backslash before `byte` is an escape; before anything else it is itself.
    private static func escapes(_ byte: UInt8, inQuotes: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): true
        case UInt8(ascii: " "): !inQuotes
        default: false
        }
    }
}

/// Takes words off the front of a line, separated by spaces or by one `=`, quoted by `"`: how ssh reads keywords and criteria.
struct ConfigScanner {
    private var bytes: ArraySlice<UInt8>?

    init(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        // A form feed is a space at the end of a line and nowhere else.
        while let last = bytes.last, last.isSpace || last == 0x0C { bytes = bytes.dropLast() }
        self.bytes = bytes
    }

    /// What was not taken, without spaces before it.
    var remainder: String { String(decoding: (bytes ?? []).drop(while: \.isSpace), as: UTF8.self) }

    /// The next word; empty at the end and for spaces at the beginning, nil past the end and for a quote without an end.
    mutating func next() -> String? {
        guard let line = bytes else { return nil }
        guard let stop = line.firstIndex(where: { $0.isSpace || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") }) else {
            bytes = nil
            return String(decoding: line, as: UTF8.self)
        }
        if line[stop] == UInt8(ascii: "\"") {
            let quoted = line[(stop + 1)...]
            guard let end = quoted.firstIndex(of: UInt8(ascii: "\"")) else {
                bytes = nil
                return nil
            }
            bytes = line[(end + 1)...].drop(while: \.isSpace)
            return String(decoding: line[..<stop] + quoted[..<end], as: UTF8.self)
        }
        var rest = line[(stop + 1)...].drop(while: \.isSpace)
        if line[stop] != UInt8(ascii: "="), rest.first == UInt8(ascii: "=") { rest = rest.dropFirst().drop(while: \.isSpace) }
        bytes = rest
        return String(decoding: line[..<stop], as: UTF8.self)
    }
}

extension UInt8 {
    /// A space or a tab.
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// What ssh takes for a space in a line.
    fileprivate var isSpace: Bool { isBlank || self == 0x0A || self == 0x0D }
}
