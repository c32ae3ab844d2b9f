import Foundation
import Muster
import Testing

@testable import MusterRendering

@Suite struct JSONTests {
    private func lines(_ result: DeviceResult) -> String {
        var stream = ResultStream(.jsonl)
        return String(decoding: stream.next(result) + stream.end(), as: UTF8.self)
    }

    @Test func membersComeInTheContractsOrder_whenAResultIsWritten() {
        var result = Sample.ok("leaf-01")
        result.phases.resolve = .milliseconds(1)
        result.phases.commands = .milliseconds(480)
        #expect(
            lines(result) == #"""
                {"schema":"muster.result/1","host":"leaf-01","address":"192.0.2.1","port":22,"platform":"arista_eos","status":"ok",\#
                "started":"2026-01-31T12:00:00.123Z","elapsed":0.532,"attempts":1,"phases":{"resolve":0.001,"commands":0.48},\#
                "commands":[{"command":"show version","status":"ok","output":"Arista vEOS\nuptime 3 days\n","elapsed":0.021,\#
                "mode":"privileged_exec","prompt":"leaf-01#","failure":null,"truncated":false,"output_file":null,"pages":0}],\#
                "legacy":[],"warnings":[],"error":null}

                """#)
    }

    @Test func errorIsWritten_whenThereIsOne() {
        let text = lines(Sample.unreachable("r1", message: "no \"answer\"", hint: "try"))
        #expect(text.contains(#""phases":{},"#))
        #expect(text.hasSuffix(#""error":{"code":"connection","phase":"connect","message":"no \"answer\"","hint":"try"}}"# + "\n"))
    }

    @Test func arrayIsValid_whenThereAreNoResults() {
        #expect(ResultStream(.json).end() == Array("[]\n".utf8))
    }

    @Test func arrayIsValidAndReadable_whenThereAreSeveral() throws {
        var stream = ResultStream(.json)
        let bytes = stream.next(Sample.ok("a")) + stream.next(Sample.rejected("b")) + stream.end()
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]])
        #expect(parsed.map { $0["host"] as? String } == ["a", "b"])
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix("[\n  {\n    \"schema\": \"muster.result/1\",\n    \"host\": \"a\","))
        #expect(text.contains("    \"phases\": {},\n    \"commands\": [\n      {\n        \"command\": \"show version\","))
        #expect(text.hasSuffix("    \"error\": null\n  }\n]\n"))
    }

    @Test func textComesBack_whenItHoldsEveryScalarThatNeedsEscaping() throws {
        var output = String(String.UnicodeScalarView((0..<0x300).compactMap(Unicode.Scalar.init)))
        output += "\u{2028}\u{FEFF}\u{FFFD}\u{1F600}\"\\/"
        let result = Sample.ok("a", [CommandResult(command: "x", status: .ok, output: output)])
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(lines(result).utf8)) as? [String: Any])
        let command = try #require((parsed["commands"] as? [[String: Any]])?.first)
        #expect((command["output"] as? String).map { Array($0.unicodeScalars) } == Array(output.unicodeScalars))
        #expect(lines(result).split(separator: "\n").count == 1)
    }

    @Test func bytesOfTheEscapesAreExact_whenControlsAreWritten() {
        var json = JSONWriter(indented: false)
        json.string("\u{0}\u{8}\t\n\r\u{1B}\u{7F}\"\\é")
        #expect(String(decoding: json.bytes, as: UTF8.self) == "\"\\u0000\\u0008\\t\\n\\r\\u001b\u{7F}\\\"\\\\é\"")
    }

    @Test(arguments: [
        (Duration.zero, "0.0"), (.milliseconds(532), "0.532"), (.seconds(2), "2.0"), (.microseconds(1), "0.000001"),
        (.nanoseconds(499), "0.0"), (.nanoseconds(500), "0.000001"), (.nanoseconds(1_999_999_999), "2.0"), (.milliseconds(100), "0.1"),
        (.milliseconds(-5), "0.0"),
    ])
    func secondsHaveNoNoise_whenWritten(duration: Duration, text: String) {
        #expect(duration.decimalSeconds == text)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (951_782_399.9996, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
        (1_709_164_800.5, "2024-02-29T00:00:00.500Z"), (4_102_444_800, "2100-01-01T00:00:00.000Z"),
        (1_798_761_599.001, "2026-12-31T23:59:59.001Z"),
    ])
    func timestampIsUTC_whenWritten(seconds: Double, text: String) {
        #expect(Date(timeIntervalSince1970: seconds).timestamp == text)
    }

    @Test func timestampAgreesWithFoundation_overManyDays() {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        for day in stride(from: -800_000, through: 100_000, by: 977) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 12_345.678)
            // The Gregorian calendar of Foundation is Julian before October 1582.
            if day > -141_427 { #expect(date.timestamp == formatter.string(from: date)) }
        }
    }
}
