import MusterTransport
import Synchronization
import Testing

@testable import MusterConsole

/// Taking a session down beside it.
struct SessionRecorderTests {
    /// A file in memory, and a thread that works when it is told to.
    private final class Paper: Sendable {
        struct State {
            var bytes: [UInt8] = []
            var work: [@Sendable () -> Void] = []
            var isClosed = false
            var failsAfter = Int.max
        }

        let state = Mutex(State())

        var sink: SessionRecorder.Sink {
            SessionRecorder.Sink(
                write: { [self] bytes throws(RecordingFailure) in
                    let fits = state.withLock { state in
                        guard state.bytes.count + bytes.count <= state.failsAfter else { return false }
                        state.bytes += bytes
                        return true
                    }
                    if !fits { throw RecordingFailure(reason: "No space left on device") }
                },
                close: { [self] in state.withLock { $0.isClosed = true } },
                submit: { [self] work in state.withLock { $0.work.append(work) } })
        }

        /// Does what was submitted.
        func work() {
            while let work = state.withLock({ $0.work.isEmpty ? nil : $0.work.removeFirst() }) { work() }
        }

        /// Ends a recording, with its work done meanwhile.
        func finish(_ recorder: SessionRecorder) async -> String? {
            async let problem = recorder.finish()
            while !state.withLock({ $0.isClosed }) {
                work()
                await Task.yield()
            }
            return await problem
        }

        func recording() throws -> Recording { try Recording(reading: state.withLock { $0.bytes }, file: "paper") }
    }

    private let header = RecordingHeader(host: "r1", address: "192.0.2.1", port: 22, transport: "ssh", platform: "generic")

    private func receive(_ recorder: SessionRecorder, _ text: String, at milliseconds: Int64) {
        Array(text.utf8).withUnsafeBytes { recorder.received($0, at: Instant(nanoseconds: milliseconds * 1_000_000)) }
    }

    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test func writesBurstsAndKeysAndMarks_inTheirOrder() async throws {
        let paper = Paper()
        let recorder = SessionRecorder(header: header, secrets: [], sink: paper.sink)
        receive(recorder, "a", at: 1000)
        receive(recorder, "b", at: 1001)
        recorder.burstEnded()
        recorder.typed([0x0A], hiding: [], at: at(1500))
        recorder.mark(.opened(prompt: "r1#", mode: "cli"), at: at(2000))
        receive(recorder, "rest", at: 2500)
        #expect(await paper.finish(recorder) == nil)
        let recording = try paper.recording()
        #expect(recording.header == header)
        #expect(
            recording.events.map(\.kind) == [
                .received(Array("ab".utf8)), .typed([0x0A]), .mark(.opened(prompt: "r1#", mode: "cli")), .received(Array("rest".utf8)),
            ])
        #expect(recording.events.map(\.time) == [.zero, .milliseconds(500), .seconds(1), .milliseconds(1500)])
    }

    @Test func leavesOutWhatIsNotWrittenInTime_andSaysHowMuch() async throws {
        let paper = Paper()
        let recorder = SessionRecorder(header: header, secrets: [], limit: 1000, sink: paper.sink)
        for _ in 0..<100 {
            receive(recorder, String(repeating: "x", count: 100), at: 1)
            recorder.burstEnded()
        }
        paper.work()
        receive(recorder, "after", at: 2)
        recorder.burstEnded()
        #expect(await paper.finish(recorder) == "the disk was slower than the device, and some of it is missing")
        let events = try paper.recording().events.map(\.kind)
        let kept = events.count { if case .received(let bytes) = $0 { bytes.count == 100 } else { false } }
        #expect((1...10).contains(kept))
        #expect(events.suffix(2) == [.mark(.gap((100 - kept) * 100)), .received(Array("after".utf8))])
    }

    @Test func tellsTheReason_whenTheDiskIsFull() async throws {
        let paper = Paper()
        paper.state.withLock { $0.failsAfter = 400 }
        let recorder = SessionRecorder(header: header, secrets: [], sink: paper.sink)
        receive(recorder, "a", at: 1)
        recorder.burstEnded()
        paper.work()
        receive(recorder, String(repeating: "x", count: 1000), at: 1)
        recorder.burstEnded()
        paper.work()
        receive(recorder, "b", at: 1)
        #expect(await paper.finish(recorder) == "No space left on device")
        #expect(try paper.recording().events.map(\.kind) == [.received([0x61])])
    }

    @Test func takesAShortAnswerOutWhereItWasTyped_andNowhereElse() async throws {
        let paper = Paper()
        let recorder = SessionRecorder(header: header, secrets: [], sink: paper.sink)
        recorder.typed(Array("7\n".utf8), hiding: [[0x37]], at: at(1))
        receive(recorder, "7 links", at: 2)
        recorder.typed(Array("4711\n".utf8), hiding: [Array("4711".utf8)], at: at(3))
        receive(recorder, "4711", at: 4)
        #expect(await paper.finish(recorder) == nil)
        #expect(
            try paper.recording().events.map(\.kind) == [
                .typed(Array("REDACTED\n".utf8)), .received(Array("7 links".utf8)), .typed(Array("REDACTED\n".utf8)),
                .received(Array("REDACTED".utf8)),
            ])
    }

    @Test func hidesWhatIsTypedAtAQuestionForASecret() throws {
        var dialogue = try Dialogue.iosxeReady()
        dialogue.machine.notesSecrets = true
        dialogue.submit("copy x y")
        dialogue.says("copy x y\r\nNew password: ")
        dialogue.machine.type("tiger")
        #expect(dialogue.machine.takeNotedSecrets() == [Array("tiger".utf8)])
        dialogue.says("\r\nDestination filename [y]? ")
        dialogue.machine.type("y")
        #expect(dialogue.machine.takeNotedSecrets() == [])
    }
}
