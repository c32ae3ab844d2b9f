import Foundation

/// Writes a Swift file that holds the texts of platform definitions by their files' base names.
///
/// String literals and not arrays of bytes: they compile in no time, and cost nothing before they are asked for.
@main
enum PlatformEmbedder {
    static func main() throws {
        let arguments = CommandLine.arguments
        var code = """
            /// The platform definitions that are part of the program, by name.
            enum PlatformTexts {
                static let all: [String: StaticString] = [

            """
        for path in arguments.dropFirst(2) {
            let file = URL(fileURLWithPath: path)
            let text = try String(contentsOf: file, encoding: .utf8)
            let mark = String(repeating: "#", count: longestRunOfMarks(in: text) + 1)
            code += "\"\(file.deletingPathExtension().lastPathComponent)\": \(mark)\"\"\"\n\(text)\n\"\"\"\(mark),\n"
        }
        code += "    ]\n}\n"
        try code.write(to: URL(fileURLWithPath: arguments[1]), atomically: true, encoding: .utf8)
    }

    /// So many `#` in a row stand somewhere in the text: one more of them ends no literal and begins no escape by accident.
    private static func longestRunOfMarks(in text: String) -> Int {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == 0x23 ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
