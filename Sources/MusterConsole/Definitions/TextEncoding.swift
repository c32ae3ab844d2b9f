#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How a device writes text in bytes: UTF-8, or what the C library's iconv(3) knows by a name.
package struct TextEncoding: Sendable, Equatable {
    /// The name that iconv has for it.
    package let name: String

    package static let utf8 = TextEncoding(known: "UTF-8")

    private init(known name: String) {
        self.name = name
    }

    /// The encoding of that name, such as `latin-1`, `gb18030`, `shift-jis`; nil when the system has none.
    package init?(named name: String) {
        let wanted = name.lowercased().filter { $0 != "-" && $0 != "_" }
        let usual = Self.usual[wanted] ?? name
        guard let converter = Converter(from: usual, to: "UTF-8"), Converter(from: "UTF-8", to: usual) != nil else { return nil }
        // One that has other bytes for letters (UTF-16, EBCDIC) is no encoding of a terminal.
        guard converter.convert(Array("show 1\n".utf8)).elementsEqual("show 1\n".utf8) else { return nil }
        self.name = usual
    }

    /// iconv's names for what people write.
    private static let usual = [
        "utf8": "UTF-8", "latin1": "ISO-8859-1", "iso88591": "ISO-8859-1", "latin9": "ISO-8859-15", "iso885915": "ISO-8859-15",
        "ascii": "ASCII", "gb18030": "GB18030", "gbk": "GBK", "gb2312": "GB18030", "big5": "BIG5", "shiftjis": "SHIFT_JIS",
        "sjis": "SHIFT_JIS", "eucjp": "EUC-JP", "euckr": "EUC-KR", "koi8r": "KOI8-R", "cp1251": "CP1251", "windows1251": "CP1251",
        "cp1252": "CP1252",
        "windows1252": "CP1252", "cp866": "CP866",
    ]

    /// For messages.
    package static let examples = "utf-8, latin-1, gb18030, shift-jis, koi8-r"

    /// The text of `bytes`; what is none becomes U+FFFD.
    package func text(_ bytes: some Collection<UInt8>) -> String {
        if isUTF8 { return String(decoding: bytes, as: UTF8.self) }
        if let plain = bytes.withContiguousStorageIfAvailable({ $0.allSatisfy { $0 < 0x80 } ? String(decoding: $0, as: UTF8.self) : nil }),
            let plain
        {
            return plain
        }
        guard let converter = Converter(from: name, to: "UTF-8") else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: converter.convert(Array(bytes), replacement: Array("\u{FFFD}".utf8)), as: UTF8.self)
    }

    /// Whether text needs no conversion.
    private var isUTF8: Bool { name == "UTF-8" }

    /// The bytes of `text`; what the encoding has no bytes for becomes a question mark.
    package func bytes(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        if isUTF8 || bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
        guard let converter = Converter(from: "UTF-8", to: name) else { return bytes }
        return converter.convert(bytes, replacement: [0x3F])
    }
}

/// iconv(3) for one conversion at a time.
private final class Converter {
    private let descriptor: iconv_t
    private let isFromUTF8: Bool

    init?(from source: String, to target: String) {
        // What iconv_open(3) returns when it does not know a name is -1 as a pointer.
        guard let descriptor = iconv_open(target, source), Int(bitPattern: descriptor) != -1 else { return nil }
        self.descriptor = descriptor
        isFromUTF8 = source == "UTF-8"
    }

    deinit {
        iconv_close(descriptor)
    }

    /// `bytes` converted; each byte that is not of the encoding becomes `replacement`.
    func convert(_ bytes: [UInt8], replacement: [UInt8] = []) -> [UInt8] {
        var source = bytes.map { CChar(bitPattern: $0) }
        var result: [UInt8] = []
        var piece = [CChar](repeating: 0, count: 1 << 14)
        source.withUnsafeMutableBufferPointer { source in
            var from = source.baseAddress
            var left = source.count
            while left > 0 {
                let (outcome, written, problem) = piece.withUnsafeMutableBufferPointer { piece in
                    var to = piece.baseAddress
                    var room = piece.count
                    let outcome = iconv(descriptor, &from, &left, &to, &room)
                    return (outcome, piece.count - room, errno)
                }
                result += piece[..<written].map { UInt8(bitPattern: $0) }
                guard outcome == -1, problem != E2BIG, left > 0 else { continue }
                // Not of the encoding, or cut off at the end: one byte is left out, and the next may begin a character.
                result += replacement
                if problem == EINVAL { break }
                repeat {
                    from = from?.advanced(by: 1)
                    left -= 1
                } while isFromUTF8 && left > 0 && UInt8(bitPattern: from?.pointee ?? 0) & 0xC0 == 0x80
            }
        }
        return result
    }
}
