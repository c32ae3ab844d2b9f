import Testing

@testable import MusterConsole

struct PagerTests {
    /// How devices take their question off the screen.
    enum Erasure: String, CaseIterable {
        case backspaces, backspacesAlone, returnAndBlanks, eraseLine, eraseWholeLine, lineEnd, nothing
        case columnsAndBlanks, tooManyColumnsAndBlanks, columnsAndDeletion, returnBlanksAndLineEnd

        func bytes(_ question: String) -> String {
            let count = question.count
            return switch self {
            case .backspaces:
                String(repeating: "\u{8}", count: count) + String(repeating: " ", count: count) + String(repeating: "\u{8}", count: count)
            case .backspacesAlone: String(repeating: "\u{8} \u{8}", count: count)
            case .returnAndBlanks: "\r" + String(repeating: " ", count: count) + "\r"
            case .eraseLine: "\r\u{1B}[K"
            case .eraseWholeLine: "\u{1B}[2K\r"
            case .lineEnd: "\r\n"
            case .nothing: ""
            case .columnsAndBlanks: "\u{1B}[\(count)D" + String(repeating: " ", count: count) + "\u{1B}[\(count)D"
            case .tooManyColumnsAndBlanks: "\u{1B}[42D" + String(repeating: " ", count: 42) + "\u{1B}[42D"
            case .columnsAndDeletion: "\u{1B}[\(count)D\u{1B}[\(count)P"
            case .returnBlanksAndLineEnd: "\r" + String(repeating: " ", count: count) + "\r\n"
            }
        }
    }

    @Test(arguments: Erasure.allCases)
    func leavesNoTrace(_ erasure: Erasure) throws {
        let expected = "one\n\n  two\n\n    three\nfour"
        for arrival in [Dialogue.Arrival.whole, .byteByByte, .random(3)] {
            var device = try Dialogue.iosxeReady(arrival: arrival)
            device.submit("show run")
            device.says("show run\r\none\r\n\r\n --More-- ")
            device.pause(.milliseconds(50))
            #expect(device.takeTyped() == "show run\n ")
            // The second time the same question is known, and nothing is waited for.
            device.says(erasure.bytes(" --More-- ") + "  two\r\n\r\n --More-- ")
            #expect(device.takeTyped() == " ")
            device.says(erasure.bytes(" --More-- ") + "    three\r\nfour\r\nr1#")
            let exchange = try device.takeExchange()
            #expect(exchange.text == expected)
            #expect(exchange.pagerAnswers == 2)
        }
    }

    @Test(arguments: [Erasure.returnAndBlanks, .columnsAndBlanks, .tooManyColumnsAndBlanks, .backspaces, .eraseLine])
    func leavesWhatFollowsAsItIs(_ erasure: Erasure) throws {
        // Shorter than what was erased, and indented by a tab.
        for line in ["#", "\tfour", "\t\tx"] {
            var device = try Dialogue.iosxeReady()
            device.submit("show run")
            device.says("show run\r\none\r\n --More-- ")
            device.pause(.milliseconds(50))
            device.says(erasure.bytes(" --More-- ") + line + "\r\ntwo\r\nr1#")
            #expect(try device.takeExchange().text == "one\n\(line)\ntwo", "\(erasure)")
        }
    }

    @Test func keepsARealEmptyLine_afterTheQuestion() throws {
        for erasure in [
            Erasure.backspaces, .backspacesAlone, .returnAndBlanks, .eraseLine, .eraseWholeLine, .columnsAndBlanks,
            .tooManyColumnsAndBlanks, .columnsAndDeletion,
        ] {
            var device = try Dialogue.iosxeReady()
            device.submit("show run")
            device.says("show run\r\none\r\n --More-- ")
            device.pause(.milliseconds(50))
            device.says(erasure.bytes(" --More-- ") + "\r\ntwo\r\nr1#")
            #expect(try device.takeExchange().text == "one\n\ntwo", "\(erasure)")
        }
    }

    @Test(arguments: [
        "--More--", " --More-- ", "---(more)---", "---(more 45%)---", "<--- More --->", "---- More ----", "--More--(34%)",
        "Press any key to continue (Q to quit)", "-- MORE --, next page: Space, next line: Enter, quit: Control-C",
        "lines 1-23/100 22%", "\u{1B}[7m--More--\u{1B}[m", "--More-- or (q)uit",
    ])
    func isAnswered_whenPlatformNamesNoPager(_ question: String) throws {
        var device = try Dialogue("generic")
        device.start()
        device.says("dev>")
        device.pause(.seconds(1))
        device.says("\r\ndev>")
        device.submit("show")
        device.says("show\r\none\r\n" + question)
        device.pause(.milliseconds(50))
        #expect(device.takeTyped().hasSuffix(" "))
        device.says("\r\u{1B}[Ktwo\r\ndev>")
        #expect(try device.takeExchange().text == "one\ntwo")
    }

    @Test(arguments: ["there is more to come", "-- more information below", "Press the button to continue", "more", "(END) of file"])
    func isLeftAlone_whenItIsText(_ line: String) throws {
        var device = try Dialogue("generic")
        device.start()
        device.says("dev>")
        device.pause(.seconds(1))
        device.says("\r\ndev>")
        _ = device.takeTyped()
        device.submit("show")
        device.says("show\r\n" + line)
        device.pause(.milliseconds(100))
        #expect(device.takeTyped() == "show\n")
        device.says("\r\ndev>")
        #expect(try device.takeExchange().text == line)
    }

    @Test func isNotAnsweredForEver_whenNothingComesOfIt() throws {
        var device = try Dialogue.iosxeReady()
        device.submit("show run")
        device.says("show run\r\n")
        for _ in 0..<50 {
            device.says("\r --More-- ")
            device.pause(.milliseconds(60))
        }
        #expect(device.takeTyped() == "show run\n     ")
    }
}
