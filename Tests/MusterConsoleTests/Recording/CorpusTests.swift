import Testing

@testable import MusterConsole

/// Every recording is a test of the definition that it names.
struct CorpusTests {
    @Test func hasASessionOfEachPlatformOfTheLab() {
        let platforms = Set(Corpus.entries.map { $0.name.split(separator: "/")[0] })
        #expect(
            platforms.isSuperset(of: [
                "arista_eos", "cisco_iosxe", "cisco_iosxr", "cisco_nxos", "frr", "juniper_junos", "linux", "nokia_srlinux",
            ]))
    }

    @Test(arguments: Corpus.entries)
    func makesTheSameOfTheBytes(_ entry: CorpusEntry) throws {
        let check = RecordingCheck(try entry.recording(), platform: try entry.platform())
        #expect(check.differences.isEmpty, "\(check.differences.map(\.description).joined(separator: "\n"))")
        #expect(check.endedAt == nil)
        #expect(check.commands > 0)
    }

    /// A device that prints what is the prompt to the letter, in the middle of its output and with a pause behind it, is beyond all telling.
    private static let ambiguous: Set = ["cisco_iosxe/banner-like-prompts"]

    @Test(arguments: Corpus.entries.filter { !ambiguous.contains($0.name) })
    func makesTheSameOfTheBytes_howeverTheyArrive(_ entry: CorpusEntry) throws {
        let platform = try entry.platform()
        for seed in 0..<12 as Range<UInt64> {
            var recording = try entry.recording()
            var generator = SeededGenerator(seed: seed)
            // A kernel's "#1 SMP" looks like root's prompt for a moment, and gets a return that the recording has no answer to.
            var isWhole = recording.header.platform == "linux"
            recording.events = recording.events.flatMap { event -> [RecordingEvent] in
                if case .mark(.opened) = event.kind { isWhole = false }
                guard !isWhole, case .received(let bytes) = event.kind else { return [event] }
                // The first comes byte by byte.
                return bytes.pieces(upTo: seed == 0 ? 1 : 60, &generator).map {
                    RecordingEvent(time: event.time, kind: .received($0), line: event.line)
                }
            }
            let check = RecordingCheck(recording, platform: platform)
            #expect(check.differences.isEmpty, "seed \(seed): \(check.differences.map(\.description).joined(separator: "\n"))")
        }
    }

    @Test(arguments: Corpus.entries)
    func isWrittenAsItWasRead(_ entry: CorpusEntry) throws {
        let recording = try entry.recording()
        var text = RecordingText()
        text.append(recording.header)
        for event in recording.events { text.append(event) }
        #expect(String(decoding: text.bytes, as: UTF8.self) == String(decoding: entry.bytes, as: UTF8.self))
    }
}

extension [UInt8] {
    /// These bytes in pieces of random lengths.
    func pieces(upTo longest: Int, _ generator: inout SeededGenerator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = self[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...Swift.min(rest.count, longest), using: &generator)
            pieces.append([UInt8](rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
