extension String {
    /// The text with everything that could steer a terminal made visible.
    ///
    /// Line ends and tabs stay. C0 controls become caret notation as `cat -v` writes it (`^[` for escape); C1 controls, the line and
    /// paragraph separators and the bidirectional overrides, which can make text read other than it is, become `<U+009B>`.
    package var terminalSafe: String {
        // Nearly all device output is clean: one pass over the bytes, no copy. Every scalar that is replaced begins with one of these bytes.
        let suspicious = utf8.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2 }
        guard suspicious else { return self }
        var safe = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: safe.append(scalar)
            case 0x00..<0x20: safe.append(contentsOf: "^\(Unicode.Scalar(UInt8(scalar.value + 0x40)))".unicodeScalars)
            case 0x7F: safe.append(contentsOf: "^?".unicodeScalars)
            case 0x80..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                let hex = String(scalar.value, radix: 16, uppercase: true)
                safe.append(contentsOf: "<U+\(String(repeating: "0", count: 4 - hex.count))\(hex)>".unicodeScalars)
            default: safe.append(scalar)
            }
        }
        return String(safe)
    }

    /// The text on one line: terminal safe, line ends and tabs as spaces.
    package var oneLine: String {
        String(terminalSafe.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
}
