#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension [UInt8] {
    /// Whether `part` occurs in these bytes.
    ///
    /// An empty part occurs everywhere.
    func contains(_ part: [UInt8]) -> Bool {
        self[...].contains(part)
    }

    /// These bytes without blanks at the end.
    var trimmedAtEnd: ArraySlice<UInt8> {
        self[...].trimmedAtEnd
    }
}

extension UnsafeRawBufferPointer {
    /// Whether `part` occurs in these bytes.
    func contains(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard let baseAddress else { return false }
        var from = 0
        while count - from >= part.count, let found = memchr(baseAddress + from, Int32(first), count - from - part.count + 1) {
            if memcmp(found, part, part.count) == 0 { return true }
            from = UnsafeRawPointer(found) - baseAddress + 1
        }
        return false
    }
}

extension UnsafeRawBufferPointer {
    /// Whether there is a finished line that begins with `part` and has more than blanks behind it.
    func hasLine(beginningWith part: [UInt8]) -> Bool {
        guard let baseAddress, !part.isEmpty else { return false }
        var from = 0
        while from < count, let end = memchr(baseAddress + from, 0x0A, count - from) {
            let length = UnsafeRawPointer(end) - baseAddress - from
            if length > part.count, memcmp(baseAddress + from, part, part.count) == 0,
                self[from + part.count..<from + length].contains(where: { $0 != 0x20 && $0 != 0x09 })
            {
                return true
            }
            from += length + 1
        }
        return false
    }
}

extension ArraySlice<UInt8> {
    func contains(_ part: [UInt8]) -> Bool {
        withUnsafeBytes { $0.contains(part) }
    }

    var trimmedAtEnd: ArraySlice<UInt8> {
        var end = endIndex
        while end > startIndex, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return self[startIndex..<end]
    }

    var trimmed: ArraySlice<UInt8> {
        let short = trimmedAtEnd
        return short.drop { $0 == 0x20 || $0 == 0x09 }
    }

    /// Whether there is nothing but blanks.
    var isBlank: Bool {
        allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    func hasSuffix(_ part: [UInt8]) -> Bool {
        count >= part.count && self[(endIndex - part.count)...].elementsEqual(part)
    }
}

/// Bytes as a person can read them in a message: control characters and what is not ASCII are written as escapes.
///
/// Nothing in the result can move a cursor or forge a line of a log.
package func escaped(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes {
        switch byte {
        case 0x0A: text += "\\n"
        case 0x0D: text += "\\r"
        case 0x09: text += "\\t"
        case 0x08: text += "\\b"
        case 0x5C: text += "\\\\"
        case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let digits = String(byte, radix: 16)
            text += "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
    }
    return text
}
