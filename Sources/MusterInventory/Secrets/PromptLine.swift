/// The line a person types unseen: bytes in, what to do out.
///
/// The terminal gives bytes as they are typed, without its own editing, so that an interrupt is seen here and the terminal can be
/// restored first.
struct PromptLine {
    enum Action: Equatable {
        /// More is to come.
        case more
        /// The line is complete.
        case done
        /// Control-C or control-\.
        case interrupt
        /// Control-D on an empty line, or the terminal is gone.
        case end
    }

    private(set) var bytes: [UInt8] = []

    /// Longer than any password; what comes after is dropped.
    private static let limit = 4096

    /// Takes what was typed, up to what ends the line.
    mutating func feed(_ typed: some Sequence<UInt8>) -> Action {
        for byte in typed {
            switch byte {
            case 0x0A, 0x0D: return .done
            case 0x03, 0x1C: return .interrupt
            case 0x04: if bytes.isEmpty { return .end } else { return .done }
            case 0x08, 0x7F: removeCharacter()
            case 0x15: bytes.removeAll()
            default: if bytes.count < Self.limit { bytes.append(byte) }
            }
        }
        return .more
    }

    /// Removes the last character: in UTF-8 the continuation bytes, then the first byte.
    private mutating func removeCharacter() {
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
    }
}
