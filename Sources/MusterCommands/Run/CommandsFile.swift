import Muster
import MusterConsole

/// A file with one command a line.
enum CommandsFile {
    /// The commands and the numbers of their lines, from 1: without spaces around them, empty lines and lines that begin with `#`.
    ///
    /// A command that begins a text by one of the rules has that text with it, to the letter.
    static func commands(in bytes: [UInt8], rules: [MultilineRule] = []) -> [(number: Int, text: String)] {
        let lines = lines(in: bytes).map(\.text)
        let scratch = MatchScratch()
        var commands: [(number: Int, text: String)] = []
        var index = 0
        while index < lines.count {
            let count = MultilineInput.count(of: lines[index...], rules, scratch)
            let command = lines[index].drop(while: \.isWhitespace)
            if count > 1 {
                let text = lines[index..<index + count].joined(separator: "\n")
                commands.append((index + 1, String(text.drop { $0 == " " || $0 == "\t" })))
            } else if let end = command.lastIndex(where: { !$0.isWhitespace }), !command.hasPrefix("#") {
                commands.append((index + 1, String(command[...end])))
            }
            index += count
        }
        return commands
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
