/// A file with one command a line.
enum CommandsFile {
    /// The commands: without spaces around them, empty lines and lines that begin with `#`.
    ///
    /// Files from Windows end their lines in CR LF and may begin with a byte order mark.
    static func commands(in bytes: [UInt8]) -> [String] {
        let text = String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let command = line.drop(while: \.isWhitespace)
            guard let end = command.lastIndex(where: { !$0.isWhitespace }), !command.hasPrefix("#") else { return nil }
            return String(command[...end])
        }
    }
}
