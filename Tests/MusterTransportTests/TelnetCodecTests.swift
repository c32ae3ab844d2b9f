import Testing

@testable import MusterTransport

struct TelnetCodecTests {
    static let iac: UInt8 = 255
    static let (will, wont, `do`, dont): (UInt8, UInt8, UInt8, UInt8) = (251, 252, 253, 254)
    static let (sb, se): (UInt8, UInt8) = (250, 240)

    private func codec(columns: Int = 511, rows: Int = 1000, types: [String] = ["vt100"], newline: TelnetCodec.Newline = .crlf)
        -> TelnetCodec
    {
        TelnetCodec(terminal: TelnetCodec.Terminal(columns: columns, rows: rows, types: types), newline: newline)
    }

    private func text(_ codec: inout TelnetCodec, _ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        codec.receive(bytes, into: &text)
        return text
    }

    private func encoded(_ codec: TelnetCodec, _ text: String) -> [UInt8] {
        Array(text.utf8).withUnsafeBytes { codec.encode($0) }
    }

    // MARK: Text

    @Test(arguments: [
        ("plain\r\n", Array("plain\r\n".utf8)), ("r1#", Array("r1#".utf8)), ("", []),
    ])
    func textIsLeftAlone(_ expected: String, _ bytes: [UInt8]) {
        var codec = codec()
        #expect(text(&codec, bytes) == Array(expected.utf8))
        #expect(codec.takeAnswers() == [])
    }

    @Test func doubledIACIsOne_andAReturnLosesItsNUL() {
        var codec = codec()
        #expect(text(&codec, [65, 255, 255, 66]) == [65, 255, 66])
        #expect(text(&codec, [13, 0, 65, 0, 13]) == [13, 65, 0, 13])
        #expect(text(&codec, [0, 13]) == [13])
        // An answer to an option may stand between the two.
        #expect(text(&codec, [Self.iac, 241, 0, 67]) == [67])
    }

    @Test(arguments: [
        // go ahead, no operation, data mark, break, interrupt, abort output, are you there, erase character, erase line, end of record
        249, 241, 242, 243, 244, 245, 246, 247, 248, 239, 238, 237, 236, 240,
    ])
    func commandsLeaveNothing(_ command: UInt8) {
        var codec = codec()
        #expect(text(&codec, [65, Self.iac, command, 66]) == [65, 66])
        #expect(codec.takeAnswers() == [])
    }

    @Test func aLoneIACIsDropped_andWhatFollowsIsText() {
        var codec = codec()
        #expect(text(&codec, [Self.iac] + Array("r1#".utf8)) == Array("r1#".utf8))
        #expect(text(&codec, [65, Self.iac]) == [65])
        #expect(text(&codec, Array("B".utf8)) == [66])
        #expect(codec.takeAnswers() == [])
    }

    @Test func aVerbWithoutItsOptionIsForgotten() {
        var codec = codec()
        #expect(text(&codec, [Self.iac, Self.do, Self.iac, Self.will, 1, 65]) == [65])
        #expect(codec.takeAnswers() == [Self.iac, Self.do, 1])
    }

    @Test func whatIsPlainIsKnown() {
        var codec = codec()
        func isPlain(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { codec.isPlain($0) } }
        #expect(isPlain(Array("show version\r\n".utf8)))
        #expect(!isPlain([65, 255, 255]))
        #expect(!isPlain([13, 0]))
        _ = text(&codec, [Self.iac])
        #expect(!isPlain([65]))
    }

    // MARK: Options

    @Test func takesWhatATelnetServerUsuallyWants() {
        var codec = codec()
        // Cisco IOS.
        #expect(
            text(&codec, [255, 251, 1, 255, 251, 3, 255, 253, 24, 255, 253, 31] + Array("\r\nUsername: ".utf8))
                == Array("\r\nUsername: ".utf8))
        #expect(
            codec.takeAnswers() == [
                255, 253, 1, 255, 253, 3, 255, 251, 24, 255, 251, 31,
                // 511 columns have a byte that is IAC.
                255, 250, 31, 1, 255, 255, 3, 232, 255, 240,
            ])
    }

    @Test func isAnsweredOnce_whenAnOptionIsOnAlready() {
        var codec = codec()
        _ = text(&codec, [255, 251, 1])
        #expect(codec.takeAnswers() == [255, 253, 1])
        _ = text(&codec, [255, 251, 1, 255, 251, 1])
        #expect(codec.takeAnswers() == [])
        _ = text(&codec, [255, 252, 1, 255, 252, 1])
        #expect(codec.takeAnswers() == [255, 254, 1])
        _ = text(&codec, [255, 254, 31, 255, 253, 31, 255, 253, 31, 255, 254, 31])
        #expect(codec.takeAnswers() == [255, 251, 31, 255, 250, 31, 1, 255, 255, 3, 232, 255, 240, 255, 252, 31])
    }

    @Test(arguments: [5, 6, 25, 32, 33, 34, 35, 36, 39, 200] as [UInt8])
    func refusesPolitely(_ option: UInt8) {
        var codec = codec()
        _ = text(&codec, [255, 253, option, 255, 251, option])
        #expect(codec.takeAnswers() == [255, 252, option, 255, 254, option])
        // What is off already needs no answer.
        _ = text(&codec, [255, 254, option, 255, 252, option])
        #expect(codec.takeAnswers() == [])
    }

    @Test func neverEchoes() {
        var codec = codec()
        _ = text(&codec, [255, 253, 1])
        #expect(codec.takeAnswers() == [255, 252, 1])
    }

    /// Two that only answer have nothing to say to each other, and two that were set going come to rest.
    @Test func comesToRest_whenItTalksToItsLike() {
        for option in UInt8.min...UInt8.max where option != 255 {
            for verb in [Self.will, Self.wont, Self.do, Self.dont] {
                var (left, right) = (codec(), codec())
                var wire: [UInt8] = [255, verb, option]
                var rounds = 0
                while !wire.isEmpty, rounds < 10 {
                    _ = text(&right, wire)
                    wire = right.takeAnswers()
                    swap(&left, &right)
                    rounds += 1
                }
                #expect(rounds < 5, "option \(option)")
            }
        }
    }

    @Test func tellsItsTypes_oneByOneAndTheLastTwice() {
        var codec = codec(types: ["vt100", "unknown"])
        let ask: [UInt8] = [255, 250, 24, 1, 255, 240]
        _ = text(&codec, ask)
        #expect(codec.takeAnswers() == [], "it has not agreed to tell")
        _ = text(&codec, [255, 253, 24])
        _ = codec.takeAnswers()
        func told(_ name: String) -> [UInt8] { [255, 250, 24, 0] + Array(name.utf8) + [255, 240] }
        for name in ["vt100", "unknown", "unknown", "vt100", "unknown"] {
            _ = text(&codec, ask)
            #expect(codec.takeAnswers() == told(name))
        }
    }

    @Test func aSubnegotiationEnds_howeverItDoes() {
        var codec = codec()
        _ = text(&codec, [255, 253, 24])
        _ = codec.takeAnswers()
        // Parameters with a doubled IAC, unknown options, none at all.
        #expect(text(&codec, [255, 250, 39, 1, 255, 255, 2, 255, 240, 65]) == [65])
        #expect(text(&codec, [255, 250, 255, 240, 66]) == [66])
        // Its end was left out, and a command stands there.
        #expect(text(&codec, [255, 250, 24, 1, 255, 251, 1, 67]) == [67])
        #expect(codec.takeAnswers() == [255, 253, 1])
        // Its end never comes.
        let swallowed = [UInt8](repeating: 120, count: TelnetCodec.longestParameters)
        #expect(text(&codec, [255, 250, 24] + swallowed + Array("Username: ".utf8)) == Array("Username: ".utf8))
    }

    @Test func stopsAnswering_whenAPeerNegotiatesWithoutEnd() {
        var codec = codec()
        for _ in 0..<5000 { _ = text(&codec, [255, 253, 5]) }
        #expect(codec.takeAnswers().count == 3 * TelnetCodec.mostAnswers)
    }

    // MARK: Typing

    @Test func lineEndsAreTheNetworks() {
        #expect(encoded(codec(), "show version\n") == Array("show version\r\n".utf8))
        #expect(encoded(codec(), "a\r\nb\rc") == Array("a\r\nb\r\0c".utf8))
        #expect(encoded(codec(newline: .crnul), "a\n") == Array("a\r\0".utf8))
        #expect(encoded(codec(), "\n\n") == Array("\r\n\r\n".utf8))
    }

    @Test func anIACIsDoubled() {
        let bytes: [UInt8] = [255, 65, 255]
        #expect(bytes.withUnsafeBytes { codec().encode($0) } == [255, 255, 65, 255, 255])
    }

    @Test func binaryHasNoLineEnds() {
        var codec = codec()
        _ = text(&codec, [255, 253, 0, 255, 251, 0])
        #expect(codec.takeAnswers() == [255, 251, 0, 255, 253, 0])
        #expect(encoded(codec, "a\nb\r\u{FF}") == [97, 13, 98, 13, 0xC3, 0xBF])
        #expect(text(&codec, [13, 0, 65]) == [13, 0, 65])
        _ = text(&codec, [255, 254, 0])
        #expect(encoded(codec, "\n") == [13, 10])
    }

    // MARK: Splits

    static let transcripts: [[UInt8]] = [
        [255, 251, 1, 255, 251, 3, 255, 253, 24, 255, 253, 31] + Array("\r\nUser Access Verification\r\n\r\nUsername: ".utf8),
        Array("a\r\0b\r\n".utf8) + [255, 255, 255, 250, 24, 1, 255, 240, 67, 13, 0, 0, 255, 249],
        [255, 250, 39, 1, 255, 255, 255, 253, 31, 68, 255, 69, 255, 253, 255, 251, 0, 13, 0, 70],
        [255, 253, 24, 255, 250, 24, 1, 255, 240, 255, 250, 24, 1, 255, 240, 255, 254, 24, 71],
    ]

    @Test(arguments: transcripts.indices)
    func splitsMakeNoDifference(_ index: Int) {
        let bytes = Self.transcripts[index]
        var whole = codec(types: ["vt100", "unknown"])
        let expected = text(&whole, bytes)
        let answers = whole.takeAnswers()
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var codec = codec(types: ["vt100", "unknown"])
                var seen: [UInt8] = []
                for part in [bytes[..<first], bytes[first..<second], bytes[second...]] {
                    // As the transport does it: what is plain goes by.
                    let part = Array(part)
                    if part.withUnsafeBytes({ codec.isPlain($0) }) {
                        part.withUnsafeBytes { codec.receivePlain($0) }
                        seen += part
                    } else {
                        codec.receive(part, into: &seen)
                    }
                }
                #expect(seen == expected, "split at \(first) and \(second)")
                #expect(codec.takeAnswers() == answers, "split at \(first) and \(second)")
            }
        }
    }
}
