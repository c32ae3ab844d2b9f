import Testing

@testable import MusterConsole

struct LineEmulatorTests {
    private func screen(_ bytes: [UInt8], width: Int = 511, pieces: Int? = nil) -> LineEmulator {
        var screen = LineEmulator(width: width)
        let size = pieces ?? max(1, bytes.count)
        for start in stride(from: 0, to: bytes.count, by: size) {
            Array(bytes[start..<min(bytes.count, start + size)]).withUnsafeBytes { screen.feed($0) }
        }
        return screen
    }

    private func shown(_ text: String, width: Int = 511) -> String {
        let whole = screen(Array(text.utf8), width: width)
        let single = screen(Array(text.utf8), width: width, pieces: 1)
        #expect(whole.text == single.text)
        #expect(whole.line == single.line)
        return String(decoding: whole.text + whole.line, as: UTF8.self)
    }

    @Test func foldsAtTheUsualWidth_onlyWhereThatIsExpected() {
        let row = String(repeating: "x", count: 80)
        for (text, folded, plain) in [
            (row + " \rend\r\n", row + "end\n", "end" + row.dropFirst(3) + " \n"), (row + " \r\n", row + " \n", row + " \n"),
            (row + row + " \rend\r\n", row + row + "end\n", "end" + row.dropFirst(3) + row + " \n"),
            ("ab \rc\r\n", "cb \n", "cb \n"),
        ] {
            for isExpected in [true, false] {
                var screen = LineEmulator()
                screen.foldsAtUsualWidth = isExpected
                Array(text.utf8).withUnsafeBytes { screen.feed($0) }
                #expect(String(decoding: screen.text, as: UTF8.self) == (isExpected ? folded : plain))
            }
        }
    }

    @Test(arguments: [
        ("a\r\nb\n\rc\r\r\nd", "a\nb\nc\nd"),
        ("abc\rx", "xbc"),
        ("abc\u{8}\u{8}X", "aXc"),
        ("ab \u{8}c", "abc"),
        ("show vre\u{8} \u{8}\u{8} \u{8}er", "show ver"),
        ("\u{1B}[1;31mred\u{1B}[0m", "red"),
        ("\u{1B}]0;title\u{7}text", "text"),
        ("\u{1B}]0;title\u{1B}\\text", "text"),
        ("\u{1B}(Bascii\u{1B})0", "ascii"),
        ("\u{1B}=\u{1B}>keys", "keys"),
        ("a\u{0}b\u{7}c\u{7F}d", "abcd"),
        ("a\tb", "a\tb"),
        ("abcdef\r\u{1B}[3C\u{1B}[K", "abc"),
        ("abcdef\u{1B}[3D\u{1B}[1K", "    ef"),
        ("abc\u{1B}[2K\rx", "x"),
        ("abc\u{1B}[1Gx", "xbc"),
        ("abc\u{1B}[5Gx", "abc x"),
        ("abcdef\u{1B}[4D\u{1B}[2P", "abef"),
        ("abef\u{1B}[2D\u{1B}[2@cd", "abcdef"),
        ("abc\u{1B}[2D\u{1B}[1Xz", "azc"),
        ("first\r\n\u{1B}[H\u{1B}[2Jx", "first\nx"),
        ("\u{1B}7abc\u{1B}8x", "xbc"),
        ("caf\u{E9}\u{8}e", "cafe"),
        ("caf\u{E9}\u{8}\u{EA}", "caf\u{EA}"),
        ("\u{65E5}\u{672C}\u{8}x", "\u{65E5}x"),
        ("e\rcaf\u{E9}", "caf\u{E9}"),
        ("10%\r20%\r\ndone", "20%\ndone"),
        ("---    \rok", "ok-    "),
        ("       \rok", "ok"),
        ("a\u{1B}[31", "a"),
        ("a\u{1B}[31\nb", "a\nb"),
        ("a\u{1B}]never ending\nb", "a\nb"),
        ("\u{1B}[?2004h$ \u{1B}[?2004l", "$ "),
        ("abc\u{1B}Edef", "abc\ndef"),
        ("a\u{1B}[3bz", "aaaaz"),
        ("\u{E4}\u{1B}[1bz", "\u{E4}\u{E4}z"),
    ])
    func shows(_ written: String, _ expected: String) {
        #expect(shown(written) == expected)
    }

    @Test func returnsToTheStartOfTheRow_whenALineIsFolded() {
        #expect(shown("0123456789abc\rX", width: 10) == "0123456789Xbc")
        #expect(shown("0123456789 \rabc", width: 10) == "0123456789abc")
        #expect(shown("0123456789\rX", width: 10) == "X123456789")
    }

    @Test(arguments: [
        ("0123456789abcde\u{1B}[AX", "01234X6789abcde"), ("0123456789abcde\u{1B}[A\u{1B}[K", "01234     abcde"),
        ("0123456789abcde\u{1B}[9AX", "01234X6789abcde"), ("0123456789abcde\u{1B}[FX", "X123456789abcde"),
        ("0123456789abcde\u{1B}[A\u{1B}[BX", "0123456789abcdeX"), ("0123456789abcde\r\u{1B}[KX", "0123456789X"),
        ("0123456789abcde\u{1B}[A\u{1B}[JX", "01234X"), ("0123456789abcde\u{1B}[A\u{1B}[2K\rX", "X         abcde"),
        // As readline forces the fold at the margin.
        ("0123456789 \rabc", "0123456789abc"),
    ])
    func movesAndErasesInTheRow_whenALineIsFolded(_ written: String, _ expected: String) {
        #expect(shown(written, width: 10) == expected)
    }

    @Test func keepsBytes_whenTheyAreNotText() {
        let bytes: [UInt8] = [0xFF, 0x80, 0xC3, 0x41, 0xF0, 0x9F]
        #expect(screen(bytes).line == bytes)
        #expect(screen(bytes + [0x0A], pieces: 1).text == bytes + [0x0A])
    }

    @Test func keepsVeryLongLinesWhole() {
        let bytes = [UInt8](repeating: 0x61, count: 100_000)
        for pieces in [1, 1000, 100_000] {
            let result = screen(bytes, pieces: pieces)
            #expect(result.text + result.line == bytes)
            #expect(result.isContinued)
        }
    }

    @Test(arguments: [
        Array("\u{1B}[32767C".utf8), Array("\u{1B}[32767Cx".utf8), Array("\u{1B}[32767Gx".utf8), Array("\u{1B}[1;32767Hx".utf8),
        Array("\u{1B}[511@".utf8), [0x80], [0xBF],
    ])
    func keepsTheLineBounded_whateverIsRepeated(_ part: [UInt8]) throws {
        // No text is kept: what is looked at is the line alone.
        var screen = LineEmulator(limit: 0)
        Array("ab\r".utf8).withUnsafeBytes { screen.feed($0) }
        let piece = [UInt8]([[UInt8]](repeating: part, count: 4096 / part.count).joined())
        for _ in 0..<64 {
            piece.withUnsafeBytes { screen.feed($0) }
            // At once, so that a line without bounds fails instead of filling the memory.
            try #require(screen.line.count <= 17_000)
            try #require(screen.cursor <= 17_000)
        }
        Array("\r\nok".utf8).withUnsafeBytes { screen.feed($0) }
        #expect(screen.line == Array("ok".utf8))
    }

    @Test func staysInTheRow_whenTheCursorIsMovedFarRight() {
        #expect(shown("ab\u{1B}[99Cx", width: 10) == "ab       x")
        #expect(shown("ab\u{1B}[99C\u{1B}[99Cx", width: 10) == "ab       x")
        #expect(shown("ab\u{1B}[99Gx", width: 10) == "ab       x")
        #expect(shown("ab\u{1B}[5;99Hx", width: 10) == "ab       x")
        #expect(shown("0123456789abc\u{1B}[99Cx", width: 10) == "0123456789abc      x")
        #expect(shown("0123456789\u{1B}[3Cx", width: 10) == "0123456789x")
        #expect(shown("caf\u{E9}s\r\u{1B}[4Cx", width: 10) == "caf\u{E9}x")
    }

    @Test func answersQuestionsAboutTheTerminal() {
        let result = screen(Array("abc\u{1B}[6n\u{1B}[5n".utf8))
        #expect(String(decoding: result.replies, as: UTF8.self) == "\u{1B}[1;4R\u{1B}[0n")
    }

    @Test func survivesAnyBytes() {
        var generator = SeededGenerator(seed: 42)
        let common: [UInt8] = [
            0x1B, 0x5B, 0x08, 0x0D, 0x0A, 0x20, 0x4B, 0x50, 0x40, 0x43, 0x44, 0x3B, 0x39, 0xC3, 0xA9, 0x09, 0x37, 0x38, 0x58,
        ]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 1...80, using: &generator)).map { _ in
                Bool.random(using: &generator) ? common.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            let whole = screen(bytes)
            let single = screen(bytes, pieces: 1)
            #expect(whole.text == single.text && whole.line == single.line, "\(bytes)")
            let pieces = screen(bytes, pieces: 7)
            #expect(whole.text == pieces.text && whole.line == pieces.line, "\(bytes)")
        }
    }
}
