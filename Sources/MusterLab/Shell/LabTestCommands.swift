/// Commands that every device understands and no real one has, for tests of what is hard to provoke.
enum LabTestCommands {
    private static let usualHuge = 15_000_000

    /// The reply to a `lab …` line; nil for every other line.
    static func reply(to line: String, prompt: String) -> LabReply? {
        let words = line.split(separator: " ")
        guard words.count >= 2, words[0] == "lab" else { return nil }
        let argument = words.count > 2 ? String(words[2]) : nil
        switch words[1] {
        case "huge": return LabReply(output: .numbered(bytes: argument.flatMap { Int($0) } ?? usualHuge, then: ""))
        case "sleep": return LabReply(pause: argument.flatMap { Duration(labText: $0) } ?? .seconds(1))
        case "junk":
            let bytes =
                Array("before\r\n".utf8) + Array(UInt8.min...UInt8.max) + Array("\u{1B}[31mred\u{1B}[0m\u{1B}[K".utf8) + [0xC3, 0x28]
            return LabReply(output: .raw(bytes + Array("\r\nafter\r\n".utf8)))
        case "prompts":
            let shown = prompt.split(separator: "\n").last.map(String.init) ?? prompt
            return .text(
                """
                description uplink to core-09#
                \(shown)show version
                \(shown)
                # a comment
                admin@elsewhere> show chassis
                core-09>
                end of the lines that look like prompts

                """)
        case "newlines":
            return LabReply(output: .raw(Array("one\r\ntwo\n\rthree\r\r\nfour\nfive\rFIVE\r\nsix\r\n\r\n\r\nseven\r\n".utf8)))
        case "question":
            return .ask("Proceed? [confirm]", .key) { key, _ in
                .text(key.isEmpty || key == "y" || key == "Y" ? "Proceeding.\n" : "Aborted.\n")
            }
        case "forever": return LabReply(output: .text("waiting for something that never comes\n"), next: .forever)
        default: return nil
        }
    }
}
