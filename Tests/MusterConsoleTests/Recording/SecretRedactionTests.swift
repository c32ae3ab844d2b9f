import MusterTransport
import Testing

@testable import MusterConsole

/// Secrets do not get into a recording, whatever way they take.
struct SecretRedactionTests {
    private func redaction(_ secrets: String...) -> SecretRedaction { SecretRedaction(secrets.map { Array($0.utf8) }) }

    private func received(_ texts: String...) -> [RecordingEvent] {
        texts.map { RecordingEvent(time: .zero, kind: .received(Array($0.utf8))) }
    }

    private func typed(_ text: String) -> RecordingEvent { RecordingEvent(time: .zero, kind: .typed(Array(text.utf8))) }

    private func shown(_ events: [RecordingEvent]) -> [String] {
        events.map { event in
            switch event.kind {
            case .received(let bytes): "<" + String(decoding: bytes, as: UTF8.self)
            case .typed(let bytes): ">" + String(decoding: bytes, as: UTF8.self)
            case .mark(let mark): "\(mark)"
            }
        }
    }

    @Test func takesASecretOut_whereverItIsCut() {
        let text = Array("user a pw hunter2hunter2 hunt\r\n".utf8)
        for first in 1..<text.count {
            for second in first..<text.count {
                var redaction = redaction("hunter2")
                let parts = [text[..<first], text[first..<second], text[second...]].map {
                    RecordingEvent(time: .zero, kind: .received(Array($0)))
                }
                // Each part by itself, as a thread that writes may meet them.
                let out = parts.flatMap { redaction.pass([$0], isLast: false) } + redaction.pass([], isLast: true)
                let all = shown(out).map { $0.dropFirst() }.joined()
                #expect(all == "user a pw REDACTEDREDACTED hunt\r\n", "cut at \(first) and \(second)")
            }
        }
    }

    @Test func keepsTheOrder_whenTheBeginningOfASecretIsHeldBack() {
        var redaction = redaction("#hush")
        #expect(shown(redaction.pass(received("r1", "#"), isLast: false)) == ["<r1"])
        #expect(shown(redaction.pass([typed("show x\n")], isLast: false)) == [])
        #expect(shown(redaction.pass(received("show x\r\nr1#"), isLast: false)) == ["<#", ">show x\n"])
        #expect(shown(redaction.pass([], isLast: true)) == ["<show x\r\nr1#"])
    }

    @Test func takesTheLongerOneOut_whenOneBeginsWithTheOther() {
        var redaction = redaction("abc", "abcdef")
        #expect(
            shown(redaction.pass(received("abcdef abc abcd", "ef", "abc"), isLast: true)) == ["<REDACTED REDACTED REDACTED", "<REDACTED"])
    }

    @Test func takesItOutOfMarksAndTypedBytes() {
        var redaction = redaction("s3cret")
        let result = RecordedResult(
            id: 1, command: "set s3cret", output: .whole(Array("is s3cret".utf8)), failure: "bad s3cret", mode: "m", prompt: "s3cret#")
        let out = redaction.pass(
            [
                typed("s3cret\n"), RecordingEvent(time: .zero, kind: .mark(.result(result))),
                RecordingEvent(time: .zero, kind: .mark(.opened(prompt: "s3cret>", mode: "m"))),
            ], isLast: true)
        #expect(!"\(shown(out))".contains("s3cret"))
        #expect(shown(out)[0] == ">REDACTED\n")
    }

    @Test func passesAllOn_whenThereAreNoSecrets() {
        var redaction = redaction("")
        #expect(redaction.search.secrets.isEmpty)
        #expect(shown(redaction.pass(received("a", "b"), isLast: false)) == ["<a", "<b"])
    }
}
