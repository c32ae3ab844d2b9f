import MusterTransport
import Testing

@testable import MusterConsole

/// What a definition or a device that has changed makes of a recording.
struct RecordingCheckTests {
    private let header = RecordingHeader(host: "r1", address: "192.0.2.1", port: 22, transport: "ssh", platform: "t")

    private func platform(setUp: String = "no pager", prompt: String = #"^r1[>#]$"#, failure: String = "% Invalid") throws -> Platform {
        try Platform.load(
            yaml: """
                prompt_pattern: '\(prompt)'
                modes: [{name: cli, prompt_pattern: '\(prompt)'}]
                failure_indicators: ['\(failure)']
                on_open_instructions: [{send_input: {input: \(setUp)}}]
                """, name: "t", file: "t.yaml")
    }

    private func recording(_ kinds: [RecordingEvent.Kind]) -> Recording {
        Recording(header: header, events: kinds.enumerated().map { RecordingEvent(time: .zero, kind: $0.element, line: $0.offset + 2) })
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func session(output: String = "1 up", failure: String? = nil) -> [RecordingEvent.Kind] {
        [
            .received(text("\r\nr1#")), .typed(text("\n")), .received(text("\r\nr1#")), .typed(text("no pager\n")),
            .received(text("no pager\r\nr1#")), .mark(.opened(prompt: "r1#", mode: "cli")), .mark(.command(id: 7, "show links")),
            .typed(text("show links\n")), .received(text("show links\r\n\(output)\r\nr1#")),
            .mark(
                .result(
                    RecordedResult(
                        id: 7, command: "show links", output: .whole(text(output)), failure: failure, mode: "cli", prompt: "r1#"))),
        ]
    }

    @Test func passes_whenAllIsAsRecorded() throws {
        let check = RecordingCheck(recording(session()), platform: try platform())
        #expect(check.hasPassed)
        #expect(check.commands == 1)
        #expect(check.endedAt == nil)
    }

    private func answered(_ reply: String) -> [RecordingEvent.Kind] {
        var kinds = session(output: "Sure? \(reply)\r\n1 up")
        kinds[8] = .received(text("show links\r\nSure? "))
        kinds.insert(.typed(text("\(reply)\n")), at: 9)
        kinds.insert(.mark(.answer(RecordedAnswer(id: 7, pattern: "^sure", reply: reply))), at: 10)
        kinds.insert(.received(text("\(reply)\r\n1 up\r\nr1#")), at: 11)
        let output = reply == Recording.redaction ? "<secret>" : reply
        kinds[12] = .mark(
            .result(
                RecordedResult(
                    id: 7, command: "show links", output: .whole(text("Sure? \(output)\n1 up")), failure: nil, mode: "cli", prompt: "r1#")))
        return kinds
    }

    @Test(arguments: ["yes", Recording.redaction])
    func answersAsTheCallerDid_secretOrNot(_ reply: String) throws {
        let check = RecordingCheck(recording(answered(reply)), platform: try platform())
        #expect(check.differences.map(\.description) == [])
        #expect(check.commands == 1 && check.endedAt == nil)
        // Without the mark nobody knows what to say.
        let unknown = answered(reply).filter { if case .mark(.answer) = $0 { false } else { true } }
        #expect(!RecordingCheck(recording(unknown), platform: try platform()).hasPassed)
    }

    private func exec(output: String = "one\ntwo", status: Int = 0, failure: String? = nil) -> [RecordingEvent.Kind] {
        let result = RecordedResult(id: 1, command: "ls", output: .whole(text(output)), failure: failure, exitStatus: status)
        return [
            .mark(.exec(id: 1, "ls")), .received(text("one\n")), .received(text("two\n\n")), .mark(.result(result)), .mark(.closing),
            .mark(.ended("closed_here")),
        ]
    }

    @Test func comparesOutputAndStatus_overExecChannels() throws {
        let linux = try #require(Platform.builtIn(named: "linux"))
        func differences(_ kinds: [RecordingEvent.Kind], _ platform: Platform) -> [String] {
            RecordingCheck(recording(kinds), platform: platform).differences.map(\.description)
        }
        #expect(differences(exec(), linux) == [])
        #expect(RecordingCheck(recording(exec()), platform: linux).commands == 1)
        #expect(differences(exec(status: 3, failure: "exit status 3"), linux) == [])
        #expect(differences(exec(output: "one\n2"), linux) == ["line 5: output of 'ls', line 2: expected '2', seen 'two'"])
        #expect(differences(exec(status: 3), linux) == ["line 5: verdict on 'ls': expected not rejected, seen the exit status 3"])
        #expect(
            differences(exec(), try platform()).first?.hasSuffix("seen a definition that allows none (`exec: true`)") == true)
    }

    @Test func showsExpectedAndSeen_whenTheOutputDiffers() throws {
        var kinds = session(output: "1 up\n2 up")
        kinds[8] = .received(text("show links\r\n1 up\r\n2 down\r\nr1#"))
        let check = RecordingCheck(recording(kinds), platform: try platform())
        #expect(check.differences.map(\.description) == ["line 11: output of 'show links', line 2: expected '2 up', seen '2 down'"])
    }

    @Test func showsTheVerdicts_whenTheDefinitionTakesItForARejection() throws {
        let check = RecordingCheck(recording(session(output: "% Invalid links: 0")), platform: try platform())
        #expect(
            check.differences.map(\.description) == [
                "line 11: verdict on 'show links': expected not rejected, seen rejected by '% Invalid links: 0'"
            ])
        let other = RecordingCheck(recording(session(output: "% Bad", failure: "% Bad")), platform: try platform())
        #expect(other.differences.map(\.seen) == ["not rejected"])
    }

    @Test func showsWhatIsTyped_whenTheDefinitionTypesSomethingElse() throws {
        let check = RecordingCheck(recording(session()), platform: try platform(setUp: "terminal length 0"))
        #expect(check.differences.count == 1)
        #expect(check.differences.first?.what == "typed")
        #expect(check.differences.first?.expected == "'no pager\\n'")
        #expect(check.differences.first?.seen.hasPrefix("'terminal ") == true)
        #expect(check.endedAt == 5)
    }

    @Test func showsTheScreen_whenThePromptIsNotFound() throws {
        var kinds = session()
        kinds[8] = .received(text("show links\r\n1 up\r\nswitch% "))
        let check = RecordingCheck(recording(kinds), platform: try platform())
        #expect(check.differences.map(\.what) == ["answer to 'show links'"])
        #expect(check.differences.first?.expected == "one that ends at the prompt 'r1#'")
        #expect(check.differences.first?.seen == "none; the screen ends with 'switch% '")
    }

    @Test func comparesTheSum_whenTheOutputIsLong() throws {
        let long = (0..<9000).map { "\($0) up" }.joined(separator: "\n")
        var kinds = session(output: long)
        kinds[8] = .received(text("show links\r\n" + long.replacing("\n", with: "\r\n") + "\r\nr1#"))
        var file = RecordingText()
        file.append(header)
        for event in recording(kinds).events { file.append(event) }
        let read = try Recording(reading: file.bytes, file: "t")
        #expect(RecordingCheck(read, platform: try platform()).hasPassed)
        var changed = read
        changed.events[8].kind = .received(text("show links\r\n" + long.replacing("\n", with: "\r\n") + "!\r\nr1#"))
        #expect(RecordingCheck(changed, platform: try platform()).differences.map(\.what) == ["output of 'show links'"])
    }

    @Test func comparesTheKind_whenAModeWasRefused() throws {
        let junos = try #require(Corpus.entries.first { $0.name == "juniper_junos/prompt-of-two-lines" })
        var recording = try junos.recording()
        let index = try #require(
            recording.events.firstIndex { if case .mark(.mode) = $0.kind { true } else { false } })
        guard case .received(let prompt) = recording.events[2].kind else { return }
        recording.events[(index + 2)...] = [
            RecordingEvent(
                time: .zero, kind: .received(text("configure\r\nconfiguration database locked\r\n") + prompt.dropFirst(2)), line: 90),
            RecordingEvent(time: .zero, kind: .mark(.failed(id: 2, kind: "mode_refused")), line: 91),
        ]
        #expect(RecordingCheck(recording, platform: try junos.platform()).hasPassed)
        recording.events[recording.events.count - 1].kind = .mark(.failed(id: 2, kind: "secret_missing"))
        #expect(RecordingCheck(recording, platform: try junos.platform()).differences.map(\.what) == ["failure"])
    }

    @Test func stopsWithoutADifference_whenTheRecordingHasAGap() throws {
        let kinds = Array(session().prefix(7)) + [.mark(.gap(1000)), .typed(text("???"))]
        let check = RecordingCheck(recording(kinds), platform: try platform())
        #expect(check.hasPassed)
        #expect(check.endedAt == 9)
    }
}
