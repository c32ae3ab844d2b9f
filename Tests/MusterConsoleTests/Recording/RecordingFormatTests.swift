import Foundation
import MusterTransport
import Testing

@testable import MusterConsole

/// Lines of a recording, written and read.
struct RecordingFormatTests {
    private let header = RecordingHeader(host: "r1", address: "192.0.2.1", port: 22, transport: "ssh", platform: "cisco_iosxe")

    private func written(_ events: [RecordingEvent]) -> [UInt8] {
        var text = RecordingText()
        text.append(header)
        for event in events { text.append(event) }
        return text.bytes
    }

    @Test func keepsTheMode_whereOneWasWanted() throws {
        for mode in [nil, "exec"] {
            var header = header
            header.mode = mode
            var text = RecordingText()
            text.append(header)
            #expect(try Recording(reading: text.bytes, file: "t").header == header)
        }
    }

    private func problem(_ text: String) -> RecordingProblem? {
        do throws(RecordingProblem) {
            _ = try Recording(reading: Array(text.utf8), file: "r1.jsonl")
            return nil
        } catch { return error }
    }

    private let first = #"{"muster_recording":1,"host":"r1","platform":"cisco_iosxe"}"# + "\n"

    @Test func keepsEachByte_whateverTheyAre() throws {
        var generator = SeededGenerator(seed: 5)
        var samples: [[UInt8]] = [
            Array(0...255), Array("caf\u{E9} \u{1F600} \u{2028} \u{85}".utf8), [0xC3], [0xED, 0xB2, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xC0, 0x80],
        ]
        for _ in 0..<500 {
            samples.append((0..<Int.random(in: 1...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        let events = samples.map { RecordingEvent(time: .milliseconds(1), kind: .received($0)) }
        let bytes = written(events)
        let read = try Recording(reading: bytes, file: "t")
        #expect(read.events.map(\.kind) == events.map(\.kind))
        #expect(String(validating: bytes, as: UTF8.self) != nil, "it is text")
        #expect(!bytes.contains { $0 < 0x20 && $0 != 0x0A || $0 == 0x7F }, "and harmless to look at")
        #expect(bytes.count { $0 == 0x0A } == samples.count + 1)
    }

    @Test func keepsAnswersAndExecChannels() throws {
        let result = RecordedResult(id: 2, command: "ls", output: .whole([0x78]), failure: "exit status 3", exitStatus: 3)
        let events: [RecordingEvent] = [
            RecordingMark.answer(RecordedAnswer(id: 1, pattern: "^sure\\?", reply: "yes")), .exec(id: 2, "ls"), .result(result),
        ].map { RecordingEvent(time: .zero, kind: .mark($0)) }
        #expect(try Recording(reading: written(events), file: "t").events.map(\.kind) == events.map(\.kind))
        #expect(String(decoding: written(events), as: UTF8.self).contains(#""mark":"answer","id":1,"pattern":"^sure\\?","reply":"yes""#))
    }

    @Test func standsForABytesPlaceInPythonsWay() {
        let bytes = written([RecordingEvent(time: .microseconds(12_345), kind: .typed([0x61, 0xFF, 0x22, 0x0A, 0x1B]))])
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\n{\"t\":0.012345,\"d\":\"out\",\"b\":\"a\\udcff\\\"\\n\\u001b\"}\n"))
    }

    @Test func leavesAside_whatALaterVersionAdds() throws {
        let text = first + #"{"t":1,"mark":"moon","phase":3}"# + "\n\n" + #"{"t":2,"d":"in","b":"x","new":[1,{"a":null}]}"# + "\n"
        let recording = try Recording(reading: Array(text.utf8), file: "t")
        #expect(recording.events == [RecordingEvent(time: .seconds(2), kind: .received([0x78]), line: 4)])
    }

    @Test func isCutOff_whenTheLastLineIsNotWhole() throws {
        let whole = #"{"t":2,"d":"in","b":"caf\udcc3"}"#
        for length in 1..<whole.utf8.count {
            let recording = try Recording(reading: Array((first + whole.prefix(length)).utf8), file: "t")
            #expect(recording.isCutOff, "after \(length) bytes")
            #expect(recording.events.isEmpty)
        }
        let recording = try Recording(reading: Array((first + whole).utf8), file: "t")
        #expect(!recording.isCutOff)
        #expect(recording.events.count == 1)
    }

    @Test func saysWhereAndWhat_whenALineIsNoPartOfARecording() {
        #expect(problem("")?.description == "r1.jsonl:1: empty; expected a recording, whose first line begins with {\"muster_recording\":1")
        #expect(problem("hosts:\n")?.what == "not JSON at column 1")
        #expect(problem("{}\n")?.what == "no recording")
        #expect(problem(#"{"muster_recording":2,"host":"r1","platform":"x"}"#)?.what == "a recording of version 2")
        #expect(problem(first + "{\"t\":1}\n")?.description == "r1.jsonl:2: no bytes; expected \"d\" and \"b\", or \"mark\"")
        #expect(problem(first + "\n{\"t\":-1,\"d\":\"in\",\"b\":\"\"}\n")?.line == 3)
        #expect(problem(first + "{\"t\":1,\"d\":\"up\",\"b\":\"\"}\n")?.what == "no direction")
        #expect(problem(first + "{\"t\":1,\"d\":\"in\",\"b\":\"\\ud800\"}\n")?.what == "not JSON at column 28")
        #expect(problem(first + "{\"t\":1,\"mark\":\"result\",\"id\":1}\n")?.what == "'fnv1a' is missing or no text")
        #expect(problem(first + "{\"t\":1 \"d\":\"in\"}\n{\"t\":1}\n")?.expected == "'}'")
        let deep = String(repeating: "[", count: 100_000)
        #expect(problem(first + "{\"t\":1,\"x\":\(deep)\n")?.expected == "fewer levels")
    }
}
