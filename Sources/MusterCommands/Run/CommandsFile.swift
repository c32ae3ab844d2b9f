/// A file with one command a line.
enum CommandsFile {
    /// The commands and the numbers of their lines, from 1: without spaces around them, empty lines and lines that begin with `#`.
    static func commands(in bytes: [UInt8]) -> [(number: Int, text: String)] {
        lines(in: bytes).compactMap { number, line in
            let command = line.drop(while: \.isWhitespace)
            guard let end = command.lastIndex(where: { !$0.isWhitespace }), !command.hasPrefix("#") else { return nil }
            return (number, String(command[...end]))
        }
    }

    /// The number of the first line that is not UTF-8; nil when all are.
    static func firstLineThatIsNoText(in bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).firstIndex { String(validating: $0, as: UTF8.self) == nil }
            .map { $0 + 1 }
    }

    /// All lines and their numbers, from 1.
    ///
    /// Files from Windows end their lines in CR LF and may begin with a byte order mark.
    static func lines(in bytes: [UInt8]) -> [(number: Int, text: Substring)] {
        let text = String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().map { ($0 + 1, $1) }
    }
}
