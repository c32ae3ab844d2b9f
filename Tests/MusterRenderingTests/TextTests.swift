import Testing

@testable import MusterRendering

@Suite struct TextTests {
    @Test func wordsAreBroken_whenTheyAreLongerThanALine() {
        #expect("ab abcdefghij k".wrapped(to: 4) == ["ab", "abcd", "efgh", "ij k"])
        #expect("".wrapped(to: 4) == [""])
        #expect("one two\nthree".wrapped(to: 80) == ["one two", "three"])
    }

    @Test func wideCharactersTakeTwoColumns() {
        #expect("日本".columns == 4)
        #expect("日本語".fitted(to: 5) == "日本…")
        #expect("日本語".fitted(to: 4) == "日…")
        #expect("日本".padded(to: 6) == "日本  ")
    }

    @Test(arguments: [
        (Duration.milliseconds(530), "0.53s"), (.milliseconds(9999), "9.99s"), (.milliseconds(15_040), "15.0s"), (.seconds(125), "2m 05s"),
        (.seconds(3725), "1h 02m"),
    ])
    func durationIsReadable(duration: Duration, text: String) {
        #expect(duration.readable == text)
    }

    @Test func columnsAreAligned_andRowsEndWithoutSpaces() {
        var table = Table(header: ["A", "BB", "C"])
        table.append(["longer", "x", ""])
        table.append(["y", "\u{1B}", "z"])
        #expect(table.rendered() == "A       BB  C\nlonger  x\ny       ^[  z\n")
    }

    @Test(
        arguments: [
            (ColourChoice.auto, true, [:], true), (.auto, false, [:], false), (.auto, true, ["NO_COLOR": "1"], false),
            (.auto, true, ["NO_COLOR": ""], true), (.auto, true, ["TERM": "dumb"], false), (.always, false, ["NO_COLOR": "1"], true),
            (.never, true, [:], false),
        ] as [(ColourChoice, Bool, [String: String], Bool)])
    func coloursFollowTheChoice(choice: ColourChoice, terminal: Bool, environment: [String: String], coloured: Bool) {
        #expect(choice.isColoured(onTerminal: terminal, environment: environment) == coloured)
    }
}
